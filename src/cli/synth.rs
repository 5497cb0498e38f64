//! `dr-synth synth`: the document on stdout, or in a folder with an example of its variables.

use std::path::PathBuf;

use clap::Args;
use dr_synth::settings::Layout;
use dr_synth::stack::{self, files::FilesError};
use dr_synth::terraform::Diagnostic;

use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};
use super::settings_arguments::SettingsArguments;
use super::write_files::write_files;

#[derive(Debug, Args)]
pub(crate) struct SynthArguments {
    /// Write the documents and terraform.tfvars.example into this folder, made if need be, instead of printing
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
    let stack = stack::build(&settings);
    let Some(folder) = &arguments.out else {
        if settings.layout == Layout::Modules {
            return Err(several_documents().into());
        }
        printer.data(&stack.document().map_err(findings)?.to_bytes())?;
        return Ok(ExitStatus::Success);
    };
    // All of it is made before any of it is written: half a stack is worse than none.
    let files = stack.files().map_err(no_files)?;
    write_files(folder, &files, arguments.force, printer)?;
    Ok(ExitStatus::Success)
}

fn several_documents() -> Report {
    Report::new("the layout `modules` is several documents, and stdout takes one")
        .fix("name a folder with --out, or choose the layout `single`, with --layout or in dr-synth.toml")
}

fn no_files(error: FilesError) -> Failure {
    match error {
        FilesError::Findings(diagnostics) => findings(diagnostics),
        FilesError::Template(error) => {
            Failure::from(Report::new(format!("the texts beside the documents could not be made: {error}")))
        }
    }
}

fn findings(diagnostics: Vec<Diagnostic>) -> Failure {
    Failure { status: ExitStatus::Findings, reports: diagnostics.into_iter().map(Report::from).collect() }
}
