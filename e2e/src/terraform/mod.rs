//! Terraform, the one on this machine or another version: found, checked, and run against the emulator only.

mod messages;
mod program;
mod provider;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

pub use messages::{Outcome, run_streaming};
pub use program::Program;
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
    program: Program,
    credentials: Credentials,
    version: String,
    provider: ProviderSource,
    endpoint: String,
    reaper: Reaper,
}

/// What requests are signed with.
#[derive(Clone)]
pub struct Credentials {
    /// The access key.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// The session's token; empty for a key without a session.
    pub token: String,
}

impl Default for Credentials {
    /// The account's administrator, whom the emulator lets do everything.
    fn default() -> Self {
        Self { key: ACCOUNT.to_owned(), secret: "emulator".to_owned(), token: String::new() }
    }
}

impl Terraform {
    /// Finds Terraform on the `PATH` and decides where the provider comes from.
    ///
    /// # Errors
    ///
    /// When Terraform is missing or too old, or the named provider mirror holds no usable provider: with what to do.
    pub fn locate(emulator: &Emulator, reaper: &Reaper) -> Result<Self> {
        Self::of(Program::installed(), emulator, reaper)
    }

    /// Terraform of a version that the repository pins, with whatever provider the installed one would take.
    ///
    /// # Errors
    ///
    /// As [`Terraform::locate`].
    pub fn of(program: Program, emulator: &Emulator, reaper: &Reaper) -> Result<Self> {
        let version = program.version()?;
        if numbers(&version) < MINIMUM {
            bail!("Terraform {version} is too old; {ADVICE}");
        }
        let (provider, endpoint) = (ProviderSource::find()?, emulator.endpoint().to_owned());
        let credentials = Credentials::default();
        Ok(Self { program, credentials, version, provider, endpoint, reaper: reaper.clone() })
    }

    /// The version and where the provider comes from, in words.
    pub fn description(&self) -> String {
        format!("Terraform {}; provider hashicorp/aws from {}", self.version, self.provider)
    }

    /// The same, signing as somebody else than the account's administrator.
    pub fn signing_as(&self, credentials: Credentials) -> Self {
        Self { credentials, ..self.clone() }
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
        let mut command = self.surrounded(self.program.command(), directory);
        command.args(arguments);
        command
    }

    /// Another program in a directory, in the same surroundings: it reaches the emulator, and no real account.
    pub fn other_program(&self, name: &str, directory: &Path) -> Command {
        self.surrounded(Command::new(name), directory)
    }

    fn surrounded(&self, mut command: Command, directory: &Path) -> Command {
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if is_foreign(&name) {
                command.env_remove(name.as_ref());
            }
        }
        command
            .current_dir(directory)
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", &self.credentials.key)
            .env("AWS_SECRET_ACCESS_KEY", &self.credentials.secret)
            .env("AWS_SESSION_TOKEN", &self.credentials.token)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            // The files of a real profile, if there are any, are not looked at either.
            .env("AWS_CONFIG_FILE", directory.join("no-aws-config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", directory.join("no-aws-credentials"))
            .env("CHECKPOINT_DISABLE", "1")
            // Go collects garbage less often: a quarter less work for the processor, measured with `terraform validate` of the default
            // document (5.9 s of processor time became 4.6 s), for memory that the machine has.
            .env("GOGC", "400")
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
