//! What is wrong with a definition, found when it is written.

mod bounds;
mod errors;
mod names;
mod payloads;
mod targets;
mod ways;

#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter};

use super::definition::Definition;
use super::flow::Flow;
use super::parallel::Fork;
use super::state::{ExitField, Kind, State};
use crate::terraform::{Diagnostic, DiagnosticKind};

/// Everything that is wrong with the definition of the resource `block`.
pub(super) fn problems(definition: &Definition, block: &str) -> Vec<Diagnostic> {
    let mut report = Report { block, found: Vec::new() };
    names::check(&mut report, definition);
    flow(&mut report, &definition.flow, &FieldPath::start());
    bounds::check_machine(&mut report, definition);
    report.found
}

/// Checks a flow, and the flows of its branches.
fn flow(report: &mut Report<'_>, flow: &Flow, place: &FieldPath<'_>) {
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
        place: &FieldPath<'_>,
        message: impl Into<String>,
        explain: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let diagnostic = Diagnostic::new(kind, self.block, message).at(place.to_string());
        self.found.push(explain(diagnostic));
    }
}

/// The way to a part of the definition, such as `Drill.Branches[1].Hold.Seconds`. It borrows the way before it and is put into
/// words only where something is wrong.
#[derive(Debug, Clone, Copy)]
struct FieldPath<'a> {
    before: Option<&'a FieldPath<'a>>,
    step: FieldStep<'a>,
}

#[derive(Debug, Clone, Copy)]
enum FieldStep<'a> {
    /// The definition itself.
    Start,
    Name(&'a str),
    Item(&'static str, usize),
    Exit(ExitField),
}

impl<'a> FieldPath<'a> {
    /// The definition itself.
    fn start() -> Self {
        Self { before: None, step: FieldStep::Start }
    }

    fn state(&'a self, state: &'a State) -> Self {
        self.then(&state.name)
    }

    fn branch(&'a self, index: usize) -> Self {
        self.item("Branches", index)
    }

    /// A field of what stands here.
    fn then(&'a self, field: &'a str) -> Self {
        self.step(FieldStep::Name(field))
    }

    /// An item of a list that stands here.
    fn item(&'a self, list: &'static str, index: usize) -> Self {
        self.step(FieldStep::Item(list, index))
    }

    fn step(&'a self, step: FieldStep<'a>) -> Self {
        Self { before: Some(self), step }
    }
}

impl Display for FieldPath<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before.filter(|before| !matches!(before.step, FieldStep::Start)) {
            write!(f, "{before}.")?;
        }
        match self.step {
            FieldStep::Start => Ok(()),
            FieldStep::Name(name) => f.write_str(name),
            FieldStep::Item(list, index) => write!(f, "{list}[{index}]"),
            FieldStep::Exit(field) => write!(f, "{field}"),
        }
    }
}
