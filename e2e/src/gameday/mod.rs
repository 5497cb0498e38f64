//! The game day: a region is lost under load, payments move, come back, and are counted.
//!
//! [`stage`] applies a stack on an emulator of its own with [`crate::dns`] over it; [`load`] lets [`customer`]s pay all the
//! time and keeps their [`ledger`]; [`watcher`] tells the [`timeline`] what changes; [`day`] is all of that at work.
//! [`scenario`] has the scenarios by name: [`story`] is the loss of a region, [`guards`] are the days on which nothing may
//! happen, [`scenarios`] what else can go wrong. [`measures`] says what it has cost, [`agreement`] holds
//! that against what is computed, [`report`] keeps it.
//!
//! What is real, and what the emulator only echoes, stands in `e2e/README.md`.

pub mod acts;
pub mod agreement;
pub mod customer;
pub mod day;
pub mod drill;
pub mod guards;
pub mod ledger;
pub mod load;
pub mod measures;
pub mod pulse;
pub mod report;
pub mod scenario;
pub mod scenarios;
pub mod stage;
pub mod story;
pub mod timeline;
pub mod watcher;

use std::process::ExitCode;

use crate::progress::Progress;
use crate::repository::{Program, target_directory};
use crate::suite::Suite;

use self::report::Report;

/// Runs the scenarios of these names; without a name, those that run by default. Says what came of them, also in
/// `target/gameday.json`.
pub fn run(names: &[String]) -> ExitCode {
    let progress = Progress::start();
    let chosen = match scenario::named(names) {
        Ok(chosen) => chosen,
        Err(error) => {
            progress.show(&format!("{error:#}"));
            return ExitCode::from(2);
        }
    };
    let file = target_directory().join("gameday.json");
    let report = Report::of(&file, chosen.iter().map(|scenario| (scenario.name, scenario.what)));
    let suite = Suite::new(&progress);
    let built = suite.check("the program builds", || progress.step("cargo build", Program::build));
    if let Some(program) = built {
        scenario::run(&suite, &program, &report, &progress, &chosen);
    }
    suite.check("the report is written", || report.conclude());
    progress.show(&format!("\n{}\n\n{}\n", progress.table(), report.table()));
    progress.say(&format!("the report is in {}", file.display()));
    if suite.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
