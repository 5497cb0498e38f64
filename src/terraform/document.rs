//! A document.
use std::io::{self, Write};

use super::check::Schemas;
use super::diagnostic::Diagnostic;
use super::module::Module;

/// A module that was checked.
#[derive(Debug)]
pub struct Document(Module);

impl Document {
    /// Checks.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn new(module: Module, _schemas: &Schemas) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self(module))
    }

    /// Bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut b = Vec::new();
        let _ = self.0.write(&mut b);
        b
    }

    /// Writes.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        self.0.write(writer)
    }
}
