//! Provider schemas: which types there are, what they take and what they give.
//!
//! A [`Schema`] is a few hundred kilobytes that are read where they lie: opening one looks at its header only, and
//! looking up a type, block or attribute is a binary search that allocates nothing. [`Schema::from_json`] makes one of
//! what `terraform providers schema -json` prints.

mod block;
pub mod constraint;
mod debug;
mod encode;
mod layout;
pub mod limits;
mod name_pool;
pub mod provider_json;
#[cfg(test)]
mod tests;
mod types;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{self, Formatter};
use std::ops::Range;

use super::address::ResourceMode;
use constraint::{ConstraintGroup, ConstraintSet};
use layout::{Layout, Record};
use limits::Limits;

pub use block::{Attribute, BlockNesting, BlockSchema, NestedBlock};
pub use encode::{Identity, encode};
pub use types::{ObjectSchema, TupleSchema, TypeReference, TypeSchema};

/// The schema of one provider. The default one knows no type at all.
#[derive(Clone, Default)]
pub struct Schema {
    bytes: Cow<'static, [u8]>,
    layout: Layout,
    limits: Limits,
    has_gaps: bool,
}

/// Why there is no schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The bytes are something else, or of another version of the format.
    #[error("this is not a provider schema in the format of this version")]
    NotASchema,
    /// The bytes begin like a schema, but its tables do not fit together.
    #[error("the provider schema is damaged: its tables do not fit together")]
    Damaged,
    /// The text is not what `terraform providers schema -json` prints.
    #[error("this is not what `terraform providers schema -json` prints: {0}")]
    Json(String),
    /// The JSON has no schema of this provider; the providers it does have.
    #[error("there is no schema of {wanted} in it, only of: {}", .found.join(", "))]
    NoSuchProvider {
        /// The provider that was asked for.
        wanted: String,
        /// The providers in the text.
        found: Vec<String>,
    },
    /// The schema has more types or names than the format can number.
    #[error("the provider schema has more types or names than the format can number")]
    TooLarge,
}

