//! Blocks of a schema: their attributes and the blocks nested in them.

use serde::{Deserialize, Serialize};

use super::layout::{ARITY, read_varint};
use super::types::TypeSchema;
use super::{NamedRecords, Schema, binary_search};

/// What a block takes and gives.
#[derive(Clone, Copy)]
pub struct BlockSchema<'a> {
    attributes: AttributeList<'a>,
    nested: u32,
    nested_start: usize,
    node: u32,
    deprecated: bool,
}

impl<'a> BlockSchema<'a> {
    /// The block at a node; an empty one if there is none.
    pub(super) fn at(schema: &'a Schema, node: u32) -> Self {
        Self::parse(schema, node).unwrap_or_else(|| Self::empty(schema))
    }

    fn parse(schema: &'a Schema, node: u32) -> Option<Self> {
        let nodes = schema.nodes();
        let (counted, start) = read_varint(nodes, node as usize)?;
        let (nested, start) = read_varint(nodes, start)?;
        let attributes = AttributeList { schema, count: counted >> 1, start, node };
        Some(Self { attributes, nested, nested_start: attributes.end()?, node, deprecated: counted & 1 == 1 })
    }

    pub(super) fn empty(schema: &'a Schema) -> Self {
        let attributes = AttributeList { schema, count: 0, start: 0, node: 0 };
        Self { attributes, nested: 0, nested_start: 0, node: 0, deprecated: false }
    }

    /// The attribute of this name.
    pub fn attribute(self, name: &str) -> Option<Attribute<'a>> {
        self.attributes.find(name)
    }

    /// All attributes, sorted by name.
    pub fn attributes(self) -> impl ExactSizeIterator<Item = Attribute<'a>> + Clone {
        self.attributes.iter()
    }

    /// The nested block of this name.
    pub fn nested_block(self, name: &str) -> Option<NestedBlock<'a>> {
        let records = self.nested_records();
        self.nested_at(&records, records.find(name)?)
    }

    /// All nested blocks, sorted by name.
    pub fn nested_blocks(self) -> impl Iterator<Item = NestedBlock<'a>> {
        let records = self.nested_records();
        (0..records.len()).filter_map(move |index| self.nested_at(&records, index))
    }

    /// Whether the provider means to drop it.
    pub fn deprecated(self) -> bool {
        self.deprecated
    }

    fn nested_records(self) -> NamedRecords<'a> {
        let schema = self.attributes.schema;
        let record = schema.layout.widths.nested();
        let start = schema.layout.nodes.start.saturating_add(self.nested_start);
        let end = start.saturating_add(record.size().saturating_mul(self.nested as usize));
        // A count that reaches beyond the nodes is damage: no record is better than one made of other tables' bytes.
        let end = if end <= schema.layout.nodes.end { end } else { start };
        NamedRecords { schema, record, range: start..end }
    }

    fn nested_at(self, records: &NamedRecords<'a>, index: usize) -> Option<NestedBlock<'a>> {
        let schema = self.attributes.schema;
        let [_, _, node, arity] = records.record(index)?;
        let name = records.name(index);
        let at = schema.layout.arities.start.checked_add((arity as usize).checked_mul(ARITY)?)?;
        let arity = schema.bytes.get(..schema.layout.arities.end)?.get(at..)?.first_chunk::<ARITY>()?;
        let [nesting, least @ .., a, b, c, d] = *arity;
        Some(NestedBlock {
            name,
            nesting: BlockNesting::from_code(nesting)?,
            min_items: u32::from_le_bytes(least),
            max_items: u32::from_le_bytes([a, b, c, d]),
            // Nodes refer backwards only; anything else is damage and must not become a circle.
            block: if node < self.node { Self::at(schema, node) } else { Self::empty(schema) },
        })
    }
}

/// A block inside another.
#[derive(Clone, Copy)]
pub struct NestedBlock<'a> {
    name: &'a str,
    nesting: BlockNesting,
    min_items: u32,
    max_items: u32,
    block: BlockSchema<'a>,
}

impl<'a> NestedBlock<'a> {
    /// The block's name.
    pub fn name(self) -> &'a str {
        self.name
    }

    /// How it is repeated and what references to it see.
    pub fn nesting(self) -> BlockNesting {
        self.nesting
    }

    /// How many there must be at least.
    pub fn min_items(self) -> u32 {
        self.min_items
    }

    /// How many there may be at most; nothing if there is no limit.
    pub fn max_items(self) -> Option<u32> {
        match (self.max_items, self.nesting) {
            (0, BlockNesting::Single | BlockNesting::Group) => Some(1),
            (0, _) => None,
            (limit, _) => Some(limit),
        }
    }

    /// What it takes and gives.
    pub fn block(self) -> BlockSchema<'a> {
        self.block
    }
}

/// How a nested block, or an attribute with attributes of its own, is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockNesting {
    /// At most one; an object.
    Single,
    /// At most one; an object even where it is left out.
    Group,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// A map of objects, keyed by the block's label.
    Map,
}

