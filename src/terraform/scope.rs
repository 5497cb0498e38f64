//! A scope: a part of a module whose blocks share a name prefix and a provider configuration.
//!
//! A component adds its blocks through a scope and need not know whether it stands in the primary or the DR region.

use std::borrow::Cow;

use super::module::Module;
use super::provider::ProviderReference;
use super::resource::{Handle, Resource};

/// Adds blocks to a module under one prefix and one provider configuration.
#[derive(Debug)]
pub struct Scope<'module> {
    module: &'module mut Module,
    prefix: Cow<'static, str>,
    provider: ProviderReference,
}

impl<'module> Scope<'module> {
    /// A scope of `module`: block names get `prefix` and an underscore in front.
    pub fn new(
        module: &'module mut Module,
        prefix: impl Into<Cow<'static, str>>,
        provider: &ProviderReference,
    ) -> Self {
        Self { module, prefix: prefix.into(), provider: provider.clone() }
    }

    /// Adds a block; one that names no provider gets the scope's.
    pub fn add<R: Resource>(&mut self, mut resource: R) -> Handle<R> {
        let block = resource.block_mut();
        block.name = Cow::Owned([&self.prefix, "_", &block.name].concat());
        block.provider.get_or_insert_with(|| self.provider.clone());
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
