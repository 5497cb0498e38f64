//! The house of ARCHITECTURE.md has one way up: its layers do not import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::root;

/// The files of a top module: `name.rs` and everything in the folder `name`. Tests may look up the house.
fn files(name: &str) -> Vec<PathBuf> {
    let source = root().join("src");
    let mut files = vec![source.join(format!("{name}.rs"))];
    let mut folders = vec![source.join(name)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.retain(|path| path.is_file() && path.extension().is_some_and(|kind| kind == "rs") && !is_test(path));
    files
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part.to_string_lossy().contains("tests"))
}

/// The lines of a file that are built into the library: without comments, and up to its unit tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let library = text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
    library.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The top modules, each with those that it names.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let library = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared = library.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    });
    let names: BTreeSet<String> = declared.collect();
    assert!(names.contains("terraform") && names.contains("proof"), "{names:?}");
    let imported = |name: &String| {
        let text: String = files(name).iter().map(|path| code(path) + "\n").collect();
        let others = names.iter().filter(|other| *other != name && mentions(&text, other));
        (name.clone(), others.cloned().collect())
    };
    names.iter().map(imported).collect()
}

/// Whether `crate::name` is in the text, as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    let path = format!("crate::{name}");
    text.match_indices(&path).any(|(at, _)| {
        let next = text[at + path.len()..].chars().next();
        !next.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

/// A way from a module back to itself, if there is one.
fn circle(imports: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn walk(imports: &BTreeMap<String, BTreeSet<String>>, way: &mut Vec<String>) -> Option<Vec<String>> {
        for next in imports.get(way.last()?)? {
            if let Some(start) = way.iter().position(|name| name == next) {
                return Some(way[start..].to_vec());
            }
            way.push(next.clone());
            if let Some(found) = walk(imports, way) {
                return Some(found);
            }
            way.pop();
        }
        None
    }
    imports.keys().find_map(|name| walk(imports, &mut vec![name.clone()]))
}

#[test]
fn no_top_module_imports_one_that_imports_it() {
    let imports = imports();
    assert!(imports["proof"].contains("terraform"), "nothing was found: {imports:?}");
    assert_eq!(circle(&imports), None, "{imports:#?}");
}

#[test]
fn what_is_at_the_bottom_knows_no_other_layer() {
    let imports = imports();
    assert_eq!(imports["terraform"], BTreeSet::new(), "the language knows no AWS");
    assert!(!imports["components"].contains("stack"));
    assert!(!imports["proof"].contains("stack"), "a verdict knows nothing of how a configuration was made");
}

#[test]
fn a_circle_is_found() {
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let mut imports = BTreeMap::from([
        ("a".to_owned(), names(&["b", "c"])),
        ("b".to_owned(), names(&["c"])),
        ("c".to_owned(), names(&[])),
    ]);
    assert_eq!(circle(&imports), None);
    imports.insert("c".to_owned(), names(&["b"]));
    assert_eq!(circle(&imports), Some(vec!["b".to_owned(), "c".to_owned()]));
    assert!(mentions("use crate::aws::Arn;", "aws") && !mentions("use crate::aws_other::Arn;", "aws"));
}
