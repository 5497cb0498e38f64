//! Searches every order of events, and prints how many states each search saw.
//!
//! ```text
//! cargo test --package dr-synth-protocol                  one fault, a decision, and what the search finds without a fix
//! cargo test --package dr-synth-protocol -- --thorough    also a region lost in a drill with a fault, or with an operator
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the harness of its own tests")]

mod searches;

use std::process::ExitCode;
use std::time::Instant;

use dr_synth::settings::FailoverMode;
use dr_synth_protocol::deployed::Machines;
use dr_synth_protocol::model::{Event, Search};
use dr_synth_protocol::notification;
use dr_synth_protocol::world::World;
use stateright::{Checker, DiscoveryClassification, HasDiscoveries, Model, Path};

use searches::{Case, Expected};

/// The threads of a search.
const THREADS: usize = 2;

fn main() -> ExitCode {
    let thorough = std::env::args().any(|argument| argument == "--thorough");
    let cases = match searches::all(thorough) {
        Ok(cases) => cases,
        Err(problem) => {
            eprintln!("the deployed definitions cannot be modelled: {problem}");
            return ExitCode::from(2);
        }
    };
    let (mut passed, mut failed) = (0, 0);
    for is_right in [guard_table(), everybody_is_told()] {
        passed += u32::from(is_right);
        failed += u32::from(!is_right);
    }
    let filter: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let chosen = cases.iter().filter(|case| filter.iter().all(|word| case.name.contains(word.as_str())));
    for case in chosen {
        let is_as_expected = u32::from(run(case));
        passed += is_as_expected;
        failed += 1 - is_as_expected;
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A property's name, and a way to a world in which it does not hold.
type Broken = (&'static str, Path<World, Event>);

/// The properties that a search found broken, each with a way there, and how many states it saw.
fn broken(checker: &impl Checker<Search>) -> (Vec<Broken>, usize) {
    let is_broken =
        |name: &&'static str| matches!(checker.discovery_classification(name), DiscoveryClassification::Counterexample);
    let discoveries = checker.discoveries().into_iter().filter(|(name, _)| is_broken(name)).collect();
    (discoveries, checker.unique_state_count())
}

/// Runs one search and says whether it found what was expected of it.
fn run(case: &Case) -> bool {
    let begun = Instant::now();
    let checker = case.search.clone().checker().threads(THREADS);
    let (broken, states) = match case.expected {
        Expected::Nothing => broken(&checker.spawn_bfs().join()),
        // In depth, since any way will do: it has to be found, not to be the shortest.
        Expected::Broken(property) => {
            let wanted = case.search.properties().into_iter().map(|it| it.name).find(|name| name.starts_with(property));
            broken(&checker.finish_when(HasDiscoveries::AllOf(wanted.into_iter().collect())).spawn_dfs().join())
        }
    };
    let seconds = begun.elapsed().as_secs_f32();
    let as_expected = match case.expected {
        Expected::Nothing => broken.is_empty(),
        Expected::Broken(property) => broken.iter().any(|(name, _)| name.starts_with(property)),
    };
    let verdict = if as_expected { "ok" } else { "FAILED" };
    println!("test {} ... {verdict} ({states} states, {seconds:.1} s)", case.name);
    match case.expected {
        Expected::Nothing => {
            for (name, path) in broken {
                println!("  broken: {name}\n{}", told(path.into_actions()));
            }
        }
        Expected::Broken(property) if !as_expected => println!("  not found: {property}"),
        Expected::Broken(_) => {
            let shortest = broken.into_iter().map(|(name, path)| (path.into_actions().len(), name)).min();
            if let Some((events, name)) = shortest {
                println!("  found after {events} events: {name}");
            }
        }
    }
    as_expected
}

fn told(events: Vec<Event>) -> String {
    events.into_iter().map(|event| format!("    {event:?}")).collect::<Vec<_>>().join("\n")
}

/// Whether no machine of any mode has a way to an end on which nobody is told.
fn everybody_is_told() -> bool {
    let (mut ends, mut silent) = (0, Vec::new());
    for mode in FailoverMode::ALL {
        let machines = match Machines::of_mode(mode) {
            Ok(machines) => machines,
            Err(problem) => {
                println!("test every end of every machine is told ... FAILED: {problem}");
                return false;
            }
        };
        let named = [("failover", &machines.failover), ("failback", &machines.failback), ("drill", &machines.drill)];
        for (name, flow) in named {
            ends += notification::ends(flow);
            silent.extend(notification::silent_ends(flow).into_iter().map(|end| format!("{name}, {mode}: {end}")));
        }
    }
    let verdict = if silent.is_empty() { "ok" } else { "FAILED" };
    println!("test every end of every machine is told ... {verdict} ({ends} ends)");
    for end in &silent {
        println!("  nobody is told: {end}");
    }
    silent.is_empty()
}

/// Whether the table that the Python guards are held against is what the model believes; `UPDATE_GOLDEN=1` writes it.
fn guard_table() -> bool {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/guards.json");
    let rows = dr_synth_protocol::guards::rows();
    let lines: Vec<String> = rows.as_array().into_iter().flatten().map(ToString::to_string).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() && std::fs::write(path, &text).is_err() {
        println!("test the table of the guards ... FAILED (cannot write {path})");
        return false;
    }
    let is_fresh = std::fs::read_to_string(path).is_ok_and(|checked_in| checked_in == text);
    println!(
        "test the table of the guards ... {} ({} rows)",
        if is_fresh { "ok" } else { "FAILED: stale" },
        lines.len()
    );
    is_fresh
}
