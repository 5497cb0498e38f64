//! The command line of dr-synth.

mod cli;

use std::process::ExitCode;
use std::thread;

use dr_synth::terraform::parse::depth;

/// How deep expressions and values may nest: far more than people or programs write.
const DEEPEST: usize = 2_000;

/// Runs on a thread whose stack is as large as the deepest expression needs; what is not used is not taken.
fn main() -> ExitCode {
    let run = || {
        depth::set_limit(DEEPEST);
        cli::run(std::env::args_os()).into()
    };
    let thread = thread::Builder::new().stack_size(depth::stack(DEEPEST)).spawn(run);
    match thread.map(thread::JoinHandle::join) {
        Ok(Ok(status)) => status,
        // A thread that panicked has said so.
        Ok(Err(_)) => ExitCode::from(2),
        Err(_) => cli::run(std::env::args_os()).into(),
    }
}
