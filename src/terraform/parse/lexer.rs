//! Tokens of the native syntax outside of strings.

use std::ops::Range;

use crate::terraform::identifier::{continues_identifier, starts_identifier};

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
#[derive(Debug, Clone)]
pub(super) struct Lexed<'s> {
    pub(super) token: Token<'s>,
    pub(super) span: Range<usize>,
}

/// Longer symbols before their beginnings. `~}` closes a template sequence and strips the white space after it.
const SYMBOLS: [&str; 30] = [
    "...", "::", "=>", "==", "!=", ">=", "<=", "&&", "||", "~}", "[", "]", "(", ")", "{", "}", ".", ",", "*", "/", "%",
    "+", "-", "=", "<", ">", "!", "?", ":", "~",
];

/// The token at or after byte `from`. Newlines are tokens only where the grammar looks at them.
pub(super) fn lex(source: &str, from: usize, newlines: bool) -> Lexed<'_> {
    let start = match skip(source, from, newlines) {
        Ok(start) => start,
        Err(comment) => return Lexed { token: Token::UnclosedComment, span: comment..comment + 2 },
    };
    let rest = source.get(start..).unwrap_or_default();
    let (token, length) = first(rest);
    Lexed { token, span: start..start + length }
}

fn first(rest: &str) -> (Token<'_>, usize) {
    let Some(character) = rest.chars().next() else { return (Token::End, 0) };
    if starts_identifier(character) {
        let length = rest.find(|character| !continues_identifier(character)).unwrap_or(rest.len());
        return (Token::Identifier(&rest[..length]), length);
    }
    match character {
        '0'..='9' => {
            let length = number_length(rest.as_bytes());
            (Token::Number(&rest[..length]), length)
        }
        '"' => (Token::Quote, 1),
        '\n' => (Token::Newline, 1),
        '\r' if rest.starts_with("\r\n") => (Token::Newline, 2),
        '<' if is_heredoc(rest) => (Token::Heredoc, 2),
        _ => match SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            Some(symbol) => (Token::Symbol(symbol), symbol.len()),
            None => (Token::Unknown(character), character.len_utf8()),
        },
    }
}

/// Skips blanks and comments; fails with the place of a comment that does not end.
fn skip(source: &str, from: usize, newlines: bool) -> Result<usize, usize> {
    let mut at = from;
    loop {
        let rest = source.get(at..).unwrap_or_default();
        if rest.starts_with([' ', '\t']) {
            at += 1;
        } else if rest.starts_with('#') || rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            at += 4 + comment.find("*/").ok_or(at)?;
        } else if !newlines && rest.starts_with('\n') {
            at += 1;
        } else if !newlines && rest.starts_with("\r\n") {
            at += 2;
        } else {
            return Ok(at);
        }
    }
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
