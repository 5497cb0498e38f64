//! A scope: a part of a module whose blocks share a name prefix and a provider configuration.
//!
//! A component adds its blocks through a scope and need not know whether it stands in the primary or the DR region.

use std::borrow::Cow;

use super::layout::{Assignment, ModulePath};
use super::module::Module;
use super::provider::ProviderReference;
use super::resource::{Handle, Resource};

/// Adds blocks to a module under one prefix and one provider configuration.
#[derive(Debug)]
pub struct Scope<'module> {
    module: &'module mut Module,
    prefix: Cow<'static, str>,
    provider: ProviderReference,
    assignment: Option<(ModulePath, NameInModule)>,
}

/// What blocks are called in the module that they stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameInModule {
    /// Without the scope's prefix, which the module's name says already.
    Short,
    /// With it, because other scopes have blocks in the module.
    Full,
}

impl<'module> Scope<'module> {
    /// A scope of `module`: block names get `prefix` and an underscore in front.
    pub fn new(
        module: &'module mut Module,
        prefix: impl Into<Cow<'static, str>>,
        provider: &ProviderReference,
    ) -> Self {
        Self { module, prefix: prefix.into(), provider: provider.clone(), assignment: None }
    }

    /// In the layout of modules the scope's blocks stand in `path`, and nobody else's: their names need no prefix there.
    pub fn in_module(mut self, path: &ModulePath) -> Self {
        self.assignment = Some((path.clone(), NameInModule::Short));
        self
    }

    /// In the layout of modules the scope's blocks stand in `path` together with those of other scopes.
    pub fn in_shared_module(mut self, path: &ModulePath) -> Self {
        self.assignment = Some((path.clone(), NameInModule::Full));
        self
    }

    /// Adds a block; one that names no provider gets the scope's.
    pub fn add<R: Resource>(&mut self, mut resource: R) -> Handle<R> {
        let block = resource.block_mut();
        let short = std::mem::take(&mut block.name);
        block.name = Cow::Owned([&self.prefix, "_", &short].concat());
        block.provider.get_or_insert_with(|| self.provider.clone());
        if let Some((module, name)) = &self.assignment {
            let name = match name {
                NameInModule::Short => short,
                NameInModule::Full => block.name.clone(),
            };
            block.assignment.get_or_insert_with(|| Assignment { module: module.clone(), name });
        }
        self.module.add(resource)
    }

    /// The module as a whole, for locals, checks and outputs.
    pub fn module(&mut self) -> &mut Module {
        self.module
    }

    /// The prefix of this scope's block names.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The provider configuration of this scope's blocks.
    pub fn provider(&self) -> &ProviderReference {
        &self.provider
    }
}
