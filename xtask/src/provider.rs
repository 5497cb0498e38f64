//! The provider whose schema everything comes from, and how Terraform is asked for it.

use std::path::PathBuf;
use std::process::{Command, Output};

use dr_synth::terraform::schema::provider_json::{Document, ProviderSchema};

use serde_json::json;

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

/// A directory with the provider installed, removed when it goes out of scope.
pub(crate) struct WorkingDirectory(PathBuf);

impl WorkingDirectory {
    /// Installs the provider.
    pub(crate) fn new() -> Outcome<Self> {
        let directory = Self(std::env::temp_dir().join(format!("dr-synth-xtask-{}", std::process::id())));
        directory.initialize()?;
        Ok(directory)
    }

    /// What `terraform providers schema -json` prints.
    pub(crate) fn schema_json(&self) -> Outcome<String> {
        self.succeed(&["providers", "schema", "-json"])
    }

    /// What `terraform validate -json` prints about these files of a document, whether it is valid or not.
    pub(crate) fn validate(&self, files: &[serde_json::Value]) -> Outcome<String> {
        for (number, document) in files.iter().enumerate() {
            self.write(&format!("probes_{number}.tf.json"), document)?;
        }
        let output = self.terraform(&["validate", "-json"]);
        for number in 0..files.len() {
            let name = format!("probes_{number}.tf.json");
            std::fs::remove_file(self.0.join(&name)).map_err(|error| format!("cannot remove {name}: {error}"))?;
        }
        printed(output?)
    }

    fn initialize(&self) -> Outcome<()> {
        let version = format!("= {VERSION}");
        std::fs::create_dir_all(&self.0)
            .map_err(|error| format!("cannot make the directory {}: {error}", self.0.display()))?;
        self.write(
            "main.tf.json",
            &json!({"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": version}}}}),
        )?;
        let mut arguments = vec!["init", "-input=false", "-no-color"];
        let mirror = std::env::var(MIRROR).ok().map(|mirror| format!("-plugin-dir={mirror}"));
        arguments.extend(mirror.as_deref());
        let output = self.terraform(&arguments)?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!(
            "{}\n{SOURCE} {VERSION} comes from the registry, or from a filesystem mirror: set {MIRROR}",
            failure(&arguments, &output)
        ))
    }

    fn write(&self, name: &str, document: &serde_json::Value) -> Outcome<()> {
        let path = self.0.join(name);
        std::fs::write(&path, document.to_string()).map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    /// What Terraform printed; an error if it failed.
    fn succeed(&self, arguments: &[&str]) -> Outcome<String> {
        let output = self.terraform(arguments)?;
        if output.status.success() {
            return printed(output);
        }
        Err(failure(arguments, &output))
    }

    fn terraform(&self, arguments: &[&str]) -> Outcome<Output> {
        Command::new("terraform")
            .args(arguments)
            .current_dir(&self.0)
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .map_err(|error| format!("cannot run `terraform`: {error}\ninstall Terraform 1.11 and put it on the PATH"))
    }
}

impl Drop for WorkingDirectory {
    fn drop(&mut self) {
        // The provider is 700 MB; a failure to remove it is not worth an error of its own.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn failure(arguments: &[&str], output: &Output) -> String {
    format!("`terraform {}` failed:\n{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr))
}

fn printed(output: Output) -> Outcome<String> {
    String::from_utf8(output.stdout).map_err(|error| format!("`terraform` printed no text: {error}"))
}
