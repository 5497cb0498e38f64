//! What is wrong with a definition, found when it is written.

mod bounds;
mod errors;
mod names;
mod payloads;
mod targets;
mod ways;

#[cfg(test)]
mod tests;

use super::definition::Definition;
use super::flow::Flow;
use super::parallel::Fork;
use super::state::{Kind, State};
use crate::terraform::{Diagnostic, DiagnosticKind};

/// Everything that is wrong with the definition of the resource `block`.
pub(super) fn problems(definition: &Definition, block: &str) -> Vec<Diagnostic> {
    let mut report = Report { block, found: Vec::new() };
    names::check(&mut report, definition);
    flow(&mut report, &definition.flow, &FieldPath::default());
    bounds::check_machine(&mut report, definition);
    report.found
}

/// Checks a flow, and the flows of its branches.
fn flow(report: &mut Report<'_>, flow: &Flow, place: &FieldPath) {
    targets::check(report, flow, place);
    ways::check(report, flow, place);
    for state in &flow.states {
        let place = place.state(state);
        bounds::check_state(report, state, &place);
        errors::check(report, state, &place);
        payloads::check(report, state, &place);
        for (index, branch) in branches(state).iter().enumerate() {
            self::flow(report, branch, &place.branch(index));
        }
    }
}

fn branches(state: &State) -> &[Flow] {
    match &state.kind {
        Kind::Parallel(Fork { branches, .. }, _) => branches,
        _ => &[],
    }
}

/// What was found so far.
struct Report<'a> {
    block: &'a str,
    found: Vec<Diagnostic>,
}

impl Report<'_> {
    /// Adds what `explain` makes of a diagnostic at this place.
    fn add(
        &mut self,
        kind: DiagnosticKind,
        place: &FieldPath,
        message: impl Into<String>,
        explain: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let diagnostic = Diagnostic::new(kind, self.block, message).at(place.0.clone());
        self.found.push(explain(diagnostic));
    }
}

/// The way to a part of the definition, such as `Drill.Branches[1].Hold.Seconds`.
#[derive(Debug, Clone, Default)]
struct FieldPath(String);

impl FieldPath {
    fn state(&self, state: &State) -> Self {
        self.then(&state.name)
    }

    fn branch(&self, index: usize) -> Self {
        self.then(&format!("Branches[{index}]"))
    }

    /// A field of what stands here.
    fn then(&self, field: &str) -> Self {
        if self.0.is_empty() { Self(field.to_owned()) } else { Self(format!("{}.{field}", self.0)) }
    }
}
