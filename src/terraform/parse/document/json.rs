//! JSON as it was written: entries in their order, keys that are there twice kept twice.
//!
//! A reader of its own, because Terraform's is not the one of the JSON specification: half of a surrogate pair is the
//! replacement character, numbers have no limit, and nesting is as deep as the stack allows.

use std::borrow::Cow;

use crate::terraform::expression::Number;
use crate::terraform::json::first_escape;
use crate::terraform::parse::number::is_exact;
use crate::terraform::parse::{SyntaxError, depth};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    /// A number that 64 bits do not hold, as it is written.
    LargeNumber(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// What kind of value it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) | Self::LargeNumber(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// Reads a whole text.
    pub(super) fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner { text, at: 0, depth: 0 };
        let value = scanner.value()?;
        scanner.space();
        if scanner.at < text.len() {
            return Err(scanner.error("nothing may follow the value", &["the end of the text"]));
        }
        Ok(value)
    }
}

/// What is wrong with a string without its second quote.
const UNCLOSED: &str = "a string is not closed";

struct Scanner<'s> {
    text: &'s str,
    at: usize,
    depth: usize,
}

impl<'s> Scanner<'s> {
    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&self, message: &str, expected: &[&'static str]) -> SyntaxError {
        let width = self.rest().chars().next().map_or(0, char::len_utf8);
        SyntaxError::new(self.at..self.at + width, message).expected(expected)
    }

    fn space(&mut self) {
        while matches!(self.text.as_bytes().get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.space();
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Result<Json, SyntaxError> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::list),
            Some(b'"') => Ok(Json::Text(self.string()?.into_owned())),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.keyword(),
            Some(_) if self.rest().starts_with('\u{feff}') => {
                Err(self.error("the text begins with a byte order mark", &["a value"]))
            }
            Some(_) => Err(self.error("no value begins like this", &["an object", "a list", "a string", "a number"])),
            None => Err(self.error("the text ends where a value should be", &["a value"])),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Json, SyntaxError>) -> Result<Json, SyntaxError> {
        self.depth += 1;
        if self.depth > depth::limit() * 2 {
            return Err(self.error("values are nested too deep to be read", &[]));
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Json, SyntaxError> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.eat(b'}') {
            return Ok(Json::Object(entries));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("a key is missing", &["a string"]));
            }
            let key = self.string()?.into_owned();
            if !self.eat(b':') {
                return Err(self.error("a key needs its value", &[":"]));
            }
            entries.push((key, self.value()?));
            if self.eat(b'}') {
                return Ok(Json::Object(entries));
            }
            if !self.eat(b',') {
                return Err(self.error("the object is not closed", &[",", "}"]));
            }
        }
    }

    fn list(&mut self) -> Result<Json, SyntaxError> {
        self.at += 1;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            if self.eat(b']') {
                return Ok(Json::List(items));
            }
            if !self.eat(b',') {
                return Err(self.error("the list is not closed", &[",", "]"]));
            }
        }
    }

    fn keyword(&mut self) -> Result<Json, SyntaxError> {
        let length = self.rest().bytes().take_while(u8::is_ascii_alphanumeric).count();
        let value = match &self.rest()[..length] {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            _ => return Err(self.error("there is no such word in JSON", &["null", "true", "false", "a string"])),
        };
        self.at += length;
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, SyntaxError> {
        let characters = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest().bytes().take_while(characters).count();
        let text = &self.rest()[..length];
        if !is_number(text) {
            return Err(self.error("this is no number", &[]));
        }
        let number = serde_json::from_str::<Number>(text).ok();
        self.at += length;
        let exact = number.filter(|number| !number.is_f64() || is_exact(text, number));
        Ok(exact.map_or_else(|| Json::LargeNumber(text.to_owned()), Json::Number))
    }

    fn string(&mut self) -> Result<Cow<'s, str>, SyntaxError> {
        self.at += 1;
        let Some(start) = self.plain() else { return Err(self.error(UNCLOSED, &["\""])) };
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(start));
        }
        let mut value = start.to_owned();
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(value));
                }
                Some(b'\\') => value.push(self.escape()?),
                _ => return Err(self.error("a control character is in a string", &["\\n", "\\t", "\\u..."])),
            }
            let Some(more) = self.plain() else {
                self.at = self.text.len();
                return Err(self.error(UNCLOSED, &["\""]));
            };
            value.push_str(more);
        }
    }

    /// What means itself in a string, up to its quote or an escape.
    fn plain(&mut self) -> Option<&'s str> {
        let rest = self.rest();
        let length = first_escape(rest)?;
        self.at += length;
        rest.get(..length)
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        let character = match self.text.as_bytes().get(self.at + 1) {
            None => return Err(self.error(UNCLOSED, &["\""])),
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.error("there is no such escape in JSON", &["\\\\", "\\\"", "\\n", "\\u..."])),
        };
        self.at += 2;
        Ok(character)
    }

    /// Four digits, or two times four that make one character together; half of such a pair is no character.
    fn unicode(&mut self) -> Result<char, SyntaxError> {
        let Some(first) = self.code_unit() else {
            return Err(self.error("four hexadecimal digits belong here", &["\\u0041"]));
        };
        self.at += 6;
        if let Some(second) = self.code_unit().filter(|unit| (0xdc00..0xe000).contains(unit))
            && (0xd800..0xdc00).contains(&first)
        {
            self.at += 6;
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn code_unit(&self) -> Option<u32> {
        let digits = self.rest().strip_prefix("\\u")?.get(..4)?;
        let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }
}

/// Whether the text is a number of JSON: no leading zero, no sign but a minus, digits on both sides of a dot.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Json {
        Json::parse(json).unwrap()
    }

    #[test]
    fn strings_are_what_terraform_reads() {
        assert_eq!(text(r#""a\n\u00e9\ud83d\ude00\/""#), Json::Text("a\né😀/".to_owned()));
        for half in [r#""\ud800""#, r#""\udc00""#] {
            assert_eq!(text(half), Json::Text("\u{fffd}".to_owned()));
        }
        assert_eq!(text(r#""\ud800\u0041""#), Json::Text("\u{fffd}A".to_owned()));
        for wrong in ["\"a\nb\"", r#""\x""#, r#""\u12"#, "\"a"] {
            assert!(Json::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_have_no_limit_and_one_form() {
        assert_eq!(text("1e400"), Json::LargeNumber("1e400".to_owned()));
        assert_eq!(text("-0.5e1"), Json::Number(Number::from_f64(-5.0).unwrap()));
        for wrong in ["01", "1.", ".5", "+1", "1e", "--1", "1.e1", "1-2"] {
            assert!(Json::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_stay_in_their_order_and_twice() {
        let keys = |json| match text(json) {
            Json::Object(entries) => entries.into_iter().map(|(key, _)| key).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        assert_eq!(keys(r#"{"b": 1, "a": 2, "b": 3}"#), ["b", "a", "b"]);
        for wrong in ["", "{\"a\": 1,}", "[1,]", "{} {}", "{a: 1}", "{\"a\" = 1}", "\u{feff}{}", "nul", "[1 2]"] {
            assert!(Json::parse(wrong).is_err(), "{wrong}");
        }
        let deep = "[".repeat(100_000);
        assert!(Json::parse(&deep).is_err());
    }
}
