//! Values that are not known before Terraform runs: why not, and what is known of them all the same.

use std::sync::Arc;

use super::number::Number;

/// What stands in for a value that is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// Why it is not known, as a sentence for people: `aws_vpc.main.id is known after apply`.
    pub reason: Arc<str>,
    /// What is known of it.
    pub refinement: Refinement,
}

/// What is known of a value that is not known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Refinement {
    /// It will not be null.
    pub not_null: bool,
    /// What a text begins with.
    pub prefix: Option<Arc<str>>,
    /// The least that a number may be.
    pub lower: Option<Bound>,
    /// The most that a number may be.
    pub upper: Option<Bound>,
    /// The least elements that a collection may have.
    pub shortest: usize,
    /// The most elements that a collection may have.
    pub longest: Option<usize>,
}

/// An end of a range of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The number.
    pub number: Number,
    /// Whether it is in the range itself.
    pub inclusive: bool,
}

impl Unknown {
    pub(super) fn new(reason: Arc<str>) -> Self {
        Self { reason, refinement: Refinement::default() }
    }
}

impl Refinement {
    /// Nothing but that it is not null.
    pub fn not_null() -> Self {
        Self { not_null: true, ..Self::default() }
    }

    /// A collection of at least and at most so many elements.
    pub(super) fn length(shortest: usize, longest: Option<usize>) -> Self {
        Self { shortest, longest, ..Self::default() }
    }

    /// A number between two, both included.
    pub(super) fn range(lower: Option<Number>, upper: Option<Number>) -> Self {
        let bound = |number| Bound { number, inclusive: true };
        Self { lower: lower.map(bound), upper: upper.map(bound), ..Self::default() }
    }

    /// Both at once.
    pub(super) fn and(&self, other: &Self) -> Self {
        let longer = |a: &Option<Arc<str>>, b: &Option<Arc<str>>| match (a, b) {
            (Some(a), Some(b)) => Some(if a.len() >= b.len() { a.clone() } else { b.clone() }),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        let tighter = |a: &Option<Bound>, b: &Option<Bound>, is_lower: bool| match (a, b) {
            (Some(a), Some(b)) => {
                let keep_a = match a.number.cmp(&b.number) {
                    std::cmp::Ordering::Equal => !a.inclusive,
                    order => (order == std::cmp::Ordering::Greater) == is_lower,
                };
                Some(if keep_a { a.clone() } else { b.clone() })
            }
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        Self {
            not_null: self.not_null || other.not_null,
            prefix: longer(&self.prefix, &other.prefix),
            lower: tighter(&self.lower, &other.lower, true),
            upper: tighter(&self.upper, &other.upper, false),
            shortest: self.shortest.max(other.shortest),
            longest: match (self.longest, other.longest) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }
}
