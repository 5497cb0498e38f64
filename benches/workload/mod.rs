//! The work that the benchmarks measure: a document of equal units, made twice.
//!
//! A unit has 20 resources of 12 types with 20 references between them; the units take turns in two regions.
//! [`library`] makes the document from typed resources and checks it. [`plain`] is the yardstick: structs that hold
//! final strings and derive `Serialize`, with nothing checked. A test holds the two to the same bytes. [`plan`] is a plan to be
//! read.

pub(crate) mod library;
pub(crate) mod plain;
pub(crate) mod plan;

/// How many resources a unit has.
pub(crate) const UNIT_RESOURCES: usize = 20;

/// The provider's alias and the region of a unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    /// The provider's alias.
    pub(crate) alias: &'static str,
    /// The region's name.
    pub(crate) name: &'static str,
}

/// The regions in which units take turns.
pub(crate) const REGIONS: [Region; 2] =
    [Region { alias: "primary", name: "us-east-1" }, Region { alias: "dr", name: "us-east-2" }];

/// The prefix of the names in unit `number`.
pub(crate) fn unit_name(number: usize) -> String {
    format!("unit_{number:05}")
}

/// The second number of the network addresses in unit `number`.
pub(crate) fn network_number(number: usize) -> usize {
    number % 256
}
