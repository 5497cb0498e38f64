//! Indented JSON as text, laid out as `serde_json` lays it out.
//!
//! Documents are written through this and not through `serde`: most of a document is short strings, of which most need
//! no escape, and looking at eight bytes at once makes up for much of what a checked document costs.

use std::fmt::{Display, Write as _};

use super::expression::NativeText;

/// How far an entry stands from what it is in.
const INDENT: usize = 2;

/// A comma, the end of a line, and blanks for more depth than documents have: the part of it that is needed is written at once.
const NEXT_LINE: &str = ",\n                                                                ";

/// Where the blanks begin in that.
const BLANKS: usize = 2;

/// A JSON text that is being written. It writes what it is told to: the caller opens and closes, in order.
#[derive(Debug, Default)]
pub(super) struct JsonText {
    text: String,
    depth: usize,
}

impl JsonText {
    /// A text with room for so many bytes, which is more if need be.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), depth: 0 }
    }

    /// An object or list: `{` or `[`, what `inside` writes, and the closing bracket.
    pub(super) fn bracketed(&mut self, [open, close]: [char; 2], inside: impl FnOnce(&mut Self)) {
        self.text.push(open);
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        if !self.text.ends_with(open) {
            self.line(false);
        }
        self.text.push(close);
    }

    /// `{...}`
    pub(super) fn object(&mut self, inside: impl FnOnce(&mut Self)) {
        self.bracketed(['{', '}'], inside);
    }

    /// `[...]` of the items, each written by `write`.
    pub(super) fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        self.bracketed(['[', ']'], |json| {
            for item in items {
                json.next();
                write(json, item);
            }
        });
    }

    /// The key of an object's next entry, which is written as it stands.
    pub(super) fn key(&mut self, name: &str) {
        self.next();
        self.text.push('"');
        self.part(name);
        self.text.push_str("\": ");
    }

    /// An object's next entry, up to its value.
    pub(super) fn entry(&mut self, key: impl FnOnce(&mut Self)) {
        self.next();
        key(self);
        self.text.push_str(": ");
    }

    /// A string, with what JSON wants escaped.
    pub(super) fn string(&mut self, text: &str) {
        self.text.push('"');
        self.part(text);
        self.text.push('"');
    }

    /// A string that `write` makes of pieces: [`part`](Self::part)s, [`native`](Self::native) and
    /// [`verbatim`](Self::verbatim) text.
    pub(super) fn string_of(&mut self, write: impl FnOnce(&mut Self)) {
        self.text.push('"');
        write(self);
        self.text.push('"');
    }

    /// A piece of a string.
    pub(super) fn part(&mut self, text: &str) {
        if is_bare(text) { self.text.push_str(text) } else { escape(&mut self.text, text) }
    }

    /// A piece of a string in native syntax.
    pub(super) fn native(&mut self, write: impl FnOnce(&mut NativeText<'_>)) {
        write(&mut NativeText::in_json(&mut self.text));
    }

    /// Text that is JSON already: `null`, or a piece of a string without anything to escape.
    pub(super) fn verbatim(&mut self, json: &str) {
        self.text.push_str(json);
    }

    /// `true` or `false`.
    pub(super) fn bool(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// A number, which is written in JSON as everywhere else.
    pub(super) fn number(&mut self, value: &impl Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{value}");
    }

    /// The text.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Starts the line of the next item, after a comma if it is not the first.
    fn next(&mut self) {
        // A string ends in a quote, so a bracket at the end is one that was just opened.
        let is_first = matches!(self.text.as_bytes().last(), Some(b'{' | b'['));
        self.line(!is_first);
    }

    fn line(&mut self, after_comma: bool) {
        let wanted = BLANKS + self.depth * INDENT;
        let at_once = wanted.min(NEXT_LINE.len());
        self.text.push_str(&NEXT_LINE[usize::from(!after_comma)..at_once]);
        self.text.extend(std::iter::repeat_n(' ', wanted - at_once));
    }
}

/// Adds text to what stands between the quotes of a JSON string.
pub(super) fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = first_escape(rest) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let mut characters = after.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            // Writing to a string cannot fail.
            Some(other) => drop(write!(out, "\\u{:04x}", u32::from(other))),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
}

