//! `make gameday`: a region is lost under load, and what else can go wrong, in front of your eyes, on the emulator.

use std::process::ExitCode;

use dr_synth_e2e::gameday;

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    gameday::run(&names)
}
