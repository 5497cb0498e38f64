//! A state machine that runs: the deployed definition, with a world that answers its tasks.

use serde_json::Value;

use super::super::automation::{Doer, request};
use super::super::durations::{API_CALL, FUNCTION_CALL, ITEM_WRITE};
use super::super::machine::{Facts, Keep, Kind, Machine, OWN_ERROR, Task};
use super::random::Chance;

/// The result of one task.
pub(super) enum TaskResult {
    /// It worked; what the choices after it may ask.
    Done(Vec<(&'static str, Value)>),
    /// It failed with this error.
    Error(&'static str),
}

/// What the machine moves in.
pub(super) trait World {
    /// What a function or service answers that is asked now, and the answer comes `took` seconds later.
    fn answer(&mut self, doer: Doer, entered: f64, answered: f64, chance: &mut Chance) -> TaskResult;
    /// Whether nobody waits for the machine any more: what it does then need not be known.
    fn is_over(&self) -> bool;
    /// Something happened that a person would want to read.
    fn note(&mut self, at: f64, what: &dyn Fn() -> String);
}

/// How an execution ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Well.
    Succeeded,
    /// In this state, with an error.
    Failed(usize),
    /// It waits for a person in this state.
    Asks(usize),
    /// In this state, at something that is not simulated.
    Unknown(usize),
}

/// More steps than any execution takes.
const MOST_STEPS: usize = 2_000;

/// The execution, from this moment on; returns how and when it ended.
pub(super) fn run(
    machine: &Machine,
    doers: &[Doer],
    world: &mut impl World,
    start: f64,
    chance: &mut Chance,
) -> (End, f64) {
    let (mut now, mut position, mut facts) = (start, machine.start, request());
    for _ in 0..MOST_STEPS {
        let state = &machine.states[position];
        let next = match &state.kind {
            Kind::Succeed => return (End::Succeeded, now),
            Kind::Fail => return (End::Failed(position), now),
            Kind::Unread | Kind::Wait { seconds: None, .. } => return (End::Unknown(position), now),
            Kind::Wait { seconds: Some(seconds), next } => {
                now += seconds;
                *next
            }
            Kind::Pass { keep, next } => {
                put(&mut facts, keep, Vec::new());
                *next
            }
            Kind::Choice { rules, default } => {
                let held = rules.iter().find(|(rule, _)| rule.holds_now(&facts)).map(|(_, next)| *next);
                let Some(next) = held.or(*default) else { return (End::Failed(position), now) };
                Some(next)
            }
            Kind::Task(task) if task.asks => return (End::Asks(position), now),
            Kind::Task(task) => match attempt(task, doers[position], world, &mut now, &state.name, chance) {
                Attempted::Done(found) => {
                    put(&mut facts, &task.keep, found);
                    task.next
                }
                Attempted::Error(error) => match task.catch_of(error) {
                    Some(catch) => {
                        put(&mut facts, &catch.keep, Vec::new());
                        Some(catch.next)
                    }
                    None => return (End::Failed(position), now),
                },
                Attempted::Unknown => return (End::Unknown(position), now),
            },
        };
        let Some(next) = next else { return (End::Succeeded, now) };
        position = next;
    }
    (End::Failed(position), now)
}

enum Attempted {
    Done(Vec<(&'static str, Value)>),
    Error(&'static str),
    Unknown,
}

/// A task with its retries.
fn attempt(
    task: &Task,
    doer: Doer,
    world: &mut impl World,
    now: &mut f64,
    name: &str,
    chance: &mut Chance,
) -> Attempted {
    let known = match doer {
        Doer::Unknown if !world.is_over() => return Attempted::Unknown,
        Doer::Guards | Doer::Lookout | Doer::Probe | Doer::Unknown => FUNCTION_CALL,
        Doer::Item => ITEM_WRITE,
        Doer::Promotion | Doer::Api => API_CALL,
    };
    let entered = *now;
    let mut counts = vec![0_u64; task.retries.len()];
    world.note(*now, &|| name.to_owned());
    loop {
        *now += task.timeout.unwrap_or(f64::INFINITY).min(chance.duration(&known));
        let error = match world.answer(doer, entered, *now, chance) {
            TaskResult::Done(found) => return Attempted::Done(found),
            TaskResult::Error(error) => error,
        };
        let retry = task.retries.iter().position(|retry| retry.covers(error));
        match retry.map(|entry| (&task.retries[entry], &mut counts[entry])) {
            Some((retry, count)) if *count < retry.attempts => {
                *count += 1;
                *now += retry.pause(*count);
            }
            _ => {
                world.note(*now, &|| format!("{name} gives up: {error}"));
                return Attempted::Error(error);
            }
        }
    }
}

fn put(facts: &mut Facts, keep: &Keep, found: Vec<(&'static str, Value)>) {
    let Keep::At(path) = keep else { return };
    facts.forget(path);
    for (field, value) in found {
        facts.set(&format!("{path}.{field}"), value);
    }
}

/// The error of a look that came too early, as every error that a function raises.
pub(super) const NOT_YET: &str = OWN_ERROR;
