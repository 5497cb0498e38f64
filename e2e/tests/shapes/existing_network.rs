//! Networks as an owner has them before there is a stack, made by a configuration of their own.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::terraform::Terraform;
use dr_synth_e2e::workspace::Workspace;

/// The configuration, by file.
const FILES: [(&str, &str); 2] =
    [("main.tf", include_str!("owner/main.tf")), ("network/main.tf", include_str!("owner/network/main.tf"))];

/// Whether the endpoints that functions need are in the networks already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoints {
    Existing,
    OfTheStack,
}

/// The networks of two regions.
pub(crate) struct ExistingNetwork(Workspace);

impl ExistingNetwork {
    pub(crate) fn make(terraform: &Terraform, progress: &Progress, endpoints: Endpoints) -> Result<Self> {
        let workspace = Workspace::empty(terraform, progress)?;
        fs::create_dir(workspace.file("network")).context("making the folder of the network")?;
        for (name, text) in FILES {
            fs::write(workspace.file(name), text).with_context(|| format!("writing {name}"))?;
        }
        let values = format!(
            "regions = {{ primary = \"us-east-1\", dr = \"us-east-2\" }}\nendpoints = {}\n",
            endpoints == Endpoints::Existing
        );
        fs::write(workspace.file("terraform.tfvars"), values).context("writing terraform.tfvars")?;
        workspace.init()?;
        progress.step("terraform apply of the owner's network", || workspace.apply(&[]))?;
        Ok(Self(workspace))
    }

    /// Lines of the stack's `terraform.tfvars`: each output is the value of the variable of its name.
    pub(crate) fn values(&self) -> Result<String> {
        self.0.outputs()?.iter().try_fold(String::new(), |mut lines, (name, value)| {
            writeln!(lines, "{name} = {value}")?;
            Ok(lines)
        })
    }

    /// The owner's plan has no changes, drift included.
    pub(crate) fn is_untouched(&self) -> Result<()> {
        let outcome = self.0.plan(&[])?;
        ensure!(outcome.exit_code() == 0, "changes:{}\ndrift:{}", listed(&outcome.planned), listed(&outcome.drifted));
        Ok(())
    }
}
