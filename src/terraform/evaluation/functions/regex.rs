//! Regular expressions as Go reads them (RE2), on an engine that has the same guarantees and nearly the same syntax.
//!
//! A pattern is rewritten: what Go means in ASCII is spelled out, what only the other engine knows is escaped or refused.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};

use super::super::types::Type;
use super::super::value::{Entries, Value};
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

/// The most repetitions that Go takes.
const MOST_REPETITIONS: u32 = 1000;

/// How deep groups may stand in each other; Go takes as many.
const DEEPEST: usize = 1000;

/// The most bytes of a compiled pattern. Go counts characters, this engine bytes of UTF-8: a class such as `\p{L}` takes it about 40 KB
/// for each repetition, so that a thousand of them, which Go takes, just fit.
const LARGEST: usize = 64 << 20;

/// How many patterns are kept compiled: a `for` asks for the same few with each of its elements.
const KEPT: usize = 4;

/// Why a result is unknown: Go would have compiled the pattern, or refused it for its size as well.
const TOO_LARGE: &str = "the regular expression is too large to be compiled here";

thread_local! {
    static COMPILED: RefCell<VecDeque<(String, Rc<Pattern>)>> = const { RefCell::new(VecDeque::new()) };
}

/// A pattern with the names of its groups, in order; none for a group without a name.
struct Pattern {
    /// None if it is too large.
    regex: Option<Regex>,
    names: Vec<Option<String>>,
}

fn compile(pattern: &str) -> Result<Rc<Pattern>, Failure> {
    let kept = COMPILED.with_borrow(|compiled| {
        compiled.iter().find(|(text, _)| text == pattern).map(|(_, compiled)| Rc::clone(compiled))
    });
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let compiled = Rc::new(Pattern::new(pattern, LARGEST)?);
    COMPILED.with_borrow_mut(|all| {
        all.truncate(KEPT - 1);
        all.push_front((pattern.to_owned(), Rc::clone(&compiled)));
    });
    Ok(compiled)
}

struct Rewriter<'p> {
    rest: &'p str,
    out: String,
    names: Vec<Option<String>>,
    depth: usize,
}

type Rewritten = Result<(), String>;

