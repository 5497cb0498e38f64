//! A whole configuration, module by module, held to what Terraform itself refuses.

use std::collections::BTreeMap;

use super::provider_use::ProviderUse;
use super::repeats::{Evaluated, Repeats};
use super::surroundings::{Judge, Surroundings};
use super::{BUILT_IN, Schemas, evaluated, module_cycles, provider_name};
use crate::terraform::configuration::Configuration;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::evaluation::{Evaluator, Inputs, ModuleId, ModuleTree};
use crate::terraform::module::Module;
use crate::terraform::module_source;
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::schema::Schema;

/// Finds the schema of a provider by its source.
pub(crate) type BySource = dyn Fn(&str) -> Option<&'static Schema>;

impl Configuration {
    /// Everything that `terraform init` and `terraform validate` refuse, as far as it can be told, each with the address of its
    /// module.
    pub(crate) fn refused(&self, by_source: &BySource) -> Vec<(String, Diagnostic)> {
        let mut found = Vec::new();
        let tree = ModuleTree::of_configuration(self);
        let inputs = Inputs { folder: self.folder(), ..Inputs::default() };
        let evaluator = Evaluator::validating(&tree, &inputs);
        let uses = ProviderUse::of(self);
        let (address, id) = (String::new(), Some(ModuleId::ROOT));
        let root = Place { address, evaluator: &evaluator, id, uses: &uses, call: None };
        self.refused_in(&root, by_source, &mut found);
        without_value(&evaluator, &uses, by_source, &mut found);
        if found.is_empty() {
            found.extend(module_cycles::check(self).map(|diagnostic| (String::new(), diagnostic)));
        }
        found
    }

    fn refused_in(&self, place: &Place<'_, '_>, by_source: &BySource, found: &mut Vec<(String, Diagnostic)>) {
        let Place { address, evaluator, id, uses, call } = place;
        let repeats = id.map(|module| Evaluated { evaluator, module });
        let called = self.children.iter().map(|(name, child)| (name.as_str(), child.module())).collect();
        let repeats = repeats.as_ref().map(|repeats| repeats as &dyn Repeats);
        let surroundings =
            Surroundings { called, call: *call, judge: Judge::Terraform, used: uses.at(address), repeats };
        let module = &self.module;
        let mut diagnostics = self.unfound();
        diagnostics.extend(self.not_repeatable());
        if call.is_some() {
            diagnostics.extend(module.imports.iter().map(|import| {
                let message = "only the root module imports";
                Diagnostic::new(DiagnosticKind::MisplacedReference, format!("import {}", import.to), message)
            }));
        }
        diagnostics.extend(module.check_among(&schemas(module, by_source), &surroundings));
        found.extend(diagnostics.into_iter().map(|diagnostic| (address.clone(), diagnostic)));
        let calls: BTreeMap<&str, &ModuleCall> = module.module_calls.iter().map(|it| (it.name.as_ref(), it)).collect();
        for (name, child) in &self.children {
            let separator = if address.is_empty() { "" } else { "." };
            let instances = id.and_then(|id| evaluator.module_instances(id, name).ok()).unwrap_or_default();
            let inner = Place {
                address: format!("{address}{separator}module.{name}"),
                id: instances.first().map(|(_, id)| *id),
                call: calls.get(name.as_str()).copied(),
                ..*place
            };
            child.refused_in(&inner, by_source, found);
        }
    }

    /// Calls that have several instances, or wait for something, of modules that configure providers themselves.
    fn not_repeatable(&self) -> impl Iterator<Item = Diagnostic> {
        let calls =
            self.module.module_calls.iter().filter_map(|call| Some((call, self.children.get(call.name.as_ref())?)));
        calls.filter(|(call, child)| is_special(call) && child.configures_providers()).map(|(call, _)| {
            let message = "a module that configures a provider itself takes no `count`, `for_each` or `depends_on`";
            let diagnostic = Diagnostic::new(DiagnosticKind::Provider, format!("module.{}", call.name), message);
            diagnostic.help("pass the provider with `providers`, and configure it in the root module")
        })
    }

    fn configures_providers(&self) -> bool {
        let own = self.module.providers.iter().any(|provider| !provider.arguments.is_empty());
        own || self.children.values().any(Self::configures_providers)
    }

    /// Calls of modules that are not on disk though they should be, or whose source is none.
    fn unfound(&self) -> Vec<Diagnostic> {
        let calls = self.module.module_calls.iter();
        calls.filter_map(|call| unfound(call, self.children.contains_key(call.name.as_ref()))).collect()
    }
}

/// Where a module is: in which other, and by which call.
struct Place<'e, 'm> {
    address: String,
    evaluator: &'e Evaluator<'m>,
    uses: &'e ProviderUse,
    /// Which module it is to the evaluator, where that is known.
    id: Option<ModuleId>,
    call: Option<&'e ModuleCall>,
}

/// What has no value in modules where nothing else is wrong.
fn without_value(
    evaluator: &Evaluator<'_>,
    uses: &ProviderUse,
    by_source: &BySource,
    found: &mut Vec<(String, Diagnostic)>,
) {
    let known = found.len();
    for id in evaluator.all_modules() {
        let address = evaluator.address(id, "");
        let address = address.trim_end_matches('.');
        if found.iter().take(known).any(|(place, _)| place == address) {
            continue;
        }
        let module = evaluator.module(id).module;
        let diagnostics = evaluated::check(evaluator, id, uses.at(address), &schemas(module, by_source));
        found.extend(diagnostics.into_iter().map(|diagnostic| (address.to_owned(), diagnostic)));
    }
}

fn is_special(call: &ModuleCall) -> bool {
    call.count.is_some() || call.for_each.is_some() || !call.depends_on.is_empty()
}

fn unfound(call: &ModuleCall, is_there: bool) -> Option<Diagnostic> {
    if call.source.is_empty() || call.source.contains("${") {
        // Told where it was read.
        return None;
    }
    let why = match module_source::kind(&call.source, call.version.is_some()) {
        Ok(module_source::Kind::Local) if !is_there => "no module is there",
        Ok(_) => return None,
        Err(why) => why,
    };
    let message = format!("`{}`: {why}", call.source);
    Some(Diagnostic::new(DiagnosticKind::ModuleSource, format!("module.{}", call.name), message).at("source"))
}

/// The schemas of a module's providers, by the names that the module has for them.
fn schemas(module: &Module, by_source: &BySource) -> Schemas {
    let required = &module.settings.required_providers;
    let scoped = module.checks.iter().filter_map(|check| check.data.as_ref());
    let used = module.resources.iter().chain(scoped).map(provider_name);
    let configured = module.providers.iter().map(|provider| provider.reference.name());
    let names: std::collections::BTreeSet<&str> =
        used.chain(configured).chain(required.keys().map(AsRef::as_ref)).collect();
    let mut schemas = Schemas::new();
    for name in names.into_iter().filter(|name| *name != BUILT_IN) {
        let source = required.get(name).map_or_else(|| format!("hashicorp/{name}"), |it| it.source.to_string());
        if let Some(schema) = by_source(&source) {
            schemas = schemas.with(name.to_owned(), schema.clone());
        }
    }
    schemas
}
