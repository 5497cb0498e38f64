//! The provider configurations that something uses: of others Terraform asks nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::provider_name;
use crate::terraform::address::Address;
use crate::terraform::configuration::Configuration;
use crate::terraform::expression::{Expression, Root};
use crate::terraform::parse;
use crate::terraform::provider::ProviderReference;
use crate::terraform::refactoring::Import;

/// What is used in each module, by the address of the module.
#[derive(Debug, Default)]
pub(super) struct ProviderUse {
    used: BTreeMap<String, BTreeSet<ProviderReference>>,
    /// Whether there is a module that was not looked into, and that may use anything.
    is_open: bool,
}

impl ProviderUse {
    pub(super) fn of(configuration: &Configuration) -> Self {
        let mut uses = Self::default();
        uses.module(configuration, "");
        uses
    }

    /// What is used in a module, where that is known.
    pub(super) fn at(&self, address: &str) -> Option<&BTreeSet<ProviderReference>> {
        self.used.get(address).filter(|_| !self.is_open)
    }

    /// What a module and those that it calls use, by the names that it has for them.
    fn module(&mut self, configuration: &Configuration, address: &str) -> BTreeSet<ProviderReference> {
        let module = &configuration.module;
        let scoped = module.checks.iter().filter_map(|check| check.data.as_ref());
        let blocks = module.resources.iter().chain(scoped).map(|block| {
            let default = || ProviderReference::new(provider_name(block).to_owned(), None);
            block.provider.clone().unwrap_or_else(default)
        });
        let mut used: BTreeSet<_> = blocks.chain(module.imports.iter().filter_map(imported)).collect();
        for call in &module.module_calls {
            let Some(child) = configuration.children.get(call.name.as_ref()) else {
                self.is_open = true;
                continue;
            };
            let separator = if address.is_empty() { "" } else { "." };
            let inner = self.module(child, &format!("{address}{separator}module.{}", call.name));
            let is_own = |reference: &ProviderReference| {
                let named = child.module.providers.iter().find(|provider| provider.reference == *reference);
                named.is_some_and(|provider| !provider.arguments.is_empty())
            };
            let outer =
                |reference: ProviderReference| call.providers.get(&reference.to_string()).cloned().unwrap_or(reference);
            used.extend(inner.into_iter().filter(|reference| !is_own(reference)).map(outer));
        }
        self.used.insert(address.to_owned(), used.clone());
        used
    }
}

/// The provider of an object that is imported though no block is there for it.
fn imported(import: &Import) -> Option<ProviderReference> {
    if import.provider.is_some() {
        return import.provider.clone();
    }
    let Ok(Expression::Traversal(traversal)) = parse::expression(&import.to) else { return None };
    let Root::Address(address) = &traversal.root else { return None };
    let Address::Resource { type_name, .. } = address.as_ref() else { return None };
    Some(ProviderReference::new(type_name.split('_').next().unwrap_or_default().to_owned(), None))
}
