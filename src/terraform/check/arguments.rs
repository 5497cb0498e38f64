//! The arguments and nested blocks of a body, held to the schema of its type.

use super::catalog::{AttributeKind, BlockType, Field, FieldKind};
use super::checker::{Binding, Bound, Checker};
use super::repeats::Blocks;
use super::shape::Shape;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::{generators, has_dynamic};
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::nearest::nearest;
use crate::terraform::schema::{Attribute, BlockNesting, NestedBlock};

/// Arguments that every block may have beside those of its type, and which are set by methods of their own.
const META_ARGUMENTS: [&str; 5] = ["count", "depends_on", "for_each", "lifecycle", "provider"];

impl<'a> Checker<'a> {
    /// Checks a body against its type.
    pub(super) fn body(&mut self, block_type: &'a BlockType<'a>, object: &'a Object) {
        let mut seen = Seen::default();
        let mut dynamic = Vec::new();
        let outer = std::mem::replace(&mut self.made, made(object));
        let passes_over_unknown = std::mem::take(&mut self.passes_over_unknown);
        let limits = self.limits;
        for (key, value) in object.entries() {
            let Key::Literal(name) = key else {
                self.computed_argument(key);
                continue;
            };
            self.findings.push(name);
            self.limits = limits.and_then(|limits| limits.child(name));
            match block_type.field(name) {
                Some(field) => {
                    let again = seen.again(field.number);
                    if again && field.is_attribute() && !field.untold() {
                        self.given_twice(name);
                    } else if again {
                        // Blocks of a type may stand under several keys.
                        self.field(field, value);
                    } else if self.field(field, value) && field.required() {
                        seen.required += 1;
                    }
                }
                None if name == "//" => {}
                None if name == "dynamic" => dynamic.push(value),
                None if passes_over_unknown => {}
                None => self.unknown_argument(block_type, name, value),
            }
            self.findings.pop();
        }
        self.limits = limits;
        self.made = outer;
        for dynamic in &dynamic {
            self.findings.push("dynamic");
            self.each_object(dynamic, |checker, generators| checker.generators(block_type, generators));
            self.findings.pop();
        }
        if seen.required < block_type.required() {
            self.missing_arguments(block_type, object, &dynamic);
        }
    }

    /// Checks a body of which no schema is known: references and functions only.
    pub(super) fn free_body(&mut self, object: &'a Object) {
        for (key, value) in object.entries() {
            match key {
                Key::Literal(name) if name == "//" => {}
                Key::Literal(name) if name == "dynamic" => {
                    self.findings.push(name);
                    self.each_object(value, Self::free_generators);
                    self.findings.pop();
                }
                Key::Literal(name) => {
                    self.findings.push(name);
                    // What has dynamic blocks in it is blocks itself.
                    if !(makes_blocks(value) && self.bodies(value)) {
                        self.argument(Shape::Unknown, value, self.context.takes_ephemeral);
                    }
                    self.findings.pop();
                }
                Key::Computed(_) => self.computed_argument(key),
            }
        }
    }

    /// Checks a field; tells whether it is really there.
    fn field(&mut self, field: &'a Field<'a>, value: &'a Expression) -> bool {
        match &field.kind {
            FieldKind::Attribute(attribute) => self.attribute(field, attribute, value),
            FieldKind::Block(block) => self.nested(field, *block, value) > 0,
        }
    }

    fn attribute(&mut self, field: &'a Field<'a>, attribute: &AttributeKind<'a>, value: &'a Expression) -> bool {
        if matches!(value, Expression::Null) {
            return false;
        }
        // Where it is computed, it may turn out to be `null`.
        if !attribute.settable && (self.index.is_strict() || (value.is_literal() && !self.may_be_left())) {
            self.read_only();
        }
        if attribute.untold && self.bodies(value) {
            return true;
        }
        self.argument(Shape::from(field), value, attribute.write_only || self.context.takes_ephemeral);
        if let Some(limits) = self.limits {
            self.limited(limits, value);
        }
        true
    }

    /// What may be nested blocks is checked as if it were; tells whether it may be.
    fn bodies(&mut self, value: &'a Expression) -> bool {
        match value {
            Expression::Object(object) => self.free_body(object),
            Expression::List(items) if items.iter().all(|item| matches!(item, Expression::Object(_))) => {
                self.each_object(value, Self::free_body);
            }
            _ => return false,
        }
        true
    }

