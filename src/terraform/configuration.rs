//! A configuration: a module, and the modules that it calls, as a tree.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::module::Module;
use super::provider_source;
use super::read::{self, ReadError};
use super::settings::Backend;
use super::version::Constraints;

/// A module with the modules it calls.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Configuration {
    /// Shared with another configuration where a file of both says the same.
    pub(crate) module: Arc<Module>,
    /// The modules that could be looked into, by the name of the call.
    pub(crate) children: BTreeMap<String, Configuration>,
    /// The files that the module was read from, in the order they were read.
    pub(crate) files: Vec<PathBuf>,
    /// What could not be looked into, in sentences.
    pub(crate) unread: Vec<String>,
}

impl From<Module> for Configuration {
    /// A module that calls no others, or none that can be looked into.
    fn from(module: Module) -> Self {
        let unread = module.module_calls.iter().map(|call| read::unread_call("", call)).collect();
        Self { module: Arc::new(module), unread, ..Self::default() }
    }
}

impl Configuration {
    /// Reads a file, a folder or standard input (`-`) with the modules on disk that are called (see [`read`]).
    ///
    /// # Errors
    /// Something that cannot be read, or is no Terraform.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        read::read(path)?.into_configuration()
    }

    /// Whether Terraform keeps the state in `terraform.tfstate` beside the configuration.
    pub fn keeps_state_locally(&self) -> bool {
        let settings = &self.module.settings;
        let is_local = matches!(settings.backend, None | Some(Backend::Local { path: None }));
        is_local && settings.cloud.is_none()
    }

    /// Reads two configurations that are compared.
    ///
    /// # Errors
    /// As [`Configuration::read`]; the first one's errors come first.
    pub fn read_both(old: &Path, new: &Path) -> Result<(Self, Self), ReadError> {
        let (old, new) = read::read_both(old, new)?;
        Ok((old.into_configuration()?, new.into_configuration()?))
    }

    /// The folder that the root module is in.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.files.first().and_then(|file| file.parent()).map(|folder| {
            let is_here = folder.as_os_str().is_empty();
            if is_here { PathBuf::from(".") } else { folder.to_owned() }
        })
    }

    /// The version constraints on a provider, such as `hashicorp/aws`, of the module and of those it calls: a version must meet all.
    /// What is no constraint is left out.
    pub(crate) fn constraints_on(&self, source: &str) -> Vec<Constraints> {
        let required = &self.module.settings.required_providers;
        let is_meant = |name: &str| match required.get(name) {
            Some(it) if !it.source.is_empty() => provider_source::is(&it.source, source),
            _ => source.strip_prefix("hashicorp/") == Some(name),
        };
        let names = required.iter().filter(|(name, _)| is_meant(name)).filter_map(|(_, it)| it.version.as_deref());
        let blocks = self.module.providers.iter().filter(|block| is_meant(block.reference.name()));
        let old_form = blocks.filter_map(|block| block.version.as_deref());
        let own = names.chain(old_form).filter_map(Constraints::parse);
        own.chain(self.children.values().flat_map(|child| child.constraints_on(source))).collect()
    }

    /// The blocks of the module itself.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The modules that could be looked into, by the name of the call.
    pub fn children(&self) -> &BTreeMap<String, Configuration> {
        &self.children
    }

    /// The files that the module was read from, in the order they were read.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What could not be looked into here and below, in sentences.
    pub fn unread(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(self.unread.iter().cloned().chain(self.children.values().flat_map(Self::unread)))
    }
}
