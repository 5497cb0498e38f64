//! `yamlencode` and `yamldecode`, as go-cty-yaml does it: libyaml's way to write, and its own way to tell what a plain
//! scalar is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::super::number::Number;
use super::super::types::Type;
use super::super::value::{Content, Entries, Value};
use super::datetime::yaml_timestamp;
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

/// How deep a document may nest.
const DEEPEST: usize = 500;

/// How many values a document may stand for: aliases of aliases grow without end.
const MOST: usize = 1_000_000;

pub(super) fn encode(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let value = arguments.value(0);
    if let Some(reason) = value.unknown_reason() {
        return Ok(Value::unknown(Type::String, reason));
    }
    let mut emitter = Emitter { out: String::new(), column: 0, whitespace: true, indention: true, open_ended: false };
    emitter.node(&value, Context { indent: -1, in_mapping: false, is_root: true });
    emitter.line(0);
    if emitter.open_ended {
        emitter.out.push_str("...\n");
    }
    Ok(Value::text(emitter.out))
}

/// libyaml's emitter, with as much of its state as these documents need.
struct Emitter {
    out: String,
    column: usize,
    whitespace: bool,
    indention: bool,
    open_ended: bool,
}

/// Where a node stands.
#[derive(Clone, Copy)]
struct Context {
    indent: isize,
    in_mapping: bool,
    is_root: bool,
}

/// Beyond this column a quoted text continues on the next line.
const WIDTH: usize = 80;

/// The longest key that stands before a colon; a longer one stands after a question mark.
const LONGEST_KEY: usize = 128;