    /// Checks the value of an argument, which may be ephemeral or not.
    pub(super) fn argument(&mut self, wanted: Shape<'a>, value: &'a Expression, takes_ephemeral: bool) {
        let outer = self.ephemeral.take();
        match (wanted, value) {
            (Shape::Body(block_type), Expression::Object(object)) => self.body(block_type, object),
            _ => self.value(wanted, value),
        }
        if let (Some(ephemeral), false) = (self.ephemeral, takes_ephemeral) {
            let message = format!("`{ephemeral}` is ephemeral and may not stand here");
            let write_only = self.owner_type().map(BlockType::write_only_names).unwrap_or_default();
            let diagnostic = self
                .findings
                .here(DiagnosticKind::MisplacedReference, message)
                .because("the value would be stored in plan and state, which ephemeral values never are");
            self.findings.add(match write_only.as_slice() {
                [] => diagnostic,
                names => diagnostic.help(format!("its write-only arguments may be ephemeral: {}", names.join(", "))),
            });
        }
        self.ephemeral = outer;
    }

    /// Checks nested blocks, one object or a list of them; returns how many there are.
    fn nested(&mut self, field: &'a Field<'a>, block: NestedBlock<'a>, value: &'a Expression) -> u32 {
        let count = match (value, field.inner()) {
            (Expression::Null, _) | (_, None) => return 0,
            (Expression::Object(labelled), Some((crate::terraform::schema::BlockNesting::Map, inner))) => {
                self.labelled(inner, labelled)
            }
            (Expression::Object(object), Some((_, inner))) => {
                self.body(inner, object);
                1
            }
            (Expression::List(items), Some((_, inner))) => {
                for (position, item) in items.iter().enumerate() {
                    self.findings.push_index(position);
                    match block_in_list(item) {
                        Some(object) => self.body(inner, object),
                        None => self.no_block(item),
                    }
                    self.findings.pop();
                }
                u32::try_from(items.len()).unwrap_or(u32::MAX)
            }
            (other, _) => {
                self.no_block(other);
                // It was meant to be there.
                return block.min_items().max(1);
            }
        };
        self.block_count(block, count);
        count
    }

    /// Blocks with a label, under their labels.
    fn labelled(&mut self, inner: &'a BlockType<'a>, labelled: &'a Object) -> u32 {
        let mut count = 0;
        for (key, value) in labelled.entries() {
            if let Key::Literal(label) = key {
                self.findings.push(label);
                self.each_object(value, |checker, object| checker.body(inner, object));
                self.findings.pop();
                count += 1;
            }
        }
        count
    }

    fn block_count(&mut self, block: NestedBlock<'a>, count: u32) {
        let is_made = !self.index.is_strict() && (self.made.contains(&block.name()) || self.may_be_left());
        let message = match block.max_items() {
            // Together with those that are made, they are counted where everything is evaluated.
            Some(most) if count > most && !is_made => {
                format!("is there {count} times, but may be there {most} times at most")
            }
            // Of those that are left out altogether, the body tells.
            _ if count > 0 && count < block.min_items() && !is_made => {
                format!("is there {count} times, but must be there {} times at least", block.min_items())
            }
            _ => return,
        };
        self.findings.add(self.findings.here(DiagnosticKind::BlockCount, message));
    }

    fn no_block(&mut self, value: &'a Expression) {
        let given = self.infer(value);
        let message = format!("is a nested block, but `{value}` is {given}");
        self.findings.add(
            self.findings
                .here(DiagnosticKind::WrongType, message)
                .help("write an object or a list of objects, or repeat the block with `dynamic`"),
        );
    }

