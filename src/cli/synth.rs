//! `dr-synth synth`: the document on stdout, or in a folder with an example of its variables.

use std::path::PathBuf;

use clap::Args;
use dr_synth::files::Files;
use dr_synth::stack::{self, tfvars_example::tfvars_example};
use dr_synth::terraform::Diagnostic;

use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};
use super::settings_arguments::SettingsArguments;
use super::write_files::write_files;

#[derive(Debug, Args)]
pub(crate) struct SynthArguments {
    /// Write main.tf.json and terraform.tfvars.example into this folder, made if need be, instead of printing
    #[arg(long, short, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,

    /// Overwrite files that dr-synth did not write
    #[arg(long, requires = "out")]
    force: bool,

    #[command(flatten)]
    settings: SettingsArguments,
}

pub(crate) fn run(arguments: &SynthArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let settings = arguments.settings.settle()?;
    // All of it is made before any of it is written: half a document is worse than none.
    let stack = stack::build(&settings);
    let variables =
        arguments.out.as_ref().map(|_| tfvars_example(stack.module())).transpose().map_err(template_error)?;
    let document = stack.document().map_err(findings)?.to_bytes();
    let (Some(folder), Some(variables)) = (&arguments.out, variables) else {
        printer.data(&document)?;
        return Ok(ExitStatus::Success);
    };
    let mut files = Files::new();
    files.add("main.tf.json", document);
    files.add("terraform.tfvars.example", variables);
    write_files(folder, &files, arguments.force, printer)?;
    Ok(ExitStatus::Success)
}

fn findings(diagnostics: Vec<Diagnostic>) -> Failure {
    Failure { status: ExitStatus::Findings, reports: diagnostics.into_iter().map(Report::from).collect() }
}

fn template_error(error: impl std::fmt::Display) -> Failure {
    Failure::from(Report::new(format!("the example of the variables could not be made: {error}")))
}
