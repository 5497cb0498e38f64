//! The modules that `terraform init` has installed below a root module: `.terraform/modules/modules.json` says which and where.

use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::terraform::refactoring::ModuleCall;

/// The modules that are there, by the names of the calls that lead to them.
#[derive(Debug, Default)]
pub(super) struct Installed(FxHashMap<String, Entry>);

#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(rename = "Modules")]
    modules: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    key: String,
    source: String,
    dir: PathBuf,
}

impl Installed {
    /// What is installed below a folder; nothing where the list is missing or is none, as before the first `terraform init`.
    pub(super) fn below(folder: &Path) -> Self {
        let list = folder.join(".terraform").join("modules").join("modules.json");
        let manifest: Option<Manifest> =
            fs::read_to_string(list).ok().and_then(|text| serde_json::from_str(&text).ok());
        let entries = manifest.map(|manifest| manifest.modules).unwrap_or_default();
        let entry = |entry: Entry| (entry.key.clone(), Entry { dir: folder.join(&entry.dir), ..entry });
        Self(entries.into_iter().map(entry).collect())
    }

    /// Where the module of a call is, if it is that which the call asks for. `prefix` is the address of the caller, with a dot.
    pub(super) fn find(&self, prefix: &str, call: &ModuleCall) -> Option<PathBuf> {
        let outer: String = prefix.split('.').skip(1).step_by(2).flat_map(|name| [name, "."]).collect();
        let entry = self.0.get(&format!("{outer}{}", call.name))?;
        // The list has the addresses of registries in full.
        let is_it = entry.source == *call.source || entry.source.ends_with(&format!("/{}", call.source));
        is_it.then(|| entry.dir.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_asks_for_is_found_at_any_depth() {
        let folder = tempfile::tempdir().unwrap();
        let modules = folder.path().join(".terraform/modules");
        fs::create_dir_all(&modules).unwrap();
        let list = r#"{"Modules": [{"Key": "", "Source": "", "Dir": "."},
            {"Key": "a", "Source": "registry.terraform.io/x/a/aws", "Version": "1.0.0", "Dir": ".terraform/modules/a"},
            {"Key": "a.b", "Source": "git::https://example.com/b", "Dir": ".terraform/modules/a.b"}]}"#;
        fs::write(modules.join("modules.json"), list).unwrap();
        let installed = Installed::below(folder.path());
        let found = |prefix: &str, name: &'static str, source: &'static str| {
            installed.find(prefix, &ModuleCall::new(name, source)).is_some()
        };
        assert!(found("", "a", "x/a/aws") && found("module.a.", "b", "git::https://example.com/b"));
        assert!(!found("", "b", "git::https://example.com/b") && !found("", "a", "y/a/aws"));
        assert!(Installed::below(&modules).find("", &ModuleCall::new("a", "x/a/aws")).is_none());
    }
}
