//! The tests of a root module, which `terraform validate` reads along with it: the files of the folder itself and of `tests` in it, the
//! mocks that they name, and the modules that they test.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Problem, Reader, cleaned, folder};
use crate::terraform::configuration::Configuration;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::parse::{self, TestFile};

/// The folder that Terraform looks for tests in, besides the module's own.
const FOLDER: &str = "tests";

/// The tests of a configuration.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tests {
    /// What is wrong with their files.
    pub problems: Vec<Problem>,
    /// The modules that runs test in the place of the root, each with the address of its run.
    pub modules: Vec<(String, Configuration)>,
}

impl Reader<'_> {
    /// Reads the tests of the root module in a folder.
    pub(super) fn tests(&mut self, root: &Path) -> Tests {
        // What is wrong with the configuration itself is kept apart.
        let own = std::mem::take(&mut self.problems);
        let mut modules = Vec::new();
        let inner = root.join(FOLDER);
        if fs::metadata(&inner).is_ok_and(|it| !it.is_dir()) {
            let message = "a folder belongs here: Terraform looks for tests in it";
            self.note(&inner, vec![Diagnostic::new(DiagnosticKind::ModuleSource, "tests", message)]);
        }
        for folder in [root, &inner] {
            for path in files(folder, ".tftest") {
                let file = self.test_file(&path);
                file.mocks.iter().for_each(|source| self.mocks(&path, &root.join(source)));
                for (run, source) in &file.modules {
                    modules.extend(self.tested(&path, root, run, source));
                }
            }
        }
        Tests { problems: std::mem::replace(&mut self.problems, own), modules }
    }

    fn test_file(&mut self, path: &Path) -> TestFile {
        let Ok(text) = super::text(path) else { return TestFile::default() };
        let (file, diagnostics) = parse::test_file(&text, is_json(path));
        self.note(path, diagnostics);
        file
    }

    /// The mocks of a folder. Paths are told from the root module, wherever the test is.
    fn mocks(&mut self, test: &Path, folder: &Path) {
        if fs::read_dir(folder).is_err() {
            let message = format!("the folder of mocks `{}` cannot be read", folder.display());
            self.note(test, vec![Diagnostic::new(DiagnosticKind::ModuleSource, "mock_provider", message)]);
            return;
        }
        let mut known = HashSet::new();
        for path in files(folder, ".tfmock") {
            let Ok(content) = super::text(&path) else { continue };
            let diagnostics = parse::mock_file(&content, is_json(&path), &mut known);
            self.note(&path, diagnostics);
        }
    }

    /// The module that a run tests.
    fn tested(&mut self, test: &Path, root: &Path, run: &str, source: &str) -> Option<(String, Configuration)> {
        let folder = cleaned(&root.join(source));
        let block = format!("run.{run}");
        if !folder.is_dir() {
            let message = format!("there is no folder `{source}`");
            self.note(test, vec![Diagnostic::new(DiagnosticKind::ModuleSource, block, message).at("module.source")]);
            return None;
        }
        // A folder without files is a module without blocks.
        let configuration = self.read(&folder, &format!("{block}."), 1).ok()?;
        Some((block, configuration))
    }
}

/// The files of a folder with `.hcl` or `.json` after this ending, in the order of their names.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let names = folder::names(folder).unwrap_or_default();
    let is_one = |name: &String| {
        let stem = name.strip_suffix(".hcl").or_else(|| name.strip_suffix(".json"));
        stem.is_some_and(|stem| stem.ends_with(ending))
    };
    names.into_iter().filter(is_one).map(|name| folder.join(name)).collect()
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "json")
}
