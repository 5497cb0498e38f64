//! Versions: whether constraints are some, whether Terraform is one that the module asks for, and whether it has all that the
//! module uses.

use super::BUILT_IN;
use super::findings::Findings;
use super::place::BlockName;
use crate::terraform::constructs::{self, Use};
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::module::Module;
use crate::terraform::settings::RequiredProvider;
use crate::terraform::version::{Constraints, TERRAFORM};

/// Checks the versions that are asked for, and everything that not every version has.
pub(super) fn check(module: &Module, findings: &mut Findings<'_>) {
    if let Some(text) = &module.settings.required_version {
        terraform(text, findings);
    }
    for (name, required) in &module.settings.required_providers {
        built_in(name, required, findings);
        if let Some(text) = &required.version {
            constraints(text, BlockName::Settings, &format!("required_providers.{name}.version"), findings);
        }
    }
    for provider in &module.providers {
        let has_version = provider.version.is_some() || provider.arguments.get("version").is_some();
        if has_version && is_built_in(module, provider.reference.name()) {
            findings.add(fixed(BlockName::Provider(&provider.reference).to_string(), "version"));
        }
    }
    for call in &module.module_calls {
        if let Some(text) = &call.version {
            constraints(text, BlockName::ModuleCall(&call.name), "version", findings);
        }
        if call.source.contains("${") && !module.dialect.has(constructs::MODULE_SOURCE) {
            let (block, field) = (BlockName::ModuleCall(&call.name).to_string(), "source".to_owned());
            findings.add(Use { construct: constructs::MODULE_SOURCE, block, field }.diagnostic(module.dialect));
        }
    }
    for used in module.uses.iter().filter(|used| !module.dialect.has(used.construct)) {
        findings.add(used.diagnostic(module.dialect));
    }
}

/// A provider that is part of Terraform has Terraform's version, and there is one.
fn built_in(name: &str, required: &RequiredProvider, findings: &mut Findings<'_>) {
    let Some(part) = built_in_part(name, required) else { return };
    if part != BUILT_IN {
        let message = format!("Terraform has no provider `{part}` of its own");
        let diagnostic = Diagnostic::new(DiagnosticKind::Provider, BlockName::Settings.to_string(), message);
        findings.add(diagnostic.at(format!("required_providers.{name}.source")));
    }
    if required.version.is_some() {
        findings.add(fixed(BlockName::Settings.to_string(), &format!("required_providers.{name}.version")));
    }
}

/// Which part of Terraform a required provider is, if it is one.
fn built_in_part<'r>(name: &str, required: &'r RequiredProvider) -> Option<&'r str> {
    let part = required.source.strip_prefix("terraform.io/builtin/");
    let is_default = name == BUILT_IN && matches!(required.source.as_ref(), "" | "hashicorp/terraform");
    part.or(is_default.then_some(BUILT_IN))
}

fn is_built_in(module: &Module, name: &str) -> bool {
    let required = module.settings.required_providers.get(name);
    required.map_or(name == BUILT_IN, |required| built_in_part(name, required).is_some())
}

fn fixed(block: String, field: &str) -> Diagnostic {
    let message = "the provider is part of Terraform, and has no version of its own";
    Diagnostic::new(DiagnosticKind::Version, block, message).at(field)
}

fn terraform(text: &str, findings: &mut Findings<'_>) {
    const FIELD: &str = "required_version";
    let Some(constraints) = constraints(text, BlockName::Settings, FIELD, findings) else { return };
    let diagnostic = |message: String| {
        Diagnostic::new(DiagnosticKind::Version, BlockName::Settings.to_string(), message)
            .at(FIELD)
            .because("Terraform stops before it looks at anything else")
    };
    if constraints.has_prerelease() {
        let message = format!("`{text}` names a version that is not released");
        findings.add(diagnostic(message).help("leave out what follows the dash"));
    } else if !constraints.admit(TERRAFORM) {
        findings.add(diagnostic(format!("`{text}` does not admit Terraform {TERRAFORM}, by which this is checked")));
    }
}

fn constraints(text: &str, place: BlockName<'_>, field: &str, findings: &mut Findings<'_>) -> Option<Constraints> {
    let constraints = Constraints::parse(text);
    if constraints.is_none() {
        let message = format!("`{text}` is no version constraint");
        let diagnostic = Diagnostic::new(DiagnosticKind::Version, place.to_string(), message).at(field);
        findings.add(diagnostic.help("write it as in `>= 1.11` or `~> 5.100, < 7.0`"));
    }
    constraints
}
