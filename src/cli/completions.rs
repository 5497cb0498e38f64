//! `dr-synth completions`: a script that completes commands, flags and values.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::CommandLine;
use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::Failure;

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell that is to run the script
    shell: Shell,
}

pub(crate) fn run(arguments: &CompletionsArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut CommandLine::command(), "dr-synth", &mut script);
    printer.data(&script)?;
    Ok(ExitStatus::Success)
}
