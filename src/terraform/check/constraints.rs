//! Arguments that exclude each other, or that go together.

use super::catalog::Constraint;
use super::findings::Findings;
use super::functions::{Function, Gives};
use crate::terraform::address::Address;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Object, Root, Traversal};
use crate::terraform::schema::constraint::ConstraintKind;

/// Checks all constraints of a type on one block.
pub(super) fn check(constraints: &[Constraint<'_>], arguments: &Object, findings: &mut Findings<'_>) {
    for constraint in constraints {
        each_body(arguments, &constraint.common, &mut |body| in_body(constraint, body, findings));
    }
}

fn each_body(body: &Object, way: &[&str], visit: &mut impl FnMut(&Object)) {
    let Some((name, rest)) = way.split_first() else { return visit(body) };
    match body.get(name) {
        Some(Expression::Object(inner)) => each_body(inner, rest, visit),
        Some(Expression::List(items)) => {
            for item in items {
                if let Expression::Object(inner) = item {
                    each_body(inner, rest, visit);
                }
            }
        }
        _ => {}
    }
}

/// Whether an argument is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Absent,
    /// It depends on a value that only Terraform knows.
    Open,
    Present,
}

fn in_body(constraint: &Constraint<'_>, body: &Object, findings: &mut Findings<'_>) {
    // Nearly all constraints hold, and then nothing needs a name.
    if holds(constraint, body) {
        return;
    }
    let with = |wanted: fn(Presence) -> bool| -> Vec<String> {
        let ways = constraint.ways.iter().filter(|way| wanted(presence(body, way)));
        ways.map(|way| constraint.path(way)).collect()
    };
    let present = with(|presence| presence == Presence::Present);
    let diagnostic = match constraint.kind {
        ConstraintKind::Conflicts | ConstraintKind::ExactlyOneOf if present.len() > 1 => {
            conflict(findings, &present, "exclude each other").help("keep one of them")
        }
        ConstraintKind::Conflicts => return,
        ConstraintKind::ExactlyOneOf => missing(findings, &with(|_| true), "exactly one"),
        ConstraintKind::AtLeastOneOf => missing(findings, &with(|_| true), "at least one"),
        ConstraintKind::RequiredWith => {
            let absent = with(|presence| presence == Presence::Absent);
            let message = format!("{} needs {} beside it", listed(&present[..1]), listed(&absent));
            findings.here(DiagnosticKind::MissingArgument, message)
        }
    };
    findings.add(diagnostic);
}

fn holds(constraint: &Constraint<'_>, body: &Object) -> bool {
    let mut presences = constraint.ways.iter().map(|way| presence(body, way));
    match constraint.kind {
        ConstraintKind::Conflicts => presences.filter(|presence| *presence == Presence::Present).nth(1).is_none(),
        ConstraintKind::AtLeastOneOf => presences.any(|presence| presence != Presence::Absent),
        ConstraintKind::ExactlyOneOf => {
            let there = presences.filter(|presence| *presence != Presence::Absent);
            let (present, open) = there.fold((0, 0), |(present, open), presence| match presence {
                Presence::Present => (present + 1, open),
                _ => (present, open + 1),
            });
            present == 1 || present == 0 && open > 0
        }
        // Only the first asks for the others: a rotation period for rotation, not rotation for a period.
        ConstraintKind::RequiredWith => {
            presences.next() != Some(Presence::Present) || presences.all(|presence| presence != Presence::Absent)
        }
    }
}

fn conflict(findings: &Findings<'_>, names: &[String], what: &str) -> Diagnostic {
    findings.here(DiagnosticKind::Conflict, format!("{} {what}", listed(names)))
}

fn missing(findings: &Findings<'_>, names: &[String], how_many: &str) -> Diagnostic {
    findings.here(DiagnosticKind::MissingArgument, format!("{how_many} of {} is required", listed(names)))
}

fn listed(names: &[String]) -> String {
    format!("`{}`", names.join("`, `"))
}

fn presence(body: &Object, way: &[&str]) -> Presence {
    let Some((name, rest)) = way.split_first() else { return Presence::Present };
    let Some(value) = body.get(name) else {
        return if repeated(body, name) { Presence::Open } else { Presence::Absent };
    };
    match value {
        value if rest.is_empty() => given(value),
        Expression::Object(inner) => presence(inner, rest),
        Expression::List(items) => items
            .iter()
            .map(|item| match item {
                Expression::Object(inner) => presence(inner, rest),
                _ => Presence::Open,
            })
            .max_by_key(|presence| *presence as u8)
            .unwrap_or(Presence::Absent),
        Expression::Null => Presence::Absent,
        _ => Presence::Open,
    }
}

/// Whether a dynamic block may bring it.
fn repeated(body: &Object, name: &str) -> bool {
    match body.get("dynamic") {
        Some(Expression::Object(generators)) => generators.get(name).is_some(),
        Some(_) => true,
        None => false,
    }
}

fn given(value: &Expression) -> Presence {
    match value {
        Expression::Null => Presence::Absent,
        // Providers differ in whether an empty list counts.
        Expression::List(items) if items.is_empty() => Presence::Open,
        Expression::Bool(_)
        | Expression::Number(_)
        | Expression::Text(_)
        | Expression::Template(_)
        | Expression::Object(_)
        | Expression::List(_) => Presence::Present,
        Expression::Traversal(Traversal { root: Root::Address(address), .. })
            if matches!(address.as_ref(), Address::Resource { .. }) =>
        {
            Presence::Present
        }
        Expression::Conditional(_, then, otherwise) => match (given(then), given(otherwise)) {
            (left, right) if left == right => left,
            _ => Presence::Open,
        },
        Expression::Call(call) => match Function::find(&call.name).map(|function| function.gives) {
            Some(Gives::String | Gives::Number | Gives::Bool) => Presence::Present,
            _ => Presence::Open,
        },
        _ => Presence::Open,
    }
}
