//! What all checks share: the program, the emulator, Terraform.

use anyhow::{Context as _, Result};
use dr_synth_e2e::aws::Aws;
use dr_synth_e2e::emulator::Emulator;
use dr_synth_e2e::leftovers::Inventory;
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::reaper::Reaper;
use dr_synth_e2e::repository::Program;
use dr_synth_e2e::terraform::Terraform;
use dr_synth_e2e::workspace::Workspace;
use serde_json::Value;

pub(crate) const REGIONS: [&str; 2] = ["us-east-1", "us-east-2"];
/// The environment that most checks look at, as it comes without flags.
pub(crate) const DEV: &str = "dev";
pub(crate) const UNPROTECTED: [&str; 1] = ["-var=deletion_protection=false"];

pub(crate) struct Stage {
    pub(crate) progress: Progress,
    pub(crate) program: Program,
    pub(crate) terraform: Terraform,
    emulator: Emulator,
}

/// An environment before it is applied.
pub(crate) struct Environment {
    pub(crate) suffix: &'static str,
    pub(crate) progress: Progress,
    pub(crate) document: Vec<u8>,
    pub(crate) workspace: Workspace,
}

impl Stage {
    /// See [`Emulator::leaves`].
    pub(crate) fn leaves(&self, suffix: &str) -> Result<()> {
        self.emulator.leaves(suffix)
    }

    pub(crate) fn set_up(progress: &Progress) -> Result<Self> {
        let program = progress.step("cargo build", Program::build)?;
        let reaper = Reaper::start()?;
        let emulator = progress.step("start the AWS emulator", || Emulator::start(progress))?;
        let terraform = Terraform::locate(&emulator, &reaper)?;
        progress.say(&terraform.description());
        Ok(Self { progress: progress.clone(), program, terraform, emulator })
    }

    pub(crate) fn inventory(&self) -> Result<Inventory> {
        Inventory::take(&Aws::at(self.emulator.endpoint()), &REGIONS)
    }

    /// Synthesizes into an empty directory and initializes it.
    pub(crate) fn environment(&self, suffix: &'static str, flags: &[&str]) -> Result<Environment> {
        let progress = self.progress.labelled(suffix);
        let workspace = Workspace::empty(&self.terraform, &progress)?;
        let document = self.program.synthesize(suffix, flags, workspace.path())?;
        workspace.write_document(&document)?;
        progress.step("terraform init", || workspace.init())?;
        Ok(Environment { suffix, progress, document, workspace })
    }

    pub(crate) fn tear_down(self) -> Result<()> {
        self.emulator.stop()
    }
}

impl Environment {
    pub(crate) fn document_json(&self) -> Result<Value> {
        serde_json::from_slice(&self.document).context("the document is not JSON")
    }
}
