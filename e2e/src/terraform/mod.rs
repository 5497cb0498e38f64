//! The Terraform on this machine: found, checked, and run against the emulator only.

mod messages;
mod provider;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

pub use messages::{Outcome, run_streaming};
pub use provider::{MIRROR_VARIABLE, ProviderSource};

use crate::emulator::{ACCOUNT, Emulator};
use crate::reaper::Reaper;

/// Oldest Terraform the document works with: write-only arguments came with 1.11.
const MINIMUM: (u32, u32) = (1, 11);
const ADVICE: &str = "install Terraform 1.11 or newer from https://developer.hashicorp.com/terraform/install";

// Most of the time goes by waiting for fixed pauses of the provider, so more at once costs little.
const PARALLELISM: &str = "-parallelism=30";

/// Terraform with its provider, pointed at one emulator.
#[derive(Clone)]
pub struct Terraform {
    version: String,
    provider: ProviderSource,
    endpoint: String,
    reaper: Reaper,
}

impl Terraform {
    /// Finds Terraform on the `PATH` and decides where the provider comes from.
    ///
    /// # Errors
    ///
    /// When Terraform is missing or too old, or the named provider mirror holds no usable provider: with what to do.
    pub fn locate(emulator: &Emulator, reaper: &Reaper) -> Result<Self> {
        let version = installed_version()?;
        let provider = ProviderSource::find()?;
        Ok(Self { version, provider, endpoint: emulator.endpoint().to_owned(), reaper: reaper.clone() })
    }

    /// The version and where the provider comes from, in words.
    pub fn description(&self) -> String {
        format!("Terraform {}; provider hashicorp/aws from {}", self.version, self.provider)
    }

    /// The emulator's address.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What watches its processes.
    pub fn reaper(&self) -> &Reaper {
        &self.reaper
    }

    /// `terraform init` with the arguments that find the provider.
    pub fn init_command(&self, directory: &Path) -> Command {
        let mut command = self.command(directory, &["init", "-input=false", "-no-color"]);
        self.provider.apply_to(&mut command);
        command
    }

    /// A Terraform command in a directory, with nothing of the caller's AWS or Terraform settings: nobody may reach
    /// a real account by accident.
    pub fn command(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if is_foreign(&name) {
                command.env_remove(name.as_ref());
            }
        }
        command
            .args(arguments)
            .current_dir(directory)
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", ACCOUNT)
            .env("AWS_SECRET_ACCESS_KEY", "emulator")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            // The files of a real profile, if there are any, are not looked at either.
            .env("AWS_CONFIG_FILE", directory.join("no-aws-config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", directory.join("no-aws-credentials"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1");
        command
    }

    /// Arguments of every plan, apply and destroy.
    pub fn run_arguments() -> [&'static str; 3] {
        ["-json", "-input=false", PARALLELISM]
    }
}

/// Settings of the caller that would change what Terraform does. `TF_CLI_CONFIG_FILE` stays if it names a file:
/// somebody's mirror may be configured there.
fn is_foreign(name: &str) -> bool {
    let terraform = name.starts_with("TF_VAR_")
        || name.starts_with("TF_CLI_ARGS")
        || matches!(name, "TF_WORKSPACE" | "TF_DATA_DIR" | "TF_INPUT");
    let dangling_configuration =
        name == "TF_CLI_CONFIG_FILE" && !std::env::var_os(name).is_some_and(|file| Path::new(&file).is_file());
    name.starts_with("AWS_") || name == "ENVIRONMENT_SUFFIX" || terraform || dangling_configuration
}

fn installed_version() -> Result<String> {
    let mut command = Command::new("terraform");
    command.args(["version", "-json"]).env("CHECKPOINT_DISABLE", "1");
    if is_foreign("TF_CLI_CONFIG_FILE") {
        command.env_remove("TF_CLI_CONFIG_FILE");
    }
    let output = command.output().with_context(|| format!("terraform is not on the PATH; {ADVICE}"))?;
    ensure!(output.status.success(), "terraform version failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let report: Value = serde_json::from_slice(&output.stdout).context("terraform version -json printed no JSON")?;
    let version = report["terraform_version"].as_str().context("terraform does not tell its version")?;
    if numbers(version) < MINIMUM {
        bail!("Terraform {version} is too old; {ADVICE}");
    }
    Ok(version.to_owned())
}

/// Major and minor of a version.
fn numbers(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// Home directory, for the places Terraform looks in by itself.
fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::{MINIMUM, is_foreign, numbers};

    #[test]
    fn versions_compare_by_number() {
        assert!(numbers("1.9.8") < MINIMUM);
        assert!(numbers("1.11.4") >= MINIMUM);
        assert!(numbers("1.12.0-beta1") >= MINIMUM);
        assert!(numbers("2.0.0") >= MINIMUM);
    }

    #[test]
    fn the_callers_accounts_and_variables_are_foreign() {
        for name in ["AWS_PROFILE", "AWS_CA_BUNDLE", "TF_VAR_domain_name", "TF_CLI_ARGS_plan", "ENVIRONMENT_SUFFIX"] {
            assert!(is_foreign(name), "{name}");
        }
        for name in ["PATH", "HOME", "TF_LOG", "TF_PLUGIN_CACHE_DIR"] {
            assert!(!is_foreign(name), "{name}");
        }
    }
}
