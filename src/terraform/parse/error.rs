//! What is wrong with a text, and where in it.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

/// How many characters of a long line are shown around the place.
const SHOWN: usize = 60;

/// A text that Terraform would not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SyntaxError {
    /// The bytes of the text that are meant.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What could stand there instead.
    pub expected: Vec<&'static str>,
}

impl SyntaxError {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), expected: Vec::new() }
    }

    pub(super) fn expected(mut self, expected: &[&'static str]) -> Self {
        self.expected = expected.to_vec();
        self
    }

    /// The line of `source` that is meant, with a caret under the place.
    pub fn draw(&self, source: &str) -> String {
        let start = floor(source, self.span.start);
        let line_start = source.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let line = source.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let column = source.get(line_start..start).unwrap_or_default().chars().count();
        let end = floor(source, self.span.end).min(line_start + line.len()).max(start);
        let width = source.get(start..end).unwrap_or_default().chars().count().max(1);

        let skipped = column.saturating_sub(SHOWN);
        let (before, indent) = if skipped > 0 { ("…", column - skipped + 1) } else { ("", column) };
        let shown: Vec<char> = line.chars().skip(skipped).collect();
        let wanted = (column - skipped + width).max(2 * SHOWN);
        let after = if shown.len() > wanted { "…" } else { "" };
        let visible: String =
            shown.iter().take(wanted).map(|character| if character.is_control() { ' ' } else { *character }).collect();
        let width = width.min(shown.len().min(wanted).saturating_sub(column - skipped).max(1));
        format!("{before}{visible}{after}\n{}{}", " ".repeat(indent), "^".repeat(width))
    }
}

/// The start of the character at or before a byte, inside the text.
fn floor(source: &str, at: usize) -> usize {
    (0..=at.min(source.len())).rev().find(|at| source.is_char_boundary(*at)).unwrap_or_default()
}

impl Display for SyntaxError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.expected.as_slice() {
            [] => Ok(()),
            [only] => write!(f, "; expected {only}"),
            [first @ .., last] => write!(f, "; expected {} or {last}", first.join(", ")),
        }
    }
}
