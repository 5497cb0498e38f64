//! Text in native syntax while it is written: by itself, or inside a JSON string.
//!
//! Most expressions of a document stand in a JSON string. Escaping them piece by piece, when it is known what a piece is,
//! saves looking at all of it once more.

use crate::terraform::json::{self, is_bare};

/// Where native syntax goes to.
pub(in crate::terraform) struct NativeText<'t> {
    text: &'t mut String,
    in_json: bool,
}

impl<'t> NativeText<'t> {
    /// Text that stands by itself.
    pub(super) fn alone(text: &'t mut String) -> Self {
        Self { text, in_json: false }
    }

    /// Text inside a JSON string.
    pub(in crate::terraform) fn in_json(text: &'t mut String) -> Self {
        Self { text, in_json: true }
    }

    /// Adds syntax, or text that is known to be as plain: without quotes, backslashes and control characters.
    pub(super) fn plain(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a quotation mark of the native syntax.
    pub(super) fn quote(&mut self) {
        self.text.push_str(if self.in_json { "\\\"" } else { "\"" });
    }

    /// Adds any text.
    pub(super) fn any(&mut self, text: &str) {
        if self.in_json && !is_bare(text) { json::escape(self.text, text) } else { self.text.push_str(text) }
    }
}
