//! The only place that prints: data to stdout, words to stderr.

use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};

use clap::builder::StyledStr;

use super::report::Report;
use super::wrap::{COLUMNS, wrapped};

/// Knows which of the two streams may be colored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    color_stdout: bool,
    color_stderr: bool,
}

#[allow(clippy::unused_self, reason = "only who holds the printer prints, also where color plays no part")]
impl Printer {
    /// Colors are for terminals, and for people who have not asked for none (<https://no-color.org>).
    pub(crate) fn detect() -> Self {
        let wanted = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && env::var_os("TERM").is_none_or(|value| value != "dumb");
        Self { color_stdout: wanted && io::stdout().is_terminal(), color_stderr: wanted && io::stderr().is_terminal() }
    }

    /// Whether stdout is a file without content: `dr-synth > main.tf.json` empties it whatever comes of the run.
    pub(crate) fn has_emptied_a_file(self) -> bool {
        stdout_file().and_then(|file| file.metadata()).is_ok_and(|file| file.is_file() && file.len() == 0)
    }

    /// Writes data to stdout, which has to be open: there is no other use of the command. A reader that has seen enough
    /// and gone away is not an error.
    ///
    /// # Errors
    /// A stdout that is closed, and whatever else keeps it from taking the data, such as a full disk.
    pub(crate) fn data(self, bytes: &[u8]) -> Result<(), Report> {
        if is_closed() {
            return Err(Report::new("cannot write to standard output: it is closed")
                .because("the caller closed it (`>&-`), or opened /dev/null for reading and writing in its place")
                .fix("redirect it to a file or a program; `> /dev/null` discards it; `--out` of some commands writes a file"));
        }
        self.verdict(bytes)
    }

    /// Writes to stdout what the exit status says, too: a caller may throw it away. Whether stdout was closed or is /dev/null,
    /// opened as Python and Node do, cannot be told apart, and a caller that does so wants the status.
    ///
    /// # Errors
    /// Whatever keeps stdout from taking it, such as a full disk.
    pub(crate) fn verdict(self, bytes: &[u8]) -> Result<(), Report> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Report::new(format!("cannot write to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Writes help or the version to stdout.
    ///
    /// # Errors
    /// As [`Self::data`].
    pub(crate) fn help(self, text: &StyledStr) -> Result<(), Report> {
        let text = if self.color_stdout { text.ansi().to_string() } else { text.to_string() };
        self.data(text.as_bytes())
    }

    /// Writes a sentence to stderr. What names a file alone stays in one line.
    pub(crate) fn note(self, text: &str) {
        let is_sentence = ["note: ", "warning: "].iter().any(|word| text.starts_with(word));
        let text = if is_sentence { wrapped(text, COLUMNS) } else { text.to_owned() };
        to_stderr(&format!("{text}\n"));
    }

    /// Writes what was found to stdout, an empty line between two findings.
    ///
    /// # Errors
    /// As [`Self::data`].
    pub(crate) fn findings(self, reports: &[Report]) -> Result<(), Report> {
        let texts: Vec<_> = reports.iter().map(|report| report.render(self.color_stdout)).collect();
        self.verdict(texts.join("\n").as_bytes())
    }

    /// Writes errors to stderr, an empty line between them.
    pub(crate) fn reports(self, reports: &[Report]) {
        let texts: Vec<_> = reports.iter().map(|report| report.render(self.color_stderr)).collect();
        to_stderr(&texts.join("\n"));
    }
}

/// The file behind stdout.
#[cfg(unix)]
fn stdout_file() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd as _;
    io::stdout().as_fd().try_clone_to_owned().map(std::fs::File::from)
}

/// Elsewhere it is not looked at.
#[cfg(not(unix))]
fn stdout_file() -> io::Result<std::fs::File> {
    Err(ErrorKind::Unsupported.into())
}

/// Whether the caller has closed stdout (`>&-`). Rust's start-up puts `/dev/null` in the place of a closed stream, open for reading
/// too; a shell that discards output (`> /dev/null`), Rust and Go open it for writing only. Python's `DEVNULL` and Node's `ignore` do
/// as Rust's start-up does, and are not distinguished from it: whoever wants the status alone opens the device for writing.
#[cfg(target_os = "linux")]
fn is_closed() -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let Ok(stdout) = stdout_file().and_then(|file| file.metadata()) else { return false };
    let Ok(null) = std::fs::metadata("/dev/null") else { return false };
    let flags = std::fs::read_to_string("/proc/self/fdinfo/1").unwrap_or_default();
    let mode = flags.lines().find_map(|line| line.strip_prefix("flags:")).and_then(|flags| flags.trim().chars().last());
    // The last octal digit holds the mode: 2 is O_RDWR.
    stdout.file_type().is_char_device() && stdout.rdev() == null.rdev() && mode == Some('2')
}

/// Elsewhere nothing tells.
#[cfg(not(target_os = "linux"))]
fn is_closed() -> bool {
    false
}

/// Nobody is left to be told when stderr cannot be written.
fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
