//! The way from a value to a part of it: attributes, indices and splats.

use std::fmt::{self, Display, Formatter};

use super::catalog::BlockType;
use super::checker::Checker;
use super::shape::{Element, Shape};
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Key, Object, Step, Traversal};
use crate::terraform::identifier::is_identifier;
use crate::terraform::nearest::nearest;
use crate::terraform::schema::Attribute;
use crate::terraform::variable::ObjectAttribute;

/// What the steps belong to, for messages.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    Traversal(&'a Traversal),
    Expression(&'a Expression),
}

impl Display for Subject<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Traversal(traversal) => write!(f, "{traversal}"),
            Self::Expression(expression) => write!(f, "{expression}"),
        }
    }
}

impl<'a> Checker<'a> {
    /// Follows steps from a shape. `strict` tells whether a step into nothing is an error even inside of `try`: Terraform
    /// holds references to resources to the schema everywhere.
    pub(super) fn follow(
        &mut self,
        shape: Shape<'a>,
        steps: &'a [Step],
        subject: Subject<'a>,
        strict: bool,
    ) -> Shape<'a> {
        let mut shape = shape;
        for (position, step) in steps.iter().enumerate() {
            shape = match step {
                Step::Attribute(name) => self.attribute_step(shape, name, subject, strict),
                Step::Index(key) => self.index_step(shape, key, subject, strict),
                Step::Splat => return self.splat(shape, &steps[position + 1..], subject, strict),
            };
        }
        shape
    }

    /// `shape[*].steps`
    pub(super) fn splat(
        &mut self,
        shape: Shape<'a>,
        steps: &'a [Step],
        subject: Subject<'a>,
        strict: bool,
    ) -> Shape<'a> {
        // Anything but a list stands for a list of itself.
        let element = if shape.is_sequence() { shape.element() } else { shape };
        Shape::List(Element::from(self.follow(element, steps, subject, strict)))
    }

    /// `shape.name`
    pub(super) fn attribute_step(
        &mut self,
        shape: Shape<'a>,
        name: &'a str,
        subject: Subject<'a>,
        strict: bool,
    ) -> Shape<'a> {
        match shape {
            Shape::Body(block_type) => match block_type.field(name) {
                Some(field) => Shape::from(field),
                None => self.no_attribute(name, block_type_names(block_type, name), subject, strict),
            },
            Shape::Object(object) => match object.field(name) {
                Some(field) => Shape::from(field.value_type()),
                None => self.no_attribute(name, nearest(name, object.fields().map(Attribute::name)), subject, strict),
            },
            Shape::Constrained(attributes) => match attributes.iter().find(|attribute| attribute.name == name) {
                Some(attribute) => Shape::from(&attribute.of_type),
                None => self.no_attribute(name, nearest(name, attributes.iter().map(name_of)), subject, strict),
            },
            Shape::Literal(Expression::Object(object)) => self.entry(object, name, subject, strict),
            Shape::Unknown | Shape::Map(_) if is_identifier(name) || is_position(name) => shape.element(),
            // The old way to write an index: `list.0`.
            sequence if sequence.is_sequence() && is_position(name) => sequence.element(),
            other => self.no_way(&format!("`.{name}`"), other, subject, strict),
        }
    }

    /// `shape[key]`
    pub(super) fn index_step(
        &mut self,
        shape: Shape<'a>,
        key: &'a Expression,
        subject: Subject<'a>,
        strict: bool,
    ) -> Shape<'a> {
        let key_shape = self.infer(key);
        match (shape, key) {
            (Shape::Body(_) | Shape::Object(_) | Shape::Constrained(_), Expression::Text(name)) => {
                self.attribute_step(shape, name, subject, strict)
            }
            (Shape::Literal(Expression::Object(object)), Expression::Text(name)) => {
                self.entry(object, name, subject, strict)
            }
            (Shape::Literal(Expression::List(items)), Expression::Number(position)) => {
                self.item(items, position.as_u64(), subject, strict)
            }
            (Shape::Set(_), _) => self.no_way("an index: a set has no order and no keys", shape, subject, strict),
            (Shape::List(_) | Shape::Tuple, Expression::Text(name)) if !is_position(name) => {
                self.no_way(&format!("`[{key}]`"), shape, subject, strict)
            }
            (Shape::String | Shape::Number | Shape::Bool, _) => {
                self.no_way(&format!("`[{key}]`"), shape, subject, strict)
            }
            _ if !Shape::String.takes(key_shape) => {
                self.no_way(&format!("`[{key}]`, which is {key_shape}"), shape, subject, strict)
            }
            _ => shape.element(),
        }
    }

    fn entry(&mut self, object: &'a Object, name: &'a str, subject: Subject<'a>, strict: bool) -> Shape<'a> {
        if let Some(value) = object.get(name) {
            return self.elsewhere(value).0;
        }
        let mut names = Vec::new();
        for (key, _) in object.entries() {
            match key {
                Key::Literal(name) => names.push(name.as_ref()),
                // Any key may come out of a computed one.
                Key::Computed(_) => return Shape::Unknown,
            }
        }
        self.no_attribute(name, nearest(name, names), subject, strict)
    }

    fn item(
        &mut self,
        items: &'a [Expression],
        position: Option<u64>,
        subject: Subject<'a>,
        strict: bool,
    ) -> Shape<'a> {
        if let Some(item) = position.and_then(|position| items.get(usize::try_from(position).ok()?)) {
            return self.elsewhere(item).0;
        }
        if strict || self.forgiving == 0 {
            let message = format!("`{subject}`: the list has only {} elements", items.len());
            self.findings.add(self.findings.here(DiagnosticKind::UndefinedAttribute, message));
        }
        Shape::Unknown
    }

    pub(super) fn no_attribute(
        &mut self,
        name: &str,
        candidates: Vec<String>,
        subject: Subject<'a>,
        strict: bool,
    ) -> Shape<'a> {
        if strict || self.forgiving == 0 {
            let message = format!("`{subject}`: there is no attribute `{name}`");
            self.findings.add(self.findings.here(DiagnosticKind::UndefinedAttribute, message).candidates(candidates));
        }
        Shape::Unknown
    }

    fn no_way(&mut self, step: &str, shape: Shape<'a>, subject: Subject<'a>, strict: bool) -> Shape<'a> {
        if strict || self.forgiving == 0 {
            let message = format!("`{subject}`: {shape} does not take {step}");
            let diagnostic = self.findings.here(DiagnosticKind::UndefinedAttribute, message);
            self.findings.add(match shape {
                Shape::Set(_) => {
                    diagnostic.help("take the only element with `one(...)`, or make it a list with `tolist`")
                }
                _ if shape.is_sequence() => diagnostic.help("take one element with `[0]`, or each of them with `[*]`"),
                _ => diagnostic,
            });
        }
        Shape::Unknown
    }
}

fn name_of(attribute: &ObjectAttribute) -> &str {
    &attribute.name
}

fn block_type_names(block_type: &BlockType<'_>, name: &str) -> Vec<String> {
    nearest(name, block_type.names())
}

fn is_position(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
