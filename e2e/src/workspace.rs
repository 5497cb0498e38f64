//! A throw-away Terraform workspace with the document in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::progress::Progress;
use crate::terraform::{Credentials, Outcome, Terraform, run_streaming};

/// An empty directory that holds one `main.tf.json`, and the Terraform commands on it.
pub struct Workspace {
    directory: TempDir,
    terraform: Terraform,
    progress: Progress,
}

impl Workspace {
    /// Creates an empty directory. It is deleted with the handle, or by the reaper.
    ///
    /// # Errors
    ///
    /// When it cannot be created.
    pub fn empty(terraform: &Terraform, progress: &Progress) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("dr-synth-").tempdir().context("creating a workspace")?;
        terraform.reaper().delete_at_end(directory.path())?;
        Ok(Self { directory, terraform: terraform.clone(), progress: progress.clone() })
    }

    /// Signs as somebody else from now on.
    pub fn sign_as(&mut self, credentials: Credentials) {
        self.terraform = self.terraform.signing_as(credentials);
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes `main.tf.json`.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_document(&self, document: &[u8]) -> Result<()> {
        fs::write(self.path().join("main.tf.json"), document).context("writing main.tf.json")
    }

    /// `terraform init`.
    ///
    /// # Errors
    ///
    /// When it fails; with Terraform's words.
    pub fn init(&self) -> Result<()> {
        succeed(self.terraform.init_command(self.path()), "init").map(drop)
    }

    /// `terraform validate`.
    ///
    /// # Errors
    ///
    /// When the document is not valid; with Terraform's words.
    pub fn validate(&self) -> Result<()> {
        succeed(self.terraform.command(self.path(), &["validate", "-no-color"]), "validate").map(drop)
    }

    /// `terraform plan -detailed-exitcode`: exit code 0 without changes, 2 with.
    ///
    /// # Errors
    ///
    /// When planning fails; with Terraform's messages.
    pub fn plan(&self, arguments: &[&str]) -> Result<Outcome> {
        self.run("plan", &[&["-detailed-exitcode"], arguments].concat())
    }

    /// `terraform apply -auto-approve`.
    ///
    /// # Errors
    ///
    /// When applying fails; with Terraform's messages.
    pub fn apply(&self, arguments: &[&str]) -> Result<Outcome> {
        self.run("apply", &[&["-auto-approve"], arguments].concat())
    }

    /// `terraform destroy -auto-approve`.
    ///
    /// # Errors
    ///
    /// When destroying fails; with Terraform's messages.
    pub fn destroy(&self, arguments: &[&str]) -> Result<Outcome> {
        self.run("destroy", &[&["-auto-approve"], arguments].concat())
    }

    /// `terraform destroy`, for callers that expect it to be refused: the messages are theirs to judge.
    ///
    /// # Errors
    ///
    /// When Terraform does not run.
    pub fn try_destroy(&self, arguments: &[&str]) -> Result<Outcome> {
        self.start("destroy", &[&["-auto-approve"], arguments].concat())
    }

    /// The outputs by name.
    ///
    /// # Errors
    ///
    /// When there is no state to read them from.
    pub fn outputs(&self) -> Result<Map<String, Value>> {
        let Value::Object(outputs) = self.json(&["output", "-json"])? else {
            bail!("terraform output -json printed no object")
        };
        Ok(outputs.into_iter().map(|(name, mut output)| (name, output["value"].take())).collect())
    }

    /// `terraform show -json` of the state.
    ///
    /// # Errors
    ///
    /// When there is no state.
    pub fn state(&self) -> Result<Value> {
        self.json(&["show", "-json"])
    }

    /// `terraform state list`: the addresses, which takes a fraction of the time of [`Self::state`].
    ///
    /// # Errors
    ///
    /// When there is no state.
    pub fn addresses(&self) -> Result<Vec<String>> {
        let output = succeed(self.terraform.command(self.path(), &["state", "list"]), "state list")?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }

    /// `terraform show -json` of a saved plan.
    ///
    /// # Errors
    ///
    /// When there is no such plan.
    pub fn saved_plan(&self, file: &str) -> Result<Value> {
        self.json(&["show", "-json", file])
    }

    /// The state file as it lies on disk.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn state_file(&self) -> Result<Vec<u8>> {
        fs::read(self.file("terraform.tfstate")).context("reading terraform.tfstate")
    }

    /// A file in the workspace.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    fn json(&self, arguments: &[&str]) -> Result<Value> {
        let output = succeed(self.terraform.command(self.path(), arguments), arguments[0])?;
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("terraform {} printed no JSON", arguments.join(" ")))
    }

    fn run(&self, subcommand: &str, arguments: &[&str]) -> Result<Outcome> {
        let outcome = self.start(subcommand, arguments)?;
        ensure!(
            outcome.errors().is_empty() && outcome.exit_code() != 1,
            "terraform {subcommand} failed:\n{}",
            outcome.errors().join("\n\n")
        );
        Ok(outcome)
    }

    fn start(&self, subcommand: &str, arguments: &[&str]) -> Result<Outcome> {
        let arguments = [&[subcommand], Terraform::run_arguments().as_slice(), arguments].concat();
        let command = self.terraform.command(self.path(), &arguments);
        run_streaming(command, &self.progress, self.terraform.reaper())
    }
}

fn succeed(mut command: Command, what: &str) -> Result<Output> {
    let output = command.stdin(Stdio::null()).output().context("starting terraform")?;
    ensure!(
        output.status.success(),
        "terraform {what} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output)
}
