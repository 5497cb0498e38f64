//! What stands in documents and is computed: each block between its two marks, and whole files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dr_synth::proof::cost::{self, Bill, Usage, amount};
use dr_synth::proof::model::{self, Model};
use dr_synth::proof::runbook;
use dr_synth::settings::{Feature, Features, Settings};
use dr_synth::stack;
use dr_synth::terraform::Configuration;
use dr_synth::terraform::evaluation::Inputs;

use crate::{Outcome, Project, rule_pages};

/// Where a block ends.
const END: &str = "<!-- end -->";

/// What makes the content of a block.
type Make = fn() -> Outcome<String>;

/// Files with blocks, and what makes each block.
const BLOCKS: [(&str, &str, Make); 12] = [
    ("docs/cost.md", "services", services),
    ("docs/cost.md", "cost", lines),
    ("docs/cost.md", "cheaper", cheaper),
    ("docs/cost.md", "features", features),
    ("docs/configuration.md", "variables", variables),
    ("docs/existing.md", "variables of an existing network", network_variables),
    ("docs/existing.md", "variables of an existing database", database_variables),
    ("docs/existing.md", "variables of existing topics", topic_variables),
    ("docs/existing.md", "variables of existing web ACLs", web_acl_variables),
    ("docs/existing.md", "variables of existing log archives", log_archive_variables),
    ("docs/rules.md", "rules", || Ok(rule_pages::table())),
    ("docs/SUMMARY.md", "rules", || Ok(rule_pages::chapters())),
];

/// The runbook of the default stack, an example of one.
const RUNBOOK: &str = "docs/runbook-of-the-default-stack.md";

/// Writes everything anew.
pub(crate) fn write(project: &Project) -> Outcome<()> {
    let made = made(project)?;
    let folder = project.root.join(rule_pages::FOLDER);
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", rule_pages::FOLDER))?;
    for path in left_over(project, &made) {
        std::fs::remove_file(project.root.join(&path))
            .map_err(|error| format!("cannot remove {}: {error}", path.display()))?;
    }
    for (path, text) in made {
        project.write(&path, text)?;
    }
    Ok(())
}

/// The files that are not what would be written.
pub(crate) fn stale(project: &Project) -> Outcome<Vec<PathBuf>> {
    let made = made(project)?;
    let mut stale = left_over(project, &made);
    let differs = |(path, text): &(PathBuf, String)| project.read(path).ok().as_deref() != Some(text.as_str());
    stale.extend(made.into_iter().filter(differs).map(|(path, _)| path));
    Ok(stale)
}

/// Pages of rules that are no more.
fn left_over(project: &Project, made: &[(PathBuf, String)]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(project.root.join(rule_pages::FOLDER)).into_iter().flatten().flatten();
    let paths = entries.map(|entry| Path::new(rule_pages::FOLDER).join(entry.file_name()));
    paths.filter(|path| !made.iter().any(|(known, _)| known == path)).collect()
}

fn made(project: &Project) -> Outcome<Vec<(PathBuf, String)>> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (path, name, make) in BLOCKS {
        let path = PathBuf::from(path);
        let position = if let Some(position) = files.iter().position(|(known, _)| *known == path) {
            position
        } else {
            let text = project.read(&path)?;
            files.push((path.clone(), text));
            files.len() - 1
        };
        files[position].1 = with_block(&path, &files[position].1, name, &make()?)?;
    }
    let book = runbook::runbook(&model_of(&Settings::default())?).map_err(|error| error.to_string())?;
    files.push((PathBuf::from(RUNBOOK), book.markdown));
    files.extend(rule_pages::pages(project)?);
    Ok(files)
}

fn with_block(path: &Path, text: &str, name: &str, block: &str) -> Outcome<String> {
    let begin = format!("<!-- made by `cargo xtask docs`: {name} -->");
    let missing = || format!("{} has no block `{begin}` with its `{END}`", path.display());
    let (before, rest) = text.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{begin}\n\n{}\n\n{END}{after}", block.trim()))
}

fn model_of(settings: &Settings) -> Outcome<Model> {
    let document = stack::build(settings).document();
    let document = document.map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let configuration = Configuration::from(document.module().clone());
    Ok(model::from_configuration(&configuration, &Inputs::default()))
}

