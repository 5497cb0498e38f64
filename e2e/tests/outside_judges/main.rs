//! Outside judges: what others' tools say of the plans of the default document and of the one with every feature.
//!
//! The plans are made against a fresh emulator, which answers what a plan asks of AWS; nothing is applied. The judges
//! themselves are in `judges/`. This binary is not run by Rust's test harness, because the judges count their own checks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result};
use dr_synth::settings::Feature;
use dr_synth_e2e::emulator::Emulator;
use dr_synth_e2e::known_policies;
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::reaper::Reaper;
use dr_synth_e2e::repository::{self, Program};
use dr_synth_e2e::terraform::Terraform;
use dr_synth_e2e::workspace::Workspace;

fn main() -> ExitCode {
    // Tools that only want to know which tests there are (cargo-nextest) must not start a run.
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let progress = Progress::start();
    match judge(&progress) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            progress.say(&format!("FAILED  {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn judge(progress: &Progress) -> Result<bool> {
    let program = progress.step("cargo build", Program::build)?;
    let reaper = Reaper::start()?;
    let emulator = progress.step("start the AWS emulator", || Emulator::start(progress))?;
    let terraform = Terraform::locate(&emulator, &reaper)?;
    let folder = tempfile::Builder::new().prefix("dr-synth-plans-").tempdir().context("creating a folder")?;
    reaper.delete_at_end(folder.path())?;
    let every_feature = Feature::ALL.map(Feature::name).join(",");
    let plans = [("default", vec![]), ("all_features", vec!["--enable", &every_feature])].map(|(name, arguments)| {
        let file = folder.path().join(format!("{name}.json"));
        plan(progress, &program, &terraform, &arguments, &file)
            .with_context(|| format!("planning the document `{name}`"))
            .map(|()| file)
    });
    emulator.stop()?;
    ask(&plans.into_iter().collect::<Result<Vec<_>>>()?)
}

/// Plans a document, and writes the plan with all its policies as JSON.
fn plan(progress: &Progress, program: &Program, terraform: &Terraform, arguments: &[&str], file: &Path) -> Result<()> {
    let workspace = Workspace::empty(terraform, progress)?;
    let document = program.run(&[&["--environment-suffix", "dev"], arguments].concat(), workspace.path())?;
    workspace.write_document(&document)?;
    workspace.init()?;
    let outcome = progress.step("terraform plan", || workspace.plan(&["-out=judged.tfplan"]))?;
    let mut plan = workspace.saved_plan("judged.tfplan")?;
    let filled = known_policies::fill_in(&mut plan, &String::from_utf8_lossy(&document))?;
    progress.say(&format!("{}; {filled} policies that only an apply would tell are filled in", outcome.summary()));
    fs::write(file, plan.to_string()).with_context(|| format!("writing {}", file.display()))
}

fn ask(plans: &[PathBuf]) -> Result<bool> {
    let mut judges = Command::new("python3");
    judges.arg(repository::root().join("judges").join("judge.py")).arg("--every-skip-used").args(plans);
    let status = judges.stdin(Stdio::null()).status().context("starting python3; install Python 3.11 or newer")?;
    Ok(status.success())
}
