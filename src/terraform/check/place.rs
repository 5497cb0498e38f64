//! Where in a document something stands.

use std::fmt::{self, Display, Formatter};

use crate::terraform::provider::ProviderReference;
use crate::terraform::resource::ResourceBlock;

/// A block of the document, named only when it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum BlockName<'a> {
    /// The `terraform` block.
    Settings,
    Provider(&'a ProviderReference),
    Variable(&'a str),
    Local(&'a str),
    Resource(&'a ResourceBlock),
    Output(&'a str),
    Check(&'a str),
    ModuleCall(&'a str),
    /// A `moved` block, by the address the object had.
    Moved(&'a str),
    /// A `removed` block, by the address the object had.
    Removed(&'a str),
    /// An `import` block, by the address the object gets.
    Import(&'a str),
}

impl Display for BlockName<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => f.write_str("terraform"),
            Self::Provider(reference) => write!(f, "provider.{reference}"),
            Self::Variable(name) => write!(f, "var.{name}"),
            Self::Local(name) => write!(f, "local.{name}"),
            Self::Resource(block) => write!(f, "{}", block.address()),
            Self::Output(name) => write!(f, "output.{name}"),
            Self::Check(name) => write!(f, "check.{name}"),
            Self::ModuleCall(name) => write!(f, "module.{name}"),
            Self::Moved(from) => write!(f, "moved {from}"),
            Self::Removed(from) => write!(f, "removed {from}"),
            Self::Import(to) => write!(f, "import {to}"),
        }
    }
}

/// One step on the way to a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Segment<'a> {
    Name(&'a str),
    Index(usize),
}

/// The way to a field inside a block, such as `rule[0].filter.prefix`, put into words only when it is shown.
#[derive(Debug, Default)]
pub(super) struct FieldPath<'a>(Vec<Segment<'a>>);

impl<'a> FieldPath<'a> {
    pub(super) fn push(&mut self, segment: Segment<'a>) {
        self.0.push(segment);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Display for FieldPath<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Name(name) if position == 0 => f.write_str(name)?,
                Segment::Name(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