impl Emitter {
    fn put(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    /// A new line, unless this one has nothing in it yet, and blanks up to the indent.
    fn line(&mut self, indent: isize) {
        let indent = usize::try_from(indent).unwrap_or_default();
        if !self.indention || self.column > indent || self.column == indent && !self.whitespace {
            self.line_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, text: &str, needs_space: bool, is_space: bool, is_indention: bool) {
        if needs_space && !self.whitespace {
            self.put(' ');
        }
        text.chars().for_each(|character| self.put(character));
        self.whitespace = is_space;
        self.indention = self.indention && is_indention;
        self.open_ended = false;
    }

    fn node(&mut self, value: &Value, context: Context) {
        match &value.content {
            Content::Sequence(items) if items.is_empty() => self.flow("[]"),
            Content::Mapping(entries) if entries.is_empty() => self.flow("{}"),
            Content::Sequence(items) => {
                let is_indentless = context.in_mapping && !self.indention;
                let indent = deeper(context.indent, is_indentless);
                for item in items.iter() {
                    self.line(indent);
                    self.indicator("-", true, false, true);
                    self.node(item, Context { indent, in_mapping: false, is_root: false });
                }
            }
            Content::Mapping(entries) => {
                let indent = deeper(context.indent, false);
                let inner = Context { indent, in_mapping: true, is_root: false };
                for (key, item) in entries.iter() {
                    self.line(indent);
                    let has_break = key.chars().any(is_break);
                    if has_break || key.len() > LONGEST_KEY {
                        self.indicator("?", true, false, true);
                        self.text(key, inner);
                        self.line(indent);
                        self.indicator(":", true, false, true);
                    } else {
                        self.quoted(key, None);
                        self.indicator(":", false, false, false);
                    }
                    self.node(item, inner);
                }
            }
            Content::Text(text) => self.text(text, context),
            Content::Number(number) => self.plain(&number.to_string(), context),
            Content::Bool(value) => self.plain(if *value { "true" } else { "false" }, context),
            Content::Null | Content::Unknown(_) => self.plain("null", context),
        }
    }

    fn flow(&mut self, brackets: &str) {
        let (open, close) = brackets.split_at(1);
        self.indicator(open, true, true, false);
        self.indicator(close, false, false, false);
    }

    fn plain(&mut self, text: &str, context: Context) {
        if !self.whitespace {
            self.put(' ');
        }
        text.chars().for_each(|character| self.put(character));
        self.whitespace = false;
        self.indention = false;
        self.open_ended = context.is_root;
    }

    fn text(&mut self, text: &str, context: Context) {
        let indent = if context.indent < 0 { 2 } else { context.indent + 2 };
        if text.contains('\n') && is_fit_for_block(text) {
            self.literal(text, indent);
        } else {
            self.quoted(text, Some(indent));
        }
    }

    /// A text in double quotes, which may continue on further lines unless it is a key.
    fn quoted(&mut self, text: &str, indent: Option<isize>) {
        self.indicator("\"", true, false, false);
        let mut after_space = false;
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            if !is_printable(character) || is_break(character) || matches!(character, '"' | '\\' | '\u{feff}') {
                self.escape(character);
                after_space = false;
            } else if character == ' ' {
                let may_break = !after_space && self.column > WIDTH && at > 0 && next.is_some();
                match indent.filter(|_| may_break) {
                    Some(indent) => {
                        self.line(indent);
                        if next == Some(' ') {
                            self.put('\\');
                        }
                    }
                    None => self.put(' '),
                }
                after_space = true;
            } else {
                self.put(character);
                after_space = false;
            }
            // Within the quotes the line has something in it, whatever was written.
            self.indention = false;
        }
        self.indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn escape(&mut self, character: char) {
        let escaped = match character {
            '\0' => "0",
            '\u{7}' => "a",
            '\u{8}' => "b",
            '\t' => "t",
            '\n' => "n",
            '\u{b}' => "v",
            '\u{c}' => "f",
            '\r' => "r",
            '\u{1b}' => "e",
            '"' => "\"",
            '\\' => "\\",
            '\u{85}' => "N",
            '\u{a0}' => "_",
            '\u{2028}' => "L",
            '\u{2029}' => "P",
            other => {
                let code = u32::from(other);
                let mut text = String::new();
                // Writing to a string cannot fail.
                let _ = match code {
                    0..=0xff => write!(text, "x{code:02X}"),
                    0x100..=0xffff => write!(text, "u{code:04X}"),
                    _ => write!(text, "U{code:08X}"),
                };
                self.put('\\');
                text.chars().for_each(|character| self.put(character));
                return;
            }
        };
        self.put('\\');
        escaped.chars().for_each(|character| self.put(character));
    }

    fn literal(&mut self, text: &str, indent: isize) {
        self.indicator("|", true, false, false);
        if text.starts_with(' ') || text.starts_with(is_break) {
            self.indicator("2", false, false, false);
        }
        let mut from_end = text.chars().rev();
        match (from_end.next(), from_end.next()) {
            (Some(last), _) if !is_break(last) => self.indicator("-", false, false, false),
            (Some(_), None) => self.indicator("+", false, false, false),
            (Some(_), Some(before)) if is_break(before) => self.indicator("+", false, false, false),
            _ => {}
        }
        self.open_ended = false;
        self.line_break();
        self.indention = true;
        self.whitespace = true;
        let mut after_break = true;
        for character in text.chars() {
            if is_break(character) {
                if character == '\n' {
                    self.line_break();
                } else {
                    self.out.push(character);
                    self.column = 0;
                }
                self.indention = true;
                after_break = true;
            } else {
                if after_break {
                    self.line(indent);
                }
                self.put(character);
                self.indention = false;
                after_break = false;
            }
        }
    }
}

fn deeper(indent: isize, is_indentless: bool) -> isize {
    match (indent, is_indentless) {
        (..0, _) => 0,
        (indent, true) => indent,
        (indent, false) => indent + 2,
    }
}

fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What libyaml writes as it is.
fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && character != '\u{feff}'
}

/// Whether a text can be a literal block: no blank at its end or before a line break, nothing that must be escaped.
fn is_fit_for_block(text: &str) -> bool {
    let mut before = None;
    for character in text.chars() {
        if !is_printable(character) && !is_break(character) || is_break(character) && before == Some(' ') {
            return false;
        }
        if is_break(character) && !is_printable(character) {
            return false;
        }
        before = Some(character);
    }
    !text.ends_with(' ')
}

/// Refusals of the parser here, which reads YAML 1.2 by the letter, of what libyaml takes, of which Terraform's parser is a port.
const STRICTER: [&str; 4] = [
    "invalid indentation",
    "must be followed by a valid YAML whitespace",
    "plain scalar cannot start with '-' followed by ,[]{}",
    "comments must be separated from other tokens by whitespace",
];

/// Line breaks of YAML 1.1 that YAML 1.2 has not.
const OLD_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

pub(super) fn decode(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let text = arguments.text(0);
    document(text).or_else(|problem| {
        let may_be_quoted = text.contains(['"', '\'']) && problem.contains("tab cannot be used as indentation");
        if may_be_quoted || STRICTER.iter().any(|refusal| problem.contains(refusal)) || text.contains(OLD_BREAKS) {
            let reason = format!("Terraform's parser of YAML may take what the one here does not: {problem}");
            return Ok(Value::unknown(Type::Dynamic, reason));
        }
        Err(problem)
    })
}

fn document(text: &str) -> Given {
    let events = Parser::new_from_str(text);
    let mut reader = Reader { events, end: text.chars().count(), text, anchors: HashMap::new(), depth: 0, count: 0 };
    loop {
        match reader.next()? {
            Event::DocumentStart(_) => break,
            Event::StreamEnd => return Err("missing start of document".to_owned()),
            _ => {}
        }
    }
    let first = reader.next()?;
    let value = reader.node(first)?;
    loop {
        match reader.next()? {
            Event::DocumentEnd => {}
            Event::StreamEnd => return Ok(value),
            Event::DocumentStart(_) => return Err("only a single document is allowed".to_owned()),
            _ => return Err("unexpected extra content after value".to_owned()),
        }
    }
}

struct Reader<'t> {
    events: Parser<'t, saphyr_parser::StrInput<'t>>,
    text: &'t str,
    /// How many characters the text has.
    end: usize,
    anchors: HashMap<usize, Value>,
    depth: usize,
    count: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Event<'t>, Failure> {
        match self.events.next() {
            Some(Ok((event, span))) => Ok(if span.end.index() >= self.end { self.without_break(event) } else { event }),
            Some(Err(error)) => Err(error.to_string()),
            None => Ok(Event::StreamEnd),
        }
    }

    /// A block that the text ends in has a line break at its end only if the text has one, too.
    fn without_break(&self, event: Event<'t>) -> Event<'t> {
        match event {
            Event::Scalar(value, style @ (ScalarStyle::Literal | ScalarStyle::Folded), anchor, tag)
                if !self.text.ends_with('\n') && value.ends_with('\n') =>
            {
                Event::Scalar(value[..value.len() - 1].to_owned().into(), style, anchor, tag)
            }
            other => other,
        }
    }

    fn node(&mut self, event: Event<'t>) -> Given {
        self.depth += 1;
        self.count += 1;
        if self.depth > DEEPEST || self.count > MOST {
            return Err("the document is too large".to_owned());
        }
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, tag) => (anchor, scalar(&text, style, tag.as_deref())?),
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned();
                let value = value.ok_or("cannot refer to an anchor from inside its own definition")?;
                self.count += size(&value);
                (0, value)
            }
            Event::SequenceStart(anchor, tag) => {
                if name_of(tag.as_deref()).is_some_and(|name| name != "seq") {
                    return Err("can't interpret sequence as something else".to_owned());
                }
                (anchor, self.sequence()?)
            }
            Event::MappingStart(anchor, tag) => {
                if name_of(tag.as_deref()).is_some_and(|name| name != "map") {
                    return Err("can't interpret mapping as something else".to_owned());
                }
                (anchor, self.mapping()?)
            }
            _ => return Err("expecting value but found end of stream".to_owned()),
        };
        self.depth -= 1;
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn sequence(&mut self) -> Given {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::tuple(items)),
                event => items.push(self.node(event)?),
            }
        }
    }

    fn mapping(&mut self) -> Given {
        let mut entries = Entries::new();
        loop {
            let (text, style, tag) = match self.next()? {
                Event::MappingEnd => return Ok(Value::object(entries)),
                Event::Scalar(text, style, _, tag) => (text, style, tag),
                _ => return Err("only strings are allowed as mapping keys".to_owned()),
            };
            let is_merge = tag.is_none() && text == "<<" && style == ScalarStyle::Plain;
            let key = scalar(&text, style, tag.as_deref())?;
            let event = self.next()?;
            let value = self.node(event)?;
            if is_merge {
                let merged = value.entries();
                let merged = merged.ok_or_else(|| format!("cannot merge {} into mapping", value.of_type().name()))?;
                entries.extend(merged.iter().map(|(key, value)| (key.clone(), value.clone())));
                continue;
            }
            let key = key.convert(&Type::String).map_err(|_| "only strings are allowed as mapping keys")?;
            let key = key.as_text().ok_or("mapping key cannot be null")?;
            entries.insert(key.into(), value);
        }
    }
}

