//! What keeps a configuration from being read, wholly or in part.

use std::fmt::{self, Display, Formatter};
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
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// A file or folder cannot be read.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// A file is no Terraform.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong with it.
        diagnostics: Vec<Diagnostic>,
    },
    /// A folder has no configuration.
    NothingToRead {
        /// The folder.
        path: PathBuf,
        /// What is there and is not read, in sentences.
        others: Vec<String>,
    },
    /// Modules call each other too deep, or too often, or their references grow without end.
    TooLarge(PathBuf),
}

impl Display for ReadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::Syntax { path, diagnostics } => {
                write!(f, "{} is no Terraform JSON", path.display())?;
                diagnostics.iter().try_for_each(|diagnostic| write!(f, "\n{diagnostic}"))
            }
            Self::NothingToRead { path, .. } => write!(f, "{} has neither *.tf nor *.tf.json in it", path.display()),
            Self::TooLarge(path) => write!(f, "the modules of {} have no end", path.display()),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
