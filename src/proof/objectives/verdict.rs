//! What came of an objective.

use super::targets::Target;

/// Whether an objective is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is, at worst.
    Met,
    /// It may not be.
    Missed,
    /// The configuration does not say what decides it.
    CannotTell,
    /// Nobody has set one.
    NoObjective,
}

impl Verdict {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::CannotTell => "cannot_tell",
            Self::NoObjective => "no_objective",
        }
    }

    /// Whether it is an objective that was not shown to be met.
    pub fn fails(self) -> bool {
        matches!(self, Self::Missed | Self::CannotTell)
    }

    /// Of a number and what it may be at most.
    pub(super) fn of(seconds: Option<f64>, target: Option<&Target>) -> Self {
        match (seconds, target) {
            (_, None) => Self::NoObjective,
            (None, Some(_)) => Self::CannotTell,
            (Some(seconds), Some(target)) if seconds <= target.seconds => Self::Met,
            (Some(_), Some(_)) => Self::Missed,
        }
    }
}
