//! Templates: literal text with `${...}` and `%{...}` in it, bare in a JSON string or between quotes.

use std::borrow::Cow;

use super::error::SyntaxError;
use super::expression::{Parsed, Parser};
use super::heredoc::{self, Marker};
use super::lexer::Token;
use crate::terraform::expression::{Expression, TemplatePart, lone_carriage_return};
use crate::terraform::json::{first_escape, is_bare};

/// Where the text of a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A JSON string, up to its end; JSON's escapes are resolved already.
    Bare,
    /// Between quotes of the native syntax, with escapes of its own.
    Quoted,
    /// Between markers; each line is a literal of its own.
    Heredoc(Marker),
}

/// What a run of parts ends with: the text, or a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    Text,
    Else,
    If,
    For,
}

impl Closing {
    /// What to say where this is not what was open.
    fn mismatch(self) -> &'static str {
        match self {
            Self::Text => "this directive is not ended",
            Self::Else => "an `else` stands here without an `if`",
            Self::If => "an `endif` stands here without an `if`",
            Self::For => "an `endfor` stands here without a `for`",
        }
    }
}

/// A template that is being read.
struct Template<'p, 's> {
    parser: &'p mut Parser<'s>,
    form: Form,
    /// `~}` came last: white space at the start of the next literal goes.
    strip_next: bool,
}

impl Parser<'_> {
    /// The whole text as a template.
    pub(super) fn bare_template(&mut self) -> Parsed<Expression> {
        // Terraform's scanner drops one byte order mark at the start of every text it is given.
        if self.source.starts_with('\u{feff}') {
            self.position = '\u{feff}'.len_utf8();
        }
        if let Some(at) = lone_carriage_return(self.source).filter(|_| has_marker(self.source)) {
            let message = "Terraform would take everything after this carriage return as literal text";
            return Err(SyntaxError::new(at..at + 1, message).expected(&["${\"\\r\"}", "a new line after it"]));
        }
        Template { parser: self, form: Form::Bare, strip_next: false }.read()
    }

    /// A template whose opening quote was read, and its closing quote.
    pub(super) fn quoted_template(&mut self) -> Parsed<Expression> {
        if let Some(text) = self.plain_quoted() {
            return Ok(Expression::Text(Cow::Owned(text.to_owned())));
        }
        self.with_newlines(false, |parser| Template { parser, form: Form::Quoted, strip_next: false }.read())
    }

    /// A text between markers, from its opening marker on.
    pub(super) fn heredoc(&mut self) -> Parsed<Expression> {
        let form = Form::Heredoc(Marker::take(self)?);
        self.with_newlines(false, |parser| Template { parser, form, strip_next: false }.read())
    }
}

impl<'s> Parser<'s> {
    /// The rest of a text in quotes, if it means itself up to the closing quote; otherwise nothing is taken.
    pub(super) fn plain_quoted(&mut self) -> Option<&'s str> {
        let rest = self.source.get(self.position..)?;
        let plain = &rest[..first_escape(rest)?];
        let is_closed = rest.as_bytes().get(plain.len()) == Some(&b'"');
        (is_closed && is_bare(plain)).then(|| {
            self.position += plain.len() + 1;
            plain
        })
    }
}

impl Template<'_, '_> {
    fn read(mut self) -> Parsed<Expression> {
        let start = self.parser.position;
        let (mut parts, end) = self.parts()?;
        if end != Closing::Text {
            return Err(SyntaxError::new(start..self.parser.position, end.mismatch()));
        }
        if let Form::Heredoc(Marker { is_indented: true, .. }) = self.form {
            heredoc::without_indentation(&mut parts);
        }
        // An interpolation on its own is the value itself. One beside literals that were stripped to nothing is text.
        let is_value = matches!(parts.as_slice(), [TemplatePart::Interpolation(_)]);
        let parts = if self.is_heredoc() { heredoc::normal(parts) } else { TemplatePart::normal_form(parts) };
        Ok(match parts.as_slice() {
            [TemplatePart::Interpolation(_)] if !is_value => Expression::Template(parts),
            _ => Expression::of_normal_form(parts),
        })
    }

    /// Parts up to the end of the text or to a directive that does not begin one.
    fn parts(&mut self) -> Parsed<(Vec<TemplatePart>, Closing)> {
        let mut parts = Vec::new();
        loop {
            let strip = std::mem::take(&mut self.strip_next);
            if let Some(text) = self.literal()? {
                let text = if strip { self.strip_start(text) } else { text };
                parts.push(TemplatePart::Literal(Cow::Owned(text)));
            }
            if self.is_at_line() {
                continue;
            }
            let Some(marker) = self.marker() else {
                self.close()?;
                return Ok((parts, Closing::Text));
            };
            if self.rest().starts_with('~') {
                self.parser.position += 1;
                self.strip_end(&mut parts);
            }
            match marker {
                '$' => {
                    let expression = self.parser.expression()?;
                    self.close_sequence("this `${` is not closed")?;
                    parts.push(TemplatePart::Interpolation(expression));
                }
                _ => match self.directive()? {
                    Ok(part) => parts.push(part),
                    Err(end) => return Ok((parts, end)),
                },
            }
        }
    }