fn size(value: &Value) -> usize {
    match &value.content {
        Content::Sequence(items) => items.iter().map(size).sum::<usize>() + 1,
        Content::Mapping(entries) => entries.values().map(size).sum::<usize>() + 1,
        _ => 1,
    }
}

/// The name of a tag of YAML itself, or the whole tag.
fn name_of(tag: Option<&Tag>) -> Option<Cow<'_, str>> {
    let tag = tag?;
    if tag.is_yaml_core_schema() || tag.handle == "!!" {
        return Some(Cow::Borrowed(&tag.suffix));
    }
    let whole = format!("{}{}", tag.handle, tag.suffix);
    let name = whole.strip_prefix("tag:yaml.org,2002:").map(str::to_owned);
    Some(Cow::Owned(name.unwrap_or(whole)))
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Given {
    let tag = name_of(tag);
    let tag = tag.as_deref();
    let cannot = |tag: &str| format!("cannot parse {text:?} as !!{tag}");
    match tag {
        None | Some("bool" | "int" | "float" | "null" | "timestamp") => {}
        Some("str" | "!") => return Ok(Value::text(text)),
        Some("binary") => {
            let is_base64 = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).is_ok();
            return if is_base64 { Ok(Value::text(text)) } else { Err(cannot("binary")) };
        }
        Some(other) => return Err(format!("unsupported tag {other:?}")),
    }
    let is_quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let hint = text.chars().next().map_or('N', |first| match first {
        '+' | '-' | '0'..='9' => 'D',
        '.' => '.',
        'y' | 'Y' | 'n' | 'N' | 't' | 'T' | 'f' | 'F' | 'o' | 'O' | '~' => 'M',
        _ => ' ',
    });
    let mut tag = tag;
    if hint != ' ' {
        if is_quoted {
            return Ok(Value::text(text));
        }
        if let Some(value) = named(text) {
            return Ok(value);
        }
        if tag.is_none() && matches!(text, ".nan" | ".NaN" | ".NAN") {
            return Err("floating point NaN is not supported".to_owned());
        }
        if hint == '.'
            && let Some(number) = Number::parse(text)
        {
            return Ok(Value::number(number));
        }
        if hint == 'D' {
            if matches!(tag, None | Some("timestamp"))
                && let Some(time) = yaml_timestamp(text)
            {
                return Ok(Value::text(time));
            }
            if is_integer(text) || is_float(text) {
                tag = Some("int");
            }
        }
    }
    match tag {
        Some("bool") => named(text).filter(|value| value.as_bool().is_some()).ok_or_else(|| cannot("bool")),
        Some("int" | "float") => number(text).map(Value::number).ok_or_else(|| cannot("float")),
        Some("timestamp") => yaml_timestamp(text).map(Value::text).ok_or_else(|| cannot("timestamp")),
        Some("null") => Ok(Value::null(Type::Dynamic)),
        _ => Ok(Value::text(text)),
    }
}

