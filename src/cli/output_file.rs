//! One file instead of stdout: `-o FILE`, which replaces only what dr-synth wrote.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use dr_synth::AUTHORSHIP;
use dr_synth::files::is_ours;

use super::printer::Printer;
use super::report::Report;

#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// Write into this file instead of printing
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    out: Option<PathBuf>,

    /// Overwrite a file that dr-synth did not write
    #[arg(long, requires = "out")]
    force: bool,
}

impl OutputArguments {
    /// Prints a text, or writes it into the file.
    ///
    /// # Errors
    /// The file is somebody else's, or cannot be written; it is then as it was.
    pub(crate) fn write(&self, text: &str, printer: Printer) -> Result<(), Report> {
        let Some(path) = &self.out else { return printer.data(text.as_bytes()) };
        // A link stays, and what it stands for is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let named = |report: Report| report.at(path.display().to_string());
        let refuse = |error: std::io::Error| named(Report::new(format!("the file cannot be written: {error}")));
        match fs::read(&target) {
            Ok(content) if content == text.as_bytes() => {
                printer.note(&format!("unchanged {}", path.display()));
                return Ok(());
            }
            Ok(content) if !content.is_empty() && !self.force && !is_ours(&content) => {
                let report = Report::new("refusing to overwrite a file that dr-synth did not write");
                let report = report.because(format!("its first comment does not begin with \"{AUTHORSHIP}\""));
                return Err(named(report).fix("choose another file, or pass --force to lose this one"));
            }
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(refuse(error)),
            _ => {}
        }
        replace(&target, text.as_bytes()).map_err(refuse)?;
        printer.note(&format!("wrote {}", path.display()));
        Ok(())
    }
}

/// Writes beside the file and puts it in its place, so that nobody ever reads half of it.
fn replace(target: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = target.file_name().ok_or_else(|| std::io::Error::new(ErrorKind::InvalidInput, "it names no file"))?;
    let beside = folder.join(format!(".{}.dr-synth-{}", name.to_string_lossy(), std::process::id()));
    let write = || {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&beside, target)
    };
    write().inspect_err(|_| drop(fs::remove_file(&beside)))
}
