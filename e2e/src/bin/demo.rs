//! `make demo`: the whole life of the stack in front of your eyes, on the emulator.

use std::io::{BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::deployment::{Deployment, OUTPUTS, Region};
use dr_synth_e2e::emulator::Emulator;
use dr_synth_e2e::leftovers::{listed, still_there};
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::reaper::Reaper;
use dr_synth_e2e::repository::Program;
use dr_synth_e2e::terraform::{Outcome, Terraform};
use dr_synth_e2e::workspace::Workspace;
use serde_json::json;

const SUFFIX: &str = "dev";
const PAYMENT: &str = "test-123";
const UNPROTECTED: [&str; 1] = ["-var=deletion_protection=false"];
/// What the first line says. The times of this file are those of a machine with two processors.
const TOTAL: &str = "The whole life of the stack on an emulator: about 10 minutes, the first time some minutes more for the build, \
                     the AWS provider (700 MB) and the emulator's packages.";
const USAGE: &str = "usage: demo [--keep]\n\n  --keep  leave the stack running until Enter is pressed, then destroy it";

fn main() -> ExitCode {
    let progress = Progress::start();
    let keep = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--keep" => true,
        [flag] if flag == "--help" => {
            progress.show(USAGE);
            return ExitCode::SUCCESS;
        }
        _ => {
            progress.show(USAGE);
            return ExitCode::from(2);
        }
    };
    let result = demonstrate(&progress, keep);
    progress.show(&format!("\nSummary\n{}\n", progress.table()));
    match result {
        Ok(()) => {
            progress.say("The demo succeeded; nothing was left behind.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            progress.say(&format!("The demo FAILED: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn demonstrate(progress: &Progress, keep: bool) -> Result<()> {
    progress.say(TOTAL);
    let program = progress.wait(
        "cargo build",
        "compiles dr-synth; usually 2 to 5 minutes the first time, then seconds",
        Program::build,
    )?;
    let reaper = Reaper::start()?;
    let emulator = progress.wait(
        "start the AWS emulator",
        "installs its pinned packages the first time; usually 5 s, the first time 1 minute",
        || Emulator::start(progress),
    )?;
    let terraform = Terraform::locate(&emulator, &reaper)?;
    progress.say(&terraform.description());
    let workspace = Workspace::empty(&terraform, progress)?;
    let document = synthesize(progress, &program, &workspace)?;

    create(progress, &workspace)?;
    let deployment = Deployment::read(SUFFIX, &workspace, &terraform)?;
    show_outputs(progress, &deployment)?;
    progress.wait("terraform plan, once more", "must show no changes; usually 30 s", || {
        let outcome = workspace.plan(&[])?;
        ensure!(outcome.exit_code() == 0, "the second plan has changes:{}", listed(&outcome.planned));
        progress.say("  no changes");
        Ok(())
    })?;
    progress.step("a payment through the primary's API", || pay(progress, &deployment))?;
    progress.step("the standby refuses payments", || refuse(progress, &deployment))?;
    if keep {
        wait_for_enter(progress, &emulator, &workspace)?;
    }
    let state = workspace.state_file()?;
    emulator.leaves(SUFFIX)?;
    destroy(progress, &workspace)?;
    progress.wait(
        "read every resource once more: all must be gone",
        "the provider asks for each of them; usually 30 s",
        || {
            let left = still_there(&terraform, progress, &document, &state)?;
            ensure!(left.is_empty(), "still there after the destroy:{}", listed(&left));
            Ok(())
        },
    )?;
    progress.step("stop the AWS emulator", || emulator.stop())
}

fn synthesize(progress: &Progress, program: &Program, workspace: &Workspace) -> Result<serde_json::Value> {
    progress.step("dr-synth > main.tf.json", || {
        let document = program.synthesize(SUFFIX, &[], workspace.path())?;
        workspace.write_document(&document)?;
        progress.say(&format!("  {} bytes in the empty directory {}", document.len(), workspace.path().display()));
        serde_json::from_slice(&document).context("the document is not JSON")
    })
}

fn create(progress: &Progress, workspace: &Workspace) -> Result<()> {
    progress.wait(
        "terraform init",
        "installs the AWS provider; usually 10 s, up to 3 minutes where it is downloaded",
        || workspace.init(),
    )?;
    progress.wait("terraform validate", "starts the AWS provider; usually 10 s", || workspace.validate())?;
    progress.wait("terraform plan", "usually 30 s", || {
        let outcome = workspace.plan(&["-out=first.tfplan"])?;
        tell(progress, &outcome);
        Ok(())
    })?;
    progress.wait(
        "terraform apply",
        "creates all resources; usually 4 minutes, of which the provider waits 3 for a DynamoDB replica",
        || {
            let outcome = workspace.apply(&["first.tfplan"])?;
            progress.say(&format!("  {} resources created", outcome.added));
            Ok(())
        },
    )
}

fn tell(progress: &Progress, outcome: &Outcome) {
    progress.say(&format!("  {}", outcome.summary()));
    for warning in &outcome.warnings {
        progress.say(&format!("  warning: {warning}"));
    }
}

fn show_outputs(progress: &Progress, deployment: &Deployment) -> Result<()> {
    progress.say("outputs:");
    for name in OUTPUTS {
        progress.say(&format!("  {name:26} = {}", deployment.output(name)?));
    }
    Ok(())
}

fn pay(progress: &Progress, deployment: &Deployment) -> Result<()> {
    let answer = deployment.primary.api.pay(PAYMENT, &json!(100))?;
    progress.say(&format!("  POST {}", deployment.output("primary_api_url")?));
    progress.say(&format!("  {} {}", answer.status, answer.text));
    ensure!(answer.status == 200, "the payment was not processed");
    for Region { name, database, .. } in [&deployment.primary, &deployment.dr] {
        let rows = database.replicated_payment(PAYMENT)?;
        progress.say(&format!("  PostgreSQL in {name} ({}): {}", database.role()?, json!(rows)));
        ensure!(rows.len() == 1, "expected one row for the payment in {name}");
    }
    Ok(())
}

fn refuse(progress: &Progress, deployment: &Deployment) -> Result<()> {
    let answer = deployment.dr.api.pay("test-124", &json!(100))?;
    progress.say(&format!("  POST {}", deployment.output("dr_api_url")?));
    progress.say(&format!("  {} {}", answer.status, answer.text));
    ensure!(answer.status == 503, "the standby should answer 503");
    Ok(())
}

fn wait_for_enter(progress: &Progress, emulator: &Emulator, workspace: &Workspace) -> Result<()> {
    progress.say(&format!(
        "The stack is running in the emulator at {}; its Terraform workspace is {}.",
        emulator.endpoint(),
        workspace.path().display()
    ));
    let how = if std::io::stdin().is_terminal() { "Press Enter" } else { "Close the standard input" };
    progress.say(&format!("{how} to destroy it."));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("waiting for Enter")?;
    Ok(())
}

fn destroy(progress: &Progress, workspace: &Workspace) -> Result<()> {
    progress.wait(
        "terraform apply -var deletion_protection=false",
        "lifts the protection of the databases; usually 1 minute",
        || {
            let outcome = workspace.apply(&UNPROTECTED)?;
            progress.say(&format!("  {}", outcome.summary()));
            Ok(())
        },
    )?;
    progress.wait(
        "terraform destroy -var deletion_protection=false",
        "destroys all resources; usually 4 minutes",
        || {
            let outcome = workspace.destroy(&UNPROTECTED)?;
            progress.say(&format!("  {} resources destroyed", outcome.removed));
            Ok(())
        },
    )
}
