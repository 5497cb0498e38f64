//! The list of what a run wrote, for the next one.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{is_ours, read, relative_path};

/// The file that lists what dr-synth wrote into a folder. Keep it with the others: without it, files that are no longer
/// needed stay where they are.
pub const MANIFEST: &str = ".dr-synth-manifest.json";

#[derive(Serialize, Deserialize)]
struct Manifest {
    #[serde(rename = "//")]
    comment: String,
    files: Vec<String>,
}

/// The manifest of these files.
pub(super) fn bytes<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let comment = format!("{}: what it may remove from this folder when it is needed no more", crate::AUTHORSHIP);
    let manifest = Manifest { comment, files: paths.map(str::to_owned).collect() };
    // A vector takes everything, and lists of strings are JSON.
    let mut bytes = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// What an earlier run wrote here. A manifest that is not one lists nothing: then nothing is removed.
pub(super) fn earlier(folder: &Path) -> io::Result<BTreeSet<String>> {
    let Some(content) = read(&folder.join(MANIFEST))? else { return Ok(BTreeSet::new()) };
    let manifest = is_ours(&content).then(|| serde_json::from_slice::<Manifest>(&content).ok()).flatten();
    let files = manifest.map(|manifest| manifest.files).unwrap_or_default();
    Ok(files.into_iter().filter(|path| relative_path::is_legal(path)).collect())
}
