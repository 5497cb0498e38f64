//! Which files of a folder make a module, and in which order: as in Terraform, by name, override files last.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::{Problem, ReadError, Reader, overrides};
use crate::terraform::configuration::Configuration;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::dialect::Dialect;
use crate::terraform::module::Module;
use crate::terraform::settings::TerraformSettings;

impl Reader<'_> {
    /// All of a folder's files as one module.
    pub(super) fn folder(&mut self, path: &Path) -> Result<Configuration, ReadError> {
        let names = names(path).map_err(|error| ReadError::Io { path: path.to_owned(), error })?;
        let mut configuration = Configuration::default();
        // A folder that has nothing for Terraform is OpenTofu's alone.
        let is_terraform = |name: &String| has_extension(name, ".tf.json") || has_extension(name, ".tf");
        let is_shared = names.iter().any(is_terraform);
        let is_read = |name: &&String| if is_shared { is_terraform(name) } else { is_tofu(name) };
        let (late, early): (Vec<_>, Vec<_>) = names.iter().filter(is_read).partition(|name| is_override(name));
        if early.is_empty() && late.is_empty() {
            return Err(ReadError::NothingToRead { path: path.to_owned(), others: others(path, &names) });
        }
        for name in early {
            let path = path.join(name);
            let module = self.file(&path)?;
            if configuration.files.is_empty() {
                configuration.module = module;
            } else {
                let twice = Arc::make_mut(&mut configuration.module).append(Arc::unwrap_or_clone(module));
                self.problems.extend(twice.into_iter().map(|diagnostic| Problem { path: path.clone(), diagnostic }));
            }
            configuration.files.push(path);
        }
        for name in late {
            let path = path.join(name);
            let over = self.override_file(&path)?;
            let found = overrides::merge(Arc::make_mut(&mut configuration.module), over);
            self.problems.extend(found.into_iter().map(|diagnostic| Problem { path: path.clone(), diagnostic }));
            configuration.files.push(path);
        }
        if is_shared {
            configuration.unread.extend(others(path, &names));
        }
        Ok(configuration)
    }
}

/// Files that `OpenTofu` reads and Terraform does not.
fn others(path: &Path, names: &[String]) -> Vec<String> {
    let names = names.iter().filter(|name| is_tofu(name));
    names
        .map(|name| {
            format!("{}: OpenTofu reads it, Terraform does not, and neither does this", path.join(name).display())
        })
        .collect()
}

fn is_tofu(name: &str) -> bool {
    has_extension(name, ".tofu") || has_extension(name, ".tofu.json")
}

/// The names of a folder that Terraform looks at, sorted.
pub(super) fn names(path: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    // A folder may have the name of a file; a link may lead to either.
    let files = entries.into_iter().filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()));
    let mut names: Vec<_> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !is_ignored(name));
    names.sort();
    Ok(names)
}

/// Hidden files and those that editors leave behind, as Terraform passes over them.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

fn is_override(name: &str) -> bool {
    let stem = [".tf.json", ".tf", ".tofu.json", ".tofu"].iter().find_map(|extension| name.strip_suffix(extension));
    let stem = stem.unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.len() > extension.len() && name.ends_with(extension)
}

impl Module {
    /// Adds the blocks of another file of the same module; what may be there once and is there again is returned.
    pub(super) fn append(&mut self, other: Self) -> Vec<Diagnostic> {
        let twice = self.settings.append(other.settings);
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
        self.uses.extend(other.uses);
        self.written_keys.0.extend(other.written_keys.0);
        if other.dialect == Dialect::OpenTofu {
            self.dialect = Dialect::OpenTofu;
        }
        twice
    }
}

impl TerraformSettings {
    fn append(&mut self, other: Self) -> Vec<Diagnostic> {
        let mut twice = Vec::new();
        let mut once = |name: &str, both: bool| {
            if both {
                let message = format!("another file of the module has `{name}`, too");
                twice.push(Diagnostic::new(DiagnosticKind::BlockCount, "terraform", message).at(name));
            }
        };
        once("required_providers", !self.required_providers.is_empty() && !other.required_providers.is_empty());
        once("backend", self.backend.is_some() && other.backend.is_some());
        once("cloud", self.cloud.is_some() && other.cloud.is_some());
        let state = |left: &Self, right: &Self| left.backend.is_some() && right.cloud.is_some();
        once("cloud", state(self, &other) || state(&other, self));
        for (provider, meta) in other.provider_meta {
            once("provider_meta", self.provider_meta.insert(provider, meta).is_some());
        }
        once("encryption", self.encryption.is_some() && other.encryption.is_some());
        self.encryption = self.encryption.take().or(other.encryption);
        if let Some(constraint) = other.required_version {
            self.also_requires(constraint);
        }
        self.required_providers.extend(other.required_providers);
        self.backend = other.backend.or(self.backend.take());
        self.cloud = other.cloud.or(self.cloud.take());
        twice
    }
}
