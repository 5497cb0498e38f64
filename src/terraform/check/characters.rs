//! Which characters a pattern allows, where it says nothing else: `^[\w+=,.@-]+$`.
//!
//! Most patterns of APIs are of this kind. They are read without an engine, a piece of a text can be held to them, and
//! what they refuse can be told character by character.

use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

/// A set of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Characters {
    negated: bool,
    items: Vec<Item>,
    /// Which characters of ASCII are among them, a bit for each: nearly all texts are made of those.
    ascii: u128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Range(char, char),
    /// Unicode's letters, white space and numbers: `\p{L}`, `\p{Z}`, `\p{N}`.
    Letters,
    Spaces,
    Numbers,
    /// `\S`
    NoSpaces,
}

impl Item {
    fn contains(self, character: char) -> bool {
        match self {
            Self::Range(first, last) => (first..=last).contains(&character),
            Self::Letters => character.is_alphabetic(),
            Self::Spaces => character.is_whitespace(),
            Self::Numbers => character.is_numeric(),
            Self::NoSpaces => !character.is_whitespace(),
        }
    }
}

impl Characters {
    fn new(negated: bool, items: Vec<Item>) -> Self {
        let contained = |byte: &u8| items.iter().any(|item| item.contains(char::from(*byte))) != negated;
        let ascii = (0..0x80).filter(contained).fold(0, |bits, byte| bits | (1 << byte));
        Self { negated, items, ascii }
    }

    /// The characters of a pattern that is one class, repeated. How often, the pattern's limits of length say anyway.
    pub(super) fn of_pattern(pattern: &str) -> Option<Self> {
        let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
        let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
        let pattern = pattern.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(pattern);
        let mut rest = pattern.strip_prefix('[')?.chars().peekable();
        let negated = rest.next_if_eq(&'^').is_some();
        let items = Self::items(&mut rest)?;
        let repeated: String = rest.collect();
        let counted = repeated.strip_prefix('{').and_then(|counts| counts.strip_suffix('}'));
        let counts = |counts: &str| counts.chars().all(|character| character.is_ascii_digit() || character == ',');
        let whole = matches!(repeated.as_str(), "*" | "+") || counted.is_some_and(counts);
        whole.then(|| Self::new(negated, items))
    }

    fn items(rest: &mut Peekable<Chars<'_>>) -> Option<Vec<Item>> {
        let mut items = Vec::new();
        loop {
            let first = match rest.next()? {
                ']' => return Some(items),
                // A class in a class, and two classes' intersection, are not of the simple kind.
                '[' => return None,
                '&' if rest.peek() == Some(&'&') => return None,
                '\\' => match escaped(rest, &mut items)? {
                    Some(character) => character,
                    None => continue,
                },
                character => character,
            };
            let mut ahead = rest.clone();
            let last = match (ahead.next(), ahead.next()) {
                (Some('-'), Some(']') | None) => first,
                (Some('-'), Some('\\')) => {
                    // A range never ends in a class of its own: then the hyphen stands for itself.
                    let mut ignored = Vec::new();
                    match escaped(&mut ahead, &mut ignored)? {
                        Some(last) => {
                            *rest = ahead;
                            last
                        }
                        None => first,
                    }
                }
                (Some('-'), Some(last)) => {
                    *rest = ahead;
                    last
                }
                _ => first,
            };
            items.push(Item::Range(first, last));
        }
    }

    /// Whether the character is one of them.
    pub(super) fn contain(&self, character: char) -> bool {
        if character.is_ascii() {
            return self.ascii & (1 << u32::from(character)) != 0;
        }
        self.items.iter().any(|item| item.contains(character)) != self.negated
    }

    /// In words, for people.
    pub(super) fn described(&self) -> String {
        let mut alone = String::new();
        let mut names: Vec<String> = Vec::new();
        for item in &self.items {
            match *item {
                Item::Range(' ', ' ') => names.push("space".to_owned()),
                Item::Range(one, same) if one == same && !one.is_control() => alone.push(one),
                Item::Range(first, last) => names.push(range(first, last)),
                Item::Letters => names.push("letters".to_owned()),
                Item::Spaces => names.push("white space".to_owned()),
                Item::Numbers => names.push("digits".to_owned()),
                Item::NoSpaces => names.push("everything but white space".to_owned()),
            }
        }
        if !alone.is_empty() {
            names.push(alone);
        }
        format!("{}{}", if self.negated { "all but " } else { "" }, names.join(", "))
    }
}

