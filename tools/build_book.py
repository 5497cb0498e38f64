#!/usr/bin/env python3
"""Build the documents as a book, target/book/index.html, and find its dead links. Standard library only.

mdBook comes pinned from PyPI. It takes pages of one folder, and the documents are also read on a code host, where they link to
sources: so pages are copied into one folder first, and a link to what is no page becomes its text.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pinned_environment import ROOT, PinnedEnvironment, SetupError

ENVIRONMENT = PinnedEnvironment("mdbook", ROOT / "tools" / "book" / "requirements.txt", "DR_SYNTH_MDBOOK_CACHE")
# Pages outside of docs/, which the table of contents names as such.
BESIDE = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
# What mdBook makes of all pages together, and what it shows for an address that is none.
NOT_PAGES = {"print.html", "404.html", "toc.html"}
LINK = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|(?P<mark>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)", re.DOTALL
)


def staged(file: Path) -> Path | None:
    """Where a file of the repository is in the folder that mdBook reads, relative to it; nothing for what is not in it."""
    if file.parts[:1] == ("docs",) and file.suffix in (".md", ".svg", ".json"):
        return file.relative_to("docs")
    return file if str(file) in BESIDE else None


def relinked(page: Path, text: str) -> str:
    """A page's text with its links as they are in the folder that mdBook reads."""

    def replace(found: re.Match[str]) -> str:
        target = found["target"]
        if found["code"] is not None or not target or urlsplit(target).scheme or target.startswith("#"):
            return found[0]
        path, mark, anchor = target.partition("#")
        # Two dots are resolved by their text: nothing here is a link of the file system.
        file = Path(os.path.normpath(page.parent / path))
        there, here = staged(file), staged(page)
        # A dead link stays as it is: the built pages are searched for those.
        if there is None or here is None:
            return found["text"] if (ROOT / file).exists() else found[0]
        return f"{found['mark']}[{found['text']}]({os.path.relpath(there, here.parent)}{mark}{anchor})"

    return LINK.sub(replace, text)


def stage(folder: Path) -> None:
    """Copy what the book is made of into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    docs = (file.relative_to(ROOT) for file in sorted((ROOT / "docs").rglob("*")) if file.is_file())
    for file in (*docs, *(Path(name) for name in BESIDE)):
        place = staged(file)
        if place is None:
            continue
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".md":
            (folder / place).write_text(relinked(file, (ROOT / file).read_text()))
        else:
            shutil.copy(ROOT / file, folder / place)
    shutil.copy(ROOT / "docs" / "book.toml", folder / "book.toml")


class Page(HTMLParser):
    """What a built page links to, and what can be linked to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag's addresses and its anchor."""
        for name, value in attrs:
            if value and name == "id":
                self.anchors.add(value)
            elif value and (name == "src" or (name == "href" and tag != "link")):
                self.targets.append(value)


def dead_links(book: Path) -> Iterator[str]:
    """Each link of the built pages that leads nowhere in the book. Addresses of other hosts are not asked."""
    pages = {file: Page(file.read_text()) for file in sorted(book.rglob("*.html")) if file.name not in NOT_PAGES}
    for file, page in pages.items():
        for target in dict.fromkeys(page.targets):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            other = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if other.is_dir():
                other /= "index.html"
            if not other.is_relative_to(book) or not other.is_file():
                yield f"{file.relative_to(book)}: {target}: no such page"
            elif parts.fragment and other in pages and unquote(parts.fragment) not in pages[other].anchors:
                yield f"{file.relative_to(book)}: {target}: no such heading"


def build(source: Path, book: Path) -> None:
    """Build the staged pages; raises `SetupError` with what mdBook says if it cannot."""
    mdbook = ENVIRONMENT.ensure().parent / "mdbook"
    shutil.rmtree(book, ignore_errors=True)
    command = [str(mdbook), "build", str(source), "--dest-dir", str(book)]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    # mdBook warns of what it could not read, and succeeds.
    if made.returncode != 0 or re.search(r"\b(WARN|ERROR)\b", made.stdout):
        raise SetupError(f"mdBook says:\n{made.stdout.strip()}")


def main(arguments: list[str]) -> int:
    """Build, look for dead links; exit code 1 if there is one."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    book, source = ROOT / "target" / "book", ROOT / "target" / "book.source"
    try:
        stage(source)
        build(source, book)
    except (SetupError, OSError) as error:
        ENVIRONMENT.say(str(error))
        return 1
    dead = list(dead_links(book))
    for fault in dead:
        print(f"dead link: {fault}")
    if not dead:
        print(f"built: {book / 'index.html'}")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
