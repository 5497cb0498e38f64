//! End to end: the unchanged document of the real program, applied by real Terraform with the real provider.
//!
//! Two environments live side by side in one emulated account. `dev` carries most checks; `blue`, which has every feature,
//! is applied, paid through and destroyed beside it. The checks share the applied stacks, so this binary brings its own order and is
//! not run by Rust's test harness.

mod backup_jobs;
mod backups;
mod database_role;
mod example;
mod features;
mod first_apply;
mod lifecycle;
mod logging_role;
mod logs;
mod modules;
mod outputs;
mod payments;
mod runbook;
mod secrets;
mod side_by_side;
mod stage;
mod standby;
mod tags;
mod upgrades;

use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::thread;

use anyhow::ensure;
use dr_synth_e2e::leftovers::{Inventory, listed};
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::suite::Suite;

use stage::Stage;

fn main() -> ExitCode {
    // Tools that only want to know which tests there are (cargo-nextest) must not start a 10 minute run.
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let progress = Progress::start();
    let suite = Suite::new(&progress);
    if let Some(stage) =
        suite.check("the program builds, the emulator starts, Terraform is found", || Stage::set_up(&progress))
    {
        run(&suite, &stage);
        suite.check("the emulator stops in order", || stage.tear_down());
    }
    progress.show(&format!("\n{}\n", progress.table()));
    if suite.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(suite: &Suite, stage: &Stage) {
    let before = suite.check("the empty account can be listed", || stage.inventory());
    let (gone, blue_gone) = channel();
    let (dev, blue) = thread::scope(|scope| {
        let blue = scope.spawn(move || {
            let blue = side_by_side::live(suite, stage);
            // Nobody waits any longer where dev was not applied.
            gone.send(()).ok();
            blue
        });
        let dev = lifecycle::live(suite, stage, &blue_gone);
        (dev, blue.join().ok().flatten())
    });
    suite.check("two environments share no resource", || side_by_side::share_nothing(dev.as_ref(), blue.as_ref()));
    if let Some(before) = before {
        suite.check("nothing is left in the account", || nothing_new(stage, &before));
    }
}

fn nothing_new(stage: &Stage, before: &Inventory) -> anyhow::Result<()> {
    let left = stage.inventory()?.since(before);
    ensure!(left.is_empty(), "left in the account:{}", listed(&left));
    Ok(())
}
