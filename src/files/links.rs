//! Symbolic links on the way to a file: they are followed only to what is there, and only inside of the folder.

use std::fs;
use std::path::Path;

use super::{WriteError, followed};

/// Refuses a path that leads through a link to nothing: what would be made there, the link does not say.
///
/// # Errors
/// The link.
pub fn refuse_dangling_links(path: &Path) -> Result<(), WriteError> {
    let dangling =
        path.ancestors().filter(|place| !place.as_os_str().is_empty()).find(|place| is_link(place) && !place.exists());
    dangling.map_or(Ok(()), |place| Err(WriteError::DanglingLink(place.to_owned())))
}

/// Whatever links there are, what is replaced is in the folder. A folder that is a link itself is where it leads to.
///
/// # Errors
/// A link to nothing, or one that leads out of the folder.
pub fn stays_inside(folder: &Path, target: &Path) -> Result<(), WriteError> {
    let inside = followed(folder);
    for place in target.ancestors().take_while(|place| *place != folder && !place.as_os_str().is_empty()) {
        let is_link = is_link(place);
        if is_link && !place.exists() {
            return Err(WriteError::DanglingLink(place.to_owned()));
        }
        let reached = followed(place);
        if is_link && !reached.starts_with(&inside) {
            return Err(WriteError::LeadsOut { path: place.to_owned(), target: reached });
        }
    }
    Ok(())
}

fn is_link(place: &Path) -> bool {
    fs::symlink_metadata(place).is_ok_and(|metadata| metadata.is_symlink())
}