impl Rewriter<'_> {
    fn take(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn eat(&mut self, prefix: &str) -> bool {
        let rest = self.rest.strip_prefix(prefix);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn rewrite(&mut self) -> Rewritten {
        // Whether the last thing was a repetition, which cannot be repeated once more.
        let (mut after_repetition, mut has_operand) = (false, false);
        while let Some(character) = self.take() {
            let mut is_repetition = false;
            let mut is_operand = true;
            match character {
                '\\' => is_operand = self.escape()?,
                '[' => self.class()?,
                '(' => {
                    is_operand = self.group()?;
                }
                ')' => {
                    self.depth = self.depth.checked_sub(1).ok_or("unexpected )")?;
                    self.out.push(')');
                }
                '*' | '+' | '?' => {
                    is_repetition = true;
                    check_repetition(after_repetition, has_operand)?;
                    self.out.push(character);
                    self.lazy();
                }
                '{' => match self.counted()? {
                    Some(counted) => {
                        is_repetition = true;
                        check_repetition(after_repetition, has_operand)?;
                        self.out.push_str(&counted);
                        self.lazy();
                    }
                    None => self.out.push_str("\\{"),
                },
                '|' => {
                    is_operand = false;
                    self.out.push('|');
                }
                '^' | '$' | '.' => self.out.push(character),
                other => self.literal(other),
            }
            after_repetition = is_repetition;
            has_operand = is_operand;
        }
        if self.depth > 0 { Err("missing closing )".to_owned()) } else { Ok(()) }
    }

    fn lazy(&mut self) {
        if self.eat("?") {
            self.out.push('?');
        }
    }

    fn literal(&mut self, character: char) {
        if character.is_alphanumeric() || character == '_' || !character.is_ascii() {
            self.out.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(self.out, "\\x{{{:x}}}", u32::from(character));
        }
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else is a brace.
    fn counted(&mut self) -> Result<Option<String>, String> {
        let Some((inner, rest)) = self.rest.split_once('}') else { return Ok(None) };
        let (least, most) = inner.split_once(',').map_or((inner, None), |(least, most)| (least, Some(most)));
        let is_number = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_digit())
                && (text == "0" || !text.starts_with('0'))
        };
        if !is_number(least) || !most.is_none_or(|most| most.is_empty() || is_number(most)) {
            return Ok(None);
        }
        let bound = |text: &str| text.parse::<u32>().ok().filter(|count| *count <= MOST_REPETITIONS);
        let least = bound(least).ok_or("invalid repeat count")?;
        if let Some(most) = most.filter(|most| !most.is_empty()) {
            let most = bound(most).ok_or("invalid repeat count")?;
            if most < least {
                return Err("invalid repeat count".to_owned());
            }
        }
        self.rest = rest;
        Ok(Some(format!("{{{inner}}}")))
    }

    /// An opening parenthesis was read; whether something stands there that can be repeated.
    fn group(&mut self) -> Result<bool, String> {
        if !self.rest.starts_with('?') {
            self.open()?;
            self.names.push(None);
            self.out.push('(');
            return Ok(false);
        }
        if self.eat("?P<") || self.eat("?<") {
            let (name, rest) = self.rest.split_once('>').ok_or("invalid named capture")?;
            if name.is_empty() || !name.chars().all(|it| it.is_alphanumeric() || it == '_') {
                return Err("invalid named capture".to_owned());
            }
            self.open()?;
            self.names.push(Some(name.to_owned()));
            self.rest = rest;
            self.out.push('(');
            return Ok(false);
        }
        self.eat("?");
        let end = self.rest.find([':', ')']).ok_or("missing argument to repetition operator")?;
        let (flags, rest) = self.rest.split_at(end);
        let unsigned = flags.replacen('-', "", 1);
        let is_valid = unsigned.chars().all(|flag| "imsU".contains(flag)) && !flags.ends_with('-');
        if !is_valid || flags.is_empty() && !rest.starts_with(':') {
            return Err("invalid or unsupported Perl syntax".to_owned());
        }
        self.out.push_str("(?");
        self.out.push_str(flags);
        self.rest = rest;
        if self.eat(":") {
            self.open()?;
            self.out.push(':');
        } else {
            self.eat(")");
            self.out.push(')');
        }
        Ok(false)
    }

    fn open(&mut self) -> Rewritten {
        self.depth += 1;
        if self.depth > DEEPEST { Err("expression nests too deeply".to_owned()) } else { Ok(()) }
    }

    /// A backslash was read outside of a class; whether what it means can be repeated.
    fn escape(&mut self) -> Result<bool, String> {
        let Some(character) = self.rest.chars().next() else {
            return Err("trailing backslash at end of expression".to_owned());
        };
        match character {
            'b' => self.out.push_str("(?-u:\\b)"),
            'B' => self.out.push_str("(?:\\B)"),
            'A' => self.out.push_str("\\A"),
            'z' => self.out.push_str("\\z"),
            'd' => self.out.push_str("[0-9]"),
            'D' => self.out.push_str("[^0-9]"),
            's' => self.out.push_str("[\\t\\n\\f\\r ]"),
            'S' => self.out.push_str("[^\\t\\n\\f\\r ]"),
            'w' => self.out.push_str("[0-9A-Za-z_]"),
            'W' => self.out.push_str("[^0-9A-Za-z_]"),
            'Q' => {
                self.take();
                let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                quoted.chars().for_each(|character| self.literal(character));
                self.rest = rest;
                return Ok(!quoted.is_empty());
            }
            'E' => {
                // The end of a quotation that did not begin is nothing.
                self.take();
                return Ok(true);
            }
            'p' | 'P' => return self.unicode_class().map(|()| true),
            _ => {
                let literal = self.escaped_character()?;
                self.literal(literal);
                return Ok(true);
            }
        }
        self.take();
        Ok(true)
    }

    /// `\pL`, `\p{Greek}`, `\p{^Greek}`
    fn unicode_class(&mut self) -> Rewritten {
        let negated = self.take() == Some('P');
        let mut name = match self.take() {
            Some('{') => {
                let (name, rest) = self.rest.split_once('}').ok_or("invalid character class range")?;
                self.rest = rest;
                name.to_owned()
            }
            Some(letter) => letter.to_string(),
            None => return Err("invalid character class range".to_owned()),
        };
        let mut negated = negated;
        if let Some(rest) = name.strip_prefix('^') {
            negated = !negated;
            name = rest.to_owned();
        }
        let is_known = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|it| it.is_ascii_alphabetic() || it == '_');
        if !is_known {
            return Err("invalid character class range".to_owned());
        }
        let _ = write!(self.out, "\\{}{{{name}}}", if negated { 'P' } else { 'p' });
        Ok(())
    }

    /// The character that an escape stands for, the backslash being read already.
    fn escaped_character(&mut self) -> Result<char, String> {
        let invalid = || "invalid escape sequence".to_owned();
        let character = self.take().ok_or_else(invalid)?;
        match character {
            'a' => Ok('\u{7}'),
            'f' => Ok('\u{c}'),
            't' => Ok('\t'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            'v' => Ok('\u{b}'),
            'x' => {
                let digits = if self.eat("{") {
                    let (digits, rest) = self.rest.split_once('}').ok_or_else(invalid)?;
                    self.rest = rest;
                    digits
                } else {
                    let digits = self.rest.get(..2).ok_or_else(invalid)?;
                    self.rest = &self.rest[2..];
                    digits
                };
                let is_hexadecimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal);
                code.and_then(char::from_u32).ok_or_else(invalid)
            }
            '0'..='7' => {
                // A single digit from 1 on would refer back to a group, which this language does not have.
                let is_octal = |character: char| ('0'..='7').contains(&character);
                if character != '0' && !self.rest.starts_with(is_octal) {
                    return Err(invalid());
                }
                let mut code = character.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    let Some(digit) = self.rest.chars().next().filter(|next| is_octal(*next)) else { break };
                    code = code * 8 + digit.to_digit(8).unwrap_or_default();
                    self.take();
                }
                char::from_u32(code).ok_or_else(invalid)
            }
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => Ok(other),
            _ => Err(invalid()),
        }
    }

    /// `[...]`, the bracket being read already.
    fn class(&mut self) -> Rewritten {
        let missing = || "missing closing ]".to_owned();
        self.out.push('[');
        if self.eat("^") {
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            let character = self.rest.chars().next().ok_or_else(missing)?;
            if character == ']' && !is_first {
                self.take();
                self.out.push(']');
                return Ok(());
            }
            is_first = false;
            if self.rest.starts_with("[:")
                && let Some(end) = self.rest.find(":]")
            {
                let (name, rest) = self.rest.split_at(end + 2);
                if !is_posix(name) {
                    return Err("invalid character class range".to_owned());
                }
                self.out.push_str(name);
                self.rest = rest;
                continue;
            }
            if self.class_escape()? {
                continue;
            }
            let low = self.class_character()?;
            self.literal(low);
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            if is_range {
                self.take();
                let high = self.class_character()?;
                if high < low {
                    return Err("invalid character class range".to_owned());
                }
                self.out.push('-');
                self.literal(high);
            } else if self.rest.starts_with("-]") {
                self.take();
                self.out.push_str("\\-");
            }
        }
    }

    /// A class within a class, such as `\d`.
    fn class_escape(&mut self) -> Result<bool, String> {
        let Some(rest) = self.rest.strip_prefix('\\') else { return Ok(false) };
        let class = match rest.chars().next() {
            Some('d') => "0-9",
            Some('D') => "[^0-9]",
            Some('s') => "\\t\\n\\f\\r ",
            Some('S') => "[^\\t\\n\\f\\r ]",
            Some('w') => "0-9A-Za-z_",
            Some('W') => "[^0-9A-Za-z_]",
            Some('p' | 'P') => {
                self.rest = rest;
                self.unicode_class()?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.out.push_str(class);
        self.rest = &rest[1..];
        Ok(true)
    }

    fn class_character(&mut self) -> Result<char, String> {
        let character = self.take().ok_or("missing closing ]")?;
        if character == '\\' { self.escaped_character() } else { Ok(character) }
    }
}

fn check_repetition(after_repetition: bool, has_operand: bool) -> Rewritten {
    match (after_repetition, has_operand) {
        (true, _) => Err("invalid nested repetition operator".to_owned()),
        (_, false) => Err("missing argument to repetition operator".to_owned()),
        _ => Ok(()),
    }
}

fn is_posix(name: &str) -> bool {
    let inner = name.trim_start_matches("[:").trim_end_matches(":]");
    let inner = inner.strip_prefix('^').unwrap_or(inner);
    matches!(
        inner,
        "alnum"
            | "alpha"
            | "ascii"
            | "blank"
            | "cntrl"
            | "digit"
            | "graph"
            | "lower"
            | "print"
            | "punct"
            | "space"
            | "upper"
            | "word"
            | "xdigit"
    )
}

impl Pattern {
    fn new(pattern: &str, largest: usize) -> Result<Self, Failure> {
        let invalid = |why: &str| format!("invalid regexp pattern: {why} in {pattern}");
        let mut rewriter = Rewriter { rest: pattern, out: String::new(), names: Vec::new(), depth: 0 };
        rewriter.rewrite().map_err(|why| invalid(&why))?;
        let regex = match RegexBuilder::new(&rewriter.out).size_limit(largest).build() {
            Ok(regex) => Some(regex),
            Err(regex::Error::CompiledTooBig(_)) => None,
            Err(error) => return Err(invalid(&error.to_string().replace('\n', " "))),
        };
        Ok(Self { regex, names: rewriter.names })
    }

    /// The type of each match: the text, a tuple of its groups, or an object of its named ones.
    fn of_type(&self) -> Result<Type, Failure> {
        let named = self.names.iter().flatten().count();
        match (self.names.len(), named) {
            (0, _) => Ok(Type::String),
            (count, 0) => Ok(Type::tuple((0..count).map(|_| Type::String))),
            (count, named) if count == named => {
                Ok(Type::object(self.names.iter().flatten().map(|name| (name.as_str(), Type::String))))
            }
            _ => Err("invalid regexp pattern: cannot mix both named and unnamed capture groups".to_owned()),
        }
    }

    fn result(&self, captures: &regex::Captures<'_>) -> Value {
        let group = |index: usize| {
            captures.get(index).map_or_else(|| Value::null(Type::String), |found| Value::text(found.as_str()))
        };
        if self.names.is_empty() {
            return group(0);
        }
        let groups = self.names.iter().enumerate().map(|(index, name)| (name, group(index + 1)));
        if self.names.iter().all(Option::is_none) {
            return Value::tuple(groups.map(|(_, value)| value));
        }
        let entries = groups.filter_map(|(name, value)| Some((name.as_deref()?.into(), value)));
        Value::object(entries.collect::<Entries>())
    }
}

pub(super) fn regex(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let pattern = compile(arguments.text(0))?;
    let of_type = pattern.of_type()?;
    let Some(regex) = &pattern.regex else { return Ok(Value::unknown(of_type, TOO_LARGE)) };
    let captures = regex.captures(arguments.text(1));
    let captures = captures.ok_or("pattern did not match any part of the given string")?;
    Ok(pattern.result(&captures))
}

pub(super) fn regexall(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let pattern = compile(arguments.text(0))?;
    let of_type = pattern.of_type()?;
    let Some(regex) = &pattern.regex else { return Ok(Value::unknown(Type::list(of_type), TOO_LARGE)) };
    let matches = regex.captures_iter(arguments.text(1)).map(|captures| pattern.result(&captures));
    Ok(Value::list(of_type, matches))
}

/// Replaces every match; `$1`, `$name` and `${name}` in the replacement stand for groups.
pub(super) fn replace(pattern: &str, text: &str, replacement: &str) -> Given {
    let pattern =
        compile(pattern).map_err(|error| error.replacen("invalid regexp pattern", "error parsing regexp", 1))?;
    let Some(regex) = &pattern.regex else { return Ok(Value::unknown(Type::String, TOO_LARGE)) };
    let mut out = String::new();
    let mut last = 0;
    for captures in regex.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        out.push_str(&text[last..whole.start()]);
        expand(&mut out, replacement, &pattern.names, &captures);
        last = whole.end();
    }
    out.push_str(&text[last..]);
    Ok(Value::text(out))
}

