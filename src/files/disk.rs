//! Every change that is made to the disk, one function each, so that tests can stop the world before any of them.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// The disk, and who is asked before it is changed.
pub(super) struct Disk<'hook> {
    before: &'hook mut dyn FnMut(DiskOperation) -> io::Result<()>,
}

/// A change that is about to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DiskOperation {
    MakeFolder,
    Write,
    Rename,
    RemoveFile,
    RemoveFolder,
}

impl<'hook> Disk<'hook> {
    pub(super) fn new(before: &'hook mut dyn FnMut(DiskOperation) -> io::Result<()>) -> Self {
        Self { before }
    }

    pub(super) fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        (self.before)(DiskOperation::MakeFolder)?;
        fs::create_dir(path)
    }

    /// Writes a new file and flushes it; its permissions are those given, or those of any new file.
    pub(super) fn write(&mut self, path: &Path, content: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
        (self.before)(DiskOperation::Write)?;
        let mut file = File::create_new(path)?;
        file.write_all(content)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        (self.before)(DiskOperation::Rename)?;
        fs::rename(from, to)
    }

    /// Removes a file; one that is gone already is no error.
    pub(super) fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        (self.before)(DiskOperation::RemoveFile)?;
        gone_is_fine(fs::remove_file(path))
    }

    /// Removes a folder if nothing is in it and nothing else holds it: an empty folder harms nobody.
    pub(super) fn remove_empty_folder(&mut self, path: &Path) -> io::Result<()> {
        (self.before)(DiskOperation::RemoveFolder)?;
        let _ = fs::remove_dir(path);
        Ok(())
    }

    /// Removes a folder with everything in it.
    pub(super) fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        (self.before)(DiskOperation::RemoveFolder)?;
        gone_is_fine(fs::remove_dir_all(path))
    }
}

fn gone_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// A rename is on the disk only when its folder is.
#[cfg(unix)]
pub(super) fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere folders cannot be opened to be flushed.
#[cfg(not(unix))]
pub(super) fn flush_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
