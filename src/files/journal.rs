//! The journal of a write: what is needed to take it back.
//!
//! ```text
//! .dr-synth-staging/
//!   0.new 1.new …      the new files, until they are renamed to their places
//!   0.old 2.old …      copies of the files that are replaced or removed
//!   0.barrier …        barriers, until they are renamed to their places
//!   journal.json       the numbers' paths. As long as it is there, the write has happened not at all
//! ```

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::relative_path::{is_legal, parents};
use super::{MANIFEST, WriteError, barrier, read};

/// The folder inside of the target in which a write is prepared. It is there only while dr-synth runs, and after dr-synth
/// was killed.
pub const STAGING: &str = ".dr-synth-staging";

const NAME: &str = "journal.json";

/// What a write changes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    /// In the order of their numbers.
    pub(super) changes: Vec<Entry>,
    /// Folders that the write makes, outer ones first.
    pub(super) new_folders: Vec<String>,
    /// Folders that get a barrier, in the order of their numbers; the target itself is empty.
    pub(super) barriers: Vec<String>,
}

/// One file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) path: String,
    /// Whether there is a new file, or the old one is removed.
    pub(super) is_written: bool,
    /// Whether there was an old file.
    pub(super) was_there: bool,
}

/// Paths that no file of a run can have.
pub(super) fn is_reserved(path: &str) -> bool {
    let is_barrier = path.rsplit('/').next() == Some(barrier::NAME);
    path == MANIFEST || is_barrier || path == STAGING || parents(path).any(|parent| parent == STAGING)
}

/// Where a folder's write is prepared.
#[derive(Debug)]
pub(super) struct Staging(PathBuf);

impl Staging {
    pub(super) fn of(folder: &Path) -> Self {
        Self(folder.join(STAGING))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn new_file(&self, number: usize) -> PathBuf {
        self.0.join(format!("{number}.new"))
    }

    pub(super) fn old_file(&self, number: usize) -> PathBuf {
        self.0.join(format!("{number}.old"))
    }

    pub(super) fn barrier(&self, number: usize) -> PathBuf {
        self.0.join(format!("{number}.barrier"))
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.0.join(NAME)
    }

    /// Where the journal is written before it counts.
    pub(super) fn draft(&self) -> PathBuf {
        self.0.join("journal.draft")
    }

    /// The journal of a write that did not end.
    ///
    /// # Errors
    /// It cannot be read, or dr-synth did not write it.
    pub(super) fn read_journal(&self) -> Result<Option<Journal>, WriteError> {
        let path = self.journal();
        let content = read(&path).map_err(|error| WriteError::io(&path, "cannot read", error))?;
        let Some(content) = content else { return Ok(None) };
        let journal: Journal = serde_json::from_slice(&content).map_err(|error| WriteError::stuck(&path, error))?;
        if let Some(illegal) = journal.paths().find(|path| !is_legal(path)) {
            return Err(WriteError::stuck(&path, format!("`{}` leads elsewhere", illegal.escape_debug())));
        }
        Ok(Some(journal))
    }
}

impl Journal {
    fn paths(&self) -> impl Iterator<Item = &str> {
        let barriers = self.barriers.iter().filter(|folder| !folder.is_empty());
        let changes = self.changes.iter().map(|change| &change.path);
        changes.chain(&self.new_folders).chain(barriers).map(String::as_str)
    }

    /// # Errors
    /// None that a journal can cause.
    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self).map_err(io::Error::from)
    }
}
