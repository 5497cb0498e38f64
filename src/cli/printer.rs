//! The only place that prints: data to stdout, words to stderr.

use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};

use clap::builder::StyledStr;

use super::report::Report;

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

    /// Writes data to stdout. A reader that has seen enough and gone away is no error.
    ///
    /// # Errors
    /// Whatever else keeps stdout from taking the data, such as a full disk.
    pub(crate) fn data(self, bytes: &[u8]) -> Result<(), Report> {
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

    /// Writes a sentence to stderr.
    pub(crate) fn note(self, text: &str) {
        to_stderr(&format!("{text}\n"));
    }

    /// Writes errors to stderr, an empty line between them.
    pub(crate) fn reports(self, reports: &[Report]) {
        let texts: Vec<_> = reports.iter().map(|report| report.render(self.color_stderr)).collect();
        to_stderr(&texts.join("\n"));
    }
}

/// Nobody is left to be told when stderr cannot be written.
fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
