//! What each command costs on the default document, and how that grows with a configuration: counted, and held to limits.
//!
//! ```text
//! cargo bench --bench commands
//! ```
//!
//! Exits with 1 if a limit is passed. Times are printed beside the counts, and are held to nothing: they depend on the machine and
//! its neighbours.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output of this program is a table")]

mod counting;
#[allow(dead_code, reason = "the other benchmark uses the rest")]
mod workload;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use counting::{Outcome, instructions, limit};

const SMALL: usize = 2_000;
const LARGE: usize = 20_000;

/// Ten times the resources may cost this much more: linear, with some room for sorting.
const GROWTH_LIMIT: f64 = 12.0;

/// What a simulated fault may cost. A core that does a thousand and a half million instructions a second then plays ten
/// thousand; processors of these years do several times as many.
const FAULT_LIMIT: f64 = 150_000.0;
const FAULTS: u64 = 2_000;

/// How often a command is run for its time.
const RUNS: usize = 10;

/// The commands, with how many million instructions each may take on the default document. A processor of these years does
/// six to eight in a millisecond.
const COMMANDS: [(&str, f64); 8] = [
    ("check", 206.0),
    ("objectives", 156.0),
    ("cost", 152.0),
    ("graph", 149.0),
    ("graph --format svg", 305.0),
    ("runbook", 181.0),
    ("permissions --for apply", 184.0),
    ("report", 469.0),
];

/// Those whose cost on large configurations is held to a limit.
const GROWING: [&str; 4] = ["check --format json", "objectives", "cost", "graph --detail --format json"];

fn main() -> ExitCode {
    match report() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn report() -> Outcome<bool> {
    let folder = tempfile::tempdir()?;
    let place = |name: &str| folder.path().join(name);
    let program = PathBuf::from(env!("CARGO_BIN_EXE_dr-synth"));
    let default = dr_synth::stack::build(&dr_synth::settings::Settings::default())
        .document()
        .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    fs::write(place("default.tf.json"), default.to_string())?;
    for resources in [SMALL, LARGE] {
        let document = workload::library::document(resources)
            .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        fs::write(place(&format!("{resources}.tf.json")), document.to_string())?;
    }
    let count = |command: &str, file: &str| instructions(&program, &arguments(command, &place(file)));
    let mut kept = true;
    for (command, most) in COMMANDS {
        kept &= limit(&format!("{command}, million instructions"), millions(count(command, "default.tf.json")?), most);
    }
    let copied = [place("default.tf.json").display().to_string()];
    let copying = fastest(Path::new("cat"), &copied)?;
    for (command, _) in COMMANDS {
        let time = fastest(&program, &arguments(command, &place("default.tf.json")))?;
        let ratio = time.as_secs_f64() / copying.as_secs_f64();
        println!(
            "         {command}: {:.1} ms at best, {ratio:.0} times `cat` of the document",
            time.as_secs_f64() * 1e3
        );
    }
    let played = count(&format!("objectives --simulate {FAULTS}"), "default.tf.json")?;
    let without = count("objectives", "default.tf.json")?;
    kept &= limit(
        "a simulated fault, instructions",
        millions(played.saturating_sub(without)) / millions(FAULTS),
        FAULT_LIMIT,
    );
    for command in GROWING {
        let [small, large] = [SMALL, LARGE].map(|resources| count(command, &format!("{resources}.tf.json")));
        let what = format!("growth from 2,000 to 20,000 resources, {command}");
        kept &= limit(&what, millions(large?) / millions(small?), GROWTH_LIMIT);
    }
    Ok(kept)
}

/// A command with its flags, on a file.
fn arguments(command: &str, file: &Path) -> Vec<String> {
    let mut words: Vec<String> = command.split(' ').map(ToOwned::to_owned).collect();
    words.insert(1, file.display().to_string());
    words
}

/// The shortest of several runs, the start of the process included.
fn fastest(program: &Path, arguments: &[String]) -> Outcome<Duration> {
    let run = || {
        let start = Instant::now();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_remove("ENVIRONMENT_SUFFIX")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        Ok(start.elapsed())
    };
    let times = (0..RUNS).map(|_| run()).collect::<Outcome<Vec<_>>>()?;
    Ok(times.into_iter().min().unwrap_or_default())
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn millions(count: u64) -> f64 {
    count as f64 / 1e6
}
