// Opens HTML files in headless Chromium, in light and in dark: nothing may be asked of a network, nothing may go wrong in the page, nothing may be wider
// than the page, and axe-core may find nothing. Pictures go into a folder for people to look at.
//
//   node look.mjs PICTURES FILE.html...

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

import chromium from "@sparticuz/chromium";
import puppeteer from "puppeteer-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SIZES = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } };

/** What is wrong with a page in one theme and size, as sentences. */
async function examine(browser, file, theme, size, pictures) {
  const problems = [];
  const page = await browser.newPage();
  const url = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (request.url() !== url) problems.push(`asks for ${request.url()}`);
  });
  page.on("pageerror", (error) => problems.push(`an error in the page: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) problems.push(`the console says: ${message.text()}`);
  });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  await page.setViewport(SIZES[size]);
  await page.goto(url, { waitUntil: "load" });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) problems.push(`the page is ${wide} pixels wider than the window`);
  const name = `${path.basename(file, ".html")}-${theme}-${size}`;
  await page.screenshot({ path: path.join(pictures, `${name}.png`) });
  if (size !== "wide") {
    await page.close();
    return problems.map((problem) => `${name}: ${problem}`);
  }
  // What is folded up is looked at as well.
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
  await page.evaluate(await readFile(AXE, "utf8"));
  const result = await page.evaluate(() => globalThis.axe.run(document));
  for (const { id, help, nodes } of result.violations) {
    problems.push(`axe: ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" ")}`);
  }
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement?.textContent);
  if (!first) problems.push("the keyboard reaches nothing");
  await page.close();
  return problems.map((problem) => `${name}: ${problem}`);
}

const [pictures, ...files] = process.argv.slice(2);
if (!pictures || files.length === 0) {
  console.error("usage: node look.mjs PICTURES FILE.html...");
  process.exit(2);
}
await mkdir(pictures, { recursive: true });
const executablePath = process.env.DR_SYNTH_CHROMIUM || (await chromium.executablePath());
const browser = await puppeteer.launch({ executablePath, headless: true, protocolTimeout: 600_000, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
const problems = [];
try {
  for (const file of files.map((name) => path.resolve(name))) {
    for (const theme of ["light", "dark"]) {
      for (const size of Object.keys(SIZES)) problems.push(...(await examine(browser, file, theme, size, pictures)));
    }
  }
} finally {
  await browser.close();
}
problems.forEach((problem) => console.error(problem));
console.log(`looked at ${files.length} pages in 2 themes and 2 sizes: ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
