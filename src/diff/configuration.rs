//! A configuration: the root module and every module in a local folder that it calls, directly or not.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::terraform::{Diagnostic, Module, parse};

/// How deep modules may call each other: a module that calls itself would never end.
const DEEPEST: usize = 16;

/// How many modules there may be: a few files that call each other twice make many.
const MOST: usize = 10_000;

/// A root module with the modules it calls.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Configuration {
    pub(super) module: Module,
    pub(super) children: BTreeMap<String, Configuration>,
    unread: Vec<String>,
}

/// Why there is no configuration.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// A file or folder cannot be read.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// A file is no Terraform JSON.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong with it.
        diagnostics: Vec<Diagnostic>,
    },
    /// A folder has no `*.tf.json`.
    NothingToRead {
        /// The folder.
        path: PathBuf,
        /// Whether it has `*.tf`, which this does not read.
        has_native_syntax: bool,
    },
    /// Modules call each other too deep, or too often, or their references grow without end.
    TooLarge(PathBuf),
}

impl Display for ReadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::Syntax { path, diagnostics } => {
                write!(f, "{} is no Terraform JSON", path.display())?;
                diagnostics.iter().try_for_each(|diagnostic| write!(f, "\n{diagnostic}"))
            }
            Self::NothingToRead { path, .. } => write!(f, "{} has no *.tf.json in it", path.display()),
            Self::TooLarge(path) => write!(f, "the modules of {} have no end", path.display()),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<Module> for Configuration {
    /// A module that calls no others, or none that can be looked into.
    fn from(module: Module) -> Self {
        let unread = module.module_calls.iter().map(|call| remote("", &call.name, &call.source)).collect();
        Self { module, children: BTreeMap::new(), unread }
    }
}

impl Configuration {
    /// Reads a file of Terraform JSON, or a folder's `*.tf.json`, and the local modules they call.
    ///
    /// # Errors
    /// Something that cannot be read, or is no Terraform JSON.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        Reader { root: path, count: 0 }.read(path, "", 0)
    }

    /// What could not be looked into, in sentences.
    pub(super) fn unread(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(self.unread.iter().cloned().chain(self.children.values().flat_map(Self::unread)))
    }
}

struct Reader<'a> {
    root: &'a Path,
    count: usize,
}

impl Reader<'_> {
    fn read(&mut self, path: &Path, address: &str, depth: usize) -> Result<Configuration, ReadError> {
        self.count += 1;
        if depth > DEEPEST || self.count > MOST {
            return Err(ReadError::TooLarge(self.root.to_owned()));
        }
        let failed = |error| ReadError::Io { path: path.to_owned(), error };
        let (module, folder, mut unread) = if fs::metadata(path).map_err(failed)?.is_dir() {
            let (module, unread) = folder(path)?;
            (module, path, unread)
        } else {
            (file(path)?, path.parent().unwrap_or(Path::new("")), Vec::new())
        };
        let mut children = BTreeMap::new();
        for call in &module.module_calls {
            if call.source.starts_with("./") || call.source.starts_with("../") {
                let inner = format!("{address}module.{}.", call.name);
                let child = self.read(&folder.join(call.source.as_ref()), &inner, depth + 1)?;
                children.insert(call.name.to_string(), child);
            } else {
                unread.push(remote(address, &call.name, &call.source));
            }
        }
        Ok(Configuration { module, children, unread })
    }
}

fn remote(address: &str, name: &str, source: &str) -> String {
    format!("{address}module.{name} comes from `{source}`: what is in it is not compared")
}

fn file(path: &Path) -> Result<Module, ReadError> {
    let text = fs::read_to_string(path).map_err(|error| ReadError::Io { path: path.to_owned(), error })?;
    parse::document(&text).map_err(|diagnostics| ReadError::Syntax { path: path.to_owned(), diagnostics })
}

/// All of a folder's files as one module, as Terraform reads them, and what is left out.
fn folder(path: &Path) -> Result<(Module, Vec<String>), ReadError> {
    let failed = |error| ReadError::Io { path: path.to_owned(), error };
    let mut names: Vec<_> = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>())
        .map_err(failed)?;
    names.sort();
    let names: Vec<_> = names.iter().filter_map(|name| name.to_str()).filter(|name| !name.starts_with('.')).collect();
    let (mut module, mut found, mut unread) = (Module::new(), false, Vec::new());
    let native = names.iter().filter(|name| has_extension(name, ".tf"));
    for name in &names {
        if !has_extension(name, ".tf.json") {
            continue;
        }
        if *name == "override.tf.json" || name.ends_with("_override.tf.json") {
            unread.push(format!("{}: what it overrides is not compared", path.join(name).display()));
            continue;
        }
        found = true;
        module.merge(file(&path.join(name))?);
    }
    if !found {
        return Err(ReadError::NothingToRead { path: path.to_owned(), has_native_syntax: native.count() > 0 });
    }
    unread.extend(native.map(|name| format!("{}: only Terraform JSON is compared", path.join(name).display())));
    Ok((module, unread))
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.len() > extension.len() && name.ends_with(extension)
}

impl Module {
    /// Adds the blocks of another file of the same module.
    fn merge(&mut self, other: Self) {
        let settings = other.settings;
        self.settings.required_version = settings.required_version.or(self.settings.required_version.take());
        self.settings.required_providers.extend(settings.required_providers);
        self.settings.backend = settings.backend.or(self.settings.backend.take());
        self.providers.extend(other.providers);
        self.variables.extend(other.variables);
        self.locals.extend(other.locals);
        self.resources.extend(other.resources);
        self.outputs.extend(other.outputs);
        self.checks.extend(other.checks);
        self.module_calls.extend(other.module_calls);
        self.moved.extend(other.moved);
        self.removed.extend(other.removed);
        self.imports.extend(other.imports);
    }
}
