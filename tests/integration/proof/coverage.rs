//! The matrix of scenarios by store, held against small configurations with their cells, and why they are so.
//!
//! A row is one word a scenario, in their order: how many seconds may be missing, `unbounded` where AWS gives no bound, `lost`,
//! or `?` where the configuration does not say.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use dr_synth::proof::{Cell, Verdict, coverage, model};
use dr_synth::terraform::evaluation::Inputs;
use dr_synth::terraform::{Configuration, parse, read};
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
    rows_of(&Configuration::from(module))
}

fn rows_of(configuration: &Configuration) -> BTreeMap<String, Vec<Cell>> {
    let model = model::from_configuration(configuration, &Inputs::default());
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

/// Two regions, and two of another account.
const PROVIDERS: &str = r#"
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "b"
  region = "us-west-2"
}
provider "aws" {
  alias  = "o"
  region = "us-east-1"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/x" }
}
provider "aws" {
  alias  = "ob"
  region = "us-west-2"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/x" }
}
"#;

/// The folder `native` has a configuration a file. Comments before it say the row of each store; no row means that it is none.
#[test]
fn configurations_in_native_syntax() {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/integration/proof/coverage/native"].iter().collect();
    let mut wrong = Vec::new();
    for file in fs::read_dir(path).expect("the cases") {
        let path = file.expect("a case").path();
        let text = fs::read_to_string(&path).expect("a case");
        let folder = tempfile::tempdir().expect("a folder");
        let providers = if text.contains("provider \"aws\"") { "" } else { PROVIDERS };
        fs::write(folder.path().join("main.tf"), format!("{providers}{text}")).expect("a file");
        let reading = read::read(folder.path()).expect("a configuration");
        let rows = rows_of(&reading.configuration);
        let expected: Vec<_> = text.lines().map_while(|line| line.strip_prefix("# ")?.split_once(':')).collect();
        assert!(!expected.is_empty(), "{} has no row", path.display());
        for (store, row) in expected {
            let cells = rows.get(store).map(Vec::as_slice).unwrap_or_default();
            let found = cells.iter().map(word).collect::<Vec<_>>().join(" ");
            if found != row.trim() {
                wrong.push(format!("{}: {store}: {found}, not{row}\n{cells:#?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
