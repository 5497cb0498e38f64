//! `moved`, `removed` and `import`: addresses written as text, and whether they are there or gone as they should be.

use std::borrow::Cow;
use std::collections::HashSet;

use super::Hasher;
use super::checker::{Checker, Context};
use super::place::BlockName;
use super::shape::Shape;
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Root, Step, Traversal};
use crate::terraform::identifier::is_identifier;
use crate::terraform::parse;
use crate::terraform::refactoring::{Import, Moved, Removed};
use crate::terraform::resource::ResourceBlock;

/// Checks all three kinds of blocks.
pub(super) fn check(checker: &mut Checker<'_>) {
    let module = checker.index.module;
    // An object that moves on, or is forgotten, passes through addresses that are no longer there.
    let moved = module.moved.iter().map(|moved| moved.from.as_str());
    let passed = moved.chain(module.removed.iter().map(|removed| removed.from.as_str())).collect();
    module.moved.iter().for_each(|moved| checker.moved(moved, &passed));
    module.removed.iter().for_each(|removed| checker.removed(removed));
    module.imports.iter().for_each(|import| checker.import(import));
}

/// What an address that is written as text means.
#[derive(Debug, PartialEq, Eq)]
enum Target<'t> {
    /// A resource of this module.
    Resource { type_name: Cow<'t, str>, name: Cow<'t, str>, with_key: bool },
    /// A resource of a module that is called, which is in another document.
    Elsewhere { call: Cow<'t, str> },
    /// A module call.
    Call { name: Cow<'t, str> },
}

impl<'t> Target<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        Self::of_names(text).or_else(|| Self::of_expression(text))
    }

    /// Of an address of names alone, as nearly all are, without an expression made of it. Nothing where it may be another.
    fn of_names(text: &'t str) -> Option<Self> {
        if !names(text).all(is_identifier) {
            return None;
        }
        let mut names = names(text).map(Cow::Borrowed);
        let (first, name) = (names.next()?, names.next()?);
        if first != "module" {
            let is_resource = !NO_TYPES.contains(&first.as_ref()) && names.next().is_none();
            return is_resource.then_some(Self::Resource { type_name: first, name, with_key: false });
        }
        let Some(mut inner) = names.next() else { return Some(Self::Call { name }) };
        loop {
            names.next()?;
            match names.next() {
                None => return Some(Self::Elsewhere { call: name }),
                Some(next) if inner == "module" => inner = next,
                Some(_) => return None,
            }
        }
    }

    fn of_expression(text: &str) -> Option<Self> {
        let Ok(Expression::Traversal(Traversal { root: Root::Address(address), steps })) = parse::expression(text)
        else {
            return None;
        };
        match address.as_ref() {
            Address::Resource { mode: ResourceMode::Managed, type_name, name } => {
                let (type_name, name) = (type_name.clone(), name.clone());
                is_key(&steps).then_some(Self::Resource { type_name, name, with_key: !steps.is_empty() })
            }
            Address::Module(name) if is_key(&steps) => Some(Self::Call { name: name.clone() }),
            Address::Module(name) => inside_module(&steps).then(|| Self::Elsewhere { call: name.clone() }),
            _ => None,
        }
    }
}

/// What is between the dots of an address. Names are so short that looking at each byte is faster than a search that is made for
/// long texts.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let end = text.bytes().position(|byte| byte == b'.').unwrap_or(text.len());
        rest = text.get(end + 1..);
        text.get(..end)
    })
}

/// What an address begins with that is not of a managed resource, or that no address begins with.
const NO_TYPES: [&str; 13] = [
    "count",
    "data",
    "each",
    "ephemeral",
    "false",
    "local",
    "null",
    "path",
    "resource",
    "self",
    "terraform",
    "true",
    "var",
];

/// No step, or one index.
fn is_key(steps: &[Step]) -> bool {
    matches!(steps, [] | [Step::Index(_)])
}

/// `[key].module.name[key].type.name[key]`, each key optional.
fn inside_module(steps: &[Step]) -> bool {
    let without_key = match steps {
        [Step::Index(_), rest @ ..] => rest,
        steps => steps,
    };
    match without_key {
        [Step::Attribute(module), Step::Attribute(_), rest @ ..] if module == "module" => {
            is_key(rest) || inside_module(rest)
        }
        [Step::Attribute(_), Step::Attribute(_), rest @ ..] => is_key(rest),
        _ => false,
    }
}

impl<'a> Checker<'a> {
    fn moved(&mut self, moved: &'a Moved, passed: &HashSet<&str, Hasher>) {
        self.findings.enter(BlockName::Moved(&moved.from));
        let from = self.target("from", &moved.from);
        let to = self.target("to", &moved.to);
        if moved.from == moved.to {
            self.findings.add(self.findings.here(DiagnosticKind::Conflict, "moves an object to where it is"));
        } else if let Some(from) = &from {
            self.gone("from", &moved.from, from);
        }
        if let Some(to) = to.as_ref().filter(|_| !passed.contains(moved.to.as_str())) {
            self.there("to", &moved.to, to);
        }
        if let (Some(Target::Call { .. }), Some(Target::Resource { .. }))
        | (Some(Target::Resource { .. }), Some(Target::Call { .. })) = (from, to)
        {
            let message = "a resource cannot become a module, nor the other way round";
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
        }
    }

