//! The bill: lines by item and region, and what is missing from them.

use std::collections::BTreeMap;

use super::prices::Price;

/// Where a quantity comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// It stands in the configuration.
    Configuration,
    /// It is assumed because nobody said otherwise.
    Default,
    /// It stands in the usage file.
    Usage,
}

/// What one object adds to a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The object.
    pub address: String,
    /// How much of the unit.
    pub quantity: f64,
    /// Where that comes from.
    pub basis: Basis,
}

/// One item in one region.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its price.
    pub price: &'static Price,
    /// The region, or `global`.
    pub region: String,
    /// How much of the unit.
    pub quantity: f64,
    /// In cents, so that columns add up to their sums.
    pub cents: i64,
    /// The objects behind it.
    pub shares: Vec<Share>,
}

/// Something that the sum does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// What is missing, one sentence without an end.
    pub what: String,
    /// The objects that it concerns, in the order of the configuration.
    pub addresses: Vec<String>,
}

/// A month.
#[derive(Debug, Clone, Default)]
pub struct Bill {
    /// By service, item and region.
    pub lines: Vec<Line>,
    /// What is not in the lines; none if the bill is complete.
    pub gaps: Vec<Gap>,
}

impl Line {
    /// Where its quantities come from: the least certain of them.
    pub fn basis(&self) -> Basis {
        if self.shares.iter().any(|share| share.basis == Basis::Usage) {
            Basis::Usage
        } else if self.shares.iter().any(|share| share.basis == Basis::Default) {
            Basis::Default
        } else {
            Basis::Configuration
        }
    }
}

impl Bill {
    /// The sum of all lines in cents; the least that it can be if something is missing.
    pub fn cents(&self) -> i64 {
        self.lines.iter().map(|line| line.cents).sum()
    }

    /// Sums by what `key` says of a line.
    pub fn sums<'a>(&'a self, key: impl Fn(&'a Line) -> &'a str) -> BTreeMap<&'a str, i64> {
        let mut sums = BTreeMap::new();
        for line in &self.lines {
            *sums.entry(key(line)).or_default() += line.cents;
        }
        sums
    }

    /// Sums by service, the dearest first.
    pub fn services(&self) -> Vec<(&str, i64)> {
        let mut all: Vec<_> = self.sums(|line| line.price.service).into_iter().collect();
        all.sort_by_key(|(name, cents)| (-cents, *name));
        all
    }
}

impl Basis {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Default => "default",
            Self::Usage => "usage",
        }
    }
}
