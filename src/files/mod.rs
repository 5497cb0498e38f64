//! Files that are written into a folder together: all of them or none.
//!
//! A folder is somebody's home: beside what dr-synth writes, it holds states, `.terraform` and files by hand. So it cannot
//! be replaced as a whole, and no file system renames several files at once. What holds instead:
//!
//! 1. **A file is whole at any time.** It is written elsewhere, flushed, and renamed over the old one.
//! 2. **The folder is all old or all new.** Before the first rename, copies of the old files and a journal lie in
//!    [`STAGING`]. An error takes everything back. A process that was killed is made up for by the next one: it finds the
//!    journal and takes everything back before it does anything else.
//! 3. **Nobody applies a mixture.** While several files change, a file stands beside them that Terraform refuses to load,
//!    and whose error says what to do. A killed process leaves it there.
//!
//! Files that dr-synth did not write are not touched: each file it writes begins with a [mark](is_ours), and what it wrote
//! last time is listed in [`MANIFEST`], so that a file that is no longer needed is removed, and only such a file.
//!
//! ```
//! use dr_synth::files::{Files, Overwrite};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let mut files = Files::new();
//! files.add("main.tf.json", "{\"//\": \"Written by dr-synth\"}\n");
//! files.add("modules/network/README.md", "<!-- Written by dr-synth -->\n# Network\n");
//! files.write(folder, Overwrite::OnlyOurs)?;
//! # assert!(folder.join("modules/network/README.md").exists());
//!
//! let mut fewer = Files::new();
//! fewer.add("main.tf.json", "{\"//\": \"Written by dr-synth\"}\n");
//! fewer.write(folder, Overwrite::OnlyOurs)?;
//! assert!(!folder.join("modules").exists(), "nothing of the network is left");
//! # Ok(())
//! # }
//! ```

mod barrier;
mod disk;
mod error;
mod journal;
mod links;
mod lock;
mod manifest;
mod mark;
mod plan;
mod relative_path;
#[cfg(test)]
mod tests;
mod transaction;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use disk::Disk;
pub use error::WriteError;
pub use journal::STAGING;
pub use links::{refuse_dangling_links, stays_inside};
pub use manifest::MANIFEST;
pub use mark::is_ours;

/// Files by their paths in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    contents: BTreeMap<String, Vec<u8>>,
}

/// Whether files that dr-synth did not write may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Only what dr-synth wrote is overwritten.
    OnlyOurs,
    /// Whatever stands where a new file belongs is overwritten. Nothing else is: also then, only files that dr-synth
    /// wrote are removed.
    Anything,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The folder and the file's path in it.
    pub path: PathBuf,
    /// What was done.
    pub action: Action,
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is new, or has new content.
    Written,
    /// It had this content already and was not touched.
    Unchanged,
    /// It was written by an earlier run, is needed no more, and is gone.
    Removed,
}

impl Files {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. Its path is relative, with `/` between its parts; its content begins with a [mark](is_ours). A file
    /// that has the path already is replaced.
    pub fn add(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.contents.insert(path.into(), content.into());
    }

    /// The paths and contents, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.contents.iter().map(|(path, content)| (path.as_str(), content.as_slice()))
    }

    /// Writes the files into the folder, which is made if it is not there, and removes what an earlier run wrote there and
    /// this one does not. Waits for another process that is writing into the same folder.
    ///
    /// # Errors
    /// Something in the way that dr-synth did not write, a folder that cannot be written, or files that may not be written
    /// (see [`WriteError`]). The folder is then as it was.
    pub fn write(&self, folder: &Path, overwrite: Overwrite) -> Result<Vec<Outcome>, WriteError> {
        self.write_on(&mut Disk::new(&mut |_| Ok(())), folder, overwrite)
    }

    fn write_on(&self, disk: &mut Disk<'_>, folder: &Path, overwrite: Overwrite) -> Result<Vec<Outcome>, WriteError> {
        self.check()?;
        let contents = self.with_manifest();
        refuse_dangling_links(folder)?;
        if folder.try_exists().map_err(|error| WriteError::io(folder, "cannot write", error))? && !folder.is_dir() {
            return Err(WriteError::NotAFolder(folder.to_owned()));
        }
        fs::create_dir_all(folder).map_err(|error| WriteError::io(folder, "cannot write", error))?;
        let _lock = lock::folder(folder).map_err(|error| WriteError::io(folder, "cannot lock", error))?;
        transaction::recover(disk, folder)?;
        let plan = plan::Plan::new(folder, contents, overwrite)?;
        transaction::run(disk, folder, &plan)?;
        Ok(plan.outcomes(folder))
    }

    /// What would surprise the next run is refused by this one.
    fn check(&self) -> Result<(), WriteError> {
        for (path, content) in &self.contents {
            if !relative_path::is_legal(path) || journal::is_reserved(path) {
                return Err(WriteError::IllegalPath(path.clone()));
            }
            if !is_ours(content) {
                return Err(WriteError::Unmarked(path.clone()));
            }
        }
        let clash = self
            .contents
            .keys()
            .find(|path| relative_path::parents(path).any(|parent| self.contents.contains_key(parent)));
        clash.map_or(Ok(()), |path| Err(WriteError::IllegalPath(path.clone())))
    }

    fn with_manifest(&self) -> BTreeMap<String, Vec<u8>> {
        let mut contents = self.contents.clone();
        let manifest = manifest::bytes(self.iter());
        contents.insert(MANIFEST.to_owned(), manifest);
        contents
    }
}

/// What a path leads to, symbolic links followed: links stay, what they stand for is replaced.
fn followed(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// The content of a file, if there is one.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