    fn is_heredoc(&self) -> bool {
        matches!(self.form, Form::Heredoc(_))
    }

    /// Whether a literal goes on: with the next line of a text between markers.
    fn is_at_line(&self) -> bool {
        let Form::Heredoc(marker) = self.form else { return false };
        let is_marker = self.rest().starts_with("${") || self.rest().starts_with("%{");
        !self.rest().is_empty() && !is_marker && marker.closes(self.parser.source, self.parser.position).is_none()
    }

    /// Parts of a directive as they are kept: lines stay apart until the indentation is known.
    fn inner(&self, parts: Vec<TemplatePart>) -> Vec<TemplatePart> {
        if self.is_heredoc() { parts } else { TemplatePart::normal_form(parts) }
    }

    fn rest(&self) -> &str {
        self.parser.source.get(self.parser.position..).unwrap_or_default()
    }

    /// Takes `${` or `%{`.
    fn marker(&mut self) -> Option<char> {
        let marker = self.rest().chars().next().filter(|first| matches!(first, '$' | '%'))?;
        self.parser.position += 2;
        Some(marker)
    }

    /// The end of the text, the closing quote or marker; literals stop nowhere else.
    fn close(&mut self) -> Parsed<()> {
        match self.form {
            Form::Heredoc(marker) => {
                let end = marker.closes(self.parser.source, self.parser.position).ok_or_else(|| {
                    SyntaxError::new(marker.span(), "this marker is not on a line of its own at the end of the text")
                })?;
                self.parser.position = end;
                Ok(())
            }
            Form::Bare => Ok(()),
            Form::Quoted if self.rest().starts_with('"') => {
                self.parser.position += 1;
                Ok(())
            }
            Form::Quoted => {
                let at = self.parser.position;
                let message = "this string is not closed on its line";
                Err(SyntaxError::new(at..at, message).expected(&["\"", "\\n for a new line"]))
            }
        }
    }

    fn close_sequence(&mut self, message: &str) -> Parsed<()> {
        if self.parser.eat("~}") {
            self.strip_next = true;
            return Ok(());
        }
        self.parser.expect("}", message)
    }

    /// A directive that begins something, or what it ends.
    fn directive(&mut self) -> Parsed<Result<TemplatePart, Closing>> {
        let start = self.parser.peek();
        self.parser.nested(|parser| {
            let mut template = Template { parser, form: self.form, strip_next: false };
            let directive = match start.token {
                Token::Identifier("if") => template.if_directive().map(Ok),
                Token::Identifier("for") => template.for_directive().map(Ok),
                Token::Identifier("else") => template.ends(Closing::Else),
                Token::Identifier("endif") => template.ends(Closing::If),
                Token::Identifier("endfor") => template.ends(Closing::For),
                _ => {
                    Err(template.parser.unexpected("a directive is missing", &["if", "else", "endif", "for", "endfor"]))
                }
            };
            self.strip_next = template.strip_next;
            directive
        })
    }

    fn ends(&mut self, end: Closing) -> Parsed<Result<TemplatePart, Closing>> {
        self.parser.take();
        self.close_sequence("this directive is not closed")?;
        Ok(Err(end))
    }

    fn if_directive(&mut self) -> Parsed<TemplatePart> {
        let opening = self.parser.take().span();
        let condition = self.parser.expression()?;
        self.close_sequence("this directive is not closed")?;
        let (then, end) = self.parts()?;
        let (otherwise, end) = if end == Closing::Else { self.parts()? } else { (Vec::new(), end) };
        if end != Closing::If {
            return Err(SyntaxError::new(opening, end.mismatch()).expected(&["%{ endif }"]));
        }
        let (then, otherwise) = (self.inner(then), self.inner(otherwise));
        Ok(TemplatePart::If { condition, then, otherwise })
    }

    fn for_directive(&mut self) -> Parsed<TemplatePart> {
        let opening = self.parser.take().span();
        let (key, value, collection) = self.parser.for_introduction()?;
        self.close_sequence("this directive is not closed")?;
        let (form, mut strip_next) = (self.form, self.strip_next);
        let (body, end) = self.parser.with_names([key, Some(value)], |parser| {
            let mut inner = Template { parser, form, strip_next };
            let parts = inner.parts();
            strip_next = inner.strip_next;
            parts
        })?;
        self.strip_next = strip_next;
        if end != Closing::For {
            return Err(SyntaxError::new(opening, end.mismatch()).expected(&["%{ endfor }"]));
        }
        let (key, value) = (key.map(str::to_owned), value.to_owned());
        Ok(TemplatePart::For { key, value, collection, body: self.inner(body) })
    }

