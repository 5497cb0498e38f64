//! What clap has to say, in the shape of every other message.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};

/// Help and version are data; the rest is an error.
pub(crate) fn answer(answer: &Error, printer: Printer) -> Result<ExitStatus, Failure> {
    match answer.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            printer.help(&answer.render())?;
            Ok(ExitStatus::Success)
        }
        _ => Err(report(answer).into()),
    }
}

fn report(error: &Error) -> Report {
    let rendered = error.render().to_string();
    let what = rendered.lines().next().unwrap_or_default();
    let what = what.strip_prefix("error: ").unwrap_or(what).trim_end_matches(':');
    let missing = texts(error, ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("{what}: {}", missing.join(", ")),
        _ => what.to_owned(),
    };
    let suggestions = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .flat_map(|kind| texts(error, kind))
        .collect::<Vec<_>>();
    let valid = texts(error, ContextKind::ValidValue);
    if let Some(word) = unknown_command(error) {
        return no_command(&word, suggestions);
    }
    let fix = if suggestions.is_empty() && !valid.is_empty() {
        format!("choose one of {}", valid.join(", "))
    } else {
        "`dr-synth --help` lists commands and flags".to_owned()
    };
    Report::new(what).fix(fix).nearest(suggestions)
}

/// Commands of Terraform that people type after the wrong name.
const OF_TERRAFORM: [&str; 9] = ["apply", "console", "destroy", "import", "init", "output", "plan", "show", "validate"];

/// The word that stands where a command belongs and is none.
fn unknown_command(error: &Error) -> Option<String> {
    let context = match error.kind() {
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        _ => return None,
    };
    texts(error, context).into_iter().next().filter(|word| !word.starts_with('-'))
}

fn no_command(word: &str, nearest: Vec<String>) -> Report {
    let report = Report::new(format!("unknown command `{}`", word.escape_debug()));
    let is_configuration = [".json", ".tf"].iter().any(|ending| word.ends_with(ending));
    if word == "version" {
        report.fix("`dr-synth --version` prints the version")
    } else if OF_TERRAFORM.contains(&word) {
        report.fix(format!("`dr-synth --out .` writes the document; `terraform {word}` is a command of Terraform"))
    } else if is_configuration || std::path::Path::new(word).exists() {
        report.fix(format!("`dr-synth check {word}` checks a configuration; `dr-synth > {word}` would write one"))
    } else {
        report.fix(format!("the commands are {}", super::command_names().join(", "))).nearest(nearest)
    }
}

fn texts(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
