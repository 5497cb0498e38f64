//! Provider configurations: each one that is used is declared, and each provider is required by name.

use super::catalog::provider_name;
use super::findings::Findings;
use super::index::Index;
use super::place::BlockName;
use super::schemas::BUILT_IN;
use super::surroundings;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::nearest::nearest;
use crate::terraform::provider::ProviderReference;
use crate::terraform::provider_source;

/// Checks every provider configuration and every reference to one.
pub(super) fn check(index: &Index<'_>, findings: &mut Findings<'_>) {
    let module = index.module;
    sources(index, findings);
    for provider in &module.providers {
        required(index, BlockName::Provider(&provider.reference), provider.reference.name(), findings);
    }
    for declared in index.declared() {
        let place = BlockName::Resource(declared.block);
        match &declared.block.provider {
            Some(reference) => used(index, place, "provider", reference, findings),
            None => default(index, place, provider_name(declared.block), findings),
        }
    }
    for call in &module.module_calls {
        for (inner, outer) in &call.providers {
            used(index, BlockName::ModuleCall(&call.name), &format!("providers.{inner}"), outer, findings);
        }
        for found in surroundings::passed_providers(index, call) {
            findings.add(found);
        }
    }
    for import in &module.imports {
        if let Some(reference) = &import.provider {
            used(index, BlockName::Import(&import.to), "provider", reference, findings);
        }
    }
}

/// Where the providers come from, and which configurations of them the caller passes.
fn sources(index: &Index<'_>, findings: &mut Findings<'_>) {
    for (name, required) in &index.module.settings.required_providers {
        let mut add = |field: &str, message: String| {
            let field = format!("required_providers.{name}.{field}");
            findings.add(Diagnostic::new(DiagnosticKind::Provider, BlockName::Settings.to_string(), message).at(field));
        };
        if let Err(why) = provider_source::parse(&required.source) {
            add("source", format!("`{}` is no source: {why}", required.source));
        }
        for alias in required.configuration_aliases.iter().filter(|alias| alias.name() != name.as_ref()) {
            add("configuration_aliases", format!("`{alias}` is not a configuration of `{name}`"));
        }
    }
}

fn is_declared(index: &Index<'_>, reference: &ProviderReference) -> bool {
    index.provider(reference).is_some()
        || expected_from_caller(index, reference)
        || (reference.alias.is_none() && index.is_given(reference.name()))
}

fn expected_from_caller(index: &Index<'_>, reference: &ProviderReference) -> bool {
    // Nobody calls the root; dr-synth also checks modules that are called, one by one.
    if index.is_root() && !index.is_strict() {
        return false;
    }
    let required = index.module.settings.required_providers.get(reference.name());
    required.is_some_and(|required| required.configuration_aliases.contains(reference))
}

fn used(
    index: &Index<'_>,
    place: BlockName<'_>,
    field: &str,
    reference: &ProviderReference,
    findings: &mut Findings<'_>,
) {
    // Without an alias Terraform makes up an empty configuration.
    if is_declared(index, reference) || (!index.is_strict() && reference.alias.is_none()) {
        return;
    }
    let declared: Vec<String> = configurations(index).map(ToString::to_string).collect();
    let near = nearest(&reference.to_string(), declared.iter().map(String::as_str));
    let candidates = if near.is_empty() { declared.into_iter().take(3).collect() } else { near };
    let message = format!("there is no provider configuration `{reference}`");
    findings
        .add(Diagnostic::new(DiagnosticKind::Provider, place.to_string(), message).at(field).candidates(candidates));
}

fn configurations<'a>(index: &'a Index<'_>) -> impl Iterator<Item = &'a ProviderReference> {
    let module = index.module;
    let expected = module.settings.required_providers.values().flat_map(|required| &required.configuration_aliases);
    module.providers.iter().map(|provider| &provider.reference).chain(expected)
}

fn default(index: &Index<'_>, place: BlockName<'_>, name: &str, findings: &mut Findings<'_>) {
    if name == BUILT_IN || !index.is_strict() || index.has_default_provider(name) {
        return;
    }
    let aliased = configurations(index).filter(|reference| reference.name() == name);
    let candidates = aliased.take(3).map(ToString::to_string).collect();
    let message = format!("names no provider, and `{name}` has no default configuration");
    findings.add(
        Diagnostic::new(DiagnosticKind::Provider, place.to_string(), message)
            .because("the block would land wherever an empty configuration points, which may be another region")
            .help("name the configuration that manages it")
            .candidates(candidates),
    );
}

fn required(index: &Index<'_>, place: BlockName<'_>, name: &str, findings: &mut Findings<'_>) {
    let required = &index.module.settings.required_providers;
    if name == BUILT_IN || !index.is_strict() || required.contains_key(name) {
        return;
    }
    let message = format!("`{name}` is not among the required providers");
    findings.add(
        Diagnostic::new(DiagnosticKind::Provider, place.to_string(), message)
            .because("without an entry Terraform guesses where it comes from and takes any version")
            .help(format!("add `{name}` with its source and version to `required_providers`"))
            .candidates(nearest(name, required.keys().map(AsRef::as_ref))),
    );
}
