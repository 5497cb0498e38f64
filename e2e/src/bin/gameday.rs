//! `make gameday`: the primary region is lost under load, in front of your eyes, on the emulator.

use std::process::ExitCode;

use dr_synth_e2e::gameday::stage::Stage;
use dr_synth_e2e::gameday::story;
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::repository::Program;
use dr_synth_e2e::suite::Suite;

fn main() -> ExitCode {
    let progress = Progress::start();
    let suite = Suite::new(&progress);
    let stage = suite.check("a stack is applied, and DNS sends payments to its primary region", || {
        let program = progress.step("cargo build --release", Program::build)?;
        Stage::set_up(&program, "", &progress)
    });
    if let Some(stage) = stage {
        story::run(&suite, &stage);
        suite.check("the emulator stops in order", || stage.tear_down());
    }
    progress.show(&format!("\n{}\n", progress.table()));
    if suite.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
