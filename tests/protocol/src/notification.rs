//! Whether every way through a machine ends with somebody told: read from the definition, without searching for events.

use std::collections::BTreeSet;

use crate::machine::{Flow, Kind, Next, Recovery, State};

/// Where a machine ends without having told anybody: ends that are reached so, and tasks whose errors nobody catches.
pub fn silent_ends(flow: &Flow) -> Vec<String> {
    let mut silent = Vec::new();
    let mut seen = BTreeSet::new();
    let mut ahead = vec![flow.start];
    while let Some(index) = ahead.pop() {
        let Some(state) = flow.states.get(index).filter(|_| seen.insert(index)) else { continue };
        let exits = exits(state);
        ahead.extend(exits.states);
        if exits.ends {
            silent.push(state.name.clone());
        }
    }
    silent
}

/// How many ends a machine has.
pub fn ends(flow: &Flow) -> usize {
    flow.states.iter().filter(|state| matches!(state.kind, Kind::Succeed | Kind::Fail)).count()
}

/// Where a state leads.
#[derive(Default)]
struct Exits {
    states: Vec<usize>,
    /// Whether the machine may end here.
    ends: bool,
}

fn exits(state: &State) -> Exits {
    match &state.kind {
        // Whoever is behind it was told. That sending may fail is caught.
        Kind::Task(task) if task.resource.contains("sns:publish") => Exits::default(),
        Kind::Task(task) => Exits::of_work(task.next, &task.recovery),
        Kind::Parallel(fork) => Exits::of_work(fork.next, &fork.recovery),
        Kind::Choice { rules, default } => {
            Exits { states: rules.iter().map(|(_, next)| *next).chain([*default]).collect(), ends: false }
        }
        Kind::Wait(next) | Kind::Pass { next, .. } => Exits::to(*next),
        Kind::Succeed | Kind::Fail => Exits { states: Vec::new(), ends: true },
    }
}

impl Exits {
    fn to(next: Next) -> Self {
        match next {
            Next::State(next) => Self { states: vec![next], ends: false },
            Next::End => Self { states: Vec::new(), ends: true },
        }
    }

    /// An error that nobody catches ends the machine.
    fn of_work(next: Next, recovery: &Recovery) -> Self {
        let mut exits = Self::to(next);
        exits.states.extend(recovery.targets());
        exits.ends |= recovery.catcher("AnyOther").is_none();
        exits
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn silent(states: &Value) -> Vec<String> {
        let flow = Flow::read(&json!({"StartAt": "Look", "States": states}));
        flow.map_or_else(|problem| vec![problem], |flow| silent_ends(&flow))
    }

    fn look(catch: &Value) -> Value {
        json!({"Type": "Task", "Resource": "lookout", "Next": "Tell", "Catch": catch})
    }

    #[test]
    fn an_end_behind_a_notification_is_told() {
        let tell = json!({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Done"});
        let catch = json!([{"ErrorEquals": ["States.ALL"], "Next": "Tell"}]);
        let states = json!({"Look": look(&catch), "Tell": tell, "Done": {"Type": "Succeed"}});
        assert_eq!(silent(&states), Vec::<String>::new());
    }

    #[test]
    fn an_end_that_is_reached_past_it_is_not() {
        let tell = json!({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Done"});
        let catch = json!([{"ErrorEquals": ["States.ALL"], "Next": "Done"}]);
        let states = json!({"Look": look(&catch), "Tell": tell, "Done": {"Type": "Succeed"}});
        assert_eq!(silent(&states), ["Done"]);
    }

    #[test]
    fn an_error_that_nobody_catches_is_an_end() {
        let tell = json!({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Done"});
        let catch = json!([{"ErrorEquals": ["NotYet"], "Next": "Tell"}]);
        let states = json!({"Look": look(&catch), "Tell": tell, "Done": {"Type": "Succeed"}});
        assert_eq!(silent(&states), ["Look"]);
    }
}
