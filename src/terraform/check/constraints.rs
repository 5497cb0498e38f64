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
        let common = common_prefix(&constraint.paths);
        let mut bodies = Vec::new();
        bodies_at(arguments, &common, &mut bodies);
        for body in bodies {
            in_body(constraint, common.len(), body, findings);
        }
    }
}

/// The blocks that all ways of a constraint lead through.
fn common_prefix<'s>(paths: &[Vec<&'s str>]) -> Vec<&'s str> {
    let Some((first, others)) = paths.split_first() else { return Vec::new() };
    let shared = |position: usize| {
        let name = first.get(position);
        paths.iter().all(|path| path.len() > position + 1) && others.iter().all(|path| path.get(position) == name)
    };
    first.iter().enumerate().take_while(|(position, _)| shared(*position)).map(|(_, name)| *name).collect()
}

fn bodies_at<'e>(body: &'e Object, way: &[&str], found: &mut Vec<&'e Object>) {
    let Some((name, rest)) = way.split_first() else { return found.push(body) };
    match body.get(name) {
        Some(Expression::Object(inner)) => bodies_at(inner, rest, found),
        Some(Expression::List(items)) => {
            for item in items {
                if let Expression::Object(inner) = item {
                    bodies_at(inner, rest, found);
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

fn in_body(constraint: &Constraint<'_>, skipped: usize, body: &Object, findings: &mut Findings<'_>) {
    let given: Vec<(String, Presence)> = constraint
        .paths
        .iter()
        .map(|path| (path.join("."), presence(body, path.get(skipped..).unwrap_or_default())))
        .collect();
    let with = |wanted: Presence| -> Vec<&str> {
        given.iter().filter(|(_, presence)| *presence == wanted).map(|(path, _)| path.as_str()).collect()
    };
    let (present, open, absent) = (with(Presence::Present), with(Presence::Open), with(Presence::Absent));
    let all: Vec<&str> = given.iter().map(|(path, _)| path.as_str()).collect();
    let nothing = present.is_empty() && open.is_empty();
    let diagnostic = match constraint.kind {
        ConstraintKind::Conflicts | ConstraintKind::ExactlyOneOf if present.len() > 1 => {
            conflict(findings, &present, "exclude each other").help("keep one of them")
        }
        ConstraintKind::ExactlyOneOf if nothing => missing(findings, &all, "exactly one"),
        ConstraintKind::AtLeastOneOf if nothing => missing(findings, &all, "at least one"),
        // Only the first asks for the others: a rotation period for rotation, not rotation for a period.
        ConstraintKind::RequiredWith if present.first() == all.first() && !absent.is_empty() => {
            let message = format!("{} needs {} beside it", listed(&present[..1]), listed(&absent));
            findings.here(DiagnosticKind::MissingArgument, message)
        }
        _ => return,
    };
    findings.add(diagnostic);
}

fn conflict(findings: &Findings<'_>, names: &[&str], what: &str) -> Diagnostic {
    findings.here(DiagnosticKind::Conflict, format!("{} {what}", listed(names)))
}

fn missing(findings: &Findings<'_>, names: &[&str], how_many: &str) -> Diagnostic {
    findings.here(DiagnosticKind::MissingArgument, format!("{how_many} of {} is required", listed(names)))
}

fn listed(names: &[&str]) -> String {
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
