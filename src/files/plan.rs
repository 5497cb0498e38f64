//! What has to change in a folder, found out before anything is changed.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::links::stays_inside;
use super::relative_path::below;
use super::{Action, MANIFEST, Outcome, Overwrite, WriteError, followed, is_ours, manifest, read};

/// The changes of a folder.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) changes: Vec<PlannedFile>,
    unchanged: Vec<String>,
}

/// A file that is written or removed.
#[derive(Debug)]
pub(super) struct PlannedFile {
    pub(super) path: String,
    /// Nothing where the file is removed.
    pub(super) new: Option<Vec<u8>>,
    pub(super) old: Option<OldFile>,
}

/// A file as it was found.
#[derive(Debug)]
pub(super) struct OldFile {
    pub(super) content: Vec<u8>,
    pub(super) permissions: Permissions,
}

impl Plan {
    /// Compares the folder with what is to be in it.
    ///
    /// # Errors
    /// What is in the way, all of it at once.
    pub(super) fn new(
        folder: &Path,
        contents: BTreeMap<String, Vec<u8>>,
        overwrite: Overwrite,
    ) -> Result<Self, WriteError> {
        let manifest = folder.join(MANIFEST);
        let earlier = manifest::earlier(folder).map_err(|error| WriteError::io(&manifest, "cannot read", error))?;
        let stale = stale(folder, &contents, &earlier);
        let mut plan = Self { changes: Vec::new(), unchanged: Vec::new() };
        let (mut foreign, mut edited) = (Vec::new(), Vec::new());
        for (path, new) in contents {
            let target = below(folder, &path);
            stays_inside(folder, &target)?;
            let old = old_file(&target)?;
            match old {
                Some(old) if old.content == new => plan.unchanged.push(path),
                Some(old) if overwrite == Overwrite::OnlyOurs && !is_ours(&old.content) => foreign.push(target),
                Some(old) if overwrite == Overwrite::OnlyOurs && earlier.is_edited(&path, &old.content) => {
                    edited.push(target);
                }
                old => plan.changes.push(PlannedFile { path, new: Some(new), old }),
            }
        }
        if !foreign.is_empty() {
            return Err(WriteError::Foreign(foreign));
        }
        if overwrite == Overwrite::OnlyOurs {
            let edits = stale
                .iter()
                .filter(|change| change.old.as_ref().is_some_and(|old| earlier.is_edited(&change.path, &old.content)));
            edited.extend(edits.map(|change| below(folder, &change.path)));
        }
        if !edited.is_empty() {
            return Err(WriteError::Edited(edited));
        }
        plan.changes.extend(stale);
        Ok(plan)
    }

    /// What became of each file, once the plan has been carried out. The manifest is nobody's business.
    pub(super) fn outcomes(&self, folder: &Path) -> Vec<Outcome> {
        let changed = self
            .changes
            .iter()
            .map(|change| (&change.path, if change.new.is_some() { Action::Written } else { Action::Removed }));
        let unchanged = self.unchanged.iter().map(|path| (path, Action::Unchanged));
        let mut outcomes: Vec<_> = changed
            .chain(unchanged)
            .filter(|(path, _)| *path != MANIFEST)
            .map(|(path, action)| Outcome { path: below(folder, path), action })
            .collect();
        outcomes.sort_by(|left, right| left.path.cmp(&right.path));
        outcomes
    }
}

/// What an earlier run wrote, and this one does not.
fn stale(folder: &Path, contents: &BTreeMap<String, Vec<u8>>, earlier: &manifest::Earlier) -> Vec<PlannedFile> {
    let mut changes = Vec::new();
    for path in earlier.files.iter().filter(|path| !contents.contains_key(*path)) {
        // A folder, or somebody else's file by now: it stays.
        let Ok(Some(old)) = old_file(&below(folder, path)) else { continue };
        if is_ours(&old.content) {
            changes.push(PlannedFile { path: path.clone(), new: None, old: Some(old) });
        }
    }
    changes
}

fn old_file(path: &PathBuf) -> Result<Option<OldFile>, WriteError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(WriteError::io(path, "cannot write", error)),
    };
    if !metadata.is_file() {
        return Err(WriteError::NotAFile(path.clone()));
    }
    let content = read(&followed(path)).map_err(|error| WriteError::io(path, "cannot read", error))?;
    Ok(content.map(|content| OldFile { content, permissions: metadata.permissions() }))
}
