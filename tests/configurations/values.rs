//! The values of outputs, as Terraform plans them and as dr-synth evaluates them: all configurations in one root, each a module.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use dr_synth::terraform::evaluation::{Evaluator, Inputs, ModuleId, ModuleTree, NoSchemas};
use dr_synth::terraform::{Configuration, parse, read};
use serde_json::{Map, Value, json};

use crate::blocks::Folders;
use crate::syntax::{Block, Item};
use crate::terraform;
use crate::verdict::Subject;

/// What came of all outputs.
#[derive(Default)]
pub(crate) struct Comparison {
    known: usize,
    unknown: usize,
    /// Configurations that `validate` accepts and a plan does not.
    refused: usize,
    differing: Vec<String>,
}

impl Comparison {
    pub(crate) fn alike(&self) -> usize {
        self.known + self.unknown
    }

    pub(crate) fn differing(&self) -> usize {
        self.differing.len()
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "values of outputs: {} known and the same, {} unknown to both, {} different; {} configurations fail in the plan",
            self.known,
            self.unknown,
            self.differing.len(),
            self.refused
        )?;
        self.differing.iter().try_for_each(|what| writeln!(out, "FAILED value of {what}"))
    }
}

/// Whether it may be a module of another: nothing is asked for, and nothing in it is for roots alone.
fn can_be_called(subject: &Subject) -> bool {
    subject.folders[""].iter().all(|item| match item {
        Item::Block(block) => match block.kind.as_str() {
            "variable" => block.body.iter().any(|item| matches!(item, Item::Argument(name, _) if name == "default")),
            "import" => false,
            _ => true,
        },
        Item::Argument(..) => false,
    })
}

fn outputs(subject: &Subject) -> impl Iterator<Item = &str> {
    subject.folders[""].iter().filter_map(|item| match item {
        Item::Block(block) if block.kind == "output" => block.labels.first().map(String::as_str),
        _ => None,
    })
}

fn name(subject: &Subject) -> String {
    format!("g{}", subject.number)
}

/// Plans all that can be planned, and compares.
pub(crate) fn compare(subjects: &[&Subject]) -> io::Result<Comparison> {
    let mut left: Vec<&Subject> = subjects.iter().copied().filter(|subject| can_be_called(subject)).collect();
    let all = left.len();
    loop {
        let folder = tempfile::tempdir()?;
        write(folder.path(), &left)?;
        let output = terraform::run(folder.path(), &["plan", "-json", "-input=false", "-out=plan"])?;
        let failed: BTreeSet<String> = terraform::errors(&output).iter().flat_map(blamed).collect();
        if output.status.success() {
            let shown = terraform::run(folder.path(), &["show", "-json", "plan"])?;
            let plan: Value = serde_json::from_slice(&shown.stdout)?;
            let configuration = read::read(folder.path()).map_err(io::Error::other)?.configuration;
            let mut comparison = Comparison { refused: all - left.len(), ..Comparison::default() };
            compare_values(&left, &plan["output_changes"], &configuration, &mut comparison);
            return Ok(comparison);
        }
        let before = left.len();
        left.retain(|subject| !failed.contains(&name(subject)));
        if left.len() == before {
            return Err(io::Error::other(format!(
                "no module is to blame: {}",
                String::from_utf8_lossy(&output.stdout)
            )));
        }
    }
}

/// The modules that an error is about: by its file, or by the addresses in its words.
fn blamed(error: &Value) -> Vec<String> {
    let file =
        error["range"]["filename"].as_str().and_then(|path| path.split_once('/')).map(|(folder, _)| folder.to_owned());
    let address = error["address"].as_str().unwrap_or_default();
    let words = [address, error["summary"].as_str().unwrap_or_default(), error["detail"].as_str().unwrap_or_default()]
        .join(" ");
    let named = words
        .split("module.")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned());
    // Of a variable only the rule is said that it breaks.
    let ruled = words.split_whitespace().filter_map(|word| word.split_once('/')).map(|(folder, _)| folder.to_owned());
    file.into_iter().chain(named.collect::<Vec<_>>()).chain(ruled).collect()
}

fn write(folder: &Path, subjects: &[&Subject]) -> io::Result<()> {
    let mut root = Vec::new();
    let mut folders = Folders::new();
    let (mut calls, mut shown) = (Map::new(), Map::new());
    for subject in subjects {
        let name = name(subject);
        subject.write(&folder.join(&name))?;
        for (below, body) in &subject.folders {
            let path = if below.is_empty() { name.clone() } else { format!("{name}/{below}") };
            folders.insert(path, body.clone());
        }
        root.push(Item::Block(Block::new("module", &[&name]).text("source", format!("./{name}"))));
        calls.insert(name.clone(), json!({ "source": format!("./{name}") }));
        for output in outputs(subject) {
            let value = format!("${{module.{name}.{output}}}");
            shown.insert(format!("{name}_{output}"), json!({ "value": value, "sensitive": true }));
        }
    }
    folders.insert(String::new(), root);
    fs::write(folder.join("main.tf.json"), json!({ "module": calls, "output": shown }).to_string())?;
    terraform::install(folder, &folders)
}

fn compare_values(subjects: &[&Subject], planned: &Value, configuration: &Configuration, comparison: &mut Comparison) {
    let tree = ModuleTree::of_configuration(configuration);
    let inputs = Inputs::default();
    let evaluator = Evaluator::new(&tree, &inputs, &NoSchemas);
    for subject in subjects {
        for output in outputs(subject) {
            let name = name(subject);
            let change = &planned[format!("{name}_{output}")];
            let found = evaluated(&evaluator, &format!("module.{name}.{output}"));
            let is_unknown = has_true(&change["after_unknown"]);
            match &found {
                None if is_unknown => comparison.unknown += 1,
                Some(Ok(value)) if !is_unknown && alike(value, &change["after"]) => comparison.known += 1,
                _ => comparison.differing.push(format!(
                    "{output} of --only {}: Terraform plans {} (unknown: {}), dr-synth says {found:?}",
                    subject.number, change["after"], change["after_unknown"],
                )),
            }
        }
    }
}

fn has_true(value: &Value) -> bool {
    match value {
        Value::Bool(is_true) => *is_true,
        Value::Array(list) => list.iter().any(has_true),
        Value::Object(members) => members.values().any(has_true),
        _ => false,
    }
}

/// Numbers are the same whatever their form.
fn alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| alike(value, other)))
        }
        _ => left == right,
    }
}

/// What dr-synth says an expression is: a value, an error, or nothing where it is unknown.
fn evaluated(evaluator: &Evaluator<'_>, expression: &str) -> Option<Result<Value, String>> {
    let expression = match parse::expression(expression) {
        Ok(expression) => expression,
        Err(error) => return Some(Err(format!("{error:?}"))),
    };
    match evaluator.evaluate(ModuleId::ROOT, &expression) {
        Err(error) => Some(Err(error.to_string())),
        Ok(value) => {
            let json = value.to_json().ok()?;
            Some(serde_json::from_str(&json).map_err(|error| error.to_string()))
        }
    }
}
