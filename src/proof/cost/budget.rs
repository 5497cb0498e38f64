//! The most that a month is meant to cost.

use std::ops::RangeInclusive;

use super::bill::Bill;
use crate::proof::model::{Known, Model, Resource};

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
            if !budget.at("budget_type").is_text("COST") {
                continue;
            }
            if let Some(reason) = incomparable(budget) {
                if found == Self::None {
                    found = Self::Unknown(format!("{}: {reason}", budget.address));
                }
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

/// Why a budget says nothing about a month in USD.
fn incomparable(budget: &Resource) -> Option<String> {
    for (name, wanted) in [("time_unit", "MONTHLY"), ("limit_unit", "USD")] {
        match budget.at(name).text() {
            Known::Is(text) if text.eq_ignore_ascii_case(wanted) => {}
            Known::Is(text) => return Some(format!("its {name} is {text}, and the bill is for a month in USD")),
            Known::Absent => return Some(format!("it has no {name}")),
            Known::Unknown(reason) => return Some(reason),
        }
    }
    if budget.at("cost_filter").is_set() || budget.at("cost_filters").is_set() {
        return Some("it counts only what its filter lets through".to_owned());
    }
    budget.at("limit_amount").is_null().then(|| "it has no limit_amount of its own".to_owned())
}

/// USD in cents, rounded; what has no place in the type is as much as it holds.
#[allow(clippy::cast_possible_truncation, reason = "a cast from floating point saturates, which is what is meant")]
pub(super) fn to_cents(usd: f64) -> i64 {
    (usd * 100.0).round() as i64
}
