//! The most that a month is meant to cost.

use std::ops::RangeInclusive;

use super::bill::Bill;
use crate::proof::model::{Known, Model};

/// What a month of the default stack was expected to cost when it was asked for, in USD. It is shown and decides nothing.
pub const EXPECTED_USD: RangeInclusive<u32> = 1_000..=1_500;

/// A limit that the configuration states, with what keeps it from being known.
#[derive(Debug, Clone, PartialEq)]
pub enum Budget {
    /// So many cents, by this object.
    Limit {
        /// The limit.
        cents: i64,
        /// The object that states it.
        address: String,
    },
    /// There is none.
    None,
    /// It cannot be told, because.
    Unknown(String),
}

impl Budget {
    /// The lowest monthly budget in USD of a model.
    pub fn of(model: &Model) -> Self {
        let mut found = Self::None;
        for budget in model.of_type("aws_budgets_budget") {
            let is_cost = budget.at("budget_type").is_text("COST") && budget.at("time_unit").is_text("MONTHLY");
            if !is_cost || !budget.at("limit_unit").is_text("USD") {
                continue;
            }
            match (budget.at("limit_amount").number(), &found) {
                (Known::Is(usd), Self::Limit { cents, .. }) if to_cents(usd) >= *cents => {}
                (Known::Is(usd), _) => {
                    found = Self::Limit { cents: to_cents(usd), address: budget.address.clone() };
                }
                (Known::Unknown(reason), Self::None) => {
                    found = Self::Unknown(format!("{}: {reason}", budget.address));
                }
                _ => {}
            }
        }
        found
    }

    /// Whether a bill is over it. What is missing from the bill could only make it more.
    pub fn is_exceeded_by(&self, bill: &Bill) -> bool {
        matches!(self, Self::Limit { cents, .. } if bill.cents() > *cents)
    }
}

/// USD in cents, rounded; what has no place in the type is as much as it holds.
#[allow(clippy::cast_possible_truncation, reason = "a cast from floating point saturates, which is what is meant")]
pub(super) fn to_cents(usd: f64) -> i64 {
    (usd * 100.0).round() as i64
}
