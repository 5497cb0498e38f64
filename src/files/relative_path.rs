//! Paths inside of a folder: what a file of one run is called, on any system.

use std::path::{Path, PathBuf};

/// Whether the path stays inside, on every system: parts divided by `/`, none of them empty, `.` or `..`.
pub(super) fn is_legal(path: &str) -> bool {
    !path.contains(['\\', ':', '\0']) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// The folders above a file, the innermost first.
pub(super) fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(end, _)| &path[..end])
}

/// The path below a folder.
pub(super) fn below(folder: &Path, path: &str) -> PathBuf {
    folder.join(path.split('/').collect::<PathBuf>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_paths_stay_inside() {
        assert!(["a", "a/b.tf.json", "..a/.b"].into_iter().all(is_legal));
        let illegal = ["", "/a", "a/", "a//b", "./a", "a/../b", "..", "a\\b", "C:a", "a\0"];
        assert_eq!(illegal.into_iter().find(|path| is_legal(path)), None);
    }

    #[test]
    fn parents_are_folders_only() {
        assert_eq!(parents("a/b/c").collect::<Vec<_>>(), ["a/b", "a"]);
        assert_eq!(parents("c").next(), None);
    }
}