    fn removed(&mut self, removed: &'a Removed) {
        self.findings.enter(BlockName::Removed(&removed.from));
        let Some(from) = self.target("from", &removed.from) else { return };
        if removed.from.contains('[') {
            let message = format!("`{}` names one instance, but only a whole block can be removed", removed.from);
            self.add_at("from", DiagnosticKind::Instances, message);
        }
        self.gone("from", &removed.from, &from);
    }

    fn import(&mut self, import: &'a Import) {
        self.findings.enter(BlockName::Import(&import.to));
        let repetition = self.repetition(Context::default(), None, import.for_each.as_ref());
        self.within(Context { repetition, ..Context::default() }, |checker| {
            checker.findings.push("id");
            checker.argument(Shape::String, &import.id, false);
            checker.findings.pop();
        });
        let Some(to) = self.target("to", &import.to) else { return };
        if matches!(to, Target::Call { .. }) {
            self.add_at("to", DiagnosticKind::WrongType, format!("`{}` is a module, not a resource", import.to));
        }
        if let Some(block) = self.there("to", &import.to, &to) {
            self.instance("to", &import.to, &to, block);
        }
    }

    fn target<'t>(&mut self, field: &'a str, text: &'t str) -> Option<Target<'t>> {
        let target = Target::parse(text);
        if target.is_none() {
            self.findings.push(field);
            let message = format!("`{text}` is no address of a resource or a module");
            let help = "write it as in `aws_vpc.main`, `aws_vpc.main[0]` or `module.network.aws_vpc.main`";
            self.findings.add(self.findings.here(DiagnosticKind::Syntax, message).help(help));
            self.findings.pop();
        }
        target
    }

    fn add_at(&mut self, field: &'a str, kind: DiagnosticKind, message: String) {
        self.findings.push(field);
        self.findings.add(self.findings.here(kind, message));
        self.findings.pop();
    }

    /// The object is no longer where it was. A single instance may go while others stay.
    fn gone(&mut self, field: &'a str, text: &str, target: &Target<'_>) {
        let still_there = match target {
            Target::Resource { type_name, name, with_key: false } => {
                self.index.resource(ResourceMode::Managed, type_name, name).is_some_and(|found| is_single(found.block))
            }
            Target::Call { name } if !text.contains('[') => {
                self.index.call(name).is_some_and(|found| found.block.count.is_none() && found.block.for_each.is_none())
            }
            _ => false,
        };
        if still_there {
            let message = format!("`{text}` is still in the document");
            self.add_at(field, DiagnosticKind::Conflict, message);
        }
    }

    /// The object has a block of its own; returns it if it is a resource of this module.
    fn there(&mut self, field: &'a str, text: &str, target: &Target<'_>) -> Option<&'a ResourceBlock> {
        let (found, wanted) = match target {
            Target::Resource { type_name, name, .. } => {
                match self.index.resource(ResourceMode::Managed, type_name, name) {
                    Some(found) => return Some(found.block),
                    None => (false, Address::managed(type_name.to_string(), name.to_string())),
                }
            }
            Target::Call { name } | Target::Elsewhere { call: name } => {
                (self.index.call(name).is_some(), Address::Module(name.to_string().into()))
            }
        };
        if !found {
            self.findings.push(field);
            let candidates = self.alternatives(&wanted);
            let message = format!("`{text}`: there is no `{wanted}`");
            self.findings.add(self.findings.here(DiagnosticKind::UndefinedAddress, message).candidates(candidates));
            self.findings.pop();
        }
        None
    }

    fn instance(&mut self, field: &'a str, text: &str, target: &Target<'_>, block: &ResourceBlock) {
        let Target::Resource { with_key, .. } = target else { return };
        let message = match (with_key, is_single(block)) {
            (true, true) => format!("`{text}` names an instance, but the block has neither `count` nor `for_each`"),
            (false, false) => format!("`{text}` names no instance, but the block has `count` or `for_each`"),
            _ => return,
        };
        self.add_at(field, DiagnosticKind::Instances, message);
    }
}

fn is_single(block: &ResourceBlock) -> bool {
    block.count.is_none() && block.for_each.is_none()
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn an_address_of_names_is_what_its_expression_is() {
        let of_names = [
            "aws_vpc.main",
            "aws_vpc.a-b",
            "for.x",
            "module.network",
            "module.network.aws_vpc.main",
            "module.a.module.b",
            "module.a.module.b.aws_vpc.main",
            "module.a.data.b",
        ];
        for text in of_names {
            let target = Target::of_names(text);
            assert!(target.is_some(), "{text}");
            assert_eq!(target, Target::of_expression(text), "{text}");
        }
        let others = [
            "",
            "a",
            "a.",
            "a.b.c",
            "var.a",
            "true.a",
            "each.key",
            "data.a.b",
            "resource.a.b",
            "a[0].b",
            "a.b[0]",
            "a.0",
            "module",
            "module.a.b",
            "module.a.b.c.d",
            "module.a.module",
            "module.a[0]",
            "a .b",
            "é.x.y",
        ];
        for text in others {
            assert_eq!(Target::of_names(text), None, "{text}");
        }
    }
}
