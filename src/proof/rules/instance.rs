//! Rules about single instances of a type.

use super::Rule;
use crate::proof::finding::{Finding, Location, Severity};
use crate::proof::model::{Known, Model, Node, Resource};

/// What a rule says of one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opinion {
    /// It is kept.
    Fine,
    /// It is broken: what is wrong, and how to fix it.
    Broken(String, &'static str),
    /// A value that decides it is not known, because.
    CannotTell(String),
}

/// Looks at one instance.
pub type Look = fn(&Model, &Resource) -> Opinion;

/// What a rule says of every instance of its types.
pub(super) fn examine(rule: &Rule, kinds: &[&str], look: Look, model: &Model, findings: &mut Vec<Finding>) {
    for resource in model.of_types(kinds) {
        let (severity, message, fix) = match look(model, resource) {
            Opinion::Fine => continue,
            Opinion::Broken(message, fix) => (rule.severity, message, Some(fix)),
            Opinion::CannotTell(reason) => {
                (Severity::Unknown, format!("whether this is kept cannot be told: {}: {reason}", rule.title), None)
            }
        };
        let mut finding = Finding::new(rule.id, severity, place(&resource.address), message).because(rule.reason);
        if let Some(fix) = fix {
            finding = finding.fix(fix);
        }
        findings.push(finding);
    }
}

/// An address from the root as a place.
pub(super) fn place(address: &str) -> Location {
    let mut end = 0;
    while address[end..].starts_with("module.") {
        let after_name = address[end + 7..].find('.').map(|dot| end + 7 + dot + 1);
        // A key may hold dots: the step ends after its bracket.
        let bracket = address[end..].find('[').map(|at| end + at);
        end = match (after_name, bracket) {
            (Some(dot), Some(open)) if open < dot => match address[open..].find("].") {
                Some(close) => open + close + 2,
                None => break,
            },
            (Some(dot), _) => dot,
            (None, _) => break,
        };
    }
    let (module, block) = address.split_at(end);
    Location { module: module.trim_end_matches('.').to_owned(), block: block.to_owned(), ..Location::default() }
}

/// Broken if so.
pub(super) fn broken_if(is: bool, message: impl FnOnce() -> String, fix: &'static str) -> Opinion {
    if is { Opinion::Broken(message(), fix) } else { Opinion::Fine }
}

/// Whether a flag is on, with what it is where nothing is set.
pub(super) fn wants(node: &Node, wanted: bool, default: bool, message: &str, fix: &'static str) -> Opinion {
    match node.flag().or(default) {
        Known::Is(value) if value == wanted => Opinion::Fine,
        Known::Unknown(reason) => Opinion::CannotTell(reason),
        _ => Opinion::Broken(message.to_owned(), fix),
    }
}

/// Whether a text is one of those that are wanted.
pub(super) fn wants_text(node: &Node, right: impl Fn(&str) -> bool, message: &str, fix: &'static str) -> Opinion {
    match node.text() {
        Known::Is(text) if right(&text) => Opinion::Fine,
        Known::Absent => Opinion::Fine,
        Known::Unknown(reason) => Opinion::CannotTell(reason),
        Known::Is(text) => Opinion::Broken(message.replace("{}", &text), fix),
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn an_address_is_divided_after_its_modules() {
        for (address, module, block) in [
            ("aws_vpc.main", "", "aws_vpc.main"),
            ("module.a.aws_vpc.main[0]", "module.a", "aws_vpc.main[0]"),
            ("module.a[\"x.y\"].module.b.aws_vpc.main", "module.a[\"x.y\"].module.b", "aws_vpc.main"),
            ("aws_vpc.main[\"module.x\"]", "", "aws_vpc.main[\"module.x\"]"),
        ] {
            let place = place(address);
            assert_eq!((place.module.as_str(), place.block.as_str()), (module, block));
        }
    }
}