fn expand(out: &mut String, template: &str, names: &[Option<String>], captures: &regex::Captures<'_>) {
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let is_name = |character: char| character.is_alphanumeric() || character == '_';
        let (name, after) = match rest.strip_prefix('{') {
            Some(inner) => {
                let end = inner.find(|character| !is_name(character)).unwrap_or(inner.len());
                match inner[end..].strip_prefix('}') {
                    Some(after) => (&inner[..end], after),
                    None => ("", rest),
                }
            }
            None => rest.split_at(rest.find(|character| !is_name(character)).unwrap_or(rest.len())),
        };
        if name.is_empty() {
            out.push('$');
            continue;
        }
        let index = match name.parse::<usize>() {
            Ok(index) if name.bytes().all(|byte| byte.is_ascii_digit()) => Some(index),
            _ => names.iter().position(|known| known.as_deref() == Some(name)).map(|position| position + 1),
        };
        if let Some(found) = index.and_then(|index| captures.get(index)) {
            out.push_str(found.as_str());
        }
        rest = after;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, Pattern};

    #[test]
    fn a_pattern_that_is_too_large_is_no_invalid_pattern() {
        assert!(Pattern::new(r"\p{L}{9}", 1 << 10).is_ok_and(|pattern| pattern.regex.is_none()));
        assert!(Pattern::new(r"\p{L}{9}", LARGEST).is_ok_and(|pattern| pattern.regex.is_some()));
        assert!(Pattern::new(r"\p{L}{9", LARGEST).is_ok_and(|pattern| pattern.regex.is_some()), "a brace, as in Go");
        assert!(Pattern::new(r"\p{Nowhere}", LARGEST).is_err());
    }
}
