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
    let fix = if suggestions.is_empty() && !valid.is_empty() {
        format!("choose one of {}", valid.join(", "))
    } else {
        "`dr-synth --help` lists commands and flags".to_owned()
    };
    Report::new(what).fix(fix).nearest(suggestions)
}

fn texts(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