    /// Runs `inside` for an object or for each of a list of objects, as JSON allows both where blocks are meant.
    pub(super) fn each_object(&mut self, value: &'a Expression, mut inside: impl FnMut(&mut Self, &'a Object)) {
        match value {
            Expression::Object(object) => inside(self, object),
            Expression::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.findings.push_index(position);
                    match item {
                        Expression::Object(object) => inside(self, object),
                        other => self.no_block(other),
                    }
                    self.findings.pop();
                }
            }
            other => self.no_block(other),
        }
    }

    /// The entries of `dynamic`: each repeats the nested block it is named after.
    fn generators(&mut self, block_type: &'a BlockType<'a>, generators: &'a Object) {
        let limits = self.limits;
        for (key, value) in generators.entries() {
            let Key::Literal(name) = key else {
                self.computed_argument(key);
                continue;
            };
            self.findings.push(name);
            self.limits = limits.and_then(|limits| limits.child(name));
            let field = block_type.field(name);
            let content = field.map_or(Shape::Unknown, |field| match (field.inner(), Shape::from(field)) {
                (Some((_, inner)), _) => Shape::Body(inner),
                // Lists of objects count as blocks, too.
                (None, shape) => shape.element(),
            });
            let is_untold = field.is_some_and(Field::untold);
            if !is_untold && !matches!((field, content), (Some(_), Shape::Body(_) | Shape::Object(_))) {
                let message = format!("there is no nested block `{name}` to repeat");
                let candidates = nearest(name, block_type.block_names());
                self.findings.add(self.findings.here(DiagnosticKind::UnknownArgument, message).candidates(candidates));
            }
            let takes_labels = field.is_none_or(|field| matches!(field.inner(), Some((BlockNesting::Map, _))));
            self.each_object(value, |checker, generator| checker.generator(name, generator, content, takes_labels));
            self.findings.pop();
        }
        self.limits = limits;
    }

    fn free_generators(&mut self, generators: &'a Object) {
        for (key, value) in generators.entries() {
            if let Key::Literal(name) = key {
                self.findings.push(name);
                self.each_object(value, |checker, generator| checker.generator(name, generator, Shape::Unknown, true));
                self.findings.pop();
            }
        }
    }

    fn generator(&mut self, block: &'a str, generator: &'a Object, content: Shape<'a>, takes_labels: bool) {
        let mut element = Shape::Unknown;
        let mut source = None;
        let mut iterator = block;
        for (key, value) in generator.entries() {
            let Key::Literal(name) = key else {
                self.computed_argument(key);
                continue;
            };
            self.findings.push(name);
            match (name.as_ref(), value) {
                ("for_each", value) => {
                    element = self.collection(value);
                    source = Some(value);
                }
                ("iterator", Expression::Text(name)) => iterator = name,
                // Text that is parsed as an expression; the iterator is a name and nothing else.
                ("labels", value) if takes_labels => {
                    self.infer(value);
                }
                ("content", value) => self.one_content(value),
                ("//", _) => {}
                (other, _) => {
                    let message = format!("a dynamic block has no `{other}`");
                    let candidates = nearest(other, ["content", "for_each", "iterator"]);
                    self.findings
                        .add(self.findings.here(DiagnosticKind::UnknownArgument, message).candidates(candidates));
                }
            }
            self.findings.pop();
        }
        for required in ["for_each", "content"] {
            if generator.get(required).is_none() {
                let message = format!("a dynamic block needs `{required}`");
                self.findings.add(self.findings.here(DiagnosticKind::MissingArgument, message));
            }
        }
        if let Some(body) = generator.get("content") {
            self.findings.push("content");
            let outer = self.names.len();
            self.bind(Binding { name: iterator, bound: Bound::Iterator(element), source });
            let blocks = source.map_or(Blocks::Some, |for_each| self.index.blocks(for_each));
            // No block, or none that is known, means that no value in it is wrong.
            self.forgiving += u32::from(blocks != Blocks::Some);
            let content = if blocks == Blocks::None { Shape::Unknown } else { content };
            self.each_object(body, |checker, body| checker.content(content, body));
            self.forgiving -= u32::from(blocks != Blocks::Some);
            self.names.truncate(outer);
            self.findings.pop();
        }
    }

    fn content(&mut self, content: Shape<'a>, body: &'a Object) {
        match content {
            Shape::Body(block_type) => self.body(block_type, body),
            // Unlike in an object that is written out, fields may be left out here, and none may be too many.
            Shape::Object(fields) => {
                // Otherwise the object itself says so.
                for (key, _) in body.entries() {
                    if let Key::Literal(name) = key
                        && fields.field(name).is_none()
                        && !self.index.is_strict()
                    {
                        let message = format!("there is no argument `{name}`");
                        let candidates = nearest(name, fields.fields().map(Attribute::name));
                        let diagnostic = self.findings.here(DiagnosticKind::UnknownArgument, message);
                        self.findings.add(diagnostic.candidates(candidates));
                    }
                }
                self.entries(content, body);
                self.limited_fields(body);
            }
            _ => self.free_body(body),
        }
    }

    /// What the blocks say is said once.
    fn one_content(&mut self, content: &Expression) {
        let message = match content {
            Expression::List(items) if items.is_empty() => "a dynamic block needs `content`",
            Expression::Null => "a dynamic block needs `content`",
            Expression::List(items) if items.len() > 1 => "a dynamic block has one `content`",
            _ => return,
        };
        self.findings.add(self.findings.here(DiagnosticKind::BlockCount, message));
    }

    fn unknown_argument(&mut self, block_type: &'a BlockType<'a>, name: &'a str, value: &'a Expression) {
        self.infer(value);
        let message = format!("there is no argument `{name}`");
        let diagnostic = self.findings.here(DiagnosticKind::UnknownArgument, message);
        self.findings.add(if META_ARGUMENTS.contains(&name) {
            diagnostic.help(format!("`{name}` belongs to the block itself, not to its arguments"))
        } else {
            diagnostic.candidates(nearest(name, block_type.settable_names()))
        });
    }

    fn computed_argument(&mut self, key: &'a Key) {
        let message = format!("the name of an argument cannot be computed, as `{key}` is");
        self.findings.add(self.findings.here(DiagnosticKind::UnknownArgument, message));
    }

    fn given_twice(&mut self, name: &str) {
        let message = format!("`{name}` is given twice");
        self.findings.add(self.findings.here(DiagnosticKind::Conflict, message).help("keep one of the two"));
    }

    fn read_only(&mut self) {
        let diagnostic = self.findings.here(DiagnosticKind::ReadOnlyArgument, "only the provider sets this");
        self.findings.add(diagnostic.help("leave it out"));
    }

    fn missing_arguments(&mut self, block_type: &'a BlockType<'a>, object: &'a Object, dynamic: &[&'a Expression]) {
        let missing = block_type.names().filter(|name| {
            let required = block_type.field(name).is_some_and(Field::required);
            required && object.get(name).is_none_or(is_absent) && !dynamic.iter().any(|dynamic| repeats(dynamic, name))
        });
        for name in missing {
            let what = match block_type.field(name).map(|field| field.kind) {
                Some(FieldKind::Block(_)) => "a nested block",
                _ => "the argument",
            };
            let message = format!("{what} `{name}` is required, but missing");
            self.findings.add(self.findings.here(DiagnosticKind::MissingArgument, message));
        }
    }
}

