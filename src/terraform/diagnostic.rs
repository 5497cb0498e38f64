//! What is wrong with a document, where, why it matters and how to fix it.

use std::fmt::{self, Display, Formatter};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The kind of mistake.
    pub kind: DiagnosticKind,
    /// The block, such as `aws_vpc.main` or `output.vpc_id`.
    pub block: String,
    /// The way to the field inside the block; empty where the block itself is meant.
    pub field: String,
    /// What is wrong, one sentence.
    pub message: String,
    /// Why it matters, where that is not plain.
    pub reason: Option<String>,
    /// How to fix it.
    pub help: Option<String>,
    /// The nearest valid names, best first.
    pub candidates: Vec<String>,
}

/// The kinds of mistakes that the closed-world check knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DiagnosticKind {
    /// A name that Terraform does not accept.
    IllegalName,
    /// Two blocks with one address.
    DuplicateAddress,
    /// A key twice in one JSON object, where Terraform or a JSON reader would drop one of the values.
    DuplicateKey,
    /// A reference to a block that is not there.
    UndefinedAddress,
    /// A reference to an attribute that the block's type does not have.
    UndefinedAttribute,
    /// A function that Terraform does not have, or the wrong number of arguments.
    UnknownFunction,
    /// A resource, data source or ephemeral type that the provider does not have.
    UnknownType,
    /// An argument that the type does not take.
    UnknownArgument,
    /// A required argument or nested block that is not there.
    MissingArgument,
    /// An argument that only the provider sets.
    ReadOnlyArgument,
    /// A value of the wrong type.
    WrongType,
    /// Arguments that exclude each other.
    Conflict,
    /// A nested block too often or too rarely.
    BlockCount,
    /// A provider configuration that is missing or not declared.
    Provider,
    /// Text that is not a Terraform expression.
    Syntax,
    /// A reference where none may stand, such as `self` outside of a condition or a resource in a variable's default.
    MisplacedReference,
    /// A reference to an instance of a block that has no instances, or the other way round.
    Instances,
    /// Blocks that refer to each other in a circle.
    Cycle,
    /// A part that nothing leads to.
    Unreachable,
    /// A value that Terraform hides, in a place that would show it.
    Sensitive,
    /// A number outside of what its place takes.
    OutOfRange,
    /// A version, or a constraint of versions, that does not fit.
    Version,
    /// Something that the version of Terraform does not have.
    Construct,
    /// A module that cannot be found.
    ModuleSource,
    /// A value that Terraform takes and the API behind the provider does not.
    Refused,
}

impl Diagnostic {
    /// A diagnostic with the least it needs.
    pub fn new(kind: DiagnosticKind, block: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            block: block.into(),
            field: String::new(),
            message: message.into(),
            reason: None,
            help: None,
            candidates: Vec::new(),
        }
    }

    /// Says which field.
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// Says why it matters.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Says how to fix it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the nearest valid names.
    pub fn candidates(mut self, candidates: Vec<String>) -> Self {
        self.candidates = candidates;
        self
    }
}

impl Display for Diagnostic {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let place = if self.field.is_empty() { self.block.clone() } else { format!("{}: {}", self.block, self.field) };
        write!(f, "{place}: {}", self.message)?;
        if let Some(reason) = &self.reason {
            write!(f, "\n  why: {reason}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  fix: {help}")?;
        }
        match self.candidates.as_slice() {
            [] => Ok(()),
            [one] => write!(f, "\n  did you mean `{one}`?"),
            many => write!(f, "\n  nearest: {}", many.join(", ")),
        }
    }
}
