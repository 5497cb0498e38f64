//! A stack of its own on an emulator of its own, since regions go down; and what everybody on it needs.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::customer::Internet;
use crate::deployment::Deployment;
use crate::dns::DnsDataPlane;
use crate::emulator::Emulator;
use crate::failover::Failover;
use crate::faults::Faults;
use crate::leftovers::listed;
use crate::notices::Notices;
use crate::progress::Progress;
use crate::reaper::Reaper;
use crate::repository::Program;
use crate::terraform::Terraform;
use crate::workspace::Workspace;

const SUFFIX: &str = "dev";

/// For the health checks of a new data plane to have seen the primary well, and the latch not set.
const FIRST_LOOK: Duration = Duration::from_secs(60);

/// An applied stack, with DNS that follows it.
pub struct Stage {
    /// Prints what is done.
    pub progress: Progress,
    /// Terraform's directory.
    pub workspace: Workspace,
    /// The stack.
    pub stack: Deployment,
    /// Its failover.
    pub failover: Failover,
    /// What its operators are told.
    pub notices: Notices,
    /// Route 53's data plane over it.
    pub dns: DnsDataPlane,
    /// The customers' way to it.
    pub internet: Internet,
    /// What can be broken.
    pub faults: Faults,
    /// The name that payments go to.
    pub domain: String,
    emulator: Emulator,
}

impl Stage {
    /// Synthesizes with these settings, applies, and waits until payments go to the primary.
    ///
    /// # Errors
    ///
    /// When any of it fails.
    pub fn set_up(program: &Program, settings: &str, progress: &Progress) -> Result<Self> {
        let reaper = Reaper::start()?;
        let emulator = progress.step("start the AWS emulator", || Emulator::start(progress))?;
        let terraform = Terraform::locate(&emulator, &reaper)?;
        let workspace = Workspace::empty(&terraform, progress)?;
        fs::write(workspace.file("dr-synth.toml"), settings).context("writing dr-synth.toml")?;
        workspace.write_document(&program.synthesize(SUFFIX, &[], workspace.path())?)?;
        progress.step("terraform init", || workspace.init())?;
        progress.step("terraform apply", || workspace.apply(&[]))?;
        let stack = Deployment::read(SUFFIX, &workspace, &terraform)?;
        let failover = Failover::of(&stack)?;
        let notices = Notices::subscribe(&stack.aws, stack.output("sns_topic_dr_arn")?)?;
        let dns = DnsDataPlane::start(&stack.aws, emulator.endpoint())?;
        let domain = stack.output("failover_domain")?.to_owned();
        let (internet, faults) = (Internet::of(emulator.endpoint())?, Faults::of(emulator.endpoint()));
        let progress = progress.clone();
        let stage = Self { progress, workspace, stack, failover, notices, dns, internet, faults, domain, emulator };
        stage.wait_for_dns(&stage.stack.primary.name, FIRST_LOOK)?;
        Ok(stage)
    }

    /// Waits until DNS sends customers to a region.
    ///
    /// # Errors
    ///
    /// When it does not in time.
    pub fn wait_for_dns(&self, region: &str, timeout: Duration) -> Result<()> {
        let place = format!(".{region}.");
        self.dns.wait_for_answer(&self.domain, timeout, |answer| answer.target.contains(&place)).map(drop)
    }

    /// The region that DNS sends customers to.
    ///
    /// # Errors
    ///
    /// When it sends them nowhere.
    pub fn active_region(&self) -> Result<String> {
        let answer = self.dns.resolve(&self.domain)?.context("the failover domain does not resolve")?;
        let region = answer.target.split(".execute-api.").nth(1).and_then(|rest| rest.split('.').next());
        region.map(str::to_owned).with_context(|| format!("{} is no regional endpoint", answer.target))
    }

    /// `terraform plan` shows nothing to do: no drift either, no change of an output.
    ///
    /// # Errors
    ///
    /// When it shows something; with what.
    pub fn plan_is_empty(&self) -> Result<()> {
        let outcome = self.progress.step("terraform plan", || self.workspace.plan(&[]))?;
        ensure!(outcome.exit_code() == 0, "changes:{}\ndrift:{}", listed(&outcome.planned), listed(&outcome.drifted));
        Ok(())
    }

    /// Stops the emulator; its account ends with it.
    ///
    /// # Errors
    ///
    /// When it does not stop in order.
    pub fn tear_down(self) -> Result<()> {
        drop(self.dns);
        self.emulator.stop()
    }
}