impl BlockNesting {
    const ALL: [Self; 5] = [Self::Single, Self::Group, Self::List, Self::Set, Self::Map];

    pub(super) fn code(self) -> u8 {
        self as u8
    }

    pub(super) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// Attributes by their numbers in the schema's table, sorted by name.
#[derive(Clone, Copy)]
pub(super) struct AttributeList<'a> {
    pub(super) schema: &'a Schema,
    pub(super) count: u32,
    /// Where the numbers begin in the nodes.
    pub(super) start: usize,
    /// The node they belong to.
    pub(super) node: u32,
}

impl<'a> AttributeList<'a> {
    /// Where the numbers end, if the nodes reach that far.
    pub(super) fn end(self) -> Option<usize> {
        let size = self.schema.layout.widths.attribute_number().size().checked_mul(self.count as usize)?;
        self.start.checked_add(size).filter(|end| *end <= self.schema.nodes().len())
    }

    pub(super) fn find(self, name: &str) -> Option<Attribute<'a>> {
        let found = binary_search(self.count as usize, |index| {
            let [offset, length, _, _] = self.record(index)?;
            Some(self.schema.text_bytes([offset, length]).cmp(name.as_bytes()))
        })?;
        Some(self.get(found))
    }

    pub(super) fn iter(self) -> impl ExactSizeIterator<Item = Attribute<'a>> + Clone {
        (0..self.count as usize).map(move |index| self.get(index))
    }

    fn record(self, index: usize) -> Option<[u32; 4]> {
        let widths = self.schema.layout.widths;
        let number = widths.attribute_number();
        let at = self.start.checked_add(index.checked_mul(number.size())?)?;
        let [attribute, ..] = number.read(self.schema.nodes(), at)?;
        let table = &self.schema.layout.attributes;
        let at = table.start.checked_add((attribute as usize).checked_mul(widths.attribute().size())?)?;
        widths.attribute().read(self.schema.bytes.get(..table.end)?, at)
    }

    fn get(self, index: usize) -> Attribute<'a> {
        let [offset, length, shape, _] = self.record(index).unwrap_or_default();
        Attribute { schema: self.schema, name: [offset, length], shape, node: self.node }
    }
}

/// An argument that a block takes, a value that it gives, or both.
#[derive(Clone, Copy)]
pub struct Attribute<'a> {
    schema: &'a Schema,
    name: [u32; 2],
    shape: u32,
    node: u32,
}

impl<'a> Attribute<'a> {
    /// The attribute's name.
    pub fn name(self) -> &'a str {
        self.schema.text(self.name)
    }

    /// Its type.
    pub fn value_type(self) -> TypeSchema<'a> {
        match self.shape() {
            [node, ..] if node < self.node => TypeSchema::at(self.schema, node),
            // Nodes refer backwards only; anything else is damage.
            _ => TypeSchema::Dynamic,
        }
    }

    /// Whether a block must have it.
    pub fn required(self) -> bool {
        self.has(flag::REQUIRED)
    }

    /// Whether a block may have it.
    pub fn optional(self) -> bool {
        self.has(flag::OPTIONAL)
    }

    /// Whether a block may or must have it.
    pub fn settable(self) -> bool {
        self.has(flag::REQUIRED | flag::OPTIONAL)
    }

    /// Whether the provider gives it a value where the block does not.
    pub fn computed(self) -> bool {
        self.has(flag::COMPUTED)
    }

    /// Whether its value is hidden in output.
    pub fn sensitive(self) -> bool {
        self.has(flag::SENSITIVE)
    }

    /// Whether its value is never stored: it may be ephemeral, and reading it gives null.
    pub fn write_only(self) -> bool {
        self.has(flag::WRITE_ONLY)
    }

    /// Whether the provider means to drop it.
    pub fn deprecated(self) -> bool {
        self.has(flag::DEPRECATED)
    }

    /// Whether nothing is known of it but its name: it may as well be a nested block.
    pub fn untold(self) -> bool {
        self.schema.has_gaps && matches!(self.value_type(), TypeSchema::Dynamic)
    }

    fn has(self, any_of: u8) -> bool {
        let [_, flags, ..] = self.shape();
        flags & u32::from(any_of) != 0
    }

    fn shape(self) -> [u32; 4] {
        let record = self.schema.layout.widths.shape();
        let table = &self.schema.layout.shapes;
        let read = || {
            let at = table.start.checked_add((self.shape as usize).checked_mul(record.size())?)?;
            record.read(self.schema.bytes.get(..table.end)?, at)
        };
        read().unwrap_or([u32::MAX, 0, 0, 0])
    }
}

/// The bits of an attribute's flags.
pub(super) mod flag {
    pub(in super::super) const REQUIRED: u8 = 1;
    pub(in super::super) const OPTIONAL: u8 = 1 << 1;
    pub(in super::super) const COMPUTED: u8 = 1 << 2;
    pub(in super::super) const SENSITIVE: u8 = 1 << 3;
    pub(in super::super) const WRITE_ONLY: u8 = 1 << 4;
    pub(in super::super) const DEPRECATED: u8 = 1 << 5;
}
