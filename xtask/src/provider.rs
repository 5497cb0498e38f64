//! The provider whose schema everything comes from, and how Terraform is asked for it.

use std::path::Path;
use std::process::Command;

use dr_synth::terraform::schema::provider_json::{Document, ProviderSchema};

use crate::Outcome;

/// Where the provider comes from.
pub(crate) const SOURCE: &str = "registry.terraform.io/hashicorp/aws";

/// The version whose schema is embedded.
pub(crate) const VERSION: &str = "5.100.0";

/// A directory with providers in Terraform's filesystem mirror layout; the registry is asked if it is not set.
const MIRROR: &str = "DR_SYNTH_PROVIDER_MIRROR";

/// The provider's part of what `terraform providers schema -json` printed.
pub(crate) fn parse(json: &str) -> Outcome<ProviderSchema> {
    let mut document: Document = serde_json::from_str(json)
        .map_err(|error| format!("not the output of `terraform providers schema`: {error}"))?;
    document.provider_schemas.remove(SOURCE).ok_or_else(|| format!("no schema of {SOURCE} in it"))
}

/// Asks Terraform for the schema, in a directory of its own.
pub(crate) fn schema_json() -> Outcome<String> {
    let directory = std::env::temp_dir().join(format!("dr-synth-xtask-{}", std::process::id()));
    let outcome = initialize(&directory).and_then(|()| terraform(&directory, &["providers", "schema", "-json"]));
    // Whatever came of it, the provider's 700 MB must not stay behind; a failure to remove them is not worth an error.
    let _ = std::fs::remove_dir_all(&directory);
    outcome
}

/// Makes `directory` a working directory with the provider installed.
pub(crate) fn initialize(directory: &Path) -> Outcome<()> {
    let document = serde_json::json!({
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": format!("= {VERSION}")}}}
    });
    std::fs::create_dir_all(directory)
        .and_then(|()| std::fs::write(directory.join("main.tf.json"), document.to_string()))
        .map_err(|error| format!("cannot prepare {}: {error}", directory.display()))?;
    let mut arguments = vec!["init", "-input=false", "-no-color"];
    let mirror = std::env::var(MIRROR).ok().map(|mirror| format!("-plugin-dir={mirror}"));
    arguments.extend(mirror.as_deref());
    terraform(directory, &arguments).map(drop).map_err(|error| {
        format!("{error}\n{SOURCE} {VERSION} comes from the registry, or from a filesystem mirror that {MIRROR} names")
    })
}

/// Runs Terraform and returns what it printed.
pub(crate) fn terraform(directory: &Path, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new("terraform")
        .args(arguments)
        .current_dir(directory)
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .map_err(|error| format!("cannot run `terraform`: {error}\ninstall Terraform 1.11 and put it on the PATH"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`terraform {}` failed:\n{complaint}", arguments.join(" ")));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("`terraform` printed no text: {error}"))
}
