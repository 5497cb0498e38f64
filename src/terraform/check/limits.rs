//! Literals, held to what the API behind the provider takes.
//!
//! A literal is checked wherever it comes from: in the argument itself, in a local value, in the default of a variable or
//! in the values that its validation lists, in the elements of a `for_each`. Of a template the literal pieces are checked,
//! as far as a piece can be. What only Terraform knows is left to the API.

use super::checker::Checker;
use super::literals::{Origin, Source};
use super::refusal::Refusal;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Key, Number, Object, TemplatePart};
use crate::terraform::schema::limits::{Limit, LimitTree};

impl<'a> Checker<'a> {
    /// Checks the value of an argument.
    pub(super) fn limited(&mut self, tree: &'a LimitTree<'a>, value: &'a Expression) {
        self.limited_from(tree, value, Source::default());
    }

    /// Checks the fields of an object that a dynamic block writes.
    pub(super) fn limited_fields(&mut self, object: &'a Object) {
        let Some(tree) = self.limits else { return };
        self.limited_object(tree, object, Source::default());
    }

    fn limited_object(&mut self, tree: &'a LimitTree<'a>, object: &'a Object, source: Source<'a>) {
        for (key, value) in object.entries() {
            let Key::Literal(name) = key else { continue };
            // The way to the argument is told, not the way in the block that a literal comes from.
            if source.is_here() {
                self.findings.push(name);
            }
            if let Some(inner) = tree.child(name) {
                self.limited_from(inner, value, source);
            } else {
                self.limited_text(tree.keys, name, source);
                self.limited_from(tree, value, source);
            }
            if source.is_here() {
                self.findings.pop();
            }
        }
    }

    pub(super) fn limited_from(&mut self, tree: &'a LimitTree<'a>, value: &'a Expression, source: Source<'a>) {
        match value {
            Expression::Text(text) => self.limited_text(tree.limit, text, source),
            Expression::Number(number) => self.limited_number(tree.limit, number, source),
            Expression::Template(parts) => self.limited_template(tree.limit, parts, source),
            Expression::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    if source.is_here() {
                        self.findings.push_index(position);
                    }
                    self.limited_from(tree, item, source);
                    if source.is_here() {
                        self.findings.pop();
                    }
                }
            }
            Expression::Object(object) => self.limited_object(tree, object, source),
            Expression::Conditional(_, then, otherwise) => {
                self.limited_from(tree, then, source);
                self.limited_from(tree, otherwise, source);
            }
            other => self.limited_elsewhere(tree, other, source),
        }
    }

    pub(super) fn limited_text(&mut self, limit: Option<Limit<'a>>, text: &str, source: Source<'a>) {
        let Some(limit) = limit else { return };
        if let Some(refusal) = Refusal::of_text(limit, text, &mut self.forms) {
            self.refuse(limit, refusal, source);
        }
    }

    fn limited_number(&mut self, limit: Option<Limit<'a>>, number: &Number, source: Source<'a>) {
        let Some(limit) = limit else { return };
        let text = number.to_string();
        match number.as_f64().filter(|_| limit.of_numbers()) {
            Some(number) => {
                if let Some(refusal) = Refusal::of_number(limit, number, &text) {
                    self.refuse(limit, refusal, source);
                }
            }
            None => self.limited_text(Some(limit), &text, source),
        }
    }

    /// Of a text with gaps, its pieces must be of allowed characters, and not too long even where the gaps are empty.
    fn limited_template(&mut self, limit: Option<Limit<'a>>, parts: &'a [TemplatePart], source: Source<'a>) {
        let Some(limit) = limit.filter(|limit| !limit.of_numbers()) else { return };
        let mut length = 0;
        let mut pieces = String::new();
        for part in parts {
            match part {
                TemplatePart::Literal(text) => {
                    length += text.chars().count();
                    pieces.push_str(text);
                }
                // A value that may be long or short, whose own literals are checked where they lead to an argument.
                TemplatePart::Interpolation(_) | TemplatePart::For { .. } => {}
                TemplatePart::If { then, otherwise, .. } => {
                    self.limited_template(Some(limit), then, source);
                    self.limited_template(Some(limit), otherwise, source);
                }
            }
        }
        if let Some(refusal) = Refusal::of_pieces(limit, length, &pieces, &mut self.forms) {
            self.refuse(limit, refusal, source);
        }
    }

    fn refuse(&mut self, limit: Limit<'_>, refusal: Refusal, source: Source<'a>) {
        let Refusal { message, help, candidates } = refusal;
        let message = match source.origin {
            Origin::Here => message,
            Origin::Variable(name) => format!("from the default of `var.{name}`: {message}"),
            Origin::Validation(name) => format!("from the validation of `var.{name}`: {message}"),
            Origin::Local(name) => format!("from `local.{name}`: {message}"),
        };
        let reason = format!("the API would refuse it at apply: {} ({})", limit.member, limit.source);
        let diagnostic: Diagnostic = self.findings.here(DiagnosticKind::Refused, message).because(reason);
        let diagnostic = match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        };
        self.findings.add(diagnostic.candidates(candidates));
    }
}
