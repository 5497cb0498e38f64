//! One file instead of stdout: `-o FILE`, which replaces only what `-o` wrote.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use dr_synth::AUTHORSHIP;
use dr_synth::files::{WriteError, refuse_dangling_links, stays_inside};

use super::output_mark::{Obstacle, marked, obstacle};
use super::printer::Printer;
use super::report::Report;

/// A file with more bytes is no document of dr-synth's, and is not read to its end.
const MOST_BYTES: u64 = 64 << 20;

#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// Write into this file instead of printing
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    out: Option<PathBuf>,

    /// Overwrite a file that dr-synth did not write, or that was edited
    #[arg(long, requires = "out")]
    force: bool,
}

impl OutputArguments {
    /// Prints a text, or writes it into the file as a document of this kind.
    ///
    /// # Errors
    /// The file is somebody else's, another document or edited, or it cannot be written; it is then as it was.
    pub(crate) fn write(&self, text: &str, kind: &str, printer: Printer) -> Result<(), Report> {
        let Some(path) = &self.out else { return printer.data(text.as_bytes()) };
        refuse_dangling_links(path).map_err(Report::from)?;
        let refuse = |error: io::Error| {
            Report::new(format!("the file cannot be written: {error}")).at(path.display().to_string())
        };
        match metadata(path).map_err(refuse)? {
            // A device or a pipe cannot be replaced, and reading it may not end: it takes the text as stdout does.
            Some(found) if !found.is_file() && !found.is_dir() => {
                let mut file = OpenOptions::new().write(true).open(path).map_err(refuse)?;
                file.write_all(text.as_bytes()).map_err(refuse)?;
            }
            found => {
                let marked = marked(text, kind);
                if self.is_there(path, found.as_ref(), &marked, kind)? {
                    printer.note(&format!("unchanged {}", path.display()));
                    return Ok(());
                }
                // A link stays, and what it stands for is replaced.
                let target = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                replace(&target, marked.as_bytes()).map_err(refuse)?;
            }
        }
        printer.note(&format!("wrote {}", path.display()));
        Ok(())
    }

    /// Whether the file has this content already.
    ///
    /// # Errors
    /// It may not be replaced.
    fn is_there(&self, path: &Path, found: Option<&Metadata>, text: &str, kind: &str) -> Result<bool, Report> {
        stays_inside(folder_of(path), path).map_err(Report::from)?;
        let Some(found) = found else { return Ok(false) };
        if !found.is_file() {
            return Err(Report::from(WriteError::NotAFile(path.to_owned())).fix("choose another file"));
        }
        let read =
            |error: io::Error| Report::new(format!("the file cannot be read: {error}")).at(path.display().to_string());
        let content = content(path).map_err(read)?;
        if content.as_deref() == Some(text.as_bytes()) {
            return Ok(true);
        }
        let obstacle = content.map_or(Some(Obstacle::Foreign), |content| obstacle(&content, kind));
        match obstacle {
            Some(obstacle) if !self.force => Err(refused(obstacle, kind).at(path.display().to_string())),
            _ => Ok(false),
        }
    }
}

fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is in the file, unless that is more than dr-synth writes.
fn content(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    let length = fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut content)?;
    Ok((length as u64 <= MOST_BYTES).then_some(content))
}

fn refused(obstacle: Obstacle, kind: &str) -> Report {
    match obstacle {
        Obstacle::Foreign => Report::new("refusing to overwrite a file that dr-synth did not write")
            .because(format!("its first comment does not begin with \"{AUTHORSHIP}\"")),
        Obstacle::Unmarked => Report::new("refusing to overwrite a file that was not written with -o")
            .because("its first comment has no hash, so whether the file was edited is unknown"),
        Obstacle::OtherKind(found) => Report::new("refusing to overwrite another document of dr-synth")
            .because(format!("the file is \"{found}\", and \"{kind}\" is to be written")),
        Obstacle::Edited => Report::new("refusing to overwrite a file that was edited after dr-synth wrote it")
            .because("its first comment has the hash of another text"),
    }
    .fix("choose another file, or pass --force to lose this one")
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes beside the file and puts it in its place, so that nobody ever reads half of it.
fn replace(target: &Path, content: &[u8]) -> io::Result<()> {
    let name = target.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "it names no file"))?;
    let beside = folder_of(target).join(format!(".{}.dr-synth-{}", name.to_string_lossy(), std::process::id()));
    let write = || {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&beside, target)
    };
    write().inspect_err(|_| drop(fs::remove_file(&beside)))
}
