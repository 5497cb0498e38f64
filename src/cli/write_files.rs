//! Files in a folder, all or none of them, and what to do when they cannot be written.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use dr_synth::AUTHORSHIP;
use dr_synth::files::{Action, Files, Overwrite, WriteError};

use super::printer::Printer;
use super::report::Report;

/// Writes the files into the folder and says what became of each.
///
/// # Errors
/// A target is not a file, or a file that dr-synth did not write (unless `force`), or the folder cannot be written. The
/// folder is then as it was.
pub(crate) fn write_files(folder: &Path, files: &Files, force: bool, printer: Printer) -> Result<(), Report> {
    let overwrite = if force { Overwrite::Anything } else { Overwrite::OnlyOurs };
    for outcome in files.write(folder, overwrite)? {
        let action = match outcome.action {
            Action::Written => "wrote",
            Action::Unchanged => "unchanged",
            Action::Removed => "removed",
        };
        printer.note(&format!("{action} {}", outcome.path.display()));
    }
    Ok(())
}

impl From<WriteError> for Report {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Foreign(paths) => refused(&paths),
            WriteError::NotAFile(path) => {
                Report::new("the target is not a file").at(path.display().to_string()).fix("choose another folder")
            }
            WriteError::NotAFolder(path) => {
                Report::new("the target is not a folder").at(path.display().to_string()).fix("choose another folder")
            }
            WriteError::Io { path, action, error } => Report::new(format!("{action}: {error}"))
                .fix(match error.kind() {
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                        "free some space on the disk; the folder is as it was"
                    }
                    _ => "choose a folder that can be written with --out",
                })
                .at(path.display().to_string()),
            WriteError::DanglingLink(path) => Report::new("the target is a link to nothing")
                .at(path.display().to_string())
                .fix("remove the link, or make what it leads to"),
            WriteError::LeadsOut { path, target } => Report::new("the target is a link that leads out of the folder")
                .at(path.display().to_string())
                .because(format!("it leads to {}, which dr-synth does not write, also with --force", target.display()))
                .fix("remove the link, or write into the folder that it leads to"),
            WriteError::Edited(paths) => edited(&paths),
            WriteError::Stuck { path, reason } => Report::new("an interrupted write cannot be taken back")
                .at(path.display().to_string())
                .because(reason)
                .fix(format!("look at the folder yourself, then remove {} from it", dr_synth::files::STAGING)),
            other => Report::new(other.to_string()),
        }
    }
}

fn edited(paths: &[PathBuf]) -> Report {
    let what = if let [_] = paths { "a file that was" } else { "files that were" };
    let report = Report::new(format!("refusing to overwrite {what} edited after dr-synth wrote it"));
    paths
        .iter()
        .fold(report, |report, path| report.at(path.display().to_string()))
        .because(format!("{} has another hash for it", dr_synth::files::MANIFEST))
        .fix("move the edits to a file of your own beside it, or pass --force to lose them")
}

fn refused(paths: &[PathBuf]) -> Report {
    let (files, comments) = match paths {
        [_] => ("a file", "its first comment does"),
        _ => ("files", "their first comments do"),
    };
    let report = Report::new(format!("refusing to overwrite {files} that dr-synth did not write"));
    paths
        .iter()
        .fold(report, |report, path| report.at(path.display().to_string()))
        .because(format!("{comments} not begin with \"{AUTHORSHIP}\""))
        .fix(format!("choose another folder, or pass --force to lose the {}", files.trim_start_matches("a ")))
}
