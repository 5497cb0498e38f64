//! The arguments and blocks of an object: blocks as lists, `dynamic` written out, values as the types they are converted to.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{ModuleInstanceId, Resolver, fold, sort};
use crate::diff::convert;
use crate::diff::same::Writings;
use crate::terraform::Expression;
use crate::terraform::expression::{Call, Key, Object};
use crate::terraform::schema::{BlockNesting, BlockSchema, NestedBlock, TypeSchema};

/// The block around an entry.
#[derive(Clone)]
struct Frame<'s> {
    schema: Option<BlockSchema<'s>>,
    /// The names that lead to it from the object, with dots between them.
    path: String,
    writings: &'s Writings,
    place: ModuleInstanceId,
}

impl Frame<'_> {
    fn path_to(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

impl Resolver<'_> {
    /// A body in a form that is the same however it is written, and the watched variables that its arguments depend on.
    pub(in crate::diff) fn body(
        &mut self,
        body: &Object,
        schema: Option<BlockSchema<'_>>,
        writings: &Writings,
        place: ModuleInstanceId,
    ) -> (Object, BTreeMap<String, BTreeSet<String>>) {
        self.by_argument.clear();
        let body = self.block(body, &Frame { schema, path: String::new(), writings, place });
        (body, std::mem::take(&mut self.by_argument))
    }

    fn block(&mut self, body: &Object, frame: &Frame<'_>) -> Object {
        let mut found: Vec<(Cow<'static, str>, Expression)> = Vec::new();
        let mut computed = Object::new();
        for (key, value) in body.entries() {
            match key {
                Key::Literal(name) if name == "dynamic" && is_generator(frame.schema) => {
                    let (blocks, seen) = self.watching(|it| it.generated(value, frame));
                    for (name, value) in blocks {
                        self.depends(frame, &name, &seen);
                        add(&mut found, name, value);
                    }
                }
                // How long Terraform waits changes nothing in AWS.
                Key::Literal(name) if name == "timeouts" && frame.path.is_empty() => {}
                Key::Literal(name) => {
                    let (value, seen) = self.watching(|it| it.entry(name, value, frame));
                    self.depends(frame, name, &seen);
                    add(&mut found, name.clone(), value);
                }
                Key::Computed(key) => {
                    let key = Key::from_expression(self.expression(key, frame.place));
                    computed.insert(key, self.expression(value, frame.place));
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut canonical = Object::new();
        for (name, value) in found {
            let value = finished(&name, value, frame.schema);
            let path = frame.path_to(&name);
            if let Some(value) = frame.writings.canonical(&path, value) {
                canonical.set(name, value);
            }
        }
        for (key, value) in computed.entries() {
            canonical.insert(key.clone(), value.clone());
        }
        canonical
    }

    fn depends(&mut self, frame: &Frame<'_>, name: &str, variables: &BTreeSet<String>) {
        if frame.path.is_empty() && !variables.is_empty() {
            self.by_argument.entry(name.to_owned()).or_default().extend(variables.iter().cloned());
        }
    }

    fn entry(&mut self, name: &str, value: &Expression, frame: &Frame<'_>) -> Expression {
        let Some(nested) = frame.schema.and_then(|schema| schema.nested_block(name)) else {
            return self.expression(value, frame.place);
        };
        let inner = Frame { schema: Some(nested.block()), path: frame.path_to(name), ..*frame };
        match value {
            Expression::Object(object) if nested.nesting() == BlockNesting::Map => {
                let mut blocks = Object::new();
                for (key, value) in object.sorted() {
                    if let (Key::Literal(label), Expression::Object(body)) = (key, value) {
                        blocks.set(label.clone(), Expression::Object(self.block(body, &inner)));
                    }
                }
                Expression::Object(blocks)
            }
            Expression::Object(body) => Expression::List(vec![Expression::Object(self.block(body, &inner))]),
            Expression::List(items) => {
                let mut blocks = Vec::new();
                for item in items {
                    match self.entry(name, item, frame) {
                        Expression::List(more) => blocks.extend(more),
                        Expression::Null => {}
                        other => blocks.push(other),
                    }
                }
                Expression::List(blocks)
            }
            other => self.expression(other, frame.place),
        }
    }

    /// The blocks that `dynamic` makes.
    fn generated(&mut self, dynamic: &Expression, frame: &Frame<'_>) -> Vec<(Cow<'static, str>, Expression)> {
        let mut blocks = Vec::new();
        match dynamic {
            Expression::List(items) => {
                for item in items {
                    blocks.extend(self.generated(item, frame));
                }
            }
            Expression::Object(generators) => {
                for (key, value) in generators.entries() {
                    let Key::Literal(name) = key else { continue };
                    let generators: &[Expression] = match value {
                        Expression::List(items) => items,
                        other => std::slice::from_ref(other),
                    };
                    for generator in generators {
                        if let Expression::Object(generator) = generator {
                            blocks.push((name.clone(), self.generator(name, generator, frame)));
                        }
                    }
                }
            }
            _ => {}
        }
        blocks
    }

    fn generator(&mut self, name: &str, generator: &Object, frame: &Frame<'_>) -> Expression {
        let each = generator.get("for_each").map_or(Expression::Null, |each| self.expression(each, frame.place));
        let iterator = match generator.get("iterator") {
            Some(Expression::Text(iterator)) => iterator.clone(),
            Some(Expression::Traversal(traversal)) => match &traversal.root {
                crate::terraform::expression::Root::Name(iterator) => iterator.clone(),
                crate::terraform::expression::Root::Address(_) => Cow::Owned(name.to_owned()),
            },
            _ => Cow::Owned(name.to_owned()),
        };
        let empty = Object::new();
        let content = match generator.get("content") {
            Some(Expression::Object(content)) => content,
            Some(Expression::List(items)) => match items.first() {
                Some(Expression::Object(content)) => content,
                _ => &empty,
            },
            _ => &empty,
        };
        let content = Expression::Object(content.clone());
        if let Some(elements) = fold::elements(&each) {
            let mut blocks = Vec::new();
            for (key, value) in elements {
                let bound: Object = [("key", key), ("value", value)].into_iter().collect();
                let names = [(iterator.clone(), Expression::Object(bound))];
                match self.with_more(names, |it| it.entry(name, &content, frame)) {
                    Expression::List(more) => blocks.extend(more),
                    other => blocks.push(other),
                }
            }
            return Expression::List(blocks);
        }
        let own = [(iterator.clone(), Expression::named("each block", &[]))];
        let content = self.with_more(own, |it| it.entry(name, &content, frame));
        let arguments = vec![each, content];
        Expression::List(vec![Expression::Call(Call {
            name: Cow::Borrowed("dynamic"),
            arguments,
            expand_final: false,
        })])
    }
}

/// Whether `dynamic` makes blocks here, and is not a name like others.
fn is_generator(schema: Option<BlockSchema<'_>>) -> bool {
    schema.is_none_or(|schema| schema.attribute("dynamic").is_none() && schema.nested_block("dynamic").is_none())
}

/// A block of the same name may be there already: both count.
fn add(found: &mut Vec<(Cow<'static, str>, Expression)>, name: Cow<'static, str>, value: Expression) {
    match (found.iter_mut().find(|(known, _)| *known == name), value) {
        (Some((_, Expression::List(items))), Expression::List(more)) => items.extend(more),
        (Some((_, before)), value) => *before = value,
        (None, value) => found.push((name, value)),
    }
}

/// The value as the type that it is converted to, sets in order.
fn finished(name: &str, value: Expression, schema: Option<BlockSchema<'_>>) -> Expression {
    let Some(schema) = schema else { return value };
    if let Some(attribute) = schema.attribute(name) {
        // A block by its syntax, where the schema has a list of objects.
        let value = match (value, attribute.value_type()) {
            (object @ Expression::Object(_), TypeSchema::List(_) | TypeSchema::Set(_)) => {
                Expression::List(vec![object])
            }
            (value, _) => value,
        };
        return convert::to_schema(value, attribute.value_type());
    }
    match (schema.nested_block(name).map(NestedBlock::nesting), value) {
        (Some(BlockNesting::Set), Expression::List(mut blocks)) => {
            sort(&mut blocks);
            Expression::List(blocks)
        }
        (_, value) => value,
    }
}
