//! How long something takes: at best, as expected, at worst.

use std::iter::Sum;
use std::ops::Add;

/// Three durations, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Span {
    /// At best.
    pub best: f64,
    /// As expected: the mean.
    pub expected: f64,
    /// At worst, while nothing else fails.
    pub worst: f64,
}

impl Span {
    /// The same whatever happens.
    pub const fn exactly(seconds: f64) -> Self {
        Self { best: seconds, expected: seconds, worst: seconds }
    }

    /// Anything between two bounds, each as likely as the other.
    pub const fn between(best: f64, worst: f64) -> Self {
        Self { best, expected: f64::midpoint(best, worst), worst }
    }

    /// Between two bounds, most often near `usual`: the triangular distribution, whose mean is that of the three.
    pub const fn triangular(best: f64, usual: f64, worst: f64) -> Self {
        Self { best, expected: (best + usual + worst) / 3.0, worst }
    }

    /// What ends when both have ended.
    pub fn and(self, other: Self) -> Self {
        Self {
            best: self.best.max(other.best),
            expected: self.expected.max(other.expected),
            worst: self.worst.max(other.worst),
        }
    }
}

impl Add for Span {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { best: self.best + other.best, expected: self.expected + other.expected, worst: self.worst + other.worst }
    }
}

impl Sum for Span {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}
