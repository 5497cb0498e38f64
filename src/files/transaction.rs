//! A write that happens wholly or not at all.
//!
//! ```text
//! stage ──> journal ──> barriers ──> renames, removals ──> barriers away ──> journal away
//!              └────────── killed or failed in here: undo ──────────┘        └── it has happened
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, flush_folder};
use super::journal::{Entry, Journal, Staging};
use super::plan::Plan;
use super::relative_path::{below, parents};
use super::{WriteError, barrier, followed, is_ours, read};

/// Carries out a plan. On an error the folder is as it was.
pub(super) fn run(disk: &mut Disk<'_>, folder: &Path, plan: &Plan) -> Result<(), WriteError> {
    if plan.changes.is_empty() {
        return Ok(());
    }
    let staging = Staging::of(folder);
    let journal = journal_of(folder, plan);
    let result = stage(disk, folder, &staging, plan, &journal)
        .and_then(|()| apply(disk, folder, &staging, &journal))
        .and_then(|()| commit(disk, &staging));
    match result {
        // It has happened. What cannot be cleaned up now, the next run cleans up.
        Ok(()) => clean_up(disk, folder, &staging).or(Ok(())),
        Err(error) => recover(disk, folder).and(Err(error)),
    }
}

/// Takes back what a killed process, or a failed write, left unfinished.
///
/// # Errors
/// It cannot be taken back. The journal and the barriers stay.
pub(super) fn recover(disk: &mut Disk<'_>, folder: &Path) -> Result<(), WriteError> {
    let staging = Staging::of(folder);
    match fs::symlink_metadata(staging.path()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(WriteError::stuck(staging.path(), "it is not a folder")),
        Err(error) => return Err(WriteError::io(staging.path(), "cannot read", error)),
    }
    if let Some(journal) = staging.read_journal()? {
        undo(disk, folder, &staging, &journal)?;
        commit(disk, &staging)?;
    }
    clean_up(disk, folder, &staging)
}

fn journal_of(folder: &Path, plan: &Plan) -> Journal {
    let written = plan.changes.iter().filter(|change| change.new.is_some());
    let new_folders: BTreeSet<_> = written
        .flat_map(|change| parents(&change.path))
        .filter(|parent| !below(folder, parent).exists())
        .map(str::to_owned)
        .collect();
    // One rename is whole by itself.
    let barriers: BTreeSet<_> = match plan.changes.len() {
        0 | 1 => BTreeSet::new(),
        _ => plan.changes.iter().map(|change| parents(&change.path).next().unwrap_or_default().to_owned()).collect(),
    };
    let entry = |change: &super::plan::PlannedFile| Entry {
        path: change.path.clone(),
        is_written: change.new.is_some(),
        was_there: change.old.is_some(),
    };
    Journal {
        changes: plan.changes.iter().map(entry).collect(),
        new_folders: new_folders.into_iter().collect(),
        barriers: barriers.into_iter().collect(),
    }
}

/// Puts everything that is needed, to write and to take back, onto the disk.
fn stage(
    disk: &mut Disk<'_>,
    folder: &Path,
    staging: &Staging,
    plan: &Plan,
    journal: &Journal,
) -> Result<(), WriteError> {
    let failed = |error| WriteError::io(folder, "cannot write", error);
    disk.make_folder(staging.path()).map_err(failed)?;
    for (number, change) in plan.changes.iter().enumerate() {
        let permissions = change.old.as_ref().map(|old| old.permissions.clone());
        if let Some(old) = &change.old {
            disk.write(&staging.old_file(number), &old.content, permissions.clone()).map_err(failed)?;
        }
        if let Some(new) = &change.new {
            disk.write(&staging.new_file(number), new, permissions).map_err(failed)?;
        }
    }
    for number in 0..journal.barriers.len() {
        disk.write(&staging.barrier(number), barrier::CONTENT.as_bytes(), None).map_err(failed)?;
    }
    disk.write(&staging.draft(), &journal.to_bytes().map_err(failed)?, None).map_err(failed)?;
    disk.rename(&staging.draft(), &staging.journal()).map_err(failed)?;
    flush_folder(staging.path()).and_then(|()| flush_folder(folder)).map_err(failed)
}

fn apply(disk: &mut Disk<'_>, folder: &Path, staging: &Staging, journal: &Journal) -> Result<(), WriteError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| WriteError::io(path, "cannot write", error)
    };
    for new in &journal.new_folders {
        let new = below(folder, new);
        disk.make_folder(&new).map_err(at(&new))?;
    }
    for (number, place) in barriers(folder, journal).enumerate() {
        disk.rename(&staging.barrier(number), &place).map_err(at(&place))?;
    }
    flush(folder, journal)?;
    for (number, change) in journal.changes.iter().enumerate() {
        let target = below(folder, &change.path);
        if change.is_written {
            disk.rename(&staging.new_file(number), &followed(&target)).map_err(at(&target))?;
        } else {
            disk.remove_file(&target).map_err(at(&target))?;
        }
    }
    flush(folder, journal)?;
    remove_barriers(disk, folder, journal)?;
    for removed in journal.changes.iter().filter(|change| !change.is_written) {
        remove_empty(disk, folder, parents(&removed.path))?;
    }
    flush(folder, journal)
}

