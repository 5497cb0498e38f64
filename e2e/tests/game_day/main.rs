//! The game day as a test: the story and the guards, side by side, each on a stack and an emulator of its own, because
//! regions go down in them. `story` or `guards` as an argument runs that alone.

use std::process::ExitCode;
use std::thread;

use dr_synth_e2e::gameday::stage::Stage;
use dr_synth_e2e::gameday::{guards, story};
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::repository::Program;
use dr_synth_e2e::suite::Suite;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Tools that only want to know which tests there are (cargo-nextest) must not start a run of a quarter of an hour.
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let names: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| *wanted == name);
    let progress = Progress::start();
    let suite = Suite::new(&progress);
    let built = suite.check("the program builds", || progress.step("cargo build --release", Program::build));
    if let Some(program) = built {
        let run = |name: &str, settings: &str, run: fn(&Suite, &Stage)| {
            if wanted(name) {
                on_a_stage(&suite, &program, settings, &progress.labelled(name), run);
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| run("story", "", story::run));
            run("guards", guards::SETTINGS, guards::run);
        });
    }
    progress.show(&format!("\n{}\n", progress.table()));
    if suite.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn on_a_stage(suite: &Suite, program: &Program, settings: &str, progress: &Progress, run: fn(&Suite, &Stage)) {
    let name = "a stack is applied, and DNS sends payments to its primary region";
    if let Some(stage) = suite.check(name, || Stage::set_up(program, settings, progress)) {
        run(suite, &stage);
        suite.check("the emulator stops in order", || stage.tear_down());
    }
}
