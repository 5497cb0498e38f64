//! One step of a recovery: how long it takes, and how that is known.

use super::span::Span;

/// How a number is known, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// It was measured on a game day.
    Observed,
    /// AWS's documentation says so.
    Documented,
    /// The configuration says so, or the code that it deploys.
    Declared,
    /// Nobody says so: a careful guess.
    Assumed,
}

impl Evidence {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
            Self::Declared => "declared",
            Self::Assumed => "assumed",
        }
    }
}

/// Where a number is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An argument of the configuration.
    Field {
        /// The address of the instance.
        address: String,
        /// The argument; within a state machine's definition the state and its field.
        field: String,
    },
    /// A text outside the configuration: a page of AWS's, or a file of this project.
    Text(String),
}

impl Source {
    /// An argument of an instance.
    pub(super) fn field(address: &str, field: impl Into<String>) -> Self {
        Self::Field { address: address.to_owned(), field: field.into() }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What happens.
    pub name: String,
    /// How long it takes.
    pub span: Span,
    /// The weakest thing that the number rests on.
    pub evidence: Evidence,
    /// How the number comes about.
    pub arithmetic: String,
    /// What it is made from.
    pub sources: Vec<Source>,
    /// How long the configuration lets it take before it gives up, retries included, where it says so.
    pub allowed: Option<f64>,
}