/// Removes the journal: from here on the write has happened, or has been taken back.
fn commit(disk: &mut Disk<'_>, staging: &Staging) -> Result<(), WriteError> {
    let failed = |error| WriteError::io(staging.path(), "cannot remove", error);
    disk.remove_file(&staging.journal()).map_err(failed)?;
    flush_folder(staging.path()).map_err(failed)
}

fn clean_up(disk: &mut Disk<'_>, folder: &Path, staging: &Staging) -> Result<(), WriteError> {
    let failed = |error| WriteError::io(staging.path(), "cannot remove", error);
    disk.remove_folder(staging.path()).map_err(failed)?;
    flush_folder(folder).map_err(failed)
}

/// Puts back what was there. Done twice, or by halves and then once more, it comes to the same.
fn undo(disk: &mut Disk<'_>, folder: &Path, staging: &Staging, journal: &Journal) -> Result<(), WriteError> {
    for (number, change) in journal.changes.iter().enumerate() {
        undo_change(disk, folder, staging, number, change)?;
    }
    flush(folder, journal)?;
    remove_barriers(disk, folder, journal)?;
    remove_empty(disk, folder, journal.new_folders.iter().rev().map(String::as_str))?;
    flush(folder, journal)
}

fn undo_change(
    disk: &mut Disk<'_>,
    folder: &Path,
    staging: &Staging,
    number: usize,
    change: &Entry,
) -> Result<(), WriteError> {
    let target = below(folder, &change.path);
    let failed = |error| WriteError::io(&target, "cannot restore", error);
    if change.is_written && staging.new_file(number).exists() {
        return Ok(()); // It was not replaced.
    }
    let present = read(&target).map_err(failed)?;
    // What dr-synth put there carries its mark. Anything else has been put there since, and is not ours to lose.
    let is_untouched =
        if change.is_written { present.is_some_and(|content| is_ours(&content)) } else { present.is_none() };
    if !is_untouched {
        return Ok(());
    }
    if !change.was_there {
        return disk.remove_file(&target).map_err(failed);
    }
    let old = staging.old_file(number);
    if !old.exists() {
        return Ok(()); // It was put back already.
    }
    let parent = make_parents(disk, folder, &change.path).map_err(failed)?;
    let (inside, outside) = (followed(folder), followed(&parent));
    if !outside.starts_with(&inside) {
        return Err(WriteError::stuck(&target, format!("it is a way to {}", outside.display())));
    }
    disk.rename(&old, &followed(&target)).map_err(failed)
}

/// The folder of a file that is put back; it went when it became empty.
fn make_parents(disk: &mut Disk<'_>, folder: &Path, path: &str) -> io::Result<PathBuf> {
    let missing: Vec<_> = parents(path).map(|parent| below(folder, parent)).filter(|parent| !parent.exists()).collect();
    for parent in missing.iter().rev() {
        disk.make_folder(parent)?;
    }
    Ok(parents(path).next().map_or(folder.to_owned(), |parent| below(folder, parent)))
}

fn barriers<'a>(folder: &'a Path, journal: &'a Journal) -> impl Iterator<Item = PathBuf> + 'a {
    journal.barriers.iter().map(|place| folder.join(place).join(barrier::NAME))
}

fn remove_barriers(disk: &mut Disk<'_>, folder: &Path, journal: &Journal) -> Result<(), WriteError> {
    for place in barriers(folder, journal) {
        disk.remove_file(&place).map_err(|error| WriteError::io(&place, "cannot remove", error))?;
    }
    Ok(())
}

/// Removes folders, inner ones first, that have become empty.
fn remove_empty<'a>(
    disk: &mut Disk<'_>,
    folder: &Path,
    paths: impl Iterator<Item = &'a str>,
) -> Result<(), WriteError> {
    for path in paths.map(|path| below(folder, path)) {
        disk.remove_empty_folder(&path).map_err(|error| WriteError::io(&path, "cannot remove", error))?;
    }
    Ok(())
}

/// Flushes every folder in which something changed.
fn flush(folder: &Path, journal: &Journal) -> Result<(), WriteError> {
    let changed = journal.changes.iter().flat_map(|change| parents(&change.path)).map(|parent| below(folder, parent));
    let changed: BTreeSet<_> = changed.chain([folder.to_owned()]).filter(|path| path.exists()).collect();
    for path in changed {
        flush_folder(&path).map_err(|error| WriteError::io(&path, "cannot write", error))?;
    }
    Ok(())
}
