//! Literal text and templates, written so that Terraform reads back the very same characters.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::TemplatePart;

/// Where template text stands, which decides what must be escaped in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// Inside a JSON string, which escapes quotes and control characters by itself.
    Json,
    /// Inside a quoted string of the native syntax.
    Quoted,
}

/// Terraform drops this character at the very start of a text it scans, taking it for the mark of an encoding.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Whether a JSON string can hold the text as it is.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.contains("${") && !text.contains("%{") && !text.starts_with(BYTE_ORDER_MARK)
}

pub(super) fn write_quoted(f: &mut impl Write, text: &str) -> fmt::Result {
    f.write_char('"')?;
    write_escaped(f, text, Position::Quoted)?;
    f.write_char('"')
}

/// Writes a whole JSON string.
pub(super) fn write_json(f: &mut impl Write, text: &str) -> fmt::Result {
    let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK) else { return write_bare(f, text) };
    f.write_str("${\"\\ufeff\"}")?;
    write_bare(f, rest)
}

/// The first carriage return without a new line after it. Terraform's scanner knows none in a template and takes
/// everything from there on as literal text, interpolations and all.
pub(crate) fn lone_carriage_return(text: &str) -> Option<usize> {
    text.match_indices('\r').map(|(at, _)| at).find(|at| !text[at + 1..].starts_with('\n'))
}

/// Writes literal text between the quotes of a JSON string.
fn write_bare(f: &mut impl Write, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = lone_carriage_return(rest) {
        let (before, after) = rest.split_at(at);
        let body = before.trim_end_matches(['$', '%']);
        write_escaped(f, body, Position::Json)?;
        write!(f, "${{\"{}\\r\"}}", &before[body.len()..])?;
        rest = &after[1..];
    }
    write_escaped(f, rest, Position::Json)
}

fn write_literal(f: &mut impl Write, text: &str, position: Position) -> fmt::Result {
    match position {
        Position::Json => write_bare(f, text),
        Position::Quoted => write_escaped(f, text, position),
    }
}

fn write_escaped(f: &mut impl Write, text: &str, position: Position) -> fmt::Result {
    let needs_escape = |character: char| match character {
        '$' | '%' => true,
        '"' | '\\' => position == Position::Quoted,
        other => position == Position::Quoted && other.is_control(),
    };
    let mut rest = text;
    while let Some(at) = rest.find(needs_escape) {
        let (before, after) = rest.split_at(at);
        f.write_str(before)?;
        let mut characters = after.chars();
        let Some(character) = characters.next() else { break };
        rest = characters.as_str();
        match character {
            // Only before a brace are they the start of an interpolation or directive; `$${` stands for `${`.
            '$' | '%' if rest.starts_with('{') => write!(f, "{character}{character}")?,
            '$' | '%' => f.write_char(character)?,
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            other => write!(f, "\\u{:04x}", other as u32)?,
        }
    }
    f.write_str(rest)
}

/// Writes a whole template.
pub(super) fn write_template(f: &mut impl Write, parts: &[TemplatePart], position: Position) -> fmt::Result {
    if is_one_interpolation(parts) {
        // Alone it would be the value itself; beside a literal, even an empty one, it is text.
        f.write_str("${\"\"}")?;
    }
    write_parts(f, parts, position, None)
}

fn is_one_interpolation(parts: &[TemplatePart]) -> bool {
    let mut others = parts.iter().filter(|part| !is_empty(part));
    match (others.next(), others.next()) {
        (Some(part @ TemplatePart::Interpolation(_)), None) => part.literal().is_none(),
        _ => false,
    }
}

fn is_empty(part: &TemplatePart) -> bool {
    part.literal().is_some_and(|text| text.is_empty())
}

/// Writes parts that the marker `end` follows.
fn write_parts(f: &mut impl Write, parts: &[TemplatePart], position: Position, end: Option<char>) -> fmt::Result {
    let mut rest = parts;
    let mut is_start = position == Position::Json && end.is_none();
    while let Some((first, others)) = rest.split_first() {
        let literals = rest.iter().take_while(|part| part.literal().is_some()).count();
        if literals == 0 {
            write_sequence(f, first, position)?;
            rest = others;
        } else {
            let (literals, others) = rest.split_at(literals);
            write_literal_before(f, &joined(literals), position, is_start, others.first().map(marker).or(end))?;
            rest = others;
        }
        is_start = false;
    }
    Ok(())
}

/// Literals side by side are one literal: apart, `$` and `{` would need no escape.
fn joined(literals: &[TemplatePart]) -> Cow<'_, str> {
    match literals {
        [only] => only.literal().unwrap_or_default(),
        several => several.iter().filter_map(TemplatePart::literal).map(Cow::into_owned).collect(),
    }
}

fn marker(part: &TemplatePart) -> char {
    if matches!(part, TemplatePart::Interpolation(_)) { '$' } else { '%' }
}

/// A literal that ends in `$` right before `${` would turn that into an escape (`$${`), and no escape exists for the
/// character alone: it is written as an interpolated string of its own, together with any `$` and `%` before it, which
/// would meet the `${` of that.
fn write_literal_before(
    f: &mut impl Write,
    text: &str,
    position: Position,
    is_start: bool,
    next: Option<char>,
) -> fmt::Result {
    let meets_marker = next.is_some_and(|marker| text.ends_with(marker));
    let body = if meets_marker { text.trim_end_matches(['$', '%']) } else { text };
    if is_start {
        write_json(f, body)?;
    } else {
        write_literal(f, body, position)?;
    }
    if body.len() == text.len() {
        return Ok(());
    }
    write!(f, "${{\"{}\"}}", &text[body.len()..])
}

fn write_sequence(f: &mut impl Write, part: &TemplatePart, position: Position) -> fmt::Result {
    match part {
        TemplatePart::Literal(text) => write_literal(f, text, position),
        TemplatePart::Interpolation(expression) => write!(f, "${{{expression}}}"),
        TemplatePart::If { condition, then, otherwise } => {
            write!(f, "%{{ if {condition} }}")?;
            write_parts(f, then, position, Some('%'))?;
            if !otherwise.iter().all(is_empty) {
                f.write_str("%{ else }")?;
                write_parts(f, otherwise, position, Some('%'))?;
            }
            f.write_str("%{ endif }")
        }
        TemplatePart::For { key, value, collection, body } => {
            f.write_str("%{ for ")?;
            if let Some(key) = key {
                write!(f, "{key}, ")?;
            }
            write!(f, "{value} in {collection} }}")?;
            write_parts(f, body, position, Some('%'))?;
            f.write_str("%{ endfor }")
        }
    }
}
