//! `modules/`: the default stack in the layout of modules, for people without Rust and for reviewers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dr_synth::files::Files;
use dr_synth::settings::{Layout, Settings};
use dr_synth::stack;
use dr_synth::stack::files::FilesError;

use crate::{Outcome, Project};

/// The folder, which holds nothing else.
const FOLDER: &str = "modules";

/// Writes the folder anew, without what earlier versions left in it.
pub(crate) fn write(project: &Project) -> Outcome<()> {
    let folder = project.root.join(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| format!("cannot empty {FOLDER}: {error}"))?;
    }
    for (path, content) in of_modules(&generated()?) {
        let file = project.root.join(path);
        let parent = file.parent().unwrap_or(&folder);
        std::fs::create_dir_all(parent).map_err(|error| format!("cannot make {}: {error}", parent.display()))?;
        project.write(Path::new(path), content)?;
    }
    Ok(())
}

/// The files that are not what would be written, those among them that would not be written at all.
pub(crate) fn stale(project: &Project) -> Outcome<Vec<PathBuf>> {
    let generated = generated()?;
    let expected: BTreeSet<PathBuf> = of_modules(&generated).map(|(path, _)| path.into()).collect();
    let differs =
        |(path, content): &(&str, &[u8])| std::fs::read(project.root.join(path)).ok().as_deref() != Some(*content);
    let mut stale: Vec<PathBuf> = of_modules(&generated).filter(differs).map(|(path, _)| path.into()).collect();
    stale.extend(files_in(&project.root, Path::new(FOLDER)).into_iter().filter(|path| !expected.contains(path)));
    Ok(stale)
}

fn generated() -> Outcome<Files> {
    let settings = Settings { layout: Layout::Modules, ..Settings::default() };
    stack::build(&settings).files().map_err(|error| match error {
        FilesError::Findings(found) => found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        FilesError::Template(error) => error.to_string(),
    })
}

fn of_modules(files: &Files) -> impl Iterator<Item = (&str, &[u8])> {
    files.iter().filter(|(path, _)| Path::new(path).starts_with(FOLDER))
}

/// The files below a folder, seen from the root; none if there is no such folder.
fn files_in(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| folder.join(entry.file_name()));
    paths.flat_map(|path| if root.join(&path).is_dir() { files_in(root, &path) } else { vec![path] }).collect()
}
