//! What keeps a configuration from being read, wholly or in part.

use std::io;
use std::path::PathBuf;

use crate::terraform::diagnostic::Diagnostic;

/// Something that is wrong with a file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub diagnostic: Diagnostic,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {error}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        error: io::Error,
    },
    /// A file is no Terraform.
    #[error("{} is no Terraform JSON\n{}", .path.display(), listed(.diagnostics))]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong with it.
        diagnostics: Vec<Diagnostic>,
    },
    /// A folder has no configuration.
    #[error("{} has neither *.tf nor *.tf.json in it", .path.display())]
    NothingToRead {
        /// The folder.
        path: PathBuf,
        /// What is there and is not read, in sentences.
        others: Vec<String>,
    },
    /// Modules call each other too deep, or too often, or their references grow without end.
    #[error("the modules of {} have no end", .0.display())]
    TooLarge(PathBuf),
}

/// Each on a line of its own.
fn listed(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
