//! The order of a set's elements: numbers and texts by worth, everything else by a text that is made of it.
//!
//! Terraform calls the latter undefined, and yet shows it: in `tolist`, `for` and `jsonencode`.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::types::Type;
use super::value::{Content, Value};

/// The items in a set's order, equal ones once. Unknown items are equal to none.
pub(super) fn ordered(items: Vec<Value>) -> Vec<Value> {
    if items.len() < 2 {
        return items;
    }
    let is_primitive = items[0].of_type.is_primitive();
    let mut keyed: Vec<_> = items.into_iter().map(|item| (Key::new(&item, is_primitive), item)).collect();
    keyed.sort_by(|(a, _), (b, _)| a.compare(b));
    let mut kept: Vec<(Key, Value)> = Vec::with_capacity(keyed.len());
    for (key, item) in keyed {
        let same_key = kept.iter().rev().take_while(|(other, _)| other.compare(&key) == Ordering::Equal);
        let mut equal = same_key.filter(|(_, other)| other.equals(&item).as_bool() == Some(true));
        if equal.next().is_none() {
            kept.push((key, item));
        }
    }
    kept.into_iter().map(|(_, item)| item).collect()
}

enum Key {
    Known(Value),
    Hash(String),
    Unknown,
    Null,
}

impl Key {
    fn new(value: &Value, is_primitive: bool) -> Self {
        match &value.content {
            Content::Null => Self::Null,
            Content::Unknown(_) => Self::Unknown,
            _ if is_primitive => Self::Known(value.clone()),
            _ => {
                let mut text = String::new();
                write_hash(&mut text, value);
                Self::Hash(text)
            }
        }
    }

    /// Unknown values come after known ones, null after all.
    fn rank(&self) -> u8 {
        match self {
            Self::Known(_) | Self::Hash(_) => 0,
            Self::Unknown => 1,
            Self::Null => 2,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) => compare_known(a, b),
            (Self::Hash(a), Self::Hash(b)) => a.cmp(b),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }
}

/// The order of two known values of one primitive type.
pub(super) fn compare_known(a: &Value, b: &Value) -> Ordering {
    match (&a.content, &b.content) {
        (Content::Text(a), Content::Text(b)) => a.cmp(b),
        (Content::Number(a), Content::Number(b)) => a.cmp(b),
        (Content::Bool(a), Content::Bool(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

/// The text that go-cty makes of a value to tell it from others.
fn write_hash(out: &mut String, value: &Value) {
    match &value.content {
        Content::Null => out.push('~'),
        Content::Unknown(_) => out.push('?'),
        Content::Bool(value) => out.push(if *value { 'T' } else { 'F' }),
        Content::Number(number) => out.push_str(&number.general(Some(10))),
        Content::Text(text) => write_quoted(out, text),
        Content::Sequence(items) => {
            let [open, close] = if matches!(value.of_type, Type::Tuple(_)) { ['<', '>'] } else { ['[', ']'] };
            out.push(open);
            for item in items.iter() {
                write_hash(out, item);
                out.push(';');
            }
            out.push(close);
        }
        Content::Mapping(entries) => {
            let is_map = matches!(value.of_type, Type::Map(_));
            out.push(if is_map { '{' } else { '<' });
            for (key, item) in entries.iter() {
                if is_map {
                    write_quoted(out, key);
                    out.push(':');
                }
                write_hash(out, item);
                out.push(';');
            }
            out.push(if is_map { '}' } else { '>' });
        }
    }
}

/// Go's `%q`.
pub(super) fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            printable if is_printable(printable) => out.push(printable),
            other => {
                let code = u32::from(other);
                // Writing to a string cannot fail.
                let _ = match code {
                    0..0x20 | 0x7f => write!(out, "\\x{code:02x}"),
                    0x20..0x1_0000 => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
}

/// Whether Go shows the character as it is: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub(super) fn is_printable(character: char) -> bool {
    match character {
        ' ' => true,
        other => !other.is_control() && !other.is_whitespace() && !is_format(other),
    }
}

/// Format characters, private use and what is not assigned, as far as texts have them.
fn is_format(character: char) -> bool {
    matches!(u32::from(character),
        0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x8e2 | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
        | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb | 0xfffe | 0xffff | 0xe_0000..=0xe_0fff
        | 0xf_0000..=0x10_ffff)
}
