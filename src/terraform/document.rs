//! A document: a module that the check has found nothing wrong with.

use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};

use super::check::Schemas;
use super::diagnostic::Diagnostic;
use super::module::Module;

/// A module that is fit for Terraform. There is no other way to get one than to pass the check, so nothing that is
/// written through a document has an address in it that leads nowhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    module: Module,
}

impl Document {
    /// Checks the module and makes a document of it.
    ///
    /// # Errors
    /// Everything that is wrong with the module, in a stable order.
    pub fn new(module: Module, schemas: &Schemas) -> Result<Self, Vec<Diagnostic>> {
        let findings = module.check(schemas);
        if findings.is_empty() { Ok(Self { module }) } else { Err(findings) }
    }

    /// A document of a module that was checked among others.
    pub(in crate::terraform) fn of_checked(module: Module) -> Self {
        Self { module }
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Writes the document as indented JSON with a newline at the end, the same bytes for the same module.
    ///
    /// # Errors
    /// Whatever the writer returns.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        self.module.write(writer)
    }

    /// The document's bytes, as [`Document::write`] writes them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.module.to_text().into_bytes()
    }
}

impl Display for Document {
    /// The document's text, as [`Document::write`] writes it.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.module.to_text())
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Module, Schemas};
    use crate::terraform::text;

    #[test]
    fn comes_out_of_a_module_that_is_right_only() {
        let mut module = Module::new();
        module.add_local("name", text("a ${literal} text"));
        let document = Document::new(module.clone(), &Schemas::new()).unwrap();
        assert_eq!(document.module(), &module);
        assert_eq!(document.to_string(), "{\n  \"locals\": {\n    \"name\": \"a $${literal} text\"\n  }\n}\n");
        assert_eq!(document.to_bytes(), document.to_string().into_bytes());

        module.add_local("name", text("another"));
        assert_eq!(Document::new(module, &Schemas::new()).unwrap_err().len(), 1);
    }
}
