//! `dr-synth synth`: the document on stdout, or in a folder with an example of its variables.

use std::path::{Path, PathBuf};

use clap::Args;
use dr_synth::settings::{Region, Settings};
use dr_synth::stack::{self, files::FilesError};
use dr_synth::terraform::Diagnostic;

use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};
use super::settings as print_settings;
use super::settings_arguments::{Output, SettingsArguments};
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
    let output = if arguments.out.is_some() { Output::Folder } else { Output::Stdout };
    let settings = arguments.settings.settle(output)?;
    for note in [settings.primary_region, settings.dr_region].into_iter().flat_map(Region::notes) {
        printer.note(&format!("warning: {note}"));
    }
    let stack = stack::build(&settings);
    let Some(folder) = &arguments.out else {
        let document = stack.document().map_err(findings)?;
        printer.data(&document.to_bytes())?;
        // The process ends here, and its memory with it: nothing is won by giving back block after block.
        std::mem::forget(document);
        return Ok(ExitStatus::Success);
    };
    if let Some(unread) = arguments.settings.unread(folder) {
        let unread = unread.display();
        printer.note(&format!("note: {unread} was not read; `--config {unread}` takes the settings from it"));
    }
    warn_of_changes(folder, &settings, printer);
    // All of it is made before any of it is written: half a stack is worse than none.
    let files = stack.files().map_err(no_files)?;
    write_files(folder, &files, arguments.force, printer)?;
    Ok(ExitStatus::Success)
}

/// A flag that is forgotten would replace everything, or lose the way to the state: what the document in the folder was made from
/// is said while it can still be looked up.
fn warn_of_changes(folder: &Path, settings: &Settings, printer: Printer) {
    let Some((document, earlier)) = print_settings::of(folder) else { return };
    for change in earlier.changes_to(settings) {
        printer.note(&format!("warning: {document} was made with other settings: {change}"));
    }
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
