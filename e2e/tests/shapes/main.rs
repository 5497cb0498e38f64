//! The shapes that a stack can have: no feature, each feature alone, and whatever else is not as it comes by default. Each is
//! applied, planned again, paid through and destroyed on an emulator of its own, so that nothing that a feature needs comes
//! from another one unnoticed. Between apply and destroy, plans show that switching a feature alone off, and each one on where
//! there is none, leaves everything else as it is.
//!
//! Names as arguments run those lives alone. All of them take forty minutes, so `make test` leaves them out; there the
//! end-to-end suite applies all features together.

mod database;
mod fargate;
mod kills;
mod life;
mod own_function;
mod owner;

use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::repository::Program;
use dr_synth_e2e::suite::Suite;

use life::Life;

/// A life mostly waits for the provider's fixed pauses, so two processors carry four.
const SIDE_BY_SIDE: usize = 4;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Tools that only want to know which tests there are (cargo-nextest) must not start a run of forty minutes.
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let progress = Progress::start();
    let names: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| !argument.starts_with('-')).collect();
    let lives = match chosen(&names) {
        Ok(lives) => lives,
        Err(unknown) => {
            progress.say(&format!("there is no life `{unknown}`; choose from {}", all_names().join(", ")));
            return ExitCode::from(2);
        }
    };
    let suite = Suite::new(&progress);
    let built = suite.check("the program builds", || progress.step("cargo build", Program::build));
    if let Some(program) = built {
        side_by_side(lives, |life| life.run(&suite, &program, &progress.labelled(&life.name)));
    }
    progress.show(&format!("\n{}\n", progress.table()));
    if suite.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The lives of these names, or the first name that is none; all of them without names.
fn chosen<'a>(names: &[&'a str]) -> Result<Vec<Life>, &'a str> {
    if let Some(unknown) = names.iter().find(|name| !all_names().iter().any(|known| known == *name)) {
        return Err(unknown);
    }
    let wanted = |life: &Life| names.is_empty() || names.contains(&life.name.as_str());
    Ok(Life::all().into_iter().filter(wanted).collect())
}

fn all_names() -> Vec<String> {
    Life::all().into_iter().map(|life| life.name).collect()
}

fn side_by_side(lives: Vec<Life>, run: impl Fn(Life) + Sync) {
    let waiting = Mutex::new(VecDeque::from(lives));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(life) = next() {
                    run(life);
                }
            });
        }
    });
}
