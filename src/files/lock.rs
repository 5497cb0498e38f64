//! One process at a time in a folder.

use std::fs::File;
use std::io;
use std::path::Path;

/// Waits until nobody else writes into the folder; dropped, it lets the next one in. The system drops it with a process
/// that is killed.
#[cfg(unix)]
pub(super) fn folder(folder: &Path) -> io::Result<Option<File>> {
    let handle = File::open(folder)?;
    match handle.lock() {
        Ok(()) => Ok(Some(handle)),
        // Some network file systems know no locks.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(error) => Err(error),
    }
}

/// Elsewhere folders cannot be opened to be locked.
#[cfg(not(unix))]
pub(super) fn folder(_folder: &Path) -> io::Result<Option<File>> {
    Ok(None)
}
