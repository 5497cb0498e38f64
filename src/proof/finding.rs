//! What a rule found: how bad it is, where, and what to do about it.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use crate::terraform::Diagnostic;

/// How bad a finding is, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// It cannot be told whether something is wrong.
    Unknown,
    /// Worth knowing.
    Note,
    /// It works, and not as it should.
    Warning,
    /// It does not work.
    Error,
}

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is; the first place is the one that is meant.
    pub locations: Vec<Location>,
    /// What is wrong, one sentence.
    pub message: String,
    /// Why it matters and what to do.
    pub advice: Advice,
}

/// A place in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The file, where it is known; otherwise it is looked for by the address.
    pub file: Option<PathBuf>,
    /// The module around the block, such as `module.network`; empty for the root.
    pub module: String,
    /// The block within its module, such as `aws_vpc.main`.
    pub block: String,
    /// The way to the field inside the block; empty where the block itself is meant.
    pub field: String,
}

/// Why something matters, how to fix it, and the nearest valid names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Advice {
    /// Why it matters.
    pub reason: Option<String>,
    /// How to fix it.
    pub fix: Option<String>,
    /// The nearest valid names, best first.
    pub nearest: Vec<String>,
}

impl Severity {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Display for Severity {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Location {
    /// A block of the root module.
    pub fn block(block: impl Into<String>) -> Self {
        Self { block: block.into(), ..Self::default() }
    }

    /// The address from the root, such as `module.network.aws_vpc.main`.
    pub fn address(&self) -> String {
        match (self.module.as_str(), self.block.as_str()) {
            ("", block) => block.to_owned(),
            (module, "") => module.to_owned(),
            (module, block) => format!("{module}.{block}"),
        }
    }
}

impl Finding {
    /// A finding with the least it needs.
    pub fn new(rule: &'static str, severity: Severity, location: Location, message: impl Into<String>) -> Self {
        Self { rule, severity, locations: vec![location], message: message.into(), advice: Advice::default() }
    }

    /// Says why it matters.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.advice.reason = Some(reason.into());
        self
    }

    /// Says how to fix it.
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.advice.fix = Some(fix.into());
        self
    }

    /// Adds another place that plays a part.
    pub fn and_at(mut self, location: Location) -> Self {
        self.locations.push(location);
        self
    }

    /// The address of the place that is meant, from the root; empty where a file as a whole is meant.
    pub fn address(&self) -> String {
        self.locations.first().map(Location::address).unwrap_or_default()
    }

    /// What the language says of a block of a module.
    pub(crate) fn of_diagnostic(
        rule: &'static str,
        module: &str,
        file: Option<PathBuf>,
        diagnostic: Diagnostic,
    ) -> Self {
        let Diagnostic { block, field, message, reason, help, candidates, .. } = diagnostic;
        Self {
            rule,
            severity: Severity::Error,
            locations: vec![Location { file, module: module.to_owned(), block, field }],
            message,
            advice: Advice { reason, fix: help, nearest: candidates },
        }
    }
}
