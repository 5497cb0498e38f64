//! A stack of its own on an emulator of its own, since regions go down; and what everybody on it needs.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::customer::{Identity, Internet};
use super::pulse::Pulse;
use crate::aws::Method;
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

/// The key of all callers here, drills among them.
const KEY: &str = "the-key-of-every-caller-1";

/// For the health checks of a new data plane to have seen the primary well, and the latch not set.
const FIRST_LOOK: Duration = Duration::from_secs(120);

/// What is not the default's about a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Callers sign their requests.
    Signed,
    /// A person has one minute to approve, so that nobody waits for a quarter of an hour.
    QuickToDecide,
    /// The same, and callers have a key.
    Keyed,
}

impl Shape {
    /// Its `dr-synth.toml`.
    const fn settings(self) -> &'static str {
        match self {
            Self::Signed => "[api]\nauthorization = \"AWS_IAM\"\n",
            Self::QuickToDecide => "[failover]\napproval_minutes = 1\n",
            Self::Keyed => "[api]\nauthorization = \"API_KEY\"\n[failover]\napproval_minutes = 1\n",
        }
    }
}

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
    /// How callers prove who they are.
    pub identity: Identity,
    /// How busy this machine is.
    pub pulse: Pulse,
    emulator: Emulator,
}

impl Stage {
    /// Synthesizes a stack of this shape, applies, and waits until payments go to the primary.
    ///
    /// # Errors
    ///
    /// When any of it fails.
    pub fn set_up(program: &Program, shape: Shape, progress: &Progress) -> Result<Self> {
        let reaper = Reaper::start()?;
        let emulator = progress.step("start the AWS emulator", || Emulator::start(progress))?;
        let terraform = Terraform::locate(&emulator, &reaper)?;
        let workspace = Workspace::empty(&terraform, progress)?;
        fs::write(workspace.file("dr-synth.toml"), shape.settings()).context("writing dr-synth.toml")?;
        workspace.write_document(&program.synthesize(SUFFIX, &[], workspace.path())?)?;
        progress.step("terraform init", || workspace.init())?;
        progress.step("terraform apply", || workspace.apply(&[]))?;
        let stack = Deployment::read(SUFFIX, &workspace, &terraform)?;
        let failover = Failover::of(&stack)?;
        let notices = Notices::subscribe(&stack.aws, stack.output("sns_topic_dr_arn")?)?;
        let dns = DnsDataPlane::start(&stack.aws, emulator.endpoint())?;
        let domain = stack.output("failover_domain")?.to_owned();
        let (internet, faults) = (Internet::of(emulator.endpoint())?, Faults::of(emulator.endpoint()));
        let identity = match shape {
            Shape::Signed => Identity::Signs,
            Shape::QuickToDecide => Identity::Anyone,
            Shape::Keyed => Identity::Key(hand_out_key(&stack)?),
        };
        let (progress, pulse) = (progress.clone(), Pulse::of(emulator.endpoint()));
        let stage = Self {
            progress,
            workspace,
            stack,
            failover,
            notices,
            dns,
            internet,
            faults,
            domain,
            identity,
            pulse,
            emulator,
        };
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
        drop((self.dns, self.pulse));
        self.emulator.stop()
    }
}

/// Makes the callers' key in both regions and puts it where drills read it, as the README says.
fn hand_out_key(stack: &Deployment) -> Result<String> {
    for region in [&stack.primary.name, &stack.dr.name] {
        let plans = stack.aws.get(region, "apigateway", "/usageplans")?.json()?;
        let is_callers =
            |plan: &&Value| plan["name"].as_str().is_some_and(|name| name.starts_with("payments-callers-"));
        let plan = plans["item"].as_array().into_iter().flatten().find(is_callers);
        let plan = plan.and_then(|plan| plan["id"].as_str()).with_context(|| format!("no usage plan in {plans}"))?;
        let key = json!({"name": "caller", "value": KEY, "enabled": true}).to_string();
        let key = stack.aws.send(region, "apigateway", Method::Post, "/apikeys", &key)?.json()?;
        let attached = json!({"keyId": key["id"], "keyType": "API_KEY"}).to_string();
        stack.aws.send(region, "apigateway", Method::Post, &format!("/usageplans/{plan}/keys"), &attached)?;
    }
    let resources = stack.resources();
    let secret =
        resources.iter().find(|resource| resource["address"] == "aws_secretsmanager_secret.dr_failover_drill_api_key");
    let secret = secret.context("the state has no secret for the key of drills")?;
    let request = json!({"SecretId": secret["values"]["arn"], "SecretString": KEY});
    stack.aws.json(&stack.dr.name, "secretsmanager", "secretsmanager.PutSecretValue", &request)?;
    Ok(KEY.to_owned())
}
