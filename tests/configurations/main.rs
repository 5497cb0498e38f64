//! Holds `dr-synth check` and `dr-synth evaluate` against Terraform on configurations that chance wrote, half of them with a fault:
//! both accept or refuse each, and where Terraform plans, every value is the same.
//!
//! ```text
//! cargo test --workspace --test configurations                                some of them, always the same
//! cargo test --workspace --test configurations -- --count 2000 --seed 7       more of them, and others
//! cargo test --workspace --test configurations -- --seed 7 --only 12          one of them, printed
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the harness of its own tests")]

mod blocks;
mod chance;
mod expressions;
mod faults;
mod syntax;
mod terraform;
mod values;
mod verdict;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::process::ExitCode;

use rayon::prelude::*;

use chance::Chance;
use verdict::{Subject, Verdict};

/// How many configurations are made if nothing else is said: as many as fit into half a minute on two processors.
const COUNT: u64 = 160;
const SEED: u64 = 1;

fn main() -> ExitCode {
    let (count, seed) = (number("--count").unwrap_or(COUNT), number("--seed").unwrap_or(SEED));
    if let Some(only) = number("--only") {
        return show(&Subject::of(seed, only));
    }
    let subjects: Vec<Subject> = (0..count).map(|number| Subject::of(seed, number)).collect();
    let verdicts: Result<Vec<Verdict>, _> = subjects.par_iter().map(verdict::of).collect();
    let verdicts = match verdicts {
        Ok(verdicts) => verdicts,
        Err(error) => {
            eprintln!("this test needs {}: {error}", terraform::NEEDED);
            return ExitCode::FAILURE;
        }
    };
    let accepted = verdicts.iter().filter(|verdict| verdict.by_terraform.is_empty()).count();
    println!(
        "{count} configurations of seed {seed}: Terraform accepts {accepted} and refuses {}",
        verdicts.len() - accepted
    );
    println!("why Terraform refuses: {}", reasons(&verdicts));
    let differing: Vec<_> = subjects.iter().zip(&verdicts).filter(|(_, verdict)| verdict.differ()).collect();
    for (subject, verdict) in &differing {
        println!("FAILED verdict of --seed {seed} --only {}: {}\n{verdict}", subject.number, subject.fault);
    }
    let planned: Vec<&Subject> = subjects
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_accepted())
        .map(|(subject, _)| subject)
        .collect();
    let values = match values::compare(&planned) {
        Ok(values) => values,
        Err(error) => {
            eprintln!("the values cannot be compared: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{values}");
    end(verdicts.len() - differing.len() + values.alike(), differing.len() + values.differing())
}

/// The kinds of errors, the most frequent first.
fn reasons(verdicts: &[Verdict]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for error in verdicts.iter().filter_map(|verdict| verdict.by_terraform.first()) {
        *counts.entry(error.split(" (").next().unwrap_or_default()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(what, count)| (Reverse(*count), *what));
    counts.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
}

fn end(passed: usize, failed: usize) -> ExitCode {
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The number after a flag.
fn number(flag: &str) -> Option<u64> {
    std::env::args().skip_while(|argument| argument != flag).nth(1)?.parse().ok()
}

/// Prints one configuration and what is said of it.
fn show(subject: &Subject) -> ExitCode {
    for (path, text) in subject.files() {
        println!("--- {path}\n{text}");
    }
    println!("--- {}", subject.fault);
    match verdict::of(subject) {
        Ok(verdict) => println!("{verdict}"),
        Err(error) => eprintln!("{error}"),
    }
    ExitCode::SUCCESS
}
