//! A page for each rule of `check`: what it wants, why, and a configuration that breaks it, with what `check` says of that.
//!
//! The configurations are those that the tests hold the rule to, so a page shows nothing that does not happen.

use std::fmt::Write as _;
use std::path::PathBuf;

use dr_synth::proof::model;
use dr_synth::proof::rules::{self, Examine};
use dr_synth::proof::{Finding, Group, Rule, Severity, Subject, check};
use dr_synth::terraform::evaluation::Inputs;
use dr_synth::terraform::read;
use serde::Deserialize;

use crate::line_diff::line_diff;
use crate::{Outcome, Project};

/// The folder, which holds nothing else.
pub(crate) const FOLDER: &str = "docs/rules";

/// What the tests hold the rules about instances to.
const CASES: &str = "tests/integration/proof/rules.json";

#[derive(Deserialize)]
struct Case {
    rule: String,
    trips: serde_json::Value,
    passes: serde_json::Value,
}

/// Every page, with its path.
pub(crate) fn pages(project: &Project) -> Outcome<Vec<(PathBuf, String)>> {
    let text = project.read(&PathBuf::from(CASES))?;
    let cases: Vec<Case> = serde_json::from_str(&text).map_err(|error| format!("{CASES}: {error}"))?;
    let page_of = |rule: &'static Rule| {
        let case = cases.iter().find(|case| case.rule == rule.id);
        Ok((PathBuf::from(format!("{FOLDER}/{}.md", rule.id)), page(rule, case)?))
    };
    rules::all().map(page_of).collect()
}

/// All rules with their pages, group by group, as seen from `docs/rules.md`.
pub(crate) fn table() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        // Writing to a string cannot fail.
        let _ = write!(text, "## `{group}`\n\n| rule | severity | what it wants |\n| --- | --- | --- |\n");
        for rule in rules::all().filter(|rule| rule.group == group) {
            let _ = writeln!(text, "| [{0}](rules/{0}.md) | {1} | {2} |", rule.id, rule.severity, prose(rule.title));
        }
        text.push('\n');
    }
    text
}

/// The chapters of the book: the table, and below it each page.
pub(crate) fn chapters() -> String {
    let pages = rules::all().map(|rule| format!("  - [{0}: {1}](rules/{0}.md)\n", rule.id, prose(rule.title)));
    std::iter::once("- [Rules of `check`](rules.md)\n".to_owned()).chain(pages).collect()
}

fn page(rule: &'static Rule, case: Option<&Case>) -> Outcome<String> {
    let Rule { id, group, severity, title, reason, source, examine } = rule;
    let mut text =
        format!("<!-- made by `cargo xtask docs`, from the rule and its test -->\n# {id}: {}\n\n", prose(title));
    let _ = write!(text, "| group | severity | looks at |\n| --- | --- | --- |\n| `{group}` | {severity} | ");
    match examine {
        Examine::Instances(kinds, _) => {
            text.push_str(&kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", "));
        }
        _ => text.push_str("the whole configuration"),
    }
    let _ =
        write!(text, " |\n\n**Why:** {}.\n\n**Source:** {}\n\n", prose(reason.trim_end_matches('.')), linked(source));
    if let Some(case) = case {
        text.push_str(&example(id, case)?);
    }
    let _ = write!(
        text,
        "## Accept a finding\n\nIn `dr-synth.toml`, with the reason:\n\n```toml\n[[check.allow]]\nrule = \"{id}\"\n\
         address = \"...\"    # optional: all blocks without it\nreason = \"...\"\n```\n\n[All rules](../rules.md)\n"
    );
    Ok(text)
}

/// What breaks the rule, what `check` says of it, and what has to change.
fn example(id: &str, case: &Case) -> Outcome<String> {
    let (trips, passes) = (pretty(&case.trips)?, pretty(&case.passes)?);
    let mut text = format!("## Reported\n\n```json\n{trips}\n```\n\n| where | what | fix |\n| --- | --- | --- |\n");
    let found = findings(&case.trips)?;
    for finding in found.iter().filter(|finding| finding.rule == id && finding.severity > Severity::Unknown) {
        let fix = finding.advice.fix.as_deref().unwrap_or_default();
        let _ = writeln!(text, "| `{}` | {} | {} |", finding.address(), prose(&finding.message), prose(fix));
    }
    let _ = write!(text, "\n## Not reported\n\n```diff\n{}```\n\n", line_diff(&trips, &passes));
    Ok(text)
}

fn pretty(value: &serde_json::Value) -> Outcome<String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}

fn findings(configuration: &serde_json::Value) -> Outcome<Vec<Finding>> {
    let unwritten = |error: std::io::Error| format!("cannot write a configuration to check: {error}");
    let folder = tempfile::tempdir().map_err(unwritten)?;
    std::fs::write(folder.path().join("main.tf.json"), configuration.to_string()).map_err(unwritten)?;
    let reading = read::read(folder.path()).map_err(|error| error.to_string())?;
    let model = model::from_configuration(&reading.configuration, &Inputs::default());
    Ok(check(&Subject::new(&reading, &model), &Group::ALL))
}

/// A plain text as Markdown that shows it; what is code in it stays code.
fn prose(text: &str) -> String {
    let escape = |(number, part): (usize, &str)| {
        let escaped = part.replace('|', "\\|");
        if number % 2 == 1 { escaped } else { escaped.replace('*', "\\*").replace('<', "&lt;") }
    };
    text.split('`').enumerate().map(escape).collect::<Vec<_>>().join("`")
}

/// A source, as a link where it is an address.
fn linked(source: &str) -> String {
    if source.starts_with("https://") { format!("<{source}>") } else { prose(source) }
}
