//! The bytes of a schema: where each table is and how wide its records are.
//!
//! A record is one little-endian integer of a whole number of bytes, its fields packed from the lowest bit up. Field
//! widths are those the tables need, so that the schema of a provider with two thousand types stays small without
//! compression, and any type can be read without reading another.
//!
//! ```text
//! magic, widths, counts | shapes | attributes | arities | nodes | types by mode | functions
//!     | constrained types | constraints | pool
//! ```
//!
//! - `pool`: the text of all names, overlapping where they can; a name is an offset and a length.
//! - `attributes`: name and shape, each pair once; blocks and objects list theirs by number, sorted by name.
//! - `shapes`: the type's node and the flags of an attribute.
//! - `arities`: nesting mode, least and greatest number of a nested block.
//! - `nodes`: types and blocks; a node only refers to nodes before it, so nothing can go in a circle.

use std::ops::Range;

use super::SchemaError;

pub(super) const MAGIC: &[u8; 8] = b"TFSCHEM1";

/// How many `u8` widths and `u32` counts follow the magic.
const WIDTHS: usize = 6;
const COUNTS: usize = 17;
pub(super) const HEADER: usize = MAGIC.len() + WIDTHS + COUNTS * 4;

/// One arity: the mode as a byte, then the least and the greatest number as `u32`.
pub(super) const ARITY: usize = 9;

/// The widths in bits of the fields that records are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Widths {
    pub(super) offset: u8,
    pub(super) length: u8,
    pub(super) shape: u8,
    pub(super) node: u8,
    pub(super) arity: u8,
    pub(super) attribute: u8,
}

impl Widths {
    pub(super) fn name(self) -> Record {
        Record::new([self.offset, self.length, 0, 0])
    }

    pub(super) fn attribute(self) -> Record {
        Record::new([self.offset, self.length, self.shape, 0])
    }

    pub(super) fn attribute_number(self) -> Record {
        Record::new([self.attribute, 0, 0, 0])
    }

    pub(super) fn nested(self) -> Record {
        Record::new([self.offset, self.length, self.node, self.arity])
    }

    pub(super) fn entry(self) -> Record {
        Record::new([self.offset, self.length, self.node, 0])
    }

    pub(super) fn shape(self) -> Record {
        Record::new([self.node, FLAG_BITS, 0, 0])
    }

    fn to_bytes(self) -> [u8; WIDTHS] {
        [self.offset, self.length, self.shape, self.node, self.arity, self.attribute]
    }

    fn from_bytes([offset, length, shape, node, arity, attribute]: [u8; WIDTHS]) -> Self {
        Self { offset, length, shape, node, arity, attribute }
    }

    /// Whether every field fits into 32 bits and every record into 64, and none is so small that any number of them
    /// would take no bytes.
    pub(super) fn fit(self) -> bool {
        let records = [self.name(), self.attribute(), self.attribute_number(), self.nested(), self.shape()];
        self.to_bytes().iter().all(|width| *width <= 32)
            && records.iter().all(|record| (1..=64).contains(&record.bits()))
    }
}

pub(super) const FLAG_BITS: u8 = 6;

/// The fields of a record, up to four.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    widths: [u8; 4],
}

impl Record {
    fn new(widths: [u8; 4]) -> Self {
        Self { widths }
    }

    fn bits(self) -> u32 {
        self.widths.iter().map(|width| u32::from(*width)).sum()
    }

    /// The bytes that one record takes.
    pub(super) fn size(self) -> usize {
        self.bits().div_ceil(8) as usize
    }

    /// The fields of the record at `at`, or nothing if the bytes end before it does.
    pub(super) fn read(self, bytes: &[u8], at: usize) -> Option<[u32; 4]> {
        let mut packed = if let Some(eight) = bytes.get(at..)?.first_chunk() {
            // More than the record, which the widths of the fields leave out.
            u64::from_le_bytes(*eight)
        } else {
            let record = bytes.get(at..at.checked_add(self.size())?)?;
            record.iter().rev().fold(0, |packed, byte| packed << 8 | u64::from(*byte))
        };
        Some(self.widths.map(|width| {
            let field = packed & ((1_u64 << width) - 1);
            packed >>= width;
            u32::try_from(field).unwrap_or(u32::MAX)
        }))
    }

    /// Appends a record. The caller made the widths wide enough.
    pub(super) fn write(self, fields: [u32; 4], bytes: &mut Vec<u8>) {
        let packed = self.widths.iter().zip(fields).rev().fold(0_u64, |packed, (width, field)| {
            debug_assert!(u64::from(field) < 1_u64 << width, "{field} does not fit into {width} bits");
            packed << width | u64::from(field)
        });
        bytes.extend_from_slice(&packed.to_le_bytes()[..self.size()]);
    }
}

