//! The way from the top of a document to what is being read. It lives on the stack and becomes text only for an error.

use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};

/// Where something stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct DocumentPath<'a> {
    outer: Option<&'a DocumentPath<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    /// A part of the block's address.
    Block(&'a str),
    Field(&'a str),
    Item(usize),
}

impl<'a> DocumentPath<'a> {
    /// The document as a whole.
    pub(super) fn document() -> Self {
        Self { outer: None, step: Step::Block("document") }
    }

    /// A block, or the first label of one.
    pub(super) fn block(name: &'a str) -> Self {
        Self { outer: None, step: Step::Block(name) }
    }

    /// A further label of the block.
    pub(super) fn label(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), step: Step::Block(name) }
    }

    /// An argument or nested block.
    pub(super) fn field(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), step: Step::Field(name) }
    }

    /// An element of a list.
    pub(super) fn item(&'a self, index: usize) -> Self {
        Self { outer: Some(self), step: Step::Item(index) }
    }

    pub(super) fn diagnostic(&self, kind: DiagnosticKind, message: impl Into<String>) -> Diagnostic {
        let (mut block, mut field) = (String::new(), String::new());
        self.write(&mut block, &mut field);
        Diagnostic::new(kind, block, message).at(field)
    }

    fn write(&self, block: &mut String, field: &mut String) {
        if let Some(outer) = self.outer {
            outer.write(block, field);
        }
        let (text, name) = match self.step {
            Step::Block(name) => (block, name),
            Step::Field(name) => (field, name),
            Step::Item(index) => {
                field.extend(["[", &index.to_string(), "]"]);
                return;
            }
        };
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(name);
    }
}