fn named(text: &str) -> Option<Value> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::bool(false),
        "" | "~" | "null" | "Null" | "NULL" => Value::null(Type::Dynamic),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::number(Number::infinite(false)),
        "-.inf" | "-.Inf" | "-.INF" => Value::number(Number::infinite(true)),
        _ => return None,
    })
}

fn is_integer(text: &str) -> bool {
    let all = |digits: &str, is_digit: fn(&u8) -> bool| !digits.is_empty() && digits.as_bytes().iter().all(is_digit);
    if let Some(digits) = text.strip_prefix("0o") {
        return all(digits, |byte| (b'0'..=b'7').contains(byte));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, u8::is_ascii_hexdigit);
    }
    all(text.strip_prefix(['+', '-']).unwrap_or(text), u8::is_ascii_digit)
}

fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    has_digits
        && are_digits(whole)
        && are_digits(fraction)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && are_digits(exponent))
}

fn number(text: &str) -> Option<Number> {
    let plain = text.replace('_', "");
    let based = |digits: &str, radix: u32| {
        i128::from_str_radix(digits, radix).ok().filter(|number| *number <= i128::from(u64::MAX))
    };
    let from_prefix = || {
        let number = match plain.get(..2)? {
            "0x" | "0X" => based(&plain[2..], 16)?,
            "0o" | "0O" => based(&plain[2..], 8)?,
            "0b" | "0B" => based(&plain[2..], 2)?,
            _ => return None,
        };
        Some(Number::whole_within(&number.into(), super::super::number::COUNTED))
    };
    Number::parse(&plain).or_else(from_prefix)
}
