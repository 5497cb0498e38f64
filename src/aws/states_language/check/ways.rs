//! Something leads to every state, and every way ends.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{FieldPath, Report};
use crate::aws::states_language::flow::Flow;
use crate::aws::states_language::state::State;
use crate::terraform::DiagnosticKind;

pub(super) fn check(report: &mut Report<'_>, flow: &Flow, place: &FieldPath<'_>) {
    let states = flow.by_name();
    reachable(report, flow, &states, place);
    let mut search = Search { report, states, place, way: Vec::new(), done: FxHashSet::default() };
    for state in &flow.states {
        search.visit(state);
    }
}

fn reachable(report: &mut Report<'_>, flow: &Flow, states: &FxHashMap<&str, &State>, place: &FieldPath<'_>) {
    let mut reached = FxHashSet::default();
    let mut open: Vec<&str> = vec![&flow.start];
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(states.get(name).into_iter().flat_map(|state| state.exits()).map(|exit| exit.target));
        }
    }
    for state in flow.states.iter().filter(|state| !reached.contains(state.name.as_ref())) {
        report.add(DiagnosticKind::Unreachable, &place.state(state), "nothing leads to this state", |found| {
            found
                .because("a step that is written and never taken is a step that its author counts on")
                .help("let a state lead to it, or leave it out")
        });
    }
}

/// Looks for circles, depth first.
struct Search<'a, 'report, 'block> {
    report: &'report mut Report<'block>,
    states: FxHashMap<&'a str, &'a State>,
    place: &'a FieldPath<'a>,
    /// The states on the way to where the search is.
    way: Vec<&'a str>,
    /// The states from which every way is known.
    done: FxHashSet<&'a str>,
}

impl<'a> Search<'a, '_, '_> {
    fn visit(&mut self, state: &'a State) {
        if let Some(start) = self.way.iter().position(|name| *name == state.name) {
            self.report_circle(start);
        } else if !self.done.contains(state.name.as_ref()) {
            self.way.push(&state.name);
            for exit in state.exits() {
                if let Some(next) = self.states.get(exit.target) {
                    self.visit(next);
                }
            }
            self.way.pop();
            self.done.insert(&state.name);
        }
    }

    /// Reports the states of the way from `start` on, the last of which leads back to the first.
    fn report_circle(&mut self, start: usize) {
        let circle = self.way.get(start..).unwrap_or_default();
        let first = circle.first().copied().unwrap_or_default();
        let message = format!("the states lead in a circle: {} -> {first}", circle.join(" -> "));
        let reason = if self.has_exit(circle) {
            "how often it is walked has no bound, so neither has the time that the machine takes"
        } else {
            "no state of it leads out, so the machine never ends"
        };
        self.report.add(DiagnosticKind::Cycle, &self.place.then(first), message, |found| {
            found.because(reason).help("repeat a step by retrying it: attempts are counted")
        });
    }

    fn has_exit(&self, circle: &[&str]) -> bool {
        let states = circle.iter().filter_map(|name| self.states.get(name));
        states.flat_map(|state| state.exits()).any(|exit| !circle.contains(&exit.target))
    }
}
