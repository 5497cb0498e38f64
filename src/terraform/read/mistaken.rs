//! Files of Terraform's that are no configuration, given by mistake: one message says what each is and what to do.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};

/// The members that tell one kind of file from another.
#[derive(Deserialize)]
struct Members {
    format_version: Option<IgnoredAny>,
    planned_values: Option<IgnoredAny>,
    resource_changes: Option<IgnoredAny>,
    values: Option<IgnoredAny>,
    provider_schemas: Option<IgnoredAny>,
    terraform_version: Option<IgnoredAny>,
    lineage: Option<IgnoredAny>,
    serial: Option<IgnoredAny>,
}

/// What a file is that is no configuration.
pub(super) fn what(path: &Path, text: &str) -> Option<Diagnostic> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (what, help) = if name.ends_with(".tfvars") || name.ends_with(".tfvars.json") {
        ("values of variables", "name the configuration that has the variables")
    } else if name.ends_with(".tftest.hcl") || name.ends_with(".tftest.json") {
        ("a test", "name the configuration that it tests")
    } else if name == ".terraform.lock.hcl" {
        ("the list of locked providers", "name the folder that it is in")
    } else if text.starts_with("PK") {
        (
            "a plan as `terraform plan -out` writes it",
            "print it with `terraform show -json PLANFILE`, and give that with `--plan`",
        )
    } else {
        by_members(text)?
    };
    let diagnostic =
        Diagnostic::new(DiagnosticKind::Syntax, "document", format!("this is {what}, and no configuration"));
    Some(diagnostic.help(help))
}

fn by_members(text: &str) -> Option<(&'static str, &'static str)> {
    // Most documents say in their first bytes that they are none of these.
    let told = ["format_version", "lineage", "terraform_version"].iter().any(|member| text.contains(member));
    let members: Members = told.then(|| serde_json::from_str(text).ok()).flatten()?;
    if members.planned_values.is_some() || members.resource_changes.is_some() {
        Some(("a plan as `terraform show -json` prints it", "give it with `--plan`"))
    } else if members.provider_schemas.is_some() {
        Some(("the schemas of providers", "name the folder of a configuration"))
    } else if members.lineage.is_some() || (members.serial.is_some() && members.terraform_version.is_some()) {
        Some(("a state", "name the configuration that it belongs to; a state says what is there, not what is wanted"))
    } else if members.format_version.is_some() && members.values.is_some() {
        Some(("a state as `terraform show -json` prints it", "name the configuration that it belongs to"))
    } else {
        None
    }
}
