//! How long AWS takes, as far as anybody says: the only place for such numbers.

use super::span::Span;
use super::step::Evidence;
use crate::settings::objectives::PROMOTION_SECONDS;

/// A duration of AWS's, with how it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) best: f64,
    pub(super) usual: f64,
    pub(super) worst: f64,
    pub(super) evidence: Evidence,
    pub(super) source: &'static str,
}

impl Known {
    /// Its three numbers.
    pub(super) const fn span(&self) -> Span {
        Span::triangular(self.best, self.usual, self.worst)
    }
}

/// An unplanned failover of an Aurora global database. AWS promises nothing; what it calls "a few minutes" is planned with
/// as two.
pub(super) const PROMOTION: Known = Known {
    best: 30.0,
    usual: 60.0,
    worst: PROMOTION_SECONDS as f64,
    evidence: Evidence::Documented,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html",
};

/// A call of a function: at worst one that starts first.
pub(super) const FUNCTION_CALL: Known = Known {
    best: 0.2,
    usual: 0.8,
    worst: 4.0,
    evidence: Evidence::Assumed,
    source: "a Python function of 256 MB that asks AWS's APIs, started again at worst",
};

/// A request that a state machine sends to a service's API.
pub(super) const API_CALL: Known = Known {
    best: 0.1,
    usual: 0.3,
    worst: 2.0,
    evidence: Evidence::Assumed,
    source: "a request to an API in the same region",
};

/// A write of one item, sent by a state machine.
pub(super) const ITEM_WRITE: Known = Known {
    best: 0.02,
    usual: 0.05,
    worst: 1.0,
    evidence: Evidence::Assumed,
    source: "a write to DynamoDB in the same region: single-digit milliseconds, and a retry of the SDK's",
};
