//! Why something cannot be evaluated.

use std::fmt::{self, Display, Formatter};

/// An error that Terraform would report too.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct EvaluationError {
    /// What is wrong, in Terraform's words.
    pub summary: String,
    /// What exactly, and how to fix it.
    pub detail: String,
    /// Where, if it is not in the expression itself: `local.name` or `module.network.var.cidr`.
    pub place: Option<String>,
    /// Neither `try` nor `can` forgives it: a name that leads nowhere, or something that is wrong in what it leads to.
    pub(super) is_final: bool,
}

impl EvaluationError {
    pub(super) fn new(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { summary: summary.into(), detail: detail.into(), place: None, is_final: false }
    }

    /// The same, where nothing forgives it.
    pub(super) fn finally(mut self) -> Self {
        self.is_final = true;
        self
    }

    /// The same, found while something else was evaluated.
    pub(super) fn at(mut self, place: impl FnOnce() -> String) -> Self {
        if self.place.is_none() {
            self.place = Some(place());
        }
        self.is_final = true;
        self
    }
}

impl Display for EvaluationError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.summary)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}
