//! What a month of a configuration costs, item by item.
//!
//! ```text
//! Model ──> tariff: what each object is charged for, and how much of it ─┐
//! usage ───────────────────────────────────────────────────────────────┼─> Bill: lines, and what is missing from them
//! prices.tsv ──────────────────────────────────────────────────────────┘
//! ```
//!
//! A number comes from the configuration or from the usage file, and says so. An object without a price, and a quantity that nobody
//! stated, is named beside the sum: nothing counts as free but the types in `free.tsv`, each with its reason.

mod bill;
mod budget;
mod cheaper;
mod compare;
mod free;
mod prices;
mod table;
mod tariff;
mod usage;

use super::model::Model;
pub use bill::{Basis, Bill, Gap, Line, Share};
pub use budget::{Budget, EXPECTED_USD};
pub use cheaper::{Alternative, alternatives};
pub use compare::{Difference, compare};
pub use prices::{Price, PriceSource};
pub use table::{amount, markdown, quantity, text};
pub use usage::{Usage, UsageError};

/// Hours in a month, as AWS's calculators count them.
const HOURS: f64 = 730.0;

/// What a month of everything in the model costs.
pub fn bill(model: &Model, usage: &Usage) -> Bill {
    let mut meter = tariff::Meter::new(model, usage);
    for resource in model.resources().iter().filter(|resource| !resource.data) {
        meter.read(resource);
    }
    meter.finish()
}

#[cfg(test)]
mod tests;
