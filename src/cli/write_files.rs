//! Files in a folder, all or none of them, each whole at any time.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use dr_synth::AUTHORSHIP;
use serde::Deserialize;
use tempfile::NamedTempFile;

use super::report::Report;

/// How the names of files begin that are not finished.
const PREFIX: &str = ".dr-synth-";

/// A file to be written.
#[derive(Debug)]
pub(crate) struct NewFile {
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
}

/// Writes the files into the folder, which is made if it is not there, and returns their paths.
///
/// Each file is written beside its target, flushed to the disk, and renamed: whoever reads the target finds the old
/// file or the new one. No target is touched before all of the new files are there.
///
/// # Errors
/// A target is not a file, or a file that dr-synth did not write (unless `force`), or the folder cannot be written.
pub(crate) fn write_files(folder: &Path, files: &[NewFile], force: bool) -> Result<Vec<PathBuf>, Report> {
    let targets: Vec<_> = files.iter().map(|file| folder.join(&file.path)).collect();
    for target in &targets {
        refuse_foreign(target, force)?;
    }
    for parent in targets.iter().filter_map(|target| target.parent()).chain([folder]) {
        fs::create_dir_all(parent).map_err(|error| cannot_write(parent, &error))?;
    }
    let staged: Vec<_> = files
        .iter()
        .zip(&targets)
        .map(|(file, target)| stage(target, &file.content).map_err(|error| cannot_write(target, &error)))
        .collect::<Result<_, _>>()?;
    for (file, target) in staged.into_iter().zip(&targets) {
        file.persist(followed(target)).map_err(|error| cannot_write(target, &error.error))?;
    }
    sync_folder(folder).map_err(|error| cannot_write(folder, &error))?;
    Ok(targets)
}

/// Overwriting is for files that dr-synth can write again.
fn refuse_foreign(target: &Path, force: bool) -> Result<(), Report> {
    let metadata = match fs::metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot_write(target, &error)),
    };
    if !metadata.is_file() {
        return Err(Report::new("the target is not a file")
            .at(target.display().to_string())
            .fix("choose another folder"));
    }
    if force {
        return Ok(());
    }
    let content = fs::read(target).map_err(|error| {
        Report::new(format!("cannot read the file that is to be overwritten: {error}")).at(target.display().to_string())
    })?;
    if is_ours(&content) {
        return Ok(());
    }
    Err(Report::new("refusing to overwrite a file that dr-synth did not write")
        .at(target.display().to_string())
        .because(format!("its first comment does not begin with \"{AUTHORSHIP}\""))
        .fix("choose another folder, or pass --force to lose the file"))
}

#[derive(Deserialize)]
struct Commented {
    #[serde(rename = "//")]
    comment: String,
}

/// JSON documents carry the comment as a member, other files as their first line.
fn is_ours(content: &[u8]) -> bool {
    if ["#", "<!--"].iter().any(|comment| content.starts_with(format!("{comment} {AUTHORSHIP}").as_bytes())) {
        return true;
    }
    serde_json::from_slice::<Commented>(content).is_ok_and(|document| document.comment.starts_with(AUTHORSHIP))
}

/// Writes the content beside the target. Dropped, the file is gone again.
fn stage(target: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let target = followed(target);
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = new_file(folder)?;
    if let Ok(replaced) = fs::metadata(&target) {
        file.as_file().set_permissions(replaced.permissions())?;
    }
    file.write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// What a symbolic link stands for: the link itself stays.
fn followed(target: &Path) -> PathBuf {
    fs::canonicalize(target).unwrap_or_else(|_| target.to_owned())
}

/// A file with the permissions of any new file: temporary files are otherwise their owner's alone.
#[cfg(unix)]
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)
}

/// A file whose permissions come from its folder.
#[cfg(not(unix))]
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)
}

/// A rename is on the disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Elsewhere folders cannot be opened to be flushed.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn cannot_write(path: &Path, error: &io::Error) -> Report {
    Report::new(format!("cannot write: {error}"))
        .at(path.display().to_string())
        .fix("choose a folder that can be written with --out")
}
