//! What the check has found so far, and where it is looking.

use super::place::{BlockName, FieldPath, Segment};
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};

/// Collects diagnostics in the order of the document.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    diagnostics: Vec<Diagnostic>,
    place: BlockName<'a>,
    path: FieldPath<'a>,
    /// While above zero nothing is added: an expression is looked at for its type only.
    muted: u32,
}

impl<'a> Findings<'a> {
    pub(super) fn new() -> Self {
        Self { diagnostics: Vec::new(), place: BlockName::Settings, path: FieldPath::default(), muted: 0 }
    }

    /// Starts another block.
    pub(super) fn enter(&mut self, place: BlockName<'a>) {
        self.place = place;
        self.path.clear();
    }

    /// Goes one step further down in the block.
    pub(super) fn push(&mut self, name: &'a str) {
        self.path.push(Segment::Name(name));
    }

    /// Goes one step further down, to an element of a list.
    pub(super) fn push_index(&mut self, index: usize) {
        self.path.push(Segment::Index(index));
    }

    /// Goes one step up.
    pub(super) fn pop(&mut self) {
        self.path.pop();
    }

    pub(super) fn mute(&mut self) {
        self.muted += 1;
    }

    pub(super) fn unmute(&mut self) {
        self.muted -= 1;
    }

    pub(super) fn is_muted(&self) -> bool {
        self.muted > 0
    }

    /// Adds a finished diagnostic.
    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        if !self.is_muted() {
            self.diagnostics.push(diagnostic);
        }
    }

    /// A diagnostic at the field that is being looked at.
    pub(super) fn here(&self, kind: DiagnosticKind, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(kind, self.place.to_string(), message).at(self.path.to_string())
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
