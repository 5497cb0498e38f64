//! The matrix of scenarios by store, held against small configurations with their cells, and why they are so.
//!
//! A row is one word a scenario, in their order: how many seconds may be missing, `unbounded` where AWS gives no bound, `lost`,
//! or `?` where the configuration does not say.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use dr_synth::proof::{Cell, Verdict, coverage, model};
use dr_synth::terraform::evaluation::Inputs;
use dr_synth::terraform::{Configuration, parse};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    why: String,
    cells: BTreeMap<String, String>,
    configuration: serde_json::Value,
}

fn cases(family: &str) -> Vec<Case> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/integration/proof/coverage", family].iter().collect();
    let text = fs::read_to_string(path.with_extension("json")).expect("the cases");
    serde_json::from_str(&text).expect("cases")
}

fn word(cell: &Cell) -> String {
    match (cell.verdict, cell.rpo_seconds) {
        (Verdict::Survives, Some(seconds)) => seconds.to_string(),
        (Verdict::Survives, None) => "unbounded".to_owned(),
        (Verdict::Loses, _) => "lost".to_owned(),
        (Verdict::CannotTell, _) => "?".to_owned(),
    }
}

/// The cells of a configuration, a row a store.
fn rows(configuration: &serde_json::Value) -> BTreeMap<String, Vec<Cell>> {
    let module = parse::document(&configuration.to_string()).expect("a configuration");
    let model = model::from_configuration(&Configuration::from(module), &Inputs::default());
    let mut rows: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    for cell in coverage(&model) {
        assert!(!cell.because.is_empty());
        assert!(cell.verdict == Verdict::Survives || cell.rpo_seconds.is_none(), "{cell:?}");
        rows.entry(cell.store.clone()).or_default().push(cell);
    }
    rows
}

fn hold(family: &str, least: usize) {
    let cases = cases(family);
    assert!(cases.len() >= least, "{family} has only {} cases", cases.len());
    let mut wrong = Vec::new();
    for Case { name, why, cells, configuration } in cases {
        let rows = rows(&configuration);
        for (store, expected) in cells {
            let found = rows.get(&store).map(Vec::as_slice).unwrap_or_default();
            let row = found.iter().map(word).collect::<Vec<_>>().join(" ");
            if row != expected {
                let because: Vec<_> = found.iter().map(|cell| cell.because.as_str()).collect();
                wrong.push(format!("{name} ({why})\n  {store}: {row}, not {expected}\n  {}", because.join("\n  ")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn instances_of_rds() {
    hold("rds", 15);
}

#[test]
fn clusters() {
    hold("aurora", 8);
}

#[test]
fn tables() {
    hold("dynamodb", 13);
}

#[test]
fn buckets() {
    hold("s3", 21);
}

#[test]
fn files_and_volumes() {
    hold("files", 12);
}

#[test]
fn backups() {
    hold("backup", 20);
}

#[test]
fn other_stores() {
    hold("others", 15);
}
