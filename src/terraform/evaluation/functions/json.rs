//! `jsonencode` and `jsondecode`.

use super::super::number::Number;
use super::super::types::Type;
use super::super::unknown::Refinement;
use super::super::value::{Content, Entries, Value};
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

/// How deep a document may nest.
const DEEPEST: usize = 1_000;

pub(super) fn encode(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let value = arguments.value(0);
    if value.has_infinite() {
        return Err("an infinite number cannot be written as JSON".to_owned());
    }
    let reason = match value.to_json() {
        Ok(text) => return Ok(Value::text(text)),
        Err(reason) => reason,
    };
    let unknown = Value::unknown(Type::String, reason);
    if !value.is_surely_not_null() {
        return Ok(unknown);
    }
    let prefix = match value.of_type() {
        Type::String => "\"",
        Type::Object(_) | Type::Map(_) => "{",
        Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
        _ => return Ok(unknown),
    };
    Ok(unknown.refined(&Refinement { prefix: Some(prefix.into()), ..Refinement::not_null() }))
}

pub(super) fn decode(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    parse(arguments.text(0))
}

/// A JSON text as a value of objects, tuples and primitives.
pub(super) fn parse(text: &str) -> Given {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let value = parser.value()?;
    parser.space();
    if parser.at < text.len() { Err("extraneous data after JSON value".to_owned()) } else { Ok(value) }
}

/// Of a key that is there twice the last value counts, but go-cty reads the earlier ones with the type of that one, too.
fn all_fit(hidden: &[(String, Value)], entries: &Entries) -> Result<(), Failure> {
    let fits = |(key, value): &(String, Value)| entries.get(key.as_str()).is_some_and(|last| fits(value, last));
    match hidden.iter().find(|it| !fits(it)) {
        Some((key, _)) => Err(format!("the values that {key:?} has are of different types")),
        None => Ok(()),
    }
}

/// Whether a value can be read with the type of another one.
fn fits(value: &Value, like: &Value) -> bool {
    match (&value.content, &like.content) {
        (Content::Null, _)
        | (Content::Text(_) | Content::Number(_) | Content::Bool(_), Content::Text(_))
        | (Content::Number(_), Content::Number(_))
        | (Content::Bool(_), Content::Bool(_)) => true,
        (Content::Text(text), Content::Number(_)) => Number::parse(text).is_some(),
        (Content::Text(text), Content::Bool(_)) => matches!(&**text, "true" | "false" | "1" | "0"),
        (Content::Sequence(items), Content::Sequence(wanted)) => {
            items.len() == wanted.len() && items.iter().zip(wanted.iter()).all(|(item, wanted)| fits(item, wanted))
        }
        (Content::Mapping(entries), Content::Mapping(wanted)) => {
            entries.len() == wanted.len()
                && entries.iter().all(|(key, value)| wanted.get(key).is_some_and(|wanted| fits(value, wanted)))
        }
        _ => false,
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn unexpected(&self) -> Failure {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(character) => format!("invalid character {character:?} at offset {}", self.at),
            None => "unexpected end of JSON input".to_owned(),
        }
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let found = self.byte() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn keyword(&mut self, word: &str, value: Value) -> Given {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.unexpected())
    }

    fn value(&mut self) -> Given {
        self.space();
        match self.byte() {
            Some(b'n') => self.keyword("null", Value::null(Type::Dynamic)),
            Some(b't') => self.keyword("true", Value::bool(true)),
            Some(b'f') => self.keyword("false", Value::bool(false)),
            Some(b'"') => self.string().map(Value::text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'[') => self.nested(Self::array),
            Some(b'{') => self.nested(Self::object),
            _ => Err(self.unexpected()),
        }
    }

    fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Given) -> Given {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("exceeded max depth of {DEEPEST}"));
        }
        self.at += 1;
        let value = parse(self);
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Given {
        let mut items = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Value::tuple([]));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.eat(b']') {
                return Ok(Value::tuple(items));
            }
            if !self.eat(b',') {
                return Err(self.unexpected());
            }
        }
    }

    fn object(&mut self) -> Given {
        let mut entries = Entries::new();
        self.space();
        if self.eat(b'}') {
            return Ok(Value::of_entries(entries));
        }
        let mut hidden = Vec::new();
        loop {
            self.space();
            if self.byte() != Some(b'"') {
                return Err(self.unexpected());
            }
            let key = Value::text(self.string()?);
            self.space();
            if !self.eat(b':') {
                return Err(self.unexpected());
            }
            let value = self.value()?;
            let key = key.as_text().unwrap_or_default();
            if let Some(earlier) = entries.insert(key.into(), value) {
                hidden.push((key.to_owned(), earlier));
            }
            self.space();
            if self.eat(b'}') {
                return all_fit(&hidden, &entries).map(|()| Value::of_entries(entries));
            }
            if !self.eat(b',') {
                return Err(self.unexpected());
            }
        }
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Given {
        let start = self.at;
        self.eat(b'-');
        let has_digits = self.eat(b'0') || self.digits();
        let has_fraction = !self.eat(b'.') || self.digits();
        let mut has_exponent = true;
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            has_exponent = self.digits();
        }
        let text = &self.text[start..self.at];
        let number = Number::parse(text).filter(|_| has_digits && has_fraction && has_exponent);
        number.map(Value::number).ok_or_else(|| self.unexpected())
    }

    fn string(&mut self) -> Result<String, Failure> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(|character: char| matches!(character, '"' | '\\' | '\0'..='\u{1f}'));
            let end = end.ok_or("unexpected end of JSON input")?;
            out.push_str(&rest[..end]);
            self.at += end;
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let character = self.escape()?;
                    out.push(character);
                }
                _ => return Err(self.unexpected()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Failure> {
        let byte = self.byte();
        self.at += 1;
        Ok(match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => {
                self.at -= 1;
                return Err(self.unexpected());
            }
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let unit = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        self.at += 4;
        Some(unit)
    }

    /// Two units that belong together are one character; one that is alone stands for nothing.
    fn unicode(&mut self) -> Result<char, Failure> {
        let high = self.unit().ok_or_else(|| self.unexpected())?;
        if let Some(character) = char::from_u32(high) {
            return Ok(character);
        }
        let before = self.at;
        if high < 0xdc00 && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            let low = self.unit().filter(|low| (0xdc00..0xe000).contains(low));
            if let Some(low) = low
                && let Some(character) = char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
            {
                return Ok(character);
            }
        }
        self.at = before;
        Ok('\u{fffd}')
    }
}