fn range(first: char, last: char) -> String {
    let mut text = String::new();
    let mut add = |character: char| {
        let known = character.is_ascii_graphic();
        // Writing into a string never fails.
        let _ = if known { write!(text, "{character}") } else { write!(text, "U+{:04X}", u32::from(character)) };
    };
    add(first);
    if first == last {
        return text;
    }
    add('-');
    add(last);
    text
}

/// What follows a backslash: one character, or a class that is added to `items`.
#[allow(clippy::option_option, reason = "no character, one, or none that this reads")]
fn escaped(rest: &mut Peekable<Chars<'_>>, items: &mut Vec<Item>) -> Option<Option<char>> {
    let hexadecimal = |rest: &mut Peekable<Chars<'_>>, digits: usize| {
        let digits: String = rest.by_ref().take(digits).collect();
        u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
    };
    let simple = match rest.next()? {
        'w' => {
            items
                .extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')].map(|(first, last)| Item::Range(first, last)));
            return Some(None);
        }
        'd' => {
            items.push(Item::Range('0', '9'));
            return Some(None);
        }
        's' => {
            items.push(Item::Spaces);
            return Some(None);
        }
        'S' => {
            items.push(Item::NoSpaces);
            return Some(None);
        }
        'p' => {
            let name: String = rest.by_ref().take(3).collect();
            items.push(match name.as_str() {
                "{L}" => Item::Letters,
                "{Z}" => Item::Spaces,
                "{N}" => Item::Numbers,
                _ => return None,
            });
            return Some(None);
        }
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'f' => '\u{c}',
        'x' => hexadecimal(rest, 2)?,
        'u' => hexadecimal(rest, 4)?,
        letter if letter.is_ascii_alphanumeric() => return None,
        other => other,
    };
    Some(Some(simple))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pattern: &str, text: &str) -> bool {
        let characters = Characters::of_pattern(pattern).unwrap();
        text.chars().all(|character| characters.contain(character))
    }

    #[test]
    fn reads_classes_as_java_does() {
        assert!(allowed(r"^[a-zA-Z0-9 ._\-:/()\#,@\[\]+=\&;{}!$*]*$", "From 10.0.0.0/16 [a] (b) {c} &;!$*#"));
        assert!(!allowed(r"^[a-zA-Z0-9 ._\-:/()\#,@\[\]+=\&;{}!$*]*$", "other region's"));
        assert!(allowed(r"[\w+=,.@-]+", "a-b_C.9"));
        assert!(!allowed(r"[\w+=,.@-]+", "a b"));
        assert!(allowed(r"([a-zA-Z0-9-_]+)", "a-_"));
        assert!(allowed(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Zürich 9 @home"));
        assert!(!allowed(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "a, b"));
        assert!(allowed(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*", "ü\n~"));
        assert!(!allowed(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*", "–"));
        assert!(allowed(r"[^:*$]*", "a/b") && !allowed(r"[^:*$]*", "a:b"));
        assert!(allowed(r"^[a-zA-Z0-9\-\_\.]{1,50}$", "a.b-c"));
        assert!(allowed(r"^[0-9A-Za-z\(\)#\?\*\-\/, ]+$", "cron(0 1 * * ? *)"));
    }

    #[test]
    fn leaves_other_patterns_alone() {
        for pattern in [".*\\S.*", "^[a-z][a-z0-9]*$", "a|[b]+", "[a-z&&[^b]]+", "^[a-z]+$|^$", "(a)[b]+(c)"] {
            assert_eq!(Characters::of_pattern(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn says_what_is_allowed() {
        let characters = Characters::of_pattern(r"^[a-z0-9 .\-]*$").unwrap();
        assert_eq!(characters.described(), "a-z, 0-9, space, .-");
        assert_eq!(Characters::of_pattern("[^:]+").unwrap().described(), "all but :");
    }
}