impl Schema {
    /// Opens an encoded schema. Reads the header only; damage further in shows as types or attributes that are not
    /// there.
    ///
    /// # Errors
    /// If the bytes are not a schema, or are cut off.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, SchemaError> {
        let bytes = bytes.into();
        let layout = Layout::read(&bytes)?;
        Ok(Self { bytes, layout, limits: Limits::default(), has_gaps: false })
    }

    /// The schema of the provider `source`, such as `registry.terraform.io/hashicorp/aws`, out of what
    /// `terraform providers schema -json` printed.
    ///
    /// # Errors
    /// If the text is something else, or has no such provider.
    pub fn from_json(json: &str, source: &str) -> Result<Self, SchemaError> {
        let mut document: provider_json::Document =
            serde_json::from_str(json).map_err(|error| SchemaError::Json(error.to_string()))?;
        let Some(provider) = document.provider_schemas.remove(source) else {
            let found = document.provider_schemas.into_keys().collect();
            return Err(SchemaError::NoSuchProvider { wanted: source.to_owned(), found });
        };
        Self::open(encode(&provider, Identity { source, version: "" }, &ConstraintSet::default())?)
    }

    /// Where the provider comes from, such as `registry.terraform.io/hashicorp/aws`.
    pub fn source(&self) -> &str {
        self.text(self.layout.counts.source)
    }

    /// The provider's name, the last part of its source, such as `aws`.
    pub fn provider_name(&self) -> &str {
        self.source().rsplit('/').next().unwrap_or_default()
    }

    /// The provider's version; empty if it is not known.
    pub fn version(&self) -> &str {
        self.text(self.layout.counts.version)
    }

    /// What a `resource`, `data` or `ephemeral` block of this type takes and gives.
    pub fn block_type(&self, mode: ResourceMode, type_name: &str) -> Option<BlockSchema<'_>> {
        let table = self.type_table(mode);
        let found = table.find(type_name)?;
        let [_, _, node, _] = table.record(found)?;
        Some(BlockSchema::at(self, node))
    }

    /// The names of all types of a mode, sorted.
    pub fn type_names(&self, mode: ResourceMode) -> impl ExactSizeIterator<Item = &str> {
        let table = self.type_table(mode);
        (0..table.len()).map(move |index| table.name(index))
    }

    /// What the `provider` block takes.
    pub fn provider_configuration(&self) -> BlockSchema<'_> {
        BlockSchema::at(self, self.layout.counts.provider_node)
    }

    /// Whether `provider::<name>::<function>` is a function.
    pub fn has_function(&self, function: &str) -> bool {
        self.function_table().find(function).is_some()
    }

    /// The names of the provider's functions, sorted.
    pub fn function_names(&self) -> impl ExactSizeIterator<Item = &str> {
        let table = self.function_table();
        (0..table.len()).map(move |index| table.name(index))
    }

    /// Which arguments of a type go together and which do not, as far as that is known: `terraform providers schema`
    /// does not tell, so a schema made of JSON alone knows none.
    pub fn constraints(&self, mode: ResourceMode, type_name: &str) -> impl Iterator<Item = ConstraintGroup<'_>> {
        let [managed, data] = &self.layout.constrained;
        let range = match mode {
            ResourceMode::Managed => managed.clone(),
            ResourceMode::Data => data.clone(),
            ResourceMode::Ephemeral => 0..0,
        };
        let table = NamedRecords { schema: self, record: self.layout.widths.entry(), range };
        let place = table.find(type_name).and_then(|found| table.record(found));
        ConstraintGroup::all_at(self, place.map(|[_, _, offset, _]| offset))
    }

    /// The schema with what the API behind the provider takes, which is published elsewhere.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The schema, where the provider itself was not asked: an attribute of any type stands for what could not be told, an argument
    /// or nested blocks ([`Attribute::untold`]).
    pub fn with_gaps(mut self) -> Self {
        self.has_gaps = true;
        self
    }

    /// What the API behind the provider takes, as far as that is known.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The encoded schema, as [`Schema::open`] takes it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn type_table(&self, mode: ResourceMode) -> NamedRecords<'_> {
        let [managed, data, ephemeral] = &self.layout.types;
        let range = match mode {
            ResourceMode::Managed => managed,
            ResourceMode::Data => data,
            ResourceMode::Ephemeral => ephemeral,
        };
        NamedRecords { schema: self, record: self.layout.widths.entry(), range: range.clone() }
    }

    fn function_table(&self) -> NamedRecords<'_> {
        let range = self.layout.functions.clone();
        NamedRecords { schema: self, record: self.layout.widths.name(), range }
    }

    /// The bytes of the nodes, which are addressed from the first of them.
    fn nodes(&self) -> &[u8] {
        self.bytes.get(self.layout.nodes.clone()).unwrap_or_default()
    }

    fn constraint_bytes(&self) -> &[u8] {
        self.bytes.get(self.layout.constraints.clone()).unwrap_or_default()
    }

    fn text_bytes(&self, [offset, length]: [u32; 2]) -> &[u8] {
        let pool = self.bytes.get(self.layout.pool.clone()).unwrap_or_default();
        let start = offset as usize;
        pool.get(start..start.saturating_add(length as usize)).unwrap_or_default()
    }

    fn text(&self, place: [u32; 2]) -> &str {
        std::str::from_utf8(self.text_bytes(place)).unwrap_or_default()
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Schema({} {})", self.source(), self.version())
    }
}

/// Records of one size that begin with a name and are sorted by it.
#[derive(Clone)]
struct NamedRecords<'a> {
    schema: &'a Schema,
    record: Record,
    range: Range<usize>,
}

impl<'a> NamedRecords<'a> {
    fn len(&self) -> usize {
        self.range.len().checked_div(self.record.size()).unwrap_or(0)
    }

    fn record(&self, index: usize) -> Option<[u32; 4]> {
        let at = self.range.start.checked_add(index.checked_mul(self.record.size())?)?;
        self.record.read(self.schema.bytes.get(..self.range.end)?, at)
    }

    fn name(&self, index: usize) -> &'a str {
        self.record(index).map_or("", |[offset, length, ..]| self.schema.text([offset, length]))
    }

    fn find(&self, name: &str) -> Option<usize> {
        binary_search(self.len(), |index| {
            let [offset, length, ..] = self.record(index)?;
            Some(self.schema.text_bytes([offset, length]).cmp(name.as_bytes()))
        })
    }
}

/// The index that `compare` calls equal; nothing if it is not there or the data is damaged.
fn binary_search(length: usize, compare: impl Fn(usize) -> Option<Ordering>) -> Option<usize> {
    let mut range = 0..length;
    while !range.is_empty() {
        let middle = range.start.midpoint(range.end);
        match compare(middle)? {
            Ordering::Equal => return Some(middle),
            Ordering::Less => range.start = middle + 1,
            Ordering::Greater => range.end = middle,
        }
    }
    None
}
