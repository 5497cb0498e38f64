//! Literal text and templates, written so that Terraform reads back the very same characters.

use std::borrow::Cow;

use super::TemplatePart;
use super::native_text::NativeText;
use crate::terraform::json::{is_bare, is_bare_ascii};

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

/// The first byte of the control characters beyond ASCII, and of some that are none.
const BEYOND_ASCII: u8 = 0xc2;

/// Whether a JSON string can hold the text as it is.
pub(crate) fn is_plain(text: &str) -> bool {
    let has_marker = || text.contains("${") || text.contains("%{");
    !text.starts_with(BYTE_ORDER_MARK) && (is_bare(text) || !has_marker())
}

pub(super) fn write_quoted(out: &mut NativeText<'_>, text: &str) {
    out.quote();
    write_escaped(out, text, Position::Quoted);
    out.quote();
}

/// Whether literal text can stand in the document as it is, without any escape of JSON's either: most of it can.
pub(super) fn is_verbatim(text: &str) -> bool {
    is_bare(text) && !text.starts_with(BYTE_ORDER_MARK)
}

/// Writes a whole JSON string.
pub(super) fn write_json(out: &mut NativeText<'_>, text: &str) {
    let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK) else { return write_bare(out, text) };
    out.any("${\"\\ufeff\"}");
    write_bare(out, rest);
}

/// The first carriage return without a new line after it. Terraform's scanner knows none in a template and takes
/// everything from there on as literal text, interpolations and all.
pub(crate) fn lone_carriage_return(text: &str) -> Option<usize> {
    text.match_indices('\r').map(|(at, _)| at).find(|at| !text[at + 1..].starts_with('\n'))
}

/// Writes literal text between the quotes of a JSON string.
fn write_bare(out: &mut NativeText<'_>, text: &str) {
    let mut rest = text;
    while let Some(at) = lone_carriage_return(rest) {
        let (before, after) = rest.split_at(at);
        let body = before.trim_end_matches(['$', '%']);
        write_escaped(out, body, Position::Json);
        for piece in ["${\"", &before[body.len()..], "\\r\"}"] {
            out.any(piece);
        }
        rest = &after[1..];
    }
    write_escaped(out, rest, Position::Json);
}

fn write_literal(out: &mut NativeText<'_>, text: &str, position: Position) {
    match position {
        Position::Json => write_bare(out, text),
        Position::Quoted => write_escaped(out, text, position),
    }
}

fn write_escaped(out: &mut NativeText<'_>, text: &str, position: Position) {
    if is_bare_ascii(text) {
        return out.plain(text);
    }
    let mut rest = text;
    while let Some(at) = first_special(rest, position) {
        let (before, after) = rest.split_at(at);
        out.any(before);
        let mut characters = after.chars();
        let Some(character) = characters.next() else { break };
        rest = characters.as_str();
        match character {
            // Only before a brace are they the start of an interpolation or directive; `$${` stands for `${`.
            '$' => out.plain(if rest.starts_with('{') { "$$" } else { "$" }),
            '%' => out.plain(if rest.starts_with('{') { "%%" } else { "%" }),
            '"' => out.any("\\\""),
            '\\' => out.any("\\\\"),
            '\n' => out.any("\\n"),
            '\r' => out.any("\\r"),
            '\t' => out.any("\\t"),
            other if other.is_control() => out.any(&format!("\\u{:04x}", other as u32)),
            other => out.any(other.encode_utf8(&mut [0; 4])),
        }
    }
    out.any(rest);
}

/// Where the first character may be that native syntax does not take as it stands.
fn first_special(text: &str, position: Position) -> Option<usize> {
    // The second byte of a control character beyond ASCII tells it from others, of which there are few.
    let is_special = |byte: u8| match byte {
        b'$' | b'%' => true,
        b'"' | b'\\' | ..b' ' | 0x7f | BEYOND_ASCII => position == Position::Quoted,
        _ => false,
    };
    text.bytes().position(is_special)
}

/// Writes a whole template.
pub(super) fn write_template(out: &mut NativeText<'_>, parts: &[TemplatePart], position: Position) {
    if is_one_interpolation(parts) {
        // Alone it would be the value itself; beside a literal, even an empty one, it is text.
        out.any("${\"\"}");
    }
    write_parts(out, parts, position, None);
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
fn write_parts(out: &mut NativeText<'_>, parts: &[TemplatePart], position: Position, end: Option<char>) {
    let mut rest = parts;
    let mut is_start = position == Position::Json && end.is_none();
    while let Some((first, others)) = rest.split_first() {
        let literals = rest.iter().take_while(|part| part.literal().is_some()).count();
        if literals == 0 {
            write_sequence(out, first, position);
            rest = others;
        } else {
            let (literals, others) = rest.split_at(literals);
            write_literal_before(out, &joined(literals), position, is_start, others.first().map(marker).or(end));
            rest = others;
        }
        is_start = false;
    }
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
fn write_literal_before(out: &mut NativeText<'_>, text: &str, position: Position, is_start: bool, next: Option<char>) {
    let meets_marker = next.is_some_and(|marker| text.ends_with(marker));
    let body = if meets_marker { text.trim_end_matches(['$', '%']) } else { text };
    if is_start {
        write_json(out, body);
    } else {
        write_literal(out, body, position);
    }
    if body.len() == text.len() {
        return;
    }
    for piece in ["${\"", &text[body.len()..], "\"}"] {
        out.any(piece);
    }
}

fn write_sequence(out: &mut NativeText<'_>, part: &TemplatePart, position: Position) {
    match part {
        TemplatePart::Literal(text) => write_literal(out, text, position),
        TemplatePart::Interpolation(expression) => {
            out.plain("${");
            expression.write(out);
            out.plain("}");
        }
        TemplatePart::If { condition, then, otherwise } => {
            out.plain("%{ if ");
            condition.write(out);
            out.plain(" }");
            write_parts(out, then, position, Some('%'));
            if !otherwise.iter().all(is_empty) {
                out.plain("%{ else }");
                write_parts(out, otherwise, position, Some('%'));
            }
            out.plain("%{ endif }");
        }
        TemplatePart::For { key, value, collection, body } => {
            out.plain("%{ for ");
            if let Some(key) = key {
                out.any(key);
                out.plain(", ");
            }
            out.any(value);
            out.plain(" in ");
            collection.write(out);
            out.plain(" }");
            write_parts(out, body, position, Some('%'));
            out.plain("%{ endfor }");
        }
    }
}
