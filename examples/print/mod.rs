//! What the examples have in common: a document goes to stdout, what is wrong with it to stderr.

use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use dr_synth::terraform::{Diagnostic, Document};

/// Prints the one or the other.
pub(crate) fn print(document: Result<Document, Vec<Diagnostic>>) -> ExitCode {
    let written = match document {
        Ok(document) => document.write(stdout().lock()).map(|()| ExitCode::SUCCESS),
        Err(problems) => {
            problems.iter().try_for_each(|problem| writeln!(stderr(), "error: {problem}")).map(|()| ExitCode::FAILURE)
        }
    };
    written.unwrap_or(ExitCode::FAILURE)
}
