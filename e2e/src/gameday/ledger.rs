//! What customers know: which payments were acknowledged, when, and by whom. It is held against the database.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::database::Database;
use crate::leftovers::listed;

/// A payment that a customer holds an acknowledgement of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Its id, never used by another one.
    pub payment_id: String,
    /// Its amount.
    pub cents: u32,
    /// Whose it is.
    pub customer: usize,
    /// The region that the answer named.
    pub region: String,
    /// When it was sent for the first time.
    pub sent: Instant,
    /// When the answer arrived.
    pub acknowledged: Instant,
    /// How often it was sent.
    pub attempts: u32,
}

/// All acknowledgements, in the order of their arrival.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The payments.
    pub acknowledged: Vec<Acknowledgement>,
    /// Sent and never acknowledged: whether they exist is open.
    pub open: BTreeSet<String>,
}

/// What a comparison with the database has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Rows that customers hold an acknowledgement of.
    pub found: usize,
    /// Acknowledged payments that are not there, with when they were acknowledged.
    pub lost: Vec<(String, Instant)>,
}

impl Ledger {
    /// Holds the ledger against a database: everything there is of it, once, with its amount, from the region that
    /// acknowledged it; and nothing else.
    ///
    /// # Errors
    ///
    /// When a payment is there twice, with another amount or region, or was never sent; not when one is missing.
    pub fn compare(&self, database: &Database, prefix: &str) -> Result<Comparison> {
        let rows = rows(database, prefix)?;
        let mut comparison = Comparison::default();
        let mut wrong = Vec::new();
        let mut known: BTreeSet<&str> = self.open.iter().map(String::as_str).collect();
        for payment in &self.acknowledged {
            known.insert(&payment.payment_id);
            let expected = (i64::from(payment.cents), payment.region.clone());
            match rows.get(&payment.payment_id).map(Vec::as_slice) {
                None => comparison.lost.push((payment.payment_id.clone(), payment.acknowledged)),
                Some([row]) if *row == expected => comparison.found += 1,
                Some(others) => wrong.push(format!("{} is {others:?} instead of {expected:?}", payment.payment_id)),
            }
        }
        wrong.extend(rows.keys().filter(|id| !known.contains(id.as_str())).map(|id| format!("{id} was never sent")));
        ensure!(wrong.is_empty(), "the database differs from what customers know:{}", listed(&wrong));
        Ok(comparison)
    }

    /// The acknowledgements of a time.
    pub fn between(&self, from: Instant, until: Instant) -> impl Iterator<Item = &Acknowledgement> {
        self.acknowledged.iter().filter(move |payment| payment.acknowledged >= from && payment.acknowledged < until)
    }

    /// The longest time between two acknowledgements of one customer, of which the later one is after this moment.
    pub fn longest_gap_after(&self, moment: Instant) -> Duration {
        let mut last: BTreeMap<usize, Instant> = BTreeMap::new();
        let mut longest = Duration::ZERO;
        for payment in &self.acknowledged {
            if let Some(before) = last.insert(payment.customer, payment.acknowledged)
                && payment.acknowledged > moment
            {
                longest = longest.max(payment.acknowledged.duration_since(before));
            }
        }
        longest
    }
}

/// Cents and region of every row by payment id. The primary key forbids two rows of one id, which is not relied on.
fn rows(database: &Database, prefix: &str) -> Result<BTreeMap<String, Vec<(i64, String)>>> {
    let sql = format!(
        "SELECT payment_id, CAST(amount * 100 AS bigint), region FROM payments WHERE payment_id LIKE '{prefix}%'"
    );
    let mut rows: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for row in database.rows(&sql)? {
        let text = |at: usize| row[at].as_str().map(str::to_owned).with_context(|| format!("the row {row}"));
        let cents = number(&row[1]).with_context(|| format!("the row {row}"))?;
        rows.entry(text(0)?).or_default().push((cents, text(2)?));
    }
    Ok(rows)
}

/// PostgreSQL's driver hands numbers over as numbers or as text.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Acknowledgement, Ledger};

    fn acknowledgement(customer: usize, acknowledged: Instant) -> Acknowledgement {
        let (payment_id, region) = ("p".to_owned(), "r".to_owned());
        Acknowledgement { payment_id, cents: 1, customer, region, sent: acknowledged, acknowledged, attempts: 1 }
    }

    #[test]
    fn gaps_are_a_customers_own() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let payments = [(0, 0), (1, 1), (0, 5), (1, 21), (0, 30)];
        let acknowledged = payments.map(|(customer, seconds)| acknowledgement(customer, at(seconds))).to_vec();
        let ledger = Ledger { acknowledged, ..Ledger::default() };
        assert_eq!(ledger.longest_gap_after(at(10)), Duration::from_secs(25));
        assert_eq!(ledger.longest_gap_after(at(25)), Duration::from_secs(25));
        assert_eq!(ledger.longest_gap_after(at(30)), Duration::ZERO);
    }

    #[test]
    fn a_time_has_its_acknowledgements() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let acknowledged = [1, 2, 3].map(|seconds| acknowledgement(0, at(seconds))).to_vec();
        let ledger = Ledger { acknowledged, ..Ledger::default() };
        assert_eq!(ledger.between(at(2), at(3)).count(), 1);
    }
}
