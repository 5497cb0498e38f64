//! Which arguments of a type go together and which do not.
//!
//! Providers check this in their own code and do not publish it with their schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Schema;
use super::layout::read_varint;

/// How the arguments of a group depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// At most one of them.
    Conflicts,
    /// Exactly one of them.
    ExactlyOneOf,
    /// At least one of them.
    AtLeastOneOf,
    /// If the first of them, then all of them.
    RequiredWith,
}

impl ConstraintKind {
    const ALL: [Self; 4] = [Self::Conflicts, Self::ExactlyOneOf, Self::AtLeastOneOf, Self::RequiredWith];

    pub(super) fn code(self) -> u8 {
        self as u8
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// Constraints in the form they are collected and stored in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConstraintSet {
    /// Of `resource` blocks, by type.
    #[serde(default)]
    pub resource: BTreeMap<String, Vec<Constraint>>,
    /// Of `data` blocks, by type.
    #[serde(default)]
    pub data: BTreeMap<String, Vec<Constraint>>,
}

/// One constraint of a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Constraint {
    /// How the arguments depend on each other.
    pub kind: ConstraintKind,
    /// The ways to the arguments, names joined by dots: `rule.filter.prefix`.
    pub paths: Vec<String>,
}

/// One constraint, as it lies in a [`Schema`].
#[derive(Clone, Copy)]
pub struct ConstraintGroup<'a> {
    schema: &'a Schema,
    kind: ConstraintKind,
    count: u32,
    start: usize,
}

impl<'a> ConstraintGroup<'a> {
    /// How the arguments depend on each other.
    pub fn kind(self) -> ConstraintKind {
        self.kind
    }

    /// The ways to the arguments, names joined by dots: `rule.filter.prefix`.
    pub fn paths(self) -> impl Iterator<Item = &'a str> {
        let Self { schema, count, start, .. } = self;
        let record = schema.layout.widths.name();
        (0..count as usize).map_while(move |index| {
            let at = start.checked_add(index.checked_mul(record.size())?)?;
            let [offset, length, ..] = record.read(schema.constraint_bytes(), at)?;
            Some(schema.text([offset, length]))
        })
    }

    /// The groups of the type whose constraints begin at `offset`.
    pub(super) fn all_at(schema: &'a Schema, offset: Option<u32>) -> impl Iterator<Item = Self> {
        let bytes = schema.constraint_bytes();
        let (mut left, mut at) = offset.and_then(|offset| read_varint(bytes, offset as usize)).unwrap_or((0, 0));
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let kind = ConstraintKind::from_code(*bytes.get(at)?)?;
            let (count, start) = read_varint(bytes, at + 1)?;
            at = start.checked_add((count as usize).checked_mul(schema.layout.widths.name().size())?)?;
            Some(Self { schema, kind, count, start })
        })
    }
}
