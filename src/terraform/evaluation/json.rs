//! Values as JSON, to the byte as `jsonencode` writes them.

use std::fmt::Write as _;
use std::sync::Arc;

use super::value::{Content, Value};

impl Value {
    /// Whether there is a number in it that JSON cannot hold: an infinite one, or one with more digits than anybody needs.
    pub fn has_infinite(&self) -> bool {
        match &self.content {
            Content::Number(number) => number.is_infinite() || !number.is_writable(),
            Content::Sequence(items) => items.iter().any(Self::has_infinite),
            Content::Mapping(entries) => entries.values().any(Self::has_infinite),
            _ => false,
        }
    }

    /// The value as `jsonencode` gives it, sets as arrays.
    ///
    /// # Errors
    /// Why the value, or something in it, is not known.
    pub fn to_json(&self) -> Result<String, Arc<str>> {
        if let Some(reason) = self.unknown_reason() {
            return Err(reason);
        }
        let mut out = String::new();
        write(&mut out, self);
        Ok(out)
    }
}

fn write(out: &mut String, value: &Value) {
    match &value.content {
        Content::Null | Content::Unknown(_) => out.push_str("null"),
        Content::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Content::Number(number) => out.push_str(&number.to_string()),
        Content::Text(text) => write_text(out, text),
        Content::Sequence(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Content::Mapping(entries) => {
            out.push('{');
            for (index, (key, item)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(out, key);
                out.push(':');
                write(out, item);
            }
            out.push('}');
        }
    }
}

/// A string as Go's `encoding/json` escapes it, so that it can also stand in HTML.
pub(super) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(may_need_escape) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let mut characters = after.chars();
        characters.next().into_iter().for_each(|character| write_character(out, character));
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Whether a byte begins a character that may need an escape: of those beyond ASCII, U+2028 and U+2029 do.
fn may_need_escape(byte: u8) -> bool {
    matches!(byte, ..b' ' | b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2)
}

fn write_character(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(character));
        }
        other => out.push(other),
    }
}
