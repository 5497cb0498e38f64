//! Tokens of the native syntax outside of strings.

use std::ops::Range;

use crate::terraform::identifier::{identifier_length, starts_identifier};

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'s> {
    Identifier(&'s str),
    Number(&'s str),
    /// An operator or bracket.
    Symbol(&'static str),
    /// The quote that opens a string.
    Quote,
    /// `<<` of a heredoc.
    Heredoc,
    Newline,
    End,
    UnclosedComment,
    /// A character that begins no token.
    Unknown(char),
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexed<'s> {
    pub(super) token: Token<'s>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Lexed<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The token at or after byte `from`. Newlines are tokens only where the grammar looks at them.
pub(super) fn lex(source: &str, from: usize, newlines: bool) -> Lexed<'_> {
    let start = match skip(source, from, newlines) {
        Ok(start) => start,
        Err(comment) => return Lexed { token: Token::UnclosedComment, start: comment, end: comment + 2 },
    };
    let rest = source.get(start..).unwrap_or_default();
    let (token, length) = first(rest);
    Lexed { token, start, end: start + length }
}

fn first(rest: &str) -> (Token<'_>, usize) {
    let Some(byte) = rest.bytes().next() else { return (Token::End, 0) };
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => identifier(rest),
        b'0'..=b'9' => {
            let length = number_length(rest.as_bytes());
            (Token::Number(&rest[..length]), length)
        }
        b'"' => (Token::Quote, 1),
        b'\n' => (Token::Newline, 1),
        b'\r' if rest.starts_with("\r\n") => (Token::Newline, 2),
        b'<' if is_heredoc(rest) => (Token::Heredoc, 2),
        _ => match (symbol(rest.as_bytes()), rest.chars().next()) {
            (Some(symbol), _) => (Token::Symbol(symbol), symbol.len()),
            (None, Some(character)) if starts_identifier(character) => identifier(rest),
            (None, Some(character)) => (Token::Unknown(character), character.len_utf8()),
            (None, None) => (Token::End, 0),
        },
    }
}

fn identifier(rest: &str) -> (Token<'_>, usize) {
    let length = identifier_length(rest);
    (Token::Identifier(&rest[..length]), length)
}

/// The longest symbol that stands here. `~}` closes a template sequence and strips the white space after it.
fn symbol(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [b'.', b'.', b'.', ..] => "...",
        [b':', b':', ..] => "::",
        [b'=', b'>', ..] => "=>",
        [b'=', b'=', ..] => "==",
        [b'!', b'=', ..] => "!=",
        [b'>', b'=', ..] => ">=",
        [b'<', b'=', ..] => "<=",
        [b'&', b'&', ..] => "&&",
        [b'|', b'|', ..] => "||",
        [b'~', b'}', ..] => "~}",
        [b'[', ..] => "[",
        [b']', ..] => "]",
        [b'(', ..] => "(",
        [b')', ..] => ")",
        [b'{', ..] => "{",
        [b'}', ..] => "}",
        [b'.', ..] => ".",
        [b',', ..] => ",",
        [b'*', ..] => "*",
        [b'/', ..] => "/",
        [b'%', ..] => "%",
        [b'+', ..] => "+",
        [b'-', ..] => "-",
        [b'=', ..] => "=",
        [b'<', ..] => "<",
        [b'>', ..] => ">",
        [b'!', ..] => "!",
        [b'?', ..] => "?",
        [b':', ..] => ":",
        [b'~', ..] => "~",
        _ => return None,
    })
}

/// Skips blanks and comments; fails with the place of a comment that does not end.
fn skip(source: &str, from: usize, newlines: bool) -> Result<usize, usize> {
    let bytes = source.as_bytes();
    let mut at = from;
    loop {
        let next = bytes.get(at + 1);
        match bytes.get(at) {
            Some(b' ' | b'\t') => at += 1,
            Some(b'\n') if !newlines => at += 1,
            Some(b'\r') if !newlines && next == Some(&b'\n') => at += 2,
            Some(b'#') => at = line_end(bytes, at),
            Some(b'/') if next == Some(&b'/') => at = line_end(bytes, at),
            Some(b'/') if next == Some(&b'*') => {
                let comment = source.get(at + 2..).unwrap_or_default();
                at += 4 + comment.find("*/").ok_or(at)?;
            }
            _ => return Ok(at),
        }
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

/// HCL's scanner takes all digits, dots and exponents together, up to the last that is no dot; whether that is a number
/// is decided afterwards.
fn number_length(bytes: &[u8]) -> usize {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut length = 1;
    let mut at = 1;
    loop {
        match bytes.get(at) {
            Some(b'.') => at += 1,
            Some(b'0'..=b'9') => {
                at += 1;
                length = at;
            }
            Some(b'e' | b'E') if digit(at + 1) => {
                at += 2;
                length = at;
            }
            Some(b'e' | b'E') if matches!(bytes.get(at + 1), Some(b'+' | b'-')) && digit(at + 2) => {
                at += 3;
                length = at;
            }
            _ => return length,
        }
    }
}

fn is_heredoc(rest: &str) -> bool {
    let marker = rest.strip_prefix("<<").map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    marker.is_some_and(|marker| marker.starts_with(starts_identifier))
}
