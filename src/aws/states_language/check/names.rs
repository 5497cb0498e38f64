//! The names of states: each stands once in the whole machine, whatever branch it is in.

use std::collections::BTreeSet;

use super::{FieldPath, Report, branches};
use crate::aws::states_language::definition::Definition;
use crate::aws::states_language::flow::Flow;
use crate::terraform::DiagnosticKind;

/// The most characters of a name (Step Functions developer guide, "State machine structure").
const LONGEST: usize = 80;

pub(super) fn check(report: &mut Report<'_>, definition: &Definition) {
    check_flow(report, &definition.flow, &FieldPath::start(), &mut BTreeSet::new());
}

fn check_flow<'a>(report: &mut Report<'_>, flow: &'a Flow, place: &FieldPath<'_>, seen: &mut BTreeSet<&'a str>) {
    for state in &flow.states {
        let here = place.state(state);
        if !seen.insert(&state.name) {
            report.add(DiagnosticKind::DuplicateKey, &here, "another state of this machine has this name", |found| {
                found
                    .because("a state's name is a key of a JSON object, and must be unique across all branches")
                    .help("give one of the two another name")
            });
        }
        let length = state.name.chars().count();
        if !(1..=LONGEST).contains(&length) {
            let message = format!("the name has {length} characters, Step Functions takes 1 to {LONGEST}");
            report.add(DiagnosticKind::IllegalName, &here, message, |found| {
                found.because("Step Functions refuses the machine").help("choose another name")
            });
        }
        for (index, branch) in branches(state).iter().enumerate() {
            check_flow(report, branch, &here.branch(index), seen);
        }
    }
}
