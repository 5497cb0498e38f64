//! What is wrong with a choice, where it was made, why it matters and how to fix it.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

/// Where a choice was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// On the command line, by the flag of this name.
    Flag(&'static str),
    /// In this environment variable.
    Variable(&'static str),
    /// In the settings file, at these bytes.
    File(Range<usize>),
    /// Nowhere: it is the default.
    Default,
}

/// A choice that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct SettingsError {
    /// What is wrong, one sentence.
    pub message: String,
    /// Where, the most telling place first.
    pub origins: Vec<Origin>,
    /// Why it is refused, where that is not plain.
    pub reason: Option<String>,
    /// How to fix it.
    pub help: Option<String>,
    /// The nearest valid values, best first.
    pub candidates: Vec<String>,
}

impl SettingsError {
    /// An error with the least it needs.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), origins: Vec::new(), reason: None, help: None, candidates: Vec::new() }
    }

    /// Says where; called again, adds another place.
    pub fn at(mut self, origin: Origin) -> Self {
        self.origins.push(origin);
        self
    }

    /// Says why it is refused.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Says how to fix it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the nearest valid values.
    pub fn candidates(mut self, candidates: Vec<String>) -> Self {
        self.candidates = candidates;
        self
    }
}

impl Display for SettingsError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(reason) = &self.reason {
            write!(f, "\n  why: {reason}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  fix: {help}")?;
        }
        if !self.candidates.is_empty() {
            write!(f, "\n  nearest: {}", self.candidates.join(", "))?;
        }
        Ok(())
    }
}
