//! `dr-synth runbook`: what a person does with this stack, with its own names.

use clap::{Args, ValueEnum};
use dr_synth::proof::runbook::{self, RunbookError};
use serde_json::json;

use super::exit_status::ExitStatus;
use super::input::InputArguments;
use super::output_file::OutputArguments;
use super::printer::Printer;
use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct RunbookArguments {
    #[command(flatten)]
    input: InputArguments,

    /// Markdown for people, or the names and commands for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(crate) fn run(arguments: &RunbookArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let model = arguments.input.model()?;
    let book = runbook::runbook(&model).map_err(refused)?;
    let (text, kind) = match arguments.format {
        Format::Text => (book.markdown, "runbook in Markdown"),
        Format::Json => {
            let comment = &book.names.authorship;
            let document = json!({ "//": comment, "version": 1, "names": book.names, "commands": book.commands });
            (format!("{document:#}\n"), "runbook in JSON")
        }
    };
    arguments.output.write(&text, kind, printer)?;
    Ok(ExitStatus::Success)
}

fn refused(error: RunbookError) -> Report {
    let report = match error {
        RunbookError::OtherStack(missing) => {
            Report::new("this is no stack of dr-synth, or its names are not known").because(missing.join("; "))
        }
        other => Report::new(other.to_string()),
    };
    report.fix("give the folder with the main.tf.json that dr-synth wrote, or a plan of it")
}
