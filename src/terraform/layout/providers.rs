//! Which provider configurations each module is given.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::numbering::{ModuleNumber, Numbering, ROOT};
use crate::terraform::check::{BUILT_IN, provider_name};
use crate::terraform::module::Module;
use crate::terraform::provider::ProviderReference;
use crate::terraform::settings::{RequiredProvider, TerraformSettings};

/// What one module needs.
#[derive(Debug, Clone, Default)]
pub(super) struct Need {
    configurations: BTreeSet<ProviderReference>,
    /// Providers by name, also those of which only functions are called.
    names: BTreeSet<String>,
}

/// What every module needs, with all that the modules need which it calls.
#[derive(Debug)]
pub(super) struct Needs(Vec<Need>);

/// Looks through all blocks.
pub(super) fn needs(
    parts: &[Module],
    numbering: &Numbering,
    function_providers: BTreeSet<(ModuleNumber, String)>,
) -> Needs {
    let mut needs: Vec<Need> = parts.iter().map(need_of_blocks).collect();
    for (module, name) in function_providers {
        needs[module].names.insert(name);
    }
    // Callers come before those they call.
    for (module, _) in numbering.children().rev() {
        let Need { configurations, names } = needs[module].clone();
        let caller = &mut needs[numbering.caller(module)];
        caller.configurations.extend(configurations);
        caller.names.extend(names);
    }
    needs[ROOT] = Need::default();
    Needs(needs)
}

fn need_of_blocks(module: &Module) -> Need {
    let mut need = Need::default();
    for block in &module.resources {
        let name = provider_name(block);
        if name == BUILT_IN {
            continue;
        }
        let reference =
            block.provider.clone().unwrap_or_else(|| ProviderReference { name: name.to_owned().into(), alias: None });
        need.names.insert(name.to_owned());
        need.configurations.insert(reference);
    }
    need
}

impl Needs {
    pub(super) fn of(&mut self, module: ModuleNumber) -> Need {
        self.0.get_mut(module).map(std::mem::take).unwrap_or_default()
    }
}

impl Need {
    /// The entries of `required_providers`: those of the root, with the aliases that the module expects.
    pub(super) fn required(&self, root: &TerraformSettings) -> BTreeMap<Cow<'static, str>, RequiredProvider> {
        let needed = root.required_providers.iter().filter(|(name, _)| self.names.contains(name.as_ref()));
        let entries = needed.map(|(name, provider)| {
            let aliases =
                self.configurations.iter().filter(|it| it.alias.is_some() && it.name == *name).cloned().collect();
            (name.clone(), RequiredProvider { configuration_aliases: aliases, ..provider.clone() })
        });
        entries.collect()
    }

    /// What the call passes: each configuration under the name that it has in the root.
    pub(super) fn passed(&self) -> BTreeMap<String, ProviderReference> {
        self.configurations.iter().map(|reference| (reference.to_string(), reference.clone())).collect()
    }
}
