//! The game day as a test: its important scenarios, on stacks and emulators of their own, because regions go down in
//! them. Names of scenarios as arguments run those alone, whatever they are.

use std::process::ExitCode;

use dr_synth_e2e::gameday;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Tools that only want to know which tests there are (cargo-nextest) must not start a run of a quarter of an hour.
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let names: Vec<String> = arguments.into_iter().filter(|argument| !argument.starts_with('-')).collect();
    gameday::run(&names)
}
