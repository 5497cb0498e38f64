//! What happens after an error: a state is tried again, or another one takes over.

use super::Name;
use super::path::Path;
use crate::terraform::{Expression, Object, text};

/// The name that stands for every error but `States.Runtime` and `States.DataLimitExceeded`, which end the execution
/// whatever is written (Step Functions developer guide, "Error names").
pub const EVERY_ERROR: &str = "States.ALL";

/// A state is tried again after some errors, a counted number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    pub(super) errors: Vec<&'static str>,
    pub(super) interval_seconds: u32,
    pub(super) growth: u32,
    pub(super) longest_seconds: Option<u32>,
    pub(super) attempts: u32,
}

/// Another state takes over after some errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catch {
    pub(super) errors: Vec<&'static str>,
    pub(super) next: Name,
    keep: Option<Path>,
}

impl Retry {
    /// Tries again `attempts` times at the most, each time `interval_seconds` after the failure.
    pub fn after<const N: usize>(errors: [&'static str; N], interval_seconds: u32, attempts: u32) -> Self {
        Self { errors: errors.to_vec(), interval_seconds, growth: 1, longest_seconds: None, attempts }
    }

    /// Never tries again after these errors, whatever the retriers behind this one say.
    pub fn never<const N: usize>(errors: [&'static str; N]) -> Self {
        Self::after(errors, 1, 0)
    }

    /// Doubles the interval after each attempt.
    pub fn doubling(mut self) -> Self {
        self.growth = 2;
        self
    }

    /// Lets no interval grow beyond so many seconds, which must be more than the first one.
    pub fn capped(mut self, seconds: u32) -> Self {
        self.longest_seconds = Some(seconds);
        self
    }

    /// Seconds that all of its attempts wait at the most.
    pub(super) fn waiting_seconds(&self) -> u64 {
        let first = u64::from(self.interval_seconds);
        let growth = u64::from(self.growth);
        let longest = self.longest_seconds.map_or(u64::MAX, u64::from);
        let intervals = std::iter::successors(Some(first), |last| Some(last.saturating_mul(growth).min(longest)));
        intervals.take(self.attempts as usize).fold(0, u64::saturating_add)
    }

    pub(super) fn to_expression(&self) -> Expression {
        let fields = [
            ("ErrorEquals", errors(&self.errors)),
            ("IntervalSeconds", self.interval_seconds.into()),
            ("BackoffRate", self.growth.into()),
            ("MaxAttempts", self.attempts.into()),
        ];
        let longest = self.longest_seconds.map(|seconds| ("MaxDelaySeconds", seconds.into()));
        Expression::Object(fields.into_iter().chain(longest).collect::<Object>())
    }
}

impl Catch {
    /// Goes on with the state `next` after these errors. The failed state's input goes along.
    pub fn of<const N: usize>(errors: [&'static str; N], next: impl Into<Name>) -> Self {
        Self { errors: errors.to_vec(), next: next.into(), keep: None }
    }

    /// Goes on with the state `next` after every error.
    pub fn every(next: impl Into<Name>) -> Self {
        Self::of([EVERY_ERROR], next)
    }

    /// Puts the error, an object of `Error` and `Cause`, into this field of the data; otherwise it is dropped.
    pub fn keep<const N: usize>(mut self, fields: [&'static str; N]) -> Self {
        self.keep = Some(Path::input(fields));
        self
    }

    pub(super) fn to_expression(&self) -> Expression {
        let fields = [
            ("ErrorEquals", errors(&self.errors)),
            ("ResultPath", result_path(self.keep.as_ref())),
            ("Next", self.next.clone().into()),
        ];
        Expression::Object(fields.into_iter().collect::<Object>())
    }
}

fn errors(names: &[&'static str]) -> Expression {
    Expression::List(names.iter().map(|name| (*name).into()).collect())
}

/// Where a result goes. `null` drops it; left out, it would take the place of everything that is known so far.
pub(super) fn result_path(keep: Option<&Path>) -> Expression {
    keep.map_or(Expression::Null, |path| text(path.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_adds_up() {
        assert_eq!(Retry::after([EVERY_ERROR], 5, 40).waiting_seconds(), 200);
        assert_eq!(Retry::after([EVERY_ERROR], 1, 3).doubling().waiting_seconds(), 1 + 2 + 4);
        assert_eq!(Retry::after([EVERY_ERROR], 2, 6).doubling().capped(10).waiting_seconds(), 2 + 4 + 8 + 10 + 10 + 10);
        assert_eq!(Retry::never(["Broken"]).waiting_seconds(), 0);
        assert_eq!(Retry::after([EVERY_ERROR], u32::MAX, 100).doubling().waiting_seconds(), u64::MAX);
    }

    #[test]
    fn an_error_that_is_not_kept_is_dropped() {
        assert_eq!(
            Catch::every("Failed").to_expression().to_string(),
            r#"{"ErrorEquals" = ["States.ALL"], "Next" = "Failed", "ResultPath" = null}"#
        );
    }
}
