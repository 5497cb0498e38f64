//! Texts between markers (`<<EOT`): where each ends, and the indentation that `<<-` takes away.

use std::borrow::Cow;

use super::error::SyntaxError;
use super::expression::{Parsed, Parser};
use crate::terraform::expression::TemplatePart;
use crate::terraform::identifier::identifier_length;

/// What a text between markers begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker {
    /// Where the name is in the source.
    start: usize,
    end: usize,
    /// Whether the indentation goes.
    pub(super) is_indented: bool,
}

impl Marker {
    /// Takes `<<EOT` or `<<-EOT` and the line break after it.
    pub(super) fn take(parser: &mut Parser<'_>) -> Parsed<Self> {
        let opening = parser.take().span();
        let rest = parser.source.get(opening.end..).unwrap_or_default();
        let is_indented = rest.starts_with('-');
        let start = opening.end + usize::from(is_indented);
        let name = parser.source.get(start..).unwrap_or_default();
        let end = start + identifier_length(name);
        let after = parser.source.get(end..).unwrap_or_default();
        let line_break = ["\n", "\r\n"].into_iter().find(|line_break| after.starts_with(line_break));
        let Some(line_break) = line_break else {
            let message = "the text between markers begins on the line after its marker";
            return Err(SyntaxError::new(opening.start..end, message).expected(&["a new line"]));
        };
        parser.position = end + line_break.len();
        Ok(Self { start, end, is_indented })
    }

    pub(super) fn span(self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// Where the closing marker ends, if it is the whole line at a place. Without a line break after it, it closes nothing.
    pub(super) fn closes(self, source: &str, at: usize) -> Option<usize> {
        if !source.get(..at)?.ends_with('\n') {
            return None;
        }
        let (line, _) = source.get(at..)?.split_once('\n')?;
        let is_marker = line.trim() == source.get(self.span())?;
        is_marker.then(|| at + line.strip_suffix('\r').unwrap_or(line).len())
    }
}

/// Takes the indentation away that all lines share. Lines of nothing but blanks do not count; each literal is at most a line.
pub(super) fn without_indentation(parts: &mut [TemplatePart]) {
    let mut least = usize::MAX;
    Lines { is_start: true, visit: &mut |text| least = least.min(text.map_or(0, |text| indentation(text))) }
        .walk(parts);
    let mut cut = |text: Option<&mut Cow<'static, str>>| {
        let Some(text) = text else { return };
        let at = text.char_indices().nth(least).map_or(text.len(), |(at, _)| at);
        *text = Cow::Owned(text[at..].to_owned());
    };
    if least > 0 && least < usize::MAX {
        Lines { is_start: true, visit: &mut cut }.walk(parts);
    }
}

fn indentation(text: &str) -> usize {
    text.chars().take_while(|character| character.is_whitespace()).count()
}

/// Visits what each line begins with: a literal, or nothing where something else is first.
struct Lines<'v> {
    is_start: bool,
    visit: &'v mut dyn FnMut(Option<&mut Cow<'static, str>>),
}

impl Lines<'_> {
    fn walk(&mut self, parts: &mut [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(text) => self.literal(text),
                TemplatePart::Interpolation(_) => self.other(),
                TemplatePart::If { then, otherwise, .. } => {
                    self.other();
                    self.walk(then);
                    if !otherwise.is_empty() {
                        self.other();
                        self.walk(otherwise);
                    }
                    self.other();
                }
                TemplatePart::For { body, .. } => {
                    self.other();
                    self.walk(body);
                    self.other();
                }
            }
        }
    }

    fn literal(&mut self, text: &mut Cow<'static, str>) {
        let ends = text.ends_with('\n');
        let is_blank = ends && text.trim_start().is_empty();
        if std::mem::replace(&mut self.is_start, ends) && !is_blank {
            (self.visit)(Some(text));
        }
    }

    fn other(&mut self) {
        if std::mem::take(&mut self.is_start) {
            (self.visit)(None);
        }
    }
}

/// The parts in normal form, and what is inside of them.
pub(super) fn normal(parts: Vec<TemplatePart>) -> Vec<TemplatePart> {
    TemplatePart::normal_form(parts.into_iter().map(|part| match part {
        TemplatePart::If { condition, then, otherwise } => {
            TemplatePart::If { condition, then: normal(then), otherwise: normal(otherwise) }
        }
        TemplatePart::For { key, value, collection, body } => {
            TemplatePart::For { key, value, collection, body: normal(body) }
        }
        other => other,
    }))
}
