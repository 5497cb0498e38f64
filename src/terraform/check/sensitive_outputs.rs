//! Outputs of the root: one that shows a sensitive value must say so, or Terraform refuses the plan ("Output refers to
//! sensitive values").
//!
//! Only what certainly is sensitive is reported. Terraform marks values, and not every function passes a mark on: the
//! length of a list with a secret in it is no secret. So the walk follows what hands its parts on as they are.

use super::checker::Checker;
use super::index::Index;
use crate::terraform::address::Address;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Call, Expression, Root, Step, TemplatePart, Traversal};
use crate::terraform::output::Output;

/// Functions whose result Terraform 1.11 hides if one of their arguments is hidden; each was tried. `merge` is not among
/// them, because another argument may put something else in the secret's place.
const TRANSPARENT: [&str; 17] = [
    "base64decode",
    "base64encode",
    "chomp",
    "coalesce",
    "concat",
    "format",
    "join",
    "jsonencode",
    "lower",
    "replace",
    "substr",
    "title",
    "tostring",
    "trimspace",
    "upper",
    "urlencode",
    "yamlencode",
];

/// How many locals that lead to one another are followed. A circle of them is reported elsewhere.
const DEEPEST: usize = 32;

impl<'a> Checker<'a> {
    /// Reports an output of the root that shows a sensitive value without saying so.
    pub(super) fn sensitive_output(&mut self, output: &'a Output) {
        if output.sensitive || output.ephemeral || !self.index.is_root() {
            return;
        }
        let Some(source) = (Search { index: self.index, depth: 0 }).expression(&output.value) else { return };
        let message = format!("`{source}` is sensitive, and the output is not");
        self.findings.add(
            self.findings
                .here(DiagnosticKind::Sensitive, message)
                .because("Terraform refuses to plan an output of the root that shows what it hides elsewhere")
                .help("mark the output as sensitive, or say with `nonsensitive(...)` that the value may be seen"),
        );
    }
}

/// Looks for what makes a value sensitive.
#[derive(Clone, Copy)]
struct Search<'a> {
    index: &'a Index<'a>,
    depth: usize,
}

impl<'a> Search<'a> {
    /// What makes the value of an expression sensitive, as it is written.
    fn expression(self, expression: &'a Expression) -> Option<String> {
        match expression {
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::Template(parts) => parts.iter().find_map(|part| self.part(part)),
            Expression::List(items) => self.any(items),
            Expression::Object(object) => object.entries().find_map(|(_, value)| self.expression(value)),
            Expression::Conditional(condition, then, otherwise) => self
                .expression(condition)
                .or_else(|| self.expression(then).filter(|_| self.expression(otherwise).is_some())),
            Expression::Binary(left, _, right) => self.expression(left).or_else(|| self.expression(right)),
            Expression::Call(call) => self.call(call),
            _ => None,
        }
    }

    fn any(self, expressions: &'a [Expression]) -> Option<String> {
        expressions.iter().find_map(|expression| self.expression(expression))
    }

    fn part(self, part: &'a TemplatePart) -> Option<String> {
        match part {
            TemplatePart::Interpolation(expression) => self.expression(expression),
            _ => None,
        }
    }

    fn call(self, call: &'a Call) -> Option<String> {
        match call.name.as_ref() {
            "sensitive" => Some(Expression::Call(call.clone()).to_string()),
            name if TRANSPARENT.contains(&name) => self.any(&call.arguments),
            _ => None,
        }
    }

    fn traversal(self, traversal: &'a Traversal) -> Option<String> {
        let Root::Address(address) = &traversal.root else { return None };
        let sensitive = match address.as_ref() {
            Address::Variable(name) => self.index.variable(name)?.block.sensitive,
            Address::Resource { mode, type_name, name } => {
                let block_type = self.index.resource(*mode, type_name, name)?.knowledge.block_type()?;
                block_type.is_sensitive(attributes(&traversal.steps))
            }
            // What a module gives Terraform does not know yet when it validates.
            Address::Module(_) if !self.index.is_strict() => return None,
            Address::Module(name) => {
                let output = attributes(&traversal.steps).next()?;
                self.index.output(name, output)?.sensitive
            }
            Address::Local(name) => return self.local(name, &traversal.steps),
        };
        sensitive.then(|| traversal.to_string())
    }

    /// A local as a whole: of a part of it, another part may be the sensitive one.
    fn local(self, name: &str, steps: &[Step]) -> Option<String> {
        let whole = steps.is_empty() && self.depth < DEEPEST;
        let value = &self.index.local(name).filter(|_| whole)?.block.value;
        Self { depth: self.depth + 1, ..self }.expression(value)
    }
}

/// The names on the way, without the instances and elements between them.
fn attributes(steps: &[Step]) -> impl Iterator<Item = &str> {
    steps.iter().filter_map(|step| match step {
        Step::Attribute(name) => Some(name.as_ref()),
        _ => None,
    })
}
