//! The types of attributes.

use super::Schema;
use super::block::{Attribute, AttributeList, BlockNesting, BlockSchema};
use super::layout::read_varint;

/// The type of an attribute.
#[derive(Debug, Clone, Copy)]
pub enum TypeSchema<'a> {
    /// `string`
    String,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// Any type.
    Dynamic,
    /// `list(...)`
    List(TypeReference<'a>),
    /// `set(...)`
    Set(TypeReference<'a>),
    /// `map(...)`
    Map(TypeReference<'a>),
    /// `object({...})`
    Object(ObjectSchema<'a>),
    /// `tuple([...])`
    Tuple(TupleSchema<'a>),
    /// An attribute with attributes of its own: it is written like an argument and nested like a block.
    Nested(BlockNesting, BlockSchema<'a>),
}

/// What the first byte of a type's node says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Tag {
    String,
    Number,
    Bool,
    Dynamic,
    List,
    Set,
    Map,
    Object,
    Tuple,
    Nested,
}

impl Tag {
    const ALL: [Self; 10] = [
        Self::String,
        Self::Number,
        Self::Bool,
        Self::Dynamic,
        Self::List,
        Self::Set,
        Self::Map,
        Self::Object,
        Self::Tuple,
        Self::Nested,
    ];

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

impl<'a> TypeSchema<'a> {
    /// The type at a node; any type if there is none.
    pub(super) fn at(schema: &'a Schema, node: u32) -> Self {
        Self::parse(schema, node).unwrap_or(Self::Dynamic)
    }

    fn parse(schema: &'a Schema, node: u32) -> Option<Self> {
        let nodes = schema.nodes();
        let start = (node as usize).checked_add(1)?;
        let reference = |at| read_varint(nodes, at).map(|(target, _)| TypeReference { schema, node: target, of: node });
        Some(match Tag::from_code(*nodes.get(node as usize)?)? {
            Tag::String => Self::String,
            Tag::Number => Self::Number,
            Tag::Bool => Self::Bool,
            Tag::Dynamic => Self::Dynamic,
            Tag::List => Self::List(reference(start)?),
            Tag::Set => Self::Set(reference(start)?),
            Tag::Map => Self::Map(reference(start)?),
            Tag::Object => {
                let (count, start) = read_varint(nodes, start)?;
                let fields = AttributeList { schema, count, start, node };
                fields.end()?;
                Self::Object(ObjectSchema { fields })
            }
            Tag::Tuple => Self::Tuple(TupleSchema { schema, start, node }),
            Tag::Nested => {
                let nesting = BlockNesting::from_code(*nodes.get(start)?)?;
                let (block, _) = read_varint(nodes, start.checked_add(1)?)?;
                // Nodes refer backwards only; anything else is damage and must not become a circle.
                let block = if block < node { BlockSchema::at(schema, block) } else { BlockSchema::empty(schema) };
                Self::Nested(nesting, block)
            }
        })
    }
}

/// The type of a collection's elements.
#[derive(Clone, Copy)]
pub struct TypeReference<'a> {
    schema: &'a Schema,
    node: u32,
    of: u32,
}

impl<'a> TypeReference<'a> {
    /// The type itself.
    pub fn resolve(self) -> TypeSchema<'a> {
        // Nodes refer backwards only; anything else is damage and must not become a circle.
        if self.node < self.of { TypeSchema::at(self.schema, self.node) } else { TypeSchema::Dynamic }
    }
}

/// The fields of an object.
#[derive(Clone, Copy)]
pub struct ObjectSchema<'a> {
    fields: AttributeList<'a>,
}

impl<'a> ObjectSchema<'a> {
    /// The field of this name. It is required unless it is optional.
    pub fn field(self, name: &str) -> Option<Attribute<'a>> {
        self.fields.find(name)
    }

    /// All fields, sorted by name.
    pub fn fields(self) -> impl ExactSizeIterator<Item = Attribute<'a>> + Clone {
        self.fields.iter()
    }
}

/// The elements of a tuple.
#[derive(Clone, Copy)]
pub struct TupleSchema<'a> {
    schema: &'a Schema,
    start: usize,
    node: u32,
}

impl<'a> TupleSchema<'a> {
    /// The types of the elements, in order.
    pub fn elements(self) -> impl Iterator<Item = TypeReference<'a>> {
        let nodes = self.schema.nodes();
        let (mut left, mut at) = read_varint(nodes, self.start).unwrap_or((0, 0));
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let (node, next) = read_varint(nodes, at)?;
            at = next;
            Some(TypeReference { schema: self.schema, node, of: self.node })
        })
    }
}
