//! What happened, for reports.

use std::fmt::{self, Display, Formatter};
use std::time::Instant;

use dr_synth::dns_failover::Status;

/// A change and when it took place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When the probe that caused it ended, or the records were read again.
    pub at: Instant,
    /// What changed.
    pub change: Change,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The status of a health check.
    HealthCheck {
        /// Its `Name` tag, or its id if it has none.
        name: String,
        /// What it was.
        from: Status,
        /// What it is.
        to: Status,
    },
    /// What DNS answers.
    Answer {
        /// The name that is asked for.
        name: String,
        /// The type that is asked for.
        record_type: String,
        /// What was answered, or why nothing was.
        from: String,
        /// What is answered, or why nothing is.
        to: String,
    },
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::HealthCheck { name, from, to } => write!(f, "health check {name}: {from} -> {to}"),
            Self::Answer { name, record_type, from, to } => write!(f, "DNS {name} {record_type}: {from} -> {to}"),
        }
    }
}
