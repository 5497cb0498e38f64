//! The commands of the runbook, as they stand in it, run by the AWS CLI against the applied stack.

use std::path::{Path, PathBuf};
use std::process::{Command as Process, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use dr_synth::proof::model::from_configuration;
use dr_synth::proof::runbook::{Command, runbook};
use dr_synth::terraform::Configuration;
use dr_synth::terraform::evaluation::Inputs;
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::emulator::ACCOUNT;
use dr_synth_e2e::failover::{Failover, Machine};
use dr_synth_e2e::repository;

use crate::stage::{Environment, Stage};

/// The command after which machines may move payments again.
const ARM: &str = "arm";

/// How long a machine takes to be refused by a switch that is stopped.
const PATIENCE: Duration = Duration::from_secs(180);

/// The AWS CLI leaves `AWS_ENDPOINT_URL` aside for RDS in us-east-1 (`customizations/overridesslcommonname.py`), and takes the same
/// address as an argument.
const AWS: &str = r#"aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }"#;

/// Fewer than that, and the list was not read.
const LEAST: usize = 30;

pub(crate) fn every_command_runs(stage: &Stage, dev: &Environment, deployment: &Deployment) -> Result<()> {
    let configuration = Configuration::read(dev.workspace.path()).context("reading the document")?;
    let book = runbook(&from_configuration(&configuration, &Inputs::default()))?;
    let path = search_path(&aws_cli()?)?;
    let failover = Failover::of(deployment)?;
    let mut run = 0;
    for command in book.commands.iter().filter(|command| command.not_on_emulator.is_none()) {
        if command.name == ARM {
            // Whatever was started has met the stopped switch; armed too early, it would move the stack.
            wait_for_machines(&failover)?;
        }
        let mut process = stage.terraform.other_program("bash", dev.workspace.path());
        process
            .args(["-euo", "pipefail", "-c", &format!("{AWS}\n{}", command.text)])
            .env("PATH", &path)
            .env("ACCOUNT", ACCOUNT);
        process.env("AWS_DEFAULT_REGION", "us-east-1").env("AWS_PAGER", "").env("AWS_MAX_ATTEMPTS", "2");
        let output = process.stdin(Stdio::null()).output().context("starting bash")?;
        ensure!(output.status.success(), "{}", failed(command, &output));
        run += 1;
    }
    ensure!(run >= LEAST, "only {run} commands ran");
    Ok(())
}

fn failed(command: &Command, output: &Output) -> String {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("`{}` failed:\n{}\n{out}{error}", command.name, command.text)
}

fn wait_for_machines(failover: &Failover) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut running = Vec::new();
        for machine in Machine::ALL {
            for execution in failover.executions(machine)? {
                if failover.status_of(&execution)?.status == "RUNNING" {
                    running.push(execution.name().to_owned());
                }
            }
        }
        if running.is_empty() {
            return Ok(());
        }
        if Instant::now() >= deadline {
            bail!("still running although the switch is stopped: {}", running.join(", "));
        }
        sleep(Duration::from_secs(1));
    }
}

/// The folder of the pinned AWS CLI, built if need be.
fn aws_cli() -> Result<PathBuf> {
    let script = repository::root().join("e2e").join("aws_cli").join("prepare.py");
    let output =
        Process::new("python3").arg(script).output().context("starting python3; install Python 3.11 or newer")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn search_path(first: &Path) -> Result<std::ffi::OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(first.to_owned()).chain(std::env::split_paths(&rest));
    std::env::join_paths(all).context("joining the search path")
}
