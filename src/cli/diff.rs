//! `dr-synth diff`: what one configuration does to the objects of another, and which data that loses.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dr_synth::diff::{self, Action, Change, Comparison, Configuration, Effect, ReadError};
use serde_json::{Value, json};

use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The configuration that was applied: a file of Terraform JSON, or a folder of them with its modules
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    old: PathBuf,

    /// The configuration that is to be applied
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    new: PathBuf,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(crate) fn run(arguments: &DiffArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let old = Configuration::read(&arguments.old)?;
    let new = Configuration::read(&arguments.new)?;
    let comparison = diff::compare(&old, &new)?;
    match arguments.format {
        Format::Text => {
            printer.data(text(&comparison).as_bytes())?;
            comparison.unread.iter().for_each(|sentence| printer.note(&format!("note: {sentence}")));
        }
        Format::Json => printer.data(format!("{:#}\n", document(&comparison)).as_bytes())?,
    }
    Ok(if comparison.dangers().next().is_some() { ExitStatus::Findings } else { ExitStatus::Success })
}

fn text(comparison: &Comparison) -> String {
    let mut lines: Vec<String> = comparison.changes.iter().map(line).collect();
    if comparison.dangers().next().is_some() {
        lines.push(String::new());
    }
    for (change, danger) in comparison.dangers() {
        let loses = if danger.is_certain { "loses" } else { "may lose" };
        lines.push(format!("! {} {loses} {}: {}", change.address, danger.what, danger.why));
    }
    lines.push(String::new());
    lines.push(summary(comparison));
    lines.join("\n").trim_start().to_owned() + "\n"
}

fn line(change: &Change) -> String {
    let arguments: Vec<_> = change.arguments.iter().map(argument).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!(": {}", arguments.join(", ")) };
    let address = &change.address;
    match &change.action {
        Action::Added => format!("+ {address}"),
        Action::Moved { from } => format!("> {from} -> {address}{arguments}"),
        Action::Destroyed => format!("- {address}"),
        Action::Forgotten => format!(". {address} (stays, Terraform forgets it)"),
        _ => format!("~ {address}{arguments}"),
    }
}

fn argument(argument: &diff::ArgumentChange) -> String {
    let effect = match argument.effect {
        Effect::Replaces => " (replaces)",
        Effect::Ignored => " (ignored)",
        _ => "",
    };
    let through = argument.through.as_ref().map(|source| format!(" through {source}")).unwrap_or_default();
    format!("{}{through}{effect}", argument.path)
}

fn summary(comparison: &Comparison) -> String {
    let count = |action: &str| comparison.changes.iter().filter(|change| name(&change.action) == action).count();
    let dangers = comparison.changes.iter().filter(|change| !change.dangers.is_empty()).count();
    let loss = match dangers {
        0 => "no data is lost".to_owned(),
        1 => "1 of them loses data or may".to_owned(),
        several => format!("{several} of them lose data or may"),
    };
    let [added, changed, moved, destroyed] = ["added", "changed", "moved", "destroyed"].map(count);
    format!("{added} added, {changed} changed, {moved} moved, {destroyed} destroyed; {loss}")
}

fn name(action: &Action) -> &'static str {
    match action {
        Action::Added => "added",
        Action::Moved { .. } => "moved",
        Action::Destroyed => "destroyed",
        Action::Forgotten => "forgotten",
        _ => "changed",
    }
}

fn document(comparison: &Comparison) -> Value {
    let argument = |argument: &diff::ArgumentChange| {
        let effect = match argument.effect {
            Effect::Updates => "updates",
            Effect::Replaces => "replaces",
            Effect::Ignored => "ignored",
            _ => "unknown",
        };
        json!({ "path": argument.path, "effect": effect, "through": argument.through })
    };
    let danger =
        |danger: &diff::Danger| json!({ "certain": danger.is_certain, "loses": danger.what, "why": danger.why });
    let change = |change: &Change| {
        let from = match &change.action {
            Action::Moved { from } => Some(from),
            _ => None,
        };
        json!({
            "address": change.address,
            "action": name(&change.action),
            "from": from,
            "arguments": change.arguments.iter().map(argument).collect::<Vec<_>>(),
            "dangers": change.dangers.iter().map(danger).collect::<Vec<_>>(),
        })
    };
    json!({
        "changes": comparison.changes.iter().map(change).collect::<Vec<_>>(),
        "unread": comparison.unread,
    })
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let report = match error {
            ReadError::Io { path, error } => {
                Report::new(format!("cannot read the configuration: {error}")).at(path.display().to_string())
            }
            ReadError::Syntax { path, diagnostics } => {
                let path = path.display().to_string();
                let reports = diagnostics.into_iter().map(|diagnostic| Report::from(diagnostic).first_at(path.clone()));
                return Self::bad_input(reports.collect());
            }
            ReadError::NothingToRead { path, has_native_syntax } => {
                let report = Report::new("there is no configuration here").at(path.display().to_string());
                if has_native_syntax {
                    report.because("the folder has *.tf only, and this reads Terraform JSON: *.tf.json")
                } else {
                    report.because("the folder has no *.tf.json").fix("name the folder of a root module, or a file")
                }
            }
            ReadError::TooLarge(path) => {
                Report::new("the configuration has no end").at(path.display().to_string()).because(
                    "modules call each other in a circle, or locals name each other more often than can be followed",
                )
            }
            other => Report::new(other.to_string()),
        };
        report.into()
    }
}