/// Whether there is a dynamic block anywhere in it.
fn makes_blocks(value: &Expression) -> bool {
    match value {
        Expression::Object(object) => has_dynamic(object),
        Expression::List(items) => items.iter().any(makes_blocks),
        _ => false,
    }
}

/// `null` and an empty list of blocks are as good as nothing.
fn is_absent(value: &Expression) -> bool {
    match value {
        Expression::Null => true,
        Expression::List(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether `dynamic` repeats the block `name`, so that how often it is there cannot be told.
fn repeats(dynamic: &Expression, name: &str) -> bool {
    match dynamic {
        Expression::Object(generators) => generators.get(name).is_some(),
        Expression::List(items) => items.iter().any(|item| repeats(item, name)),
        _ => false,
    }
}

/// How many fields [`Seen`] notes in its bits.
const BITS: u32 = 256;

/// Which fields of a body were there already.
#[derive(Debug, Default)]
struct Seen {
    /// One bit for each of the first fields.
    bits: [u64; (BITS / u64::BITS) as usize],
    /// The others, of which only giant types have any.
    others: Vec<u32>,
    /// How many required ones there were.
    required: u32,
}

impl Seen {
    /// Notes a field; tells whether it was noted before.
    fn again(&mut self, number: u32) -> bool {
        let Some(bits) = self.bits.get_mut((number / u64::BITS) as usize) else {
            let again = self.others.contains(&number);
            self.others.push(number);
            return again;
        };
        let bit = 1 << (number % u64::BITS);
        let again = *bits & bit != 0;
        *bits |= bit;
        again
    }
}

/// An item of a list of blocks: JSON takes an object in one more list, and `null` for a block without anything in it.
fn block_in_list(item: &Expression) -> Option<&Object> {
    static EMPTY: Object = Object(Vec::new());
    match item {
        Expression::Object(object) => Some(object),
        Expression::List(items) => match &items[..] {
            [Expression::Object(object)] => Some(object),
            _ => None,
        },
        Expression::Null => Some(&EMPTY),
        _ => None,
    }
}

/// The nested blocks that `dynamic` makes in a body, by name.
fn made(body: &Object) -> Vec<&str> {
    let all = body.entries().filter_map(|(key, value)| match key {
        Key::Literal(name) => generators(name, value),
        Key::Computed(_) => None,
    });
    all.flatten().flat_map(Object::entries).filter_map(|(key, _)| literal(key)).collect()
}

fn literal(key: &Key) -> Option<&str> {
    match key {
        Key::Literal(name) => Some(name.as_ref()),
        Key::Computed(_) => None,
    }
}
