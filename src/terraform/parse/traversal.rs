//! Traversals where Terraform takes nothing else: `depends_on`, `ignore_changes`, `provider`, `moved` and the like.
//!
//! The grammar is narrower than that of expressions: names after dots, literal keys in brackets, nothing computed, no splat
//! and none of the old `list.0`.

use std::borrow::Cow;

use crate::terraform::expression::{Expression, Number, Step};
use crate::terraform::identifier::{identifier_length, starts_identifier};

/// The name that a traversal begins with and its steps; nothing where the text is something else.
pub(crate) fn traversal(text: &str) -> Option<(String, Vec<Step>)> {
    let mut scanner = Scanner { rest: blank(text) };
    let root = scanner.identifier()?;
    let mut steps = Vec::new();
    while !scanner.rest.is_empty() {
        steps.push(scanner.step()?);
    }
    Some((root, steps))
}

struct Scanner<'s> {
    rest: &'s str,
}

fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

impl Scanner<'_> {
    fn eat(&mut self, symbol: char) -> Option<()> {
        self.rest = blank(self.rest.strip_prefix(symbol)?);
        Some(())
    }

    fn identifier(&mut self) -> Option<String> {
        let end = if self.rest.starts_with(starts_identifier) { identifier_length(self.rest) } else { 0 };
        let (name, rest) = self.rest.split_at(end);
        let found = !name.is_empty();
        self.rest = blank(rest);
        found.then(|| name.to_owned())
    }

    fn step(&mut self) -> Option<Step> {
        if self.eat('.').is_some() {
            return Some(Step::Attribute(Cow::Owned(self.identifier()?)));
        }
        self.eat('[')?;
        let key = if self.rest.starts_with('"') { self.text()? } else { self.number()? };
        self.eat(']')?;
        Some(Step::Index(key))
    }

    fn number(&mut self) -> Option<Expression> {
        let length = self.rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let (number, rest) = self.rest.split_at(length);
        self.rest = blank(rest);
        number.parse::<Number>().ok().map(Expression::Number)
    }

    /// A text in quotes without a template in it.
    fn text(&mut self) -> Option<Expression> {
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, character)| {
            let closes = *character == '"' && !escaped;
            escaped = *character == '\\' && !escaped;
            closes
        });
        let (quoted, rest) = self.rest.split_at(end?.0 + 1);
        self.rest = blank(rest);
        match super::expression(quoted) {
            Ok(text @ Expression::Text(_)) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_literal_keys() {
        for right in ["a", "a.b", "a-b.c[0]", "a[\"k\\\"ey\"].b", " a . b [ 1 ] ", "é.x"] {
            assert!(traversal(right).is_some(), "{right}");
        }
        let wrong =
            ["", "a.", "a.0", "a.*", "a[*]", "a[b]", "${a}", "a b", "a[\"${b}\"]", "\"a\"", "tags.%", "1a", "a["];
        for wrong in wrong {
            assert!(traversal(wrong).is_none(), "{wrong}");
        }
    }
}
