//! Why files were not written.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

/// Why files were not written. The folder is as it was, except where [`WriteError::Stuck`] says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// These files are in the way, and dr-synth did not write them.
    #[error("refusing to overwrite what dr-synth did not write: {}", listed(.0))]
    Foreign(Vec<PathBuf>),
    /// These files were edited after dr-synth had written them: the manifest has another hash.
    #[error("refusing to overwrite what was edited after dr-synth wrote it: {}", listed(.0))]
    Edited(Vec<PathBuf>),
    /// A symbolic link whose target is not there.
    #[error("the target is a link to nothing: {}", .0.display())]
    DanglingLink(PathBuf),
    /// A symbolic link that leads out of the folder.
    #[error("the target is a link that leads out of the folder: {} to {}", .path.display(), .target.display())]
    LeadsOut {
        /// The link.
        path: PathBuf,
        /// What it leads to.
        target: PathBuf,
    },
    /// What stands where a file belongs is none: a folder, a device.
    #[error("the target is not a file: {}", .0.display())]
    NotAFile(PathBuf),
    /// What stands where the folder belongs is none.
    #[error("the target is not a folder: {}", .0.display())]
    NotAFolder(PathBuf),
    /// A path that leads out of the folder, that dr-synth needs itself, or that is a folder of another file.
    #[error("no file can have the path `{}`", .0.escape_debug())]
    IllegalPath(String),
    /// A file without the [mark](super::is_ours): the next run would take it for somebody else's.
    #[error("`{0}` does not begin with a comment that begins with \"{mark}\"", mark = crate::AUTHORSHIP)]
    Unmarked(String),
    /// The operating system says no.
    #[error("{action} {}: {error}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What failed, as in "cannot write".
        action: &'static str,
        /// What it says.
        #[source]
        error: io::Error,
    },
    /// What a killed process left behind cannot be taken back: somebody has changed it since.
    #[error("an interrupted write cannot be taken back: {}: {reason}", .path.display())]
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

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
