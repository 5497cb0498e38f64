//! The evaluator held against Terraform itself: what both make of the same expressions, all of them in one run.

use std::fs;

use dr_synth::terraform::evaluation::{Evaluator, Inputs, ModuleId, ModuleTree, NoSchemas};
use dr_synth::terraform::{Module, parse};
use serde_json::{Value, json};

use super::evaluation::terraform;

/// Expressions without references, one on a line: literals, operators, every function, and what goes wrong with them. Those
/// after a `!` Terraform refuses before it evaluates anything.
const EXPRESSIONS: &str = include_str!("agreement/expressions.txt");

/// What an expression is: JSON, or that there is none.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Json(String),
    Error,
}

/// What Terraform says of them all in one run.
fn of_terraform(expressions: &[&str]) -> Vec<Answer> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output = |expression: &str| {
        let value = format!("${{can({expression}) ? try(jsonencode({expression}), \"\") : \"\"}}");
        json!({ "value": value, "sensitive": true })
    };
    let outputs: serde_json::Map<String, Value> = expressions
        .iter()
        .enumerate()
        .filter(|(_, expression)| !expression.starts_with("! "))
        .map(|(index, expression)| (format!("e{index}"), output(expression)))
        .collect();
    let document = json!({ "output": outputs }).to_string();
    fs::write(directory.path().join("main.tf.json"), document).expect("a document");
    terraform(directory.path(), &["apply", "-auto-approve", "-no-color", "-input=false"]);
    let outputs: Value = serde_json::from_slice(&terraform(directory.path(), &["output", "-json"])).expect("JSON");
    let answer = |index: usize| match outputs[format!("e{index}")]["value"].as_str() {
        None | Some("") => Answer::Error,
        Some(json) => Answer::Json(json.to_owned()),
    };
    (0..expressions.len()).map(answer).collect()
}

fn of_evaluator(expression: &str) -> Answer {
    let module = Module::new();
    let tree = ModuleTree::of_root(&module);
    let inputs = Inputs { folder: Some(".".into()), ..Inputs::default() };
    let evaluator = Evaluator::new(&tree, &inputs, &NoSchemas);
    let expression = expression.strip_prefix("! ").unwrap_or(expression);
    let Ok(expression) = parse::expression(expression) else { return Answer::Error };
    match evaluator.evaluate(ModuleId::ROOT, &expression) {
        Ok(value) if !value.has_infinite() => value.to_json().map_or(Answer::Error, Answer::Json),
        _ => Answer::Error,
    }
}

#[test]
fn the_evaluator_and_terraform_agree_on_every_expression_of_the_corpus() {
    let expressions: Vec<&str> = EXPRESSIONS.lines().filter(|line| !line.is_empty()).collect();
    let expected = of_terraform(&expressions);
    let mut wrong = Vec::new();
    for (expression, expected) in expressions.iter().zip(&expected) {
        let found = of_evaluator(expression);
        if found != *expected {
            wrong.push(format!("{expression}\n  Terraform: {expected:?}\n  evaluator: {found:?}"));
        }
    }
    #[expect(clippy::print_stdout, reason = "how many agree is part of the result")]
    {
        println!("{} of {} expressions agree", expressions.len() - wrong.len(), expressions.len());
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), expressions.len(), wrong.join("\n"));
}
