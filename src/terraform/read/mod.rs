//! Files and folders into a [`Configuration`].
//!
//! ```text
//! path, `-` ──> folder: which files, in Terraform's order ──> parse ──> Module ──┐
//!                       override files ──> parse ──> overrides (merged) ─────────┤
//!                       calls of modules on disk ──> the same again ─────────────┴─> Reading
//! ```
//!
//! What a file says wrong does not end the reading: it becomes a [`Problem`], and everything else is still there. Only what
//! cannot be opened ends it.

mod folder;
mod installed;
mod mistaken;
mod overrides;
mod problem;
mod tests_of;
mod variables;

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::configuration::Configuration;
use super::diagnostic::Diagnostic;
use super::dialect::Dialect;
use super::module::Module;
use super::parse::{self, Override};
use super::refactoring::ModuleCall;
use installed::Installed;
pub use problem::{Problem, ReadError};
pub use tests_of::Tests;
pub use variables::{Given, VariablesError, variables};

/// The path that stands for standard input.
pub const STANDARD_INPUT: &str = "-";

/// How deep modules may call each other: a module that calls itself would never end.
const DEEPEST: usize = 16;

/// How many modules there may be: a few files that call each other twice make many.
const MOST: usize = 10_000;

/// A configuration, and what is wrong with the files it came from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// What could be read.
    pub configuration: Configuration,
    /// What is wrong with the files.
    pub problems: Vec<Problem>,
    /// The tests that are there for it.
    pub tests: Tests,
}

impl Reading {
    /// The configuration, if nothing is wrong with its files.
    ///
    /// # Errors
    /// The problems of the first file that has some.
    pub fn into_configuration(self) -> Result<Configuration, ReadError> {
        let Some(path) = self.problems.first().map(|problem| problem.path.clone()) else {
            return Ok(self.configuration);
        };
        let of_file = self.problems.into_iter().filter(|problem| problem.path == path);
        Err(ReadError::Syntax { diagnostics: of_file.map(|problem| problem.diagnostic).collect(), path })
    }
}

/// Reads a file, a folder or standard input with the modules on disk that are called.
///
/// # Errors
/// Something that cannot be opened, or modules without end.
pub fn read(path: &Path) -> Result<Reading, ReadError> {
    let installed = Installed::below(path);
    let mut reader = Reader { root: path, count: 0, problems: Vec::new(), known: None, installed };
    let configuration = reader.read(path, "", 0)?;
    let tests = if path.is_dir() { reader.tests(path) } else { Tests::default() };
    Ok(Reading { configuration, problems: reader.problems, tests })
}

/// Reads two configurations that are compared: a file of the second that says the same as one of the first is not parsed
/// again.
///
/// # Errors
/// As [`read`]; the first configuration comes first.
pub fn read_both(old: &Path, new: &Path) -> Result<(Reading, Reading), ReadError> {
    let (known, installed) = (Some(FxHashMap::default()), Installed::below(old));
    let mut reader = Reader { root: old, count: 0, problems: Vec::new(), known, installed };
    let configuration = reader.read(old, "", 0)?;
    let problems = std::mem::take(&mut reader.problems);
    let first = Reading { configuration, problems, tests: Tests::default() };
    let mut reader = Reader { root: new, count: 0, installed: Installed::below(new), ..reader };
    let configuration = reader.read(new, "", 0)?;
    Ok((first, Reading { configuration, problems: reader.problems, tests: Tests::default() }))
}

/// Says of a call that its module was not looked into.
pub(crate) fn unread_call(prefix: &str, call: &ModuleCall) -> String {
    format!("{prefix}module.{} comes from `{}`: what is in it is not known", call.name, call.source)
}

struct Reader<'a> {
    root: &'a Path,
    count: usize,
    problems: Vec<Problem>,
    /// What texts without a fault were parsed to, where they may come again.
    known: Option<FxHashMap<String, Arc<Module>>>,
    /// The modules from elsewhere that were installed.
    installed: Installed,
}

