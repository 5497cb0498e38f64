//! Every state that is named as the next one exists, in the same flow.

use super::{FieldPath, FieldStep, Report};
use crate::aws::states_language::flow::Flow;
use crate::terraform::DiagnosticKind;
use crate::terraform::nearest::nearest;

pub(super) fn check(report: &mut Report<'_>, flow: &Flow, place: &FieldPath<'_>) {
    check_target(report, flow, &place.then("StartAt"), &flow.start);
    for state in &flow.states {
        let place = place.state(state);
        for exit in state.exits() {
            check_target(report, flow, &place.step(FieldStep::Exit(exit.field)), exit.target);
        }
    }
}

fn check_target(report: &mut Report<'_>, flow: &Flow, place: &FieldPath<'_>, target: &str) {
    if flow.state(target).is_some() {
        return;
    }
    report.add(DiagnosticKind::UndefinedAddress, place, format!("there is no state `{target}` here"), |found| {
        found
            .because("Step Functions refuses the machine; a state can only lead to states of its own branch")
            .help("add the state, or name another one")
            .candidates(nearest(target, flow.names()))
    });
}
