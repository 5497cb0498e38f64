//! The evaluator held against what Terraform plans: expressions about objects that are still to be made, about marks, types and
//! everything else, in the configuration `planned.tf`.
//!
//! `planned.tsv` has an expression a line, and what Terraform 1.11.4 makes of it as an output: `error`, `unknown` where any part of it is
//! known after an apply only, or the value. `cargo test --test integration terraform_plans_what -- --ignored` asks Terraform again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use dr_synth::terraform::evaluation::{Evaluator, Inputs, ModuleId, ModuleTree, NoSchemas};
use dr_synth::terraform::{parse, read};
use serde_json::Value;

const CONFIGURATION: &str = include_str!("agreement/planned.tf");

fn cases() -> Vec<(&'static str, &'static str)> {
    include_str!("agreement/planned.tsv").lines().map(|line| line.split_once('\t').expect("two columns")).collect()
}

/// Whether two answers are the same; how a number is written makes no difference.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let has = |(name, value): (&String, &Value)| other.get(name).is_some_and(|other| same(value, other));
            one.len() == other.len() && one.iter().all(has)
        }
        (one, other) => one == other,
    }
}

fn agree(one: &str, other: &str) -> bool {
    match (serde_json::from_str(one), serde_json::from_str(other)) {
        (Ok(one), Ok(other)) => same(&one, &other),
        _ => one == other,
    }
}

fn evaluated(evaluator: &Evaluator<'_>, expression: &str) -> String {
    let Ok(expression) = parse::expression(expression) else { return "error".to_owned() };
    match evaluator.evaluate(ModuleId::ROOT, &expression) {
        Ok(value) if value.has_infinite() => "error".to_owned(),
        Ok(value) if !value.is_wholly_known() => "unknown".to_owned(),
        Ok(value) => value.to_json().unwrap_or_else(|_| "error".to_owned()),
        Err(_) => "error".to_owned(),
    }
}

#[test]
fn every_expression_is_what_terraform_plans() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("main.tf"), CONFIGURATION).expect("a file");
    let reading = read::read(folder.path()).expect("a configuration");
    let tree = ModuleTree::of_configuration(&reading.configuration);
    let inputs = Inputs { folder: Some(folder.path().to_owned()), ..Inputs::default() };
    let evaluator = Evaluator::new(&tree, &inputs, &NoSchemas);
    let cases = cases();
    assert!(cases.len() > 650, "{}", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .map(|(expression, planned)| (expression, planned, evaluated(&evaluator, expression)))
        .filter(|(_, planned, evaluated)| !agree(planned, evaluated))
        .map(|(expression, planned, evaluated)| format!("{expression}\n  planned {planned}, evaluated {evaluated}"))
        .collect();
    #[expect(clippy::print_stdout, reason = "how many were held against Terraform is part of the result")]
    {
        println!("{} of {} expressions are what Terraform plans", cases.len() - wrong.len(), cases.len());
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// All of them in one folder, each an output in a file of its own; what is refused is taken out until the rest is planned.
#[test]
#[ignore = "asks Terraform about every expression again"]
fn terraform_plans_what_the_table_says() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("main.tf"), CONFIGURATION).expect("a file");
    let cases = cases();
    for (number, (expression, _)) in cases.iter().enumerate() {
        let output = format!("output \"e{number}\" {{\n  sensitive = true\n  value = {expression}\n}}\n");
        fs::write(folder.path().join(format!("e{number}.tf")), output).expect("a file");
    }
    asked(folder.path(), &["init", "-input=false"]);
    for arguments in [["validate", "-json"].as_slice(), &["plan", "-out=p", "-input=false", "-json"]] {
        loop {
            let refused = refused(&asked(folder.path(), arguments));
            if refused.is_empty() {
                break;
            }
            for number in refused {
                fs::remove_file(folder.path().join(format!("e{number}.tf"))).expect("a file that is there");
            }
        }
    }
    let plan: Value = serde_json::from_str(&asked(folder.path(), &["show", "-json", "p"])).expect("a plan");
    let said = |number: usize| match &plan["output_changes"][format!("e{number}")] {
        Value::Null => "error".to_owned(),
        output if has_unknown(&output["after_unknown"]) => "unknown".to_owned(),
        output => output["after"].to_string(),
    };
    let wrong: BTreeMap<_, _> = (0..cases.len())
        .map(|number| (cases[number], said(number)))
        .filter(|((_, planned), said)| !agree(planned, said))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn asked(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("terraform");
    command.args(arguments).current_dir(folder).env("CHECKPOINT_DISABLE", "1").env_remove("TF_CLI_ARGS");
    String::from_utf8(command.output().expect("`terraform` on the PATH").stdout).expect("text")
}

/// The numbers of the outputs that an error is in: diagnostics in one document, or one on a line.
fn refused(said: &str) -> BTreeSet<usize> {
    let all = serde_json::from_str::<Value>(said).map_or_else(
        |_| said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).collect(),
        |document| document["diagnostics"].as_array().cloned().unwrap_or_default(),
    );
    let errors = all.iter().map(|one| one.get("diagnostic").unwrap_or(one)).filter(|one| one["severity"] == "error");
    errors.flat_map(numbers).collect()
}

fn numbers(error: &Value) -> Vec<usize> {
    let number = |name: &str| name.strip_prefix('e')?.parse().ok();
    if let Some(file) = error["range"]["filename"].as_str() {
        return file.strip_suffix(".tf").and_then(number).into_iter().collect();
    }
    // A number that is infinite is in no plan.
    let names = error["detail"].as_str().unwrap_or_default().split("output value \"").skip(1);
    names.filter_map(|rest| number(rest.split('"').next()?)).collect()
}

fn has_unknown(value: &Value) -> bool {
    match value {
        Value::Bool(unknown) => *unknown,
        Value::Array(items) => items.iter().any(has_unknown),
        Value::Object(entries) => entries.values().any(has_unknown),
        _ => false,
    }
}