fn needs_escape(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// Where the first byte is that JSON wants escaped in a string, or that ends one.
pub(super) fn first_escape(text: &str) -> Option<usize> {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut found = words.iter().map(|word| escapes(u64::from_le_bytes(*word))).zip((0..).step_by(8));
    // The lowest bit is of the first byte: what is carried goes up only.
    let within = |(found, start): (u64, usize)| (found != 0).then(|| start + found.trailing_zeros() as usize / 8);
    let after = || Some(8 * words.len() + rest.iter().position(|byte| needs_escape(*byte))?);
    found.find_map(within).or_else(after)
}

/// Whether the text means itself in a JSON string and in a template of Terraform: no control character, quote or
/// backslash, and neither `$` nor `%`.
pub(super) fn is_bare(text: &str) -> bool {
    all_words(text, is_bare_word, |byte| !needs_escape(byte) && !matches!(byte, b'$' | b'%'))
}

/// Whether `word` holds for the text, eight bytes at once, or `byte` for each of fewer bytes than that.
fn all_words(text: &str, word: impl Fn(u64) -> bool, byte: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let holds = |chunk: &[u8; 8]| word(u64::from_ne_bytes(*chunk));
    // The last word reaches back into the one before it.
    let Some(last) = bytes.last_chunk::<8>() else { return bytes.iter().all(|it| byte(*it)) };
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().all(holds) && holds(last)
}

/// The same of eight bytes at once, by the arithmetic of "Determine if a word has a byte less than n" and "equal to n"
/// (<https://graphics.stanford.edu/~seander/bithacks.html>).
fn is_bare_word(word: u64) -> bool {
    // `$` and `%` differ in the lowest bit only.
    (escapes(word) | equal(word | ONES, b'%')) & HIGH_BITS == 0
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// The high bit of each byte that needs an escape.
fn escapes(word: u64) -> u64 {
    (below(word, b' ') | equal(word, b'"') | equal(word, b'\\')) & HIGH_BITS
}

/// Whether the text is bare and in ASCII, without its last character, which is a control character.
pub(super) fn is_bare_ascii(text: &str) -> bool {
    let is_ascii = |word: u64| (((word & !HIGH_BITS) + ONES) | word) & HIGH_BITS == 0;
    let is_bare_byte = |byte: u8| !needs_escape(byte) && !matches!(byte, b'$' | b'%' | 0x7f..);
    all_words(text, |word| is_bare_word(word) && is_ascii(word), is_bare_byte)
}

fn below(word: u64, least: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(least)) & !word
}

fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * u64::from(byte)), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_and_the_escapes_are_those_of_serde_json() {
        let every_character: String = ('\0'..='\u{ff}').chain(['\u{feff}', '\u{1f600}']).collect();
        let deeper_than_blanks = (0..40).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
        let value = serde_json::json!({
            "": [],
            "deep": deeper_than_blanks,
            "list": [1, -2.5, true, false, null, {}, [[]], {"a": {"b": "c"}}],
            "text": every_character,
            "quote \" in a key": "12345678\u{7}",
        });
        let mut json = JsonText::default();
        write(&mut json, &value);
        assert_eq!(json.into_text(), serde_json::to_string_pretty(&value).unwrap());
    }

    fn write(json: &mut JsonText, value: &serde_json::Value) {
        match value {
            serde_json::Value::Null => json.verbatim("null"),
            serde_json::Value::Bool(value) => json.bool(*value),
            serde_json::Value::Number(value) => json.number(value),
            serde_json::Value::String(text) => json.string(text),
            serde_json::Value::Array(items) => json.list(items, write),
            serde_json::Value::Object(entries) => json.object(|json| {
                for (name, value) in entries {
                    json.key(name);
                    write(json, value);
                }
            }),
        }
    }

    #[test]
    fn a_byte_counts_wherever_it_stands() {
        for byte in 0..=0x7f_u8 {
            let bare = !(needs_escape(byte) || byte == b'$' || byte == b'%');
            for position in 0..20 {
                let mut text = vec![b'a'; 20];
                text[position] = byte;
                let text = String::from_utf8(text).unwrap();
                assert_eq!(is_bare(&text), bare, "{byte:#x} at {position}");
                assert_eq!(is_bare_ascii(&text), bare && byte != 0x7f, "{byte:#x} at {position}");
                let escape = needs_escape(byte).then_some(position);
                assert_eq!(first_escape(&text), escape, "{byte:#x} at {position}");
                assert_eq!(first_escape(&format!("{text}{text}\"")), escape.or(Some(40)));
            }
        }
        assert!(is_bare("äöü€ and other text"));
        assert!(!is_bare_ascii("other text and ä") && !is_bare_ascii("ä and other text"));
    }
}