/// How many records or bytes each table has, and the few values that stand alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) shapes: u32,
    pub(super) attributes: u32,
    pub(super) arities: u32,
    pub(super) node_bytes: u32,
    /// Managed, data, ephemeral.
    pub(super) types: [u32; 3],
    pub(super) functions: u32,
    /// Managed, data.
    pub(super) constrained: [u32; 2],
    pub(super) constraint_bytes: u32,
    pub(super) pool_bytes: u32,
    pub(super) provider_node: u32,
    /// Offset and length in the pool.
    pub(super) source: [u32; 2],
    /// Offset and length in the pool.
    pub(super) version: [u32; 2],
}

impl Counts {
    fn to_array(self) -> [u32; COUNTS] {
        let [managed, data, ephemeral] = self.types;
        [
            self.shapes,
            self.attributes,
            self.arities,
            self.node_bytes,
            managed,
            data,
            ephemeral,
            self.functions,
            self.constrained[0],
            self.constrained[1],
            self.constraint_bytes,
            self.pool_bytes,
            self.provider_node,
            self.source[0],
            self.source[1],
            self.version[0],
            self.version[1],
        ]
    }

    fn from_array(counts: [u32; COUNTS]) -> Self {
        Self {
            shapes: counts[0],
            attributes: counts[1],
            arities: counts[2],
            node_bytes: counts[3],
            types: [counts[4], counts[5], counts[6]],
            functions: counts[7],
            constrained: [counts[8], counts[9]],
            constraint_bytes: counts[10],
            pool_bytes: counts[11],
            provider_node: counts[12],
            source: [counts[13], counts[14]],
            version: [counts[15], counts[16]],
        }
    }
}

/// The header and what follows from it.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) widths: Widths,
    pub(super) counts: Counts,
    pub(super) shapes: Range<usize>,
    pub(super) attributes: Range<usize>,
    pub(super) arities: Range<usize>,
    pub(super) nodes: Range<usize>,
    pub(super) types: [Range<usize>; 3],
    pub(super) functions: Range<usize>,
    pub(super) constrained: [Range<usize>; 2],
    pub(super) constraints: Range<usize>,
    pub(super) pool: Range<usize>,
}

/// Hands out one range after the other.
struct Cursor(usize);

impl Cursor {
    fn take(&mut self, count: u32, size: usize) -> Option<Range<usize>> {
        let start = self.0;
        self.0 = start.checked_add((count as usize).checked_mul(size)?)?;
        Some(start..self.0)
    }
}

impl Layout {
    /// The layout that widths and counts make.
    pub(super) fn new(widths: Widths, counts: Counts) -> Option<Self> {
        let mut cursor = Cursor(HEADER);
        let [managed, data, ephemeral] = counts.types;
        let [constrained_managed, constrained_data] = counts.constrained;
        let entry = widths.entry().size();
        Some(Self {
            widths,
            counts,
            shapes: cursor.take(counts.shapes, widths.shape().size())?,
            attributes: cursor.take(counts.attributes, widths.attribute().size())?,
            arities: cursor.take(counts.arities, ARITY)?,
            nodes: cursor.take(counts.node_bytes, 1)?,
            types: [cursor.take(managed, entry)?, cursor.take(data, entry)?, cursor.take(ephemeral, entry)?],
            functions: cursor.take(counts.functions, widths.name().size())?,
            constrained: [cursor.take(constrained_managed, entry)?, cursor.take(constrained_data, entry)?],
            constraints: cursor.take(counts.constraint_bytes, 1)?,
            pool: cursor.take(counts.pool_bytes, 1)?,
        })
    }

    /// Reads the header and makes sure that the tables fill the bytes exactly.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, SchemaError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SchemaError::NotASchema)?;
        let (widths, rest) = rest.split_first_chunk::<WIDTHS>().ok_or(SchemaError::Damaged)?;
        let (counts, _) = rest.split_first_chunk::<{ COUNTS * 4 }>().ok_or(SchemaError::Damaged)?;
        let mut numbers = [0; COUNTS];
        for (number, bytes) in numbers.iter_mut().zip(counts.as_chunks::<4>().0) {
            *number = u32::from_le_bytes(*bytes);
        }
        let widths = Widths::from_bytes(*widths);
        if !widths.fit() {
            return Err(SchemaError::Damaged);
        }
        let layout = Self::new(widths, Counts::from_array(numbers)).ok_or(SchemaError::Damaged)?;
        if layout.pool.end == bytes.len() { Ok(layout) } else { Err(SchemaError::Damaged) }
    }

    /// Magic, widths and counts.
    pub(super) fn header(widths: Widths, counts: Counts) -> Vec<u8> {
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&widths.to_bytes());
        for number in counts.to_array() {
            header.extend_from_slice(&number.to_le_bytes());
        }
        header
    }
}

/// Reads an unsigned LEB128 number; returns it with the position after it.
pub(super) fn read_varint(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let mut number = 0_u32;
    for (position, shift) in (at..).zip((0..32).step_by(7)) {
        let byte = *bytes.get(position)?;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some((number, position + 1));
        }
    }
    None
}

/// Appends an unsigned LEB128 number.
pub(super) fn write_varint(mut number: u32, bytes: &mut Vec<u8>) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(low & 0x7f);
        }
        bytes.push(low | 0x80);
    }
}
