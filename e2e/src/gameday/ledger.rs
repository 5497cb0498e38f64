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
    /// Payments that are there more than once.
    pub doubled: Vec<String>,
    /// Rows that no customer can explain: another amount or region than was acknowledged, or never sent.
    pub wrong: Vec<String>,
}

impl Comparison {
    /// The ids of the lost payments.
    pub fn lost_ids(&self) -> Vec<String> {
        self.lost.iter().map(|(payment_id, _)| payment_id.clone()).collect()
    }

    /// What was lost and acknowledged after a moment.
    pub fn lost_after(&self, moment: Instant) -> Vec<&(String, Instant)> {
        self.lost.iter().filter(|(_, acknowledged)| *acknowledged > moment).collect()
    }

    /// Everything that is there is there once, as it was acknowledged.
    ///
    /// # Errors
    ///
    /// When it is not; not when a payment is missing.
    pub fn without_contradiction(self) -> Result<Self> {
        let Self { doubled, wrong, .. } = &self;
        ensure!(doubled.is_empty(), "there more than once:{}", listed(doubled));
        ensure!(wrong.is_empty(), "the database differs from what customers know:{}", listed(wrong));
        Ok(self)
    }
}

/// The rows of a database by payment id, each with cents and region.
pub type Rows = BTreeMap<String, Vec<(i64, String)>>;

impl Ledger {
    /// Holds the ledger against rows that were read after it was closed. Payments go on while rows are read: what may be
    /// there is what the later ledger knows, and what must be there is what this one does.
    pub fn compare(&self, rows: &Rows, later: &Self) -> Comparison {
        let mut comparison = Comparison::default();
        let mut known: BTreeSet<&str> = later.open.iter().map(String::as_str).collect();
        known.extend(later.acknowledged.iter().map(|payment| payment.payment_id.as_str()));
        for payment in &self.acknowledged {
            let expected = (i64::from(payment.cents), payment.region.clone());
            match rows.get(&payment.payment_id).map(Vec::as_slice) {
                None => comparison.lost.push((payment.payment_id.clone(), payment.acknowledged)),
                Some([row]) if *row == expected => comparison.found += 1,
                Some([other]) => {
                    comparison.wrong.push(format!("{} is {other:?} instead of {expected:?}", payment.payment_id));
                }
                Some(_) => {}
            }
        }
        let several = rows.iter().filter(|(_, rows)| rows.len() > 1);
        comparison.doubled = several.map(|(payment_id, _)| payment_id.clone()).collect();
        let unknown = rows.keys().filter(|id| !known.contains(id.as_str()));
        comparison.wrong.extend(unknown.map(|id| format!("{id} was never sent")));
        comparison
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

/// Cents and region of every row whose id begins so. The primary key forbids two rows of one id, which is not relied on.
///
/// # Errors
///
/// When the database cannot be read.
pub fn rows(database: &Database, prefix: &str) -> Result<Rows> {
    let sql = format!(
        "SELECT payment_id, CAST(amount * 100 AS bigint), region FROM payments WHERE payment_id LIKE '{prefix}%'"
    );
    let mut rows = Rows::new();
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

    use super::{Acknowledgement, Ledger, Rows};

    fn acknowledgement(customer: usize, acknowledged: Instant) -> Acknowledgement {
        let (payment_id, region) = ("p".to_owned(), "r".to_owned());
        Acknowledgement { payment_id, cents: 1, customer, region, sent: acknowledged, acknowledged, attempts: 1 }
    }

    fn ledger(acknowledged: &[&str], open: &[&str]) -> Ledger {
        let named = |id: &&str| Acknowledgement { payment_id: (*id).to_owned(), ..acknowledgement(0, Instant::now()) };
        Ledger {
            acknowledged: acknowledged.iter().map(named).collect(),
            open: open.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    fn rows(ids: &[&str]) -> Rows {
        ids.iter().map(|id| ((*id).to_owned(), vec![(1, "r".to_owned())])).collect()
    }

    #[test]
    fn what_was_acknowledged_must_be_there() {
        let before = ledger(&["p-1", "p-2"], &["p-3"]);
        let comparison = before.compare(&rows(&["p-1"]), &before);
        assert_eq!((comparison.found, comparison.lost_ids()), (1, vec!["p-2".to_owned()]));
    }

    #[test]
    fn payments_that_are_sent_while_rows_are_read_are_no_contradiction() {
        let before = ledger(&["p-1"], &[]);
        let later = ledger(&["p-1", "p-2"], &["p-3"]);
        let comparison = before.compare(&rows(&["p-1", "p-2", "p-3"]), &later);
        assert!(comparison.lost.is_empty());
        assert!(comparison.without_contradiction().is_ok());
    }

    #[test]
    fn rows_that_nobody_sent_or_that_say_something_else_are_contradictions() {
        let known = ledger(&["p-1"], &[]);
        assert!(known.compare(&rows(&["p-1", "p-9"]), &known).without_contradiction().is_err());
        let other = Rows::from([("p-1".to_owned(), vec![(2, "r".to_owned())])]);
        assert!(known.compare(&other, &known).without_contradiction().is_err());
        let twice = Rows::from([("p-1".to_owned(), vec![(1, "r".to_owned()); 2])]);
        assert_eq!(known.compare(&twice, &known).doubled, ["p-1"]);
        assert!(known.compare(&twice, &known).without_contradiction().is_err());
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
