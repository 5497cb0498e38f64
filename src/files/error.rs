//! Why files were not written.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::{Path, PathBuf};

/// Why files were not written. The folder is as it was, except where [`WriteError::Stuck`] says otherwise.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// These files are in the way, and dr-synth did not write them.
    Foreign(Vec<PathBuf>),
    /// These files were edited after dr-synth had written them: the manifest has another hash.
    Edited(Vec<PathBuf>),
    /// A symbolic link whose target is not there.
    DanglingLink(PathBuf),
    /// A symbolic link that leads out of the folder.
    LeadsOut {
        /// The link.
        path: PathBuf,
        /// What it leads to.
        target: PathBuf,
    },
    /// What stands where a file belongs is none: a folder, a device.
    NotAFile(PathBuf),
    /// What stands where the folder belongs is none.
    NotAFolder(PathBuf),
    /// A path that leads out of the folder, that dr-synth needs itself, or that is a folder of another file.
    IllegalPath(String),
    /// A file without the [mark](super::is_ours): the next run would take it for somebody else's.
    Unmarked(String),
    /// The operating system says no.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What failed, as in "cannot write".
        action: &'static str,
        /// What it says.
        error: io::Error,
    },
    /// What a killed process left behind cannot be taken back: somebody has changed it since.
    Stuck {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl WriteError {
    pub(super) fn io(path: impl AsRef<Path>, action: &'static str, error: io::Error) -> Self {
        Self::Io { path: path.as_ref().to_owned(), action, error }
    }

    pub(super) fn stuck(path: impl AsRef<Path>, reason: impl Display) -> Self {
        Self::Stuck { path: path.as_ref().to_owned(), reason: reason.to_string() }
    }
}

impl Display for WriteError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(paths) => {
                let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
                write!(f, "refusing to overwrite what dr-synth did not write: {}", paths.join(", "))
            }
            Self::Edited(paths) => {
                let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
                write!(f, "refusing to overwrite what was edited after dr-synth wrote it: {}", paths.join(", "))
            }
            Self::DanglingLink(path) => write!(f, "the target is a link to nothing: {}", path.display()),
            Self::LeadsOut { path, target } => {
                write!(
                    f,
                    "the target is a link that leads out of the folder: {} to {}",
                    path.display(),
                    target.display()
                )
            }
            Self::NotAFile(path) => write!(f, "the target is not a file: {}", path.display()),
            Self::NotAFolder(path) => write!(f, "the target is not a folder: {}", path.display()),
            Self::IllegalPath(path) => write!(f, "no file can have the path `{}`", path.escape_debug()),
            Self::Unmarked(path) => {
                write!(f, "`{path}` does not begin with a comment that begins with \"{}\"", crate::AUTHORSHIP)
            }
            Self::Io { path, action, error } => write!(f, "{action} {}: {error}", path.display()),
            Self::Stuck { path, reason } => {
                write!(f, "an interrupted write cannot be taken back: {}: {reason}", path.display())
            }
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
