//! From the JSON form of a schema to the bytes that [`Schema::open`](super::Schema::open) takes.
//!
//! Equal types, attributes and blocks are written once: many resources share their `timeouts`, `tags` and whole trees.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::SchemaError;
use super::block::{BlockNesting, flag};
use super::constraint::{Constraint, ConstraintSet};
use super::layout::{Counts, Layout, Widths, write_varint};
use super::name_pool::NamePool;
use super::provider_json::{Attribute, Block, ProviderSchema, TopLevelBlock, Type};
use super::types::Tag;

/// Which provider a schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// Where it comes from, such as `registry.terraform.io/hashicorp/aws`.
    pub source: &'a str,
    /// Its version; empty if it is not known.
    pub version: &'a str,
}

/// Encodes a schema. The same input gives the same bytes.
///
/// # Errors
/// If the schema has more types or names than the format can number.
pub fn encode(
    provider: &ProviderSchema,
    identity: Identity<'_>,
    constraints: &ConstraintSet,
) -> Result<Vec<u8>, SchemaError> {
    let tables = Tables::collect(provider, identity, constraints);
    tables.write().ok_or(SchemaError::TooLarge)
}

/// Values that are numbered in the order they first come up.
struct Interned<T> {
    items: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { items: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Interned<T> {
    fn number(&mut self, item: T) -> u32 {
        let next = count(&self.items);
        *self.numbers.entry(item).or_insert_with_key(|item| {
            self.items.push(item.clone());
            next
        })
    }
}

/// The number of items; one that does not fit is far beyond what the widths allow and is reported there.
fn count<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Node {
    Simple(Tag),
    Collection(Tag, u32),
    Object(Vec<u32>),
    Tuple(Vec<u32>),
    Nested(BlockNesting, u32),
    Block { attributes: Vec<u32>, nested: Vec<Nested>, deprecated: bool },
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Nested {
    name: u32,
    node: u32,
    arity: u32,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Shape {
    node: u32,
    flags: u8,
}

/// A constraint with numbered paths.
type NumberedConstraint = (u8, Vec<u32>);

#[derive(Default)]
struct Tables {
    names: Interned<String>,
    shapes: Interned<Shape>,
    /// Name and shape.
    attributes: Interned<(u32, u32)>,
    /// Nesting, least, greatest.
    arities: Interned<(u8, u32, u32)>,
    /// Every node after those it refers to.
    nodes: Interned<Node>,
    /// Name and node.
    types: [Vec<(u32, u32)>; 3],
    functions: Vec<u32>,
    constrained: [Vec<(u32, Vec<NumberedConstraint>)>; 2],
    provider: u32,
    source: u32,
    version: u32,
}

impl Tables {
    fn collect(provider: &ProviderSchema, identity: Identity<'_>, constraints: &ConstraintSet) -> Self {
        let mut tables = Self::default();
        tables.source = tables.name(identity.source);
        tables.version = tables.name(identity.version);
        tables.provider = tables.block(&provider.provider.block);
        let modes = [&provider.resource_schemas, &provider.data_source_schemas, &provider.ephemeral_resource_schemas];
        tables.types = modes.map(|types| tables.types(types));
        tables.functions = provider.functions.keys().map(|name| tables.name(name)).collect();
        tables.constrained = [&constraints.resource, &constraints.data].map(|types| tables.constraints(types));
        tables
    }

    fn name(&mut self, name: &str) -> u32 {
        self.names.number(name.to_owned())
    }

    fn types(&mut self, types: &BTreeMap<String, TopLevelBlock>) -> Vec<(u32, u32)> {
        types.iter().map(|(name, entry)| (self.name(name), self.block(&entry.block))).collect()
    }

    fn constraints(&mut self, types: &BTreeMap<String, Vec<Constraint>>) -> Vec<(u32, Vec<NumberedConstraint>)> {
        let mut constrained = Vec::new();
        for (type_name, constraints) in types {
            let mut numbered = Vec::new();
            for constraint in constraints {
                let paths = constraint.paths.iter().map(|path| self.name(path)).collect();
                numbered.push((constraint.kind.code(), paths));
            }
            constrained.push((self.name(type_name), numbered));
        }
        constrained
    }

    fn block(&mut self, block: &Block) -> u32 {
        let attributes = self.attributes(&block.attributes);
        let mut nested = Vec::with_capacity(block.block_types.len());
        for (name, entry) in &block.block_types {
            let node = self.block(&entry.block);
            let arity = self.arities.number((entry.nesting_mode.code(), entry.min_items, entry.max_items));
            nested.push(Nested { name: self.name(name), node, arity });
        }
        self.nodes.number(Node::Block { attributes, nested, deprecated: block.deprecated })
    }

    fn attributes(&mut self, attributes: &BTreeMap<String, Attribute>) -> Vec<u32> {
        attributes.iter().map(|(name, attribute)| self.attribute(name, attribute)).collect()
    }

    fn attribute(&mut self, name: &str, attribute: &Attribute) -> u32 {
        let node = match (&attribute.nested_type, &attribute.value_type) {
            (Some(nested), _) => {
                let attributes = self.attributes(&nested.attributes);
                let block = Node::Block { attributes, nested: Vec::new(), deprecated: false };
                let block = self.nodes.number(block);
                self.nodes.number(Node::Nested(nested.nesting_mode, block))
            }
            (None, Some(value_type)) => self.value_type(value_type),
            (None, None) => self.nodes.number(Node::Simple(Tag::Dynamic)),
        };
        self.numbered_attribute(name, node, flags(attribute))
    }

    fn numbered_attribute(&mut self, name: &str, node: u32, flags: u8) -> u32 {
        let shape = self.shapes.number(Shape { node, flags });
        let name = self.name(name);
        self.attributes.number((name, shape))
    }

    fn value_type(&mut self, value_type: &Type) -> u32 {
        let node = match value_type {
            Type::String => Node::Simple(Tag::String),
            Type::Number => Node::Simple(Tag::Number),
            Type::Bool => Node::Simple(Tag::Bool),
            Type::Dynamic => Node::Simple(Tag::Dynamic),
            Type::List(element) => Node::Collection(Tag::List, self.value_type(element)),
            Type::Set(element) => Node::Collection(Tag::Set, self.value_type(element)),
            Type::Map(element) => Node::Collection(Tag::Map, self.value_type(element)),
            Type::Tuple(elements) => Node::Tuple(elements.iter().map(|element| self.value_type(element)).collect()),
            Type::Object { fields, optional } => Node::Object(self.fields(fields, optional)),
        };
        self.nodes.number(node)
    }

    fn fields(&mut self, fields: &BTreeMap<String, Type>, optional: &[String]) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(fields.len());
        for (name, value_type) in fields {
            let node = self.value_type(value_type);
            let flags = if optional.contains(name) { flag::OPTIONAL } else { flag::REQUIRED };
            numbers.push(self.numbered_attribute(name, node, flags));
        }
        numbers
    }
}

fn flags(attribute: &Attribute) -> u8 {
    [
        (attribute.required, flag::REQUIRED),
        (attribute.optional, flag::OPTIONAL),
        (attribute.computed, flag::COMPUTED),
        (attribute.sensitive, flag::SENSITIVE),
        (attribute.write_only, flag::WRITE_ONLY),
        (attribute.deprecated, flag::DEPRECATED),
    ]
    .into_iter()
    .filter_map(|(set, bit)| set.then_some(bit))
    .sum()
}

/// The bits that numbers from 0 to `greatest` take.
fn bits(greatest: u32) -> u8 {
    // At most 32, so it always fits.
    u8::try_from(u32::BITS - greatest.leading_zeros()).unwrap_or(u8::MAX)
}

/// Tables whose widths and places are known, on the way to bytes.
struct Writer<'a> {
    tables: &'a Tables,
    pool: &'a NamePool,
    widths: Widths,
    offsets: Vec<u32>,
}

impl Tables {
    fn write(&self) -> Option<Vec<u8>> {
        let pool = NamePool::new(&self.names.items)?;
        let longest = pool.places.iter().map(|[_, length]| *length).max().unwrap_or(0);
        // The widths of nodes decide how long nodes are, and the other way round: the least that fits is wanted.
        (1..=32).find_map(|node| {
            let widths = Widths {
                offset: bits(count(&pool.text)),
                length: bits(longest),
                shape: bits(count(&self.shapes.items)),
                node,
                arity: bits(count(&self.arities.items)),
                attribute: bits(count(&self.attributes.items)).max(1),
            };
            let writer = Writer { tables: self, pool: &pool, widths, offsets: Vec::new() };
            if widths.fit() { writer.write() } else { None }
        })
    }
}

impl Writer<'_> {
    /// The whole schema, or nothing if an offset does not fit into the width of a node.
    fn write(mut self) -> Option<Vec<u8>> {
        let nodes = self.nodes()?;
        let tables = self.tables;
        let (constrained, constraints) = self.constraints()?;
        let counts = Counts {
            shapes: count(&tables.shapes.items),
            attributes: count(&tables.attributes.items),
            arities: count(&tables.arities.items),
            node_bytes: count(&nodes),
            types: tables.types.each_ref().map(|types| count(types)),
            functions: count(&tables.functions),
            constrained: tables.constrained.each_ref().map(|types| count(types)),
            constraint_bytes: count(&constraints),
            pool_bytes: count(&self.pool.text),
            provider_node: self.offset(tables.provider),
            source: self.place(tables.source),
            version: self.place(tables.version),
        };
        let mut bytes = Layout::header(self.widths, counts);
        self.shapes(&mut bytes);
        self.attributes(&mut bytes);
        self.arities(&mut bytes);
        bytes.extend_from_slice(&nodes);
        self.types(&mut bytes);
        self.functions(&mut bytes);
        bytes.extend_from_slice(&constrained);
        bytes.extend_from_slice(&constraints);
        bytes.extend_from_slice(&self.pool.text);
        Some(bytes)
    }

    fn place(&self, name: u32) -> [u32; 2] {
        self.pool.places.get(name as usize).copied().unwrap_or_default()
    }

    fn offset(&self, node: u32) -> u32 {
        self.offsets.get(node as usize).copied().unwrap_or_default()
    }

    fn fits_node(&self, offset: usize) -> Option<u32> {
        u32::try_from(offset).ok().filter(|offset| bits(*offset) <= self.widths.node)
    }

    fn nodes(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for node in &self.tables.nodes.items {
            self.offsets.push(self.fits_node(bytes.len())?);
            self.node(node, &mut bytes);
        }
        Some(bytes)
    }

    fn node(&self, node: &Node, bytes: &mut Vec<u8>) {
        match node {
            Node::Simple(tag) => bytes.push(*tag as u8),
            Node::Collection(tag, element) => {
                bytes.push(*tag as u8);
                write_varint(self.offset(*element), bytes);
            }
            Node::Object(fields) => {
                bytes.push(Tag::Object as u8);
                write_varint(count(fields), bytes);
                self.attribute_numbers(fields, bytes);
            }
            Node::Tuple(elements) => {
                bytes.push(Tag::Tuple as u8);
                write_varint(count(elements), bytes);
                for element in elements {
                    write_varint(self.offset(*element), bytes);
                }
            }
            Node::Nested(nesting, block) => {
                bytes.extend([Tag::Nested as u8, nesting.code()]);
                write_varint(self.offset(*block), bytes);
            }
            Node::Block { attributes, nested, deprecated } => {
                write_varint(count(attributes) << 1 | u32::from(*deprecated), bytes);
                write_varint(count(nested), bytes);
                self.attribute_numbers(attributes, bytes);
                for Nested { name, node, arity } in nested {
                    let [offset, length] = self.place(*name);
                    self.widths.nested().write([offset, length, self.offset(*node), *arity], bytes);
                }
            }
        }
    }

    fn attribute_numbers(&self, numbers: &[u32], bytes: &mut Vec<u8>) {
        let record = self.widths.attribute_number();
        for number in numbers {
            record.write([*number, 0, 0, 0], bytes);
        }
    }

    fn shapes(&self, bytes: &mut Vec<u8>) {
        for Shape { node, flags } in &self.tables.shapes.items {
            self.widths.shape().write([self.offset(*node), u32::from(*flags), 0, 0], bytes);
        }
    }

    fn attributes(&self, bytes: &mut Vec<u8>) {
        for (name, shape) in &self.tables.attributes.items {
            let [offset, length] = self.place(*name);
            self.widths.attribute().write([offset, length, *shape, 0], bytes);
        }
    }

    fn arities(&self, bytes: &mut Vec<u8>) {
        for (nesting, least, greatest) in &self.tables.arities.items {
            bytes.push(*nesting);
            bytes.extend_from_slice(&least.to_le_bytes());
            bytes.extend_from_slice(&greatest.to_le_bytes());
        }
    }

    fn types(&self, bytes: &mut Vec<u8>) {
        for (name, node) in self.tables.types.iter().flatten() {
            let [offset, length] = self.place(*name);
            self.widths.entry().write([offset, length, self.offset(*node), 0], bytes);
        }
    }

    fn functions(&self, bytes: &mut Vec<u8>) {
        for name in &self.tables.functions {
            let [offset, length] = self.place(*name);
            self.widths.name().write([offset, length, 0, 0], bytes);
        }
    }

    /// The table of constrained types and the constraints themselves.
    fn constraints(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (mut types, mut bytes) = (Vec::new(), Vec::new());
        for (type_name, constraints) in self.tables.constrained.iter().flatten() {
            let [offset, length] = self.place(*type_name);
            self.widths.entry().write([offset, length, self.fits_node(bytes.len())?, 0], &mut types);
            write_varint(count(constraints), &mut bytes);
            for (kind, paths) in constraints {
                bytes.push(*kind);
                write_varint(count(paths), &mut bytes);
                for path in paths {
                    let [offset, length] = self.place(*path);
                    self.widths.name().write([offset, length, 0, 0], &mut bytes);
                }
            }
        }
        Some((types, bytes))
    }
}