impl Reader<'_> {
    fn read(&mut self, path: &Path, prefix: &str, depth: usize) -> Result<Configuration, ReadError> {
        self.count += 1;
        if depth > DEEPEST || self.count > MOST {
            return Err(ReadError::TooLarge(self.root.to_owned()));
        }
        let is_folder = path != Path::new(STANDARD_INPUT)
            && fs::metadata(path).map_err(|error| ReadError::Io { path: path.to_owned(), error })?.is_dir();
        let mut configuration = if is_folder { self.folder(path)? } else { self.single(path)? };
        let folder = if is_folder { path } else { path.parent().unwrap_or(Path::new("")) };
        self.children(&mut configuration, folder, prefix, depth)?;
        Ok(configuration)
    }

    /// The modules that are called and are there; a folder that is missing is a module nobody looked into.
    fn children(
        &mut self,
        configuration: &mut Configuration,
        folder: &Path,
        prefix: &str,
        depth: usize,
    ) -> Result<(), ReadError> {
        for call in &configuration.module.module_calls {
            let path = local(folder, call).or_else(|| self.installed.find(prefix, call));
            let Some(path) = path.filter(|path| path.is_dir()) else {
                configuration.unread.push(unread_call(prefix, call));
                continue;
            };
            let inner = format!("{prefix}module.{}.", call.name);
            match self.read(&path, &inner, depth + 1) {
                Ok(child) => {
                    configuration.children.insert(call.name.to_string(), child);
                }
                // A folder without files is a module without blocks.
                Err(ReadError::NothingToRead { others, .. }) if others.is_empty() => {
                    configuration.children.insert(call.name.to_string(), Configuration::default());
                }
                Err(ReadError::NothingToRead { .. } | ReadError::Io { .. }) => {
                    configuration.unread.push(unread_call(prefix, call));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    fn single(&mut self, path: &Path) -> Result<Configuration, ReadError> {
        let module = self.file(path)?;
        Ok(Configuration { module, files: vec![path.to_owned()], ..Configuration::default() })
    }

    /// The blocks of one file; what is wrong with it is noted.
    fn file(&mut self, path: &Path) -> Result<Arc<Module>, ReadError> {
        let text = text(path).map_err(|error| ReadError::Io { path: path.to_owned(), error })?;
        if let Some(module) = self.known.as_ref().and_then(|known| known.get(&text)) {
            return Ok(Arc::clone(module));
        }
        if let Some(mistaken) = mistaken::what(path, &text) {
            self.note(path, vec![mistaken]);
            return Ok(Arc::default());
        }
        let read = if is_native(path, &text) { parse::lenient_native } else { parse::lenient_document };
        let (module, diagnostics) = read(&text);
        // A comment is a file's own, not the module's that is made of files.
        let dialect = Dialect::of_file(&path.to_string_lossy());
        let module = Arc::new(Module { comment: None, dialect, ..module });
        if let Some(known) = self.known.as_mut().filter(|_| diagnostics.is_empty()) {
            known.insert(text, Arc::clone(&module));
        }
        self.note(path, diagnostics);
        Ok(module)
    }

    fn override_file(&mut self, path: &Path) -> Result<Override, ReadError> {
        let text = text(path).map_err(|error| ReadError::Io { path: path.to_owned(), error })?;
        let read = if is_native(path, &text) { parse::override_native } else { parse::override_document };
        let (over, diagnostics) = read(&text);
        self.note(path, diagnostics);
        Ok(over)
    }

    fn note(&mut self, path: &Path, diagnostics: Vec<Diagnostic>) {
        let problem = |diagnostic| Problem { path: path.to_owned(), diagnostic };
        self.problems.extend(diagnostics.into_iter().map(problem));
    }
}

/// The text of a file or of standard input.
///
/// # Errors
/// What the operating system says, also where the bytes are no UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    if path != Path::new(STANDARD_INPUT) {
        return fs::read_to_string(path);
    }
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

/// Whether a text is in native syntax: by its name, or, where it has none, by how it begins.
fn is_native(path: &Path, text: &str) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("tf" | "tofu") => true,
        Some(_) => false,
        None => text.trim_start().starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '#' | '/')),
    }
}

/// The folder of a module whose source is a path.
fn local(folder: &Path, call: &ModuleCall) -> Option<PathBuf> {
    let source = call.source.as_ref();
    let is_local = source.starts_with("./") || source.starts_with("../");
    is_local.then(|| cleaned(&folder.join(source)))
}

/// The path without `.` and, where a name stands before it, `..`: a module that is called in a circle stays short.
fn cleaned(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(cleaned.components().next_back(), Some(Component::Normal(_))) => {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    if cleaned.as_os_str().is_empty() { PathBuf::from(".") } else { cleaned }
}
