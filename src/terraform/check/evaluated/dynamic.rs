//! What dynamic blocks make.

use std::sync::Arc;

use super::Walk;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::{Type, Value, content};
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::schema::{BlockSchema, NestedBlock};

/// So many blocks that one dynamic block makes are looked into.
const MOST_BLOCKS: usize = 1_000;

/// What a dynamic block makes.
enum Content<'s> {
    /// Nested blocks, of a type that is known or not.
    Block(Option<BlockSchema<'s>>),
    /// Objects of an attribute that may be written as blocks.
    Object(Type),
}

impl<'m> Walk<'_, '_, 'm> {
    pub(super) fn dynamic(&mut self, schema: Option<BlockSchema<'_>>, labels: &'m Object, native: bool) {
        for (label, value) in labels.entries() {
            let Key::Literal(label) = label else { continue };
            self.findings.push(label);
            let generators = match value {
                Expression::List(items) => items.as_slice(),
                other => std::slice::from_ref(other),
            };
            let content = content_of(schema, label);
            for generator in generators {
                if let Expression::Object(generator) = generator {
                    self.generator(&content, label, generator, native);
                }
            }
            self.findings.pop();
        }
    }

    fn generator(&mut self, of: &Content<'_>, label: &str, generator: &'m Object, native: bool) {
        let Some(for_each) = generator.get("for_each") else { return };
        self.findings.push("for_each");
        let collection = self.value(for_each);
        let why = match &collection {
            Some(value) if value.is_null() => Some("`null` has no elements to make blocks of"),
            Some(value) if value.of_type().is_primitive() => Some("one value has no elements to make blocks of"),
            _ => None,
        };
        if let Some(why) = why {
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, format!("`{for_each}`: {why}")));
        }
        self.findings.pop();
        let (Some(collection), None) = (collection, why) else { return };
        // Of blocks whose number is not known Terraform does not ask what is in them.
        let Some(content) = content(generator).filter(|_| collection.unmarked().0.is_known()) else { return };
        let iterator: Arc<str> = match generator.get("iterator") {
            Some(Expression::Text(name)) => name.as_ref().into(),
            Some(Expression::Traversal(traversal)) => traversal.to_string().into(),
            _ => label.into(),
        };
        self.findings.push("content");
        for (key, value) in each(&collection) {
            self.names.push((iterator.clone(), Value::object([("key", key), ("value", value)])));
            match of {
                Content::Block(schema) => self.body(*schema, content, native),
                Content::Object(of_type) => self.object(of_type, content),
            }
            self.names.pop();
        }
        self.findings.pop();
    }

    /// An object that is written as a block.
    fn object(&mut self, of_type: &Type, body: &'m Object) {
        let Type::Object(of_type) = of_type else { return };
        for (key, value) in body.entries() {
            let Key::Literal(name) = key else { continue };
            self.findings.push(name);
            if let (Some(given), Some(wanted)) = (self.value(value), of_type.attributes.get(name.as_ref())) {
                self.fits(value, &given, wanted);
            }
            self.findings.pop();
        }
    }
}

fn content_of<'s>(schema: Option<BlockSchema<'s>>, label: &str) -> Content<'s> {
    let attribute = schema.and_then(|schema| schema.attribute(label));
    let of_type = attribute.and_then(|attribute| Type::from(attribute.value_type()).element().cloned());
    match of_type {
        Some(of_type @ Type::Object(_)) => Content::Object(of_type),
        _ => Content::Block(schema.and_then(|schema| schema.nested_block(label)).map(NestedBlock::block)),
    }
}

/// The elements of a collection with their keys.
fn each(collection: &Value) -> Vec<(Value, Value)> {
    let (known, marks) = collection.unmarked();
    let marked = |(key, value): (Value, Value)| (key.with_marks(marks), value.with_marks(marks));
    known.elements().into_iter().take(MOST_BLOCKS).map(marked).collect()
}
