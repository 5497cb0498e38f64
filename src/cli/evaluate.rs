//! `dr-synth evaluate`: what an expression is in a configuration.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use clap::Args;
use dr_synth::terraform::evaluation::{Evaluator, ModuleId, ModuleTree, NoSchemas};
use dr_synth::terraform::{Configuration, ReadError, parse};
use serde_json::json;

use super::exit_status::ExitStatus;
use super::input::VariableArguments;
use super::printer::Printer;
use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct EvaluateArguments {
    /// The folder of the root module; `.` for this one
    #[arg(value_hint = clap::ValueHint::DirPath)]
    directory: PathBuf,

    /// What to evaluate
    #[arg(value_name = "EXPRESSION", required_unless_present = "stdin", allow_hyphen_values = true)]
    expressions: Vec<String>,

    /// Read expressions from standard input, a JSON string on each line
    #[arg(long, conflicts_with = "expressions")]
    stdin: bool,

    #[command(flatten)]
    variables: VariableArguments,
}

/// What came of an expression.
enum Outcome {
    Value(String),
    Unknown(String),
    Error(String),
}

impl Outcome {
    fn status(&self) -> ExitStatus {
        match self {
            Self::Value(_) => ExitStatus::Success,
            Self::Unknown(_) => ExitStatus::Findings,
            Self::Error(_) => ExitStatus::BadInput,
        }
    }

    fn line(&self) -> String {
        match self {
            Self::Value(json) => format!("{json}\n"),
            Self::Unknown(reason) => format!("unknown: {}\n", one_line(reason)),
            Self::Error(error) => format!("error: {}\n", one_line(error)),
        }
    }

    fn json_line(&self) -> String {
        match self {
            Self::Value(json) => format!("{{\"value\":{json}}}\n"),
            Self::Unknown(reason) => format!("{}\n", json!({ "unknown": reason })),
            Self::Error(error) => format!("{}\n", json!({ "error": error })),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn run(arguments: &EvaluateArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let configuration = configuration(&arguments.directory)?;
    let inputs = arguments.variables.of(&arguments.directory, &configuration)?;
    let tree = ModuleTree::of_configuration(&configuration);
    let evaluator = Evaluator::new(&tree, &inputs, &NoSchemas);
    if arguments.stdin {
        return answer_lines(&evaluator, printer);
    }
    let mut status = ExitStatus::Success;
    for expression in &arguments.expressions {
        let answer = answer(&evaluator, expression);
        printer.data(answer.line().as_bytes())?;
        status = status.max(answer.status());
    }
    Ok(status)
}

/// A folder without any Terraform in it is an empty configuration.
fn configuration(path: &Path) -> Result<Configuration, Failure> {
    match Configuration::read(path) {
        Err(ReadError::NothingToRead { others, .. }) if others.is_empty() => Ok(Configuration::default()),
        other => Ok(other?),
    }
}

fn answer(evaluator: &Evaluator<'_>, text: &str) -> Outcome {
    let expression = match parse::expression(text) {
        Ok(expression) => expression,
        Err(error) => return Outcome::Error(format!("{error}: {}", error.draw(text))),
    };
    let value = match evaluator.evaluate(ModuleId::ROOT, &expression) {
        Ok(value) if value.has_infinite() => {
            return Outcome::Error("an infinite number has no place in JSON".to_owned());
        }
        Ok(value) => value,
        Err(error) => return Outcome::Error(error.to_string()),
    };
    value.to_json().map_or_else(|reason| Outcome::Unknown(reason.to_string()), Outcome::Value)
}

fn answer_lines(evaluator: &Evaluator<'_>, printer: Printer) -> Result<ExitStatus, Failure> {
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| Report::new(format!("standard input cannot be read: {error}")))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<String>(&line) {
            Ok(text) => answer(evaluator, &text),
            Err(error) => Outcome::Error(format!("this line is no JSON string: {error}")),
        };
        printer.data(answer.json_line().as_bytes())?;
    }
    Ok(ExitStatus::Success)
}
