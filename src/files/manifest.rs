//! The list of what a run wrote, for the next one.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{is_ours, read, relative_path};

/// The file that lists what dr-synth wrote into a folder. Keep it with the others: without it, files that are no longer
/// needed stay where they are.
pub const MANIFEST: &str = ".dr-synth-manifest.json";

#[derive(Serialize, Deserialize)]
struct Manifest {
    #[serde(rename = "//")]
    comment: String,
    files: Vec<String>,
    /// The SHA-256 of each file as it was written. Manifests of the first versions have none.
    #[serde(default)]
    sha256: BTreeMap<String, String>,
}

/// What an earlier run wrote into a folder.
#[derive(Default)]
pub(super) struct Earlier {
    /// The paths.
    pub(super) files: BTreeSet<String>,
    sha256: BTreeMap<String, String>,
}

impl Earlier {
    /// Whether a file is not as it was written. Without a hash nobody can tell, and it counts as untouched.
    pub(super) fn is_edited(&self, path: &str, content: &[u8]) -> bool {
        self.sha256.get(path).is_some_and(|written| *written != hash(content))
    }
}

fn hash(content: &[u8]) -> String {
    crate::digest::hexadecimal(Sha256::new_with_prefix(content))
}

/// The manifest of these files.
pub(super) fn bytes<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let comment = format!("{}: what it may remove from this folder when it is needed no more", crate::AUTHORSHIP);
    let sha256: BTreeMap<_, _> = files.map(|(path, content)| (path.to_owned(), hash(content))).collect();
    let manifest = Manifest { comment, files: sha256.keys().cloned().collect(), sha256 };
    // A vector takes everything, and lists of strings are JSON.
    let mut bytes = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// What an earlier run wrote here. A manifest that is not one lists nothing: then nothing is removed.
pub(super) fn earlier(folder: &Path) -> io::Result<Earlier> {
    let Some(content) = read(&folder.join(MANIFEST))? else { return Ok(Earlier::default()) };
    let manifest = is_ours(&content).then(|| serde_json::from_slice::<Manifest>(&content).ok()).flatten();
    let Some(Manifest { files, sha256, .. }) = manifest else { return Ok(Earlier::default()) };
    Ok(Earlier { files: files.into_iter().filter(|path| relative_path::is_legal(path)).collect(), sha256 })
}
