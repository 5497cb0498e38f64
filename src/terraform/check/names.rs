//! Names that Terraform accepts.

use super::findings::Findings;
use super::place::BlockName;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::identifier::is_identifier;
use crate::terraform::module::Module;

/// Variables of these names would clash with the arguments of the `module` block that sets them
/// (<https://developer.hashicorp.com/terraform/language/block/variable>).
pub(crate) const RESERVED_FOR_MODULES: [&str; 10] =
    ["_", "count", "depends_on", "for_each", "lifecycle", "locals", "provider", "providers", "source", "version"];

/// Checks every label in the module.
pub(super) fn check(module: &Module, findings: &mut Findings<'_>) {
    for name in module.settings.required_providers.keys() {
        provider_name(BlockName::Settings, name, findings);
    }
    for provider in &module.providers {
        let place = BlockName::Provider(&provider.reference);
        provider_name(place, &provider.reference.name, findings);
        if let Some(alias) = provider.reference.alias() {
            label(place, "the alias", alias, findings);
        }
    }
    for variable in &module.variables {
        label(BlockName::Variable(&variable.name), "the name", &variable.name, findings);
        reserved(&variable.name, findings);
    }
    for local in &module.locals {
        label(BlockName::Local(&local.name), "the name", &local.name, findings);
    }
    let scoped = module.checks.iter().filter_map(|check| check.data.as_ref());
    let mut last_type = "";
    for block in module.resources.iter().chain(scoped) {
        if block.type_name != last_type {
            label(BlockName::Resource(block), "the type", &block.type_name, findings);
            last_type = &block.type_name;
        }
        label(BlockName::Resource(block), "the name", &block.name, findings);
    }
    for output in &module.outputs {
        label(BlockName::Output(&output.name), "the name", &output.name, findings);
    }
    for check in &module.checks {
        label(BlockName::Check(&check.name), "the name", &check.name, findings);
    }
    for call in &module.module_calls {
        label(BlockName::ModuleCall(&call.name), "the name", &call.name, findings);
    }
}

/// Whether the name is one of those that nearly all are, which saves looking its letters up in Unicode's tables.
fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn label(place: BlockName<'_>, what: &str, name: &str, findings: &mut Findings<'_>) {
    if is_plain(name) || is_identifier(name) {
        return;
    }
    let message = match name.chars().find(|character| !is_identifier(&format!("_{character}"))) {
        None if name.is_empty() => format!("{what} is empty"),
        None => format!("{what} `{name}` does not start with a letter or an underscore"),
        Some(character) => format!("{what} `{name}` contains {character:?}"),
    };
    findings.add(
        Diagnostic::new(DiagnosticKind::IllegalName, place.to_string(), message)
            .because("a name is a letter or an underscore, then letters, digits, underscores and dashes"),
    );
}

/// Provider names are written in lower case, because Terraform derives addresses from them that are.
fn provider_name(place: BlockName<'_>, name: &str, findings: &mut Findings<'_>) {
    if is_identifier(name) && name.chars().any(char::is_uppercase) {
        findings.add(
            Diagnostic::new(
                DiagnosticKind::IllegalName,
                place.to_string(),
                format!("the provider name `{name}` has capital letters"),
            )
            .help(format!("write `{}`", name.to_lowercase())),
        );
    } else {
        label(place, "the provider name", name, findings);
    }
}

fn reserved(name: &str, findings: &mut Findings<'_>) {
    if RESERVED_FOR_MODULES.contains(&name) {
        findings.add(
            Diagnostic::new(
                DiagnosticKind::IllegalName,
                BlockName::Variable(name).to_string(),
                format!("no variable may be called `{name}`"),
            )
            .because("a `module` block has an argument of that name with a meaning of its own"),
        );
    }
}