    /// Literal text up to a marker, the closing quote or the end; none if there is none.
    fn literal(&mut self) -> Parsed<Option<String>> {
        let start = self.parser.position;
        let mut text = String::new();
        let form = self.form;
        if let Form::Heredoc(marker) = form
            && marker.closes(self.parser.source, start).is_some()
        {
            return Ok(None);
        }
        loop {
            let rest = self.rest();
            let stop = rest.find(|character| is_special(character, form)).unwrap_or(rest.len());
            let (plain, special) = rest.split_at(stop);
            text.push_str(plain);
            let (escape, length) = match special.as_bytes() {
                [b'\n', ..] if matches!(form, Form::Heredoc(_)) => {
                    text.push('\n');
                    self.parser.position += stop + 1;
                    return Ok(Some(text));
                }
                [b'$' | b'%', b'{', ..] | [b'"' | b'\n' | b'\r', ..] | [] => {
                    self.parser.position += stop;
                    return Ok((self.parser.position > start).then_some(text));
                }
                // `$${` stands for `${`, and likewise with `%`; alone they are themselves.
                [b'$', b'$', b'{', ..] => ("${", 3),
                [b'%', b'%', b'{', ..] => ("%{", 3),
                [b'$', ..] => ("$", 1),
                [b'%', ..] => ("%", 1),
                _ => {
                    self.parser.position += stop;
                    text.push(self.escape()?);
                    continue;
                }
            };
            text.push_str(escape);
            self.parser.position += stop + length;
        }
    }

    /// A backslash and what follows it.
    fn escape(&mut self) -> Parsed<char> {
        let start = self.parser.position;
        let rest = self.rest();
        let (character, length) = match rest.as_bytes().get(1) {
            Some(b'n') => (Some('\n'), 2),
            Some(b'r') => (Some('\r'), 2),
            Some(b't') => (Some('\t'), 2),
            Some(b'"') => (Some('"'), 2),
            Some(b'\\') => (Some('\\'), 2),
            Some(b'u') => (hexadecimal(rest, 4), 6),
            Some(b'U') => (hexadecimal(rest, 8), 10),
            _ => (None, 2),
        };
        self.parser.position += length;
        character.ok_or_else(|| {
            SyntaxError::new(start..start + length, "this is no escape sequence").expected(&[
                "\\n",
                "\\r",
                "\\t",
                "\\\"",
                "\\\\",
                "\\uXXXX",
                "\\UXXXXXXXX",
            ])
        })
    }

    /// HCL scans bare text line by line and strips only the line that touches the marker.
    fn strip_start(&self, text: String) -> String {
        let line = if self.form == Form::Bare { text.find('\n').map_or(text.len(), |at| at + 1) } else { text.len() };
        let (first, rest) = text.split_at(line);
        let stripped = first.trim_start();
        if stripped.len() == first.len() { text } else { format!("{stripped}{rest}") }
    }

    fn strip_end(&self, parts: &mut [TemplatePart]) {
        let Some(TemplatePart::Literal(text)) = parts.last_mut() else { return };
        // Of a new line that comes one character after a `$` or `%`, HCL's scanner makes a token of its own.
        let mut before_newline = ["\r\n", "\n"].into_iter().filter_map(|newline| text.strip_suffix(newline));
        let kept = match before_newline.find(|before| matches!(before.as_bytes(), [.., b'$' | b'%', _])) {
            Some(before) if self.form == Form::Bare => before.len(),
            _ => {
                let before = text.strip_suffix('\n').unwrap_or(text);
                let line = before.rfind('\n').filter(|_| self.form == Form::Bare).map_or(0, |at| at + 1);
                line + text[line..].trim_end().len()
            }
        };
        text.to_mut().truncate(kept);
    }
}

fn has_marker(text: &str) -> bool {
    text.contains("${") || text.contains("%{")
}

fn is_special(character: char, form: Form) -> bool {
    match form {
        Form::Bare => matches!(character, '$' | '%'),
        Form::Quoted => matches!(character, '$' | '%' | '"' | '\\' | '\n' | '\r'),
        Form::Heredoc(_) => matches!(character, '$' | '%' | '\n'),
    }
}

/// The character of `\u` or `\U` at the start of `text`.
fn hexadecimal(text: &str, digits: usize) -> Option<char> {
    let digits = text.get(2..2 + digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}