fn bill_of(features: Features) -> Outcome<Bill> {
    let model = model_of(&Settings { features, ..Settings::default() })?;
    Ok(cost::bill(&model, &Usage::default()))
}

/// Sums by service, of the default stack and of the one with all features.
fn services() -> Outcome<String> {
    let (default, all) = (bill_of(Features::default())?, bill_of(Features::all())?);
    let mut text = "| service | USD a month | with all features |\n| --- | ---: | ---: |\n".to_owned();
    let of_default = default.sums(|line| line.price.service);
    for (service, cents) in all.services() {
        let own = of_default.get(service).copied().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {service} | {} | {} |", amount(own), amount(cents));
    }
    let _ = writeln!(text, "| **sum** | **{}** | **{}** |", amount(default.cents()), amount(all.cents()));
    Ok(text)
}

/// Every line of the default stack.
fn lines() -> Outcome<String> {
    let bill = bill_of(Features::default())?;
    let mut text = cost::markdown(&bill);
    for gap in &bill.gaps {
        let _ = writeln!(text, "- not in the sum: {}: {}", gap.what, gap.addresses.join(", "));
    }
    Ok(text)
}

fn cheaper() -> Outcome<String> {
    let model = model_of(&Settings::default())?;
    let mut text =
        "| what | saves USD a month | what it does to the recovery time |\n| --- | ---: | --- |\n".to_owned();
    for it in cost::alternatives(&model) {
        let _ = writeln!(text, "| {} | {} | {} |", it.what, amount(it.saves_cents), it.rto);
    }
    Ok(text)
}

/// Every variable that a document of any features may have.
fn variables() -> Outcome<String> {
    let declared = declared_variables(&Settings { features: Features::all(), ..Settings::default() })?;
    Ok(table_of_variables(declared.iter()))
}

/// What a document on existing networks asks for, and others do not.
fn network_variables() -> Outcome<String> {
    further_variables(&Settings::defaults_of_network(true))
}

/// ... and one on an existing database.
fn database_variables() -> Outcome<String> {
    further_variables(&Settings { existing_database: true, ..Settings::default() })
}

/// ... and those on other parts that exist.
fn topic_variables() -> Outcome<String> {
    further_variables(&Settings { existing_topics: true, ..Settings::default() })
}

fn web_acl_variables() -> Outcome<String> {
    further_variables(&Settings { existing_web_acl: true, ..Settings::default() })
}

fn log_archive_variables() -> Outcome<String> {
    further_variables(&Settings { existing_log_archive: true, ..Settings::default() })
}

fn further_variables(settings: &Settings) -> Outcome<String> {
    let known = declared_variables(&Settings::default())?;
    let declared = declared_variables(settings)?;
    Ok(table_of_variables(declared.iter().filter(|(name, _)| !known.contains_key(*name))))
}

type Declared = serde_json::Map<String, serde_json::Value>;

fn declared_variables(settings: &Settings) -> Outcome<Declared> {
    let document = stack::build(settings).document();
    let document = document.map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let json: serde_json::Value = serde_json::from_slice(&document.to_bytes()).map_err(|error| error.to_string())?;
    json["variable"].as_object().cloned().ok_or_else(|| "the document has no variables".to_owned())
}

fn table_of_variables<'a>(variables: impl Iterator<Item = (&'a String, &'a serde_json::Value)>) -> String {
    let mut text = "| variable | default | what it is |\n| --- | --- | --- |\n".to_owned();
    for (name, variable) in variables {
        let default = variable.get("default").map_or_else(|| "none".to_owned(), |value| format!("`{value}`"));
        let description = variable["description"].as_str().unwrap_or_default().replace('|', "\\|").replace('<', "&lt;");
        let _ = writeln!(text, "| `{name}` | {default} | {description} |");
    }
    text
}

/// What each feature adds to a stack without it, or takes away.
fn features() -> Outcome<String> {
    let mut text = "| feature | USD a month |\n| --- | ---: |\n".to_owned();
    for feature in Feature::ALL {
        let with = bill_of(Features::default().with(feature))?.cents();
        let without = bill_of(Features::default().without(feature))?.cents();
        let _ = writeln!(text, "| `{feature}` | {} |", amount(with - without));
    }
    Ok(text)
}
