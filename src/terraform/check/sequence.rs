//! Patterns that are one set of characters after the other, each once or any number of times: `[a-zA-Z]([a-zA-Z0-9_])+`.
//!
//! Of those patterns that are more than one set, texts are held to this kind most often. It needs no engine: where in the
//! pattern a text may stand is a few bits.

use super::characters::Characters;

/// The sets of a pattern, in its order.
#[derive(Debug)]
pub(super) struct Sequence {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    characters: Characters,
    /// Whether any number of them may stand here, also none.
    any_number: bool,
}

/// As many parts as there are bits, without the one that means the end.
const MOST: usize = 31;

impl Sequence {
    /// The sequence that a pattern is; nothing if it is something else.
    pub(super) fn of_pattern(pattern: &str) -> Option<Self> {
        let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
        let mut rest = pattern.strip_suffix('$').unwrap_or(pattern);
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (characters, after) = set(rest)?;
            let quantifier = after.chars().next();
            rest = after.trim_start_matches(|sign| quantifier == Some(sign) && is_quantifier(sign));
            // A second sign after the first means something else.
            if after.len() - rest.len() > 1 || rest.starts_with(is_quantifier) {
                return None;
            }
            let once = Part { characters, any_number: false };
            let repeated = Part { any_number: true, ..once.clone() };
            match quantifier {
                Some('+') => parts.extend([once, repeated]),
                Some('*') => parts.push(repeated),
                Some('?' | '{') => return None,
                _ => parts.push(once),
            }
        }
        (parts.len() <= MOST).then_some(Self { parts })
    }

    /// Whether the whole text is such a sequence.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut places = self.from(0);
        for character in text.chars() {
            let mut next = 0;
            for (number, part) in self.parts.iter().enumerate() {
                if places & (1 << number) != 0 && part.characters.contain(character) {
                    next |= self.from(if part.any_number { number } else { number + 1 });
                }
            }
            places = next;
        }
        places & (1 << self.parts.len()) != 0
    }

    /// A bit for each part that may come next where this one may: those after parts that may be left out.
    fn from(&self, part: usize) -> u32 {
        let left_out = self.parts.iter().skip(part).take_while(|part| part.any_number).count();
        (part..=part + left_out).fold(0, |places, place| places | 1 << place)
    }
}

fn is_quantifier(sign: char) -> bool {
    matches!(sign, '+' | '*' | '?' | '{')
}

/// The set that a pattern begins with, and what follows.
fn set(pattern: &str) -> Option<(Characters, &str)> {
    let end = match pattern.chars().next()? {
        '(' => {
            let inside = 1 + bracketed(&pattern[1..])?;
            inside + usize::from(pattern[inside..].starts_with(')').then_some(true)?)
        }
        '[' => bracketed(pattern)?,
        '.' => return Some((Characters::of_pattern("[^\\n]+")?, &pattern[1..])),
        '\\' if pattern.starts_with("\\d") => return Some((Characters::of_pattern("[0-9]+")?, &pattern[2..])),
        sign if sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | ':' | '/') => 1,
        _ => return None,
    };
    let (set, after) = pattern.split_at(end);
    let inside = set.trim_start_matches('(').trim_end_matches(')');
    let class = if inside.starts_with('[') { inside.to_owned() } else { format!("[{inside}]") };
    // What white space is, an engine knows.
    let is_plain = !class.contains("\\s") && !class.contains("\\S");
    let characters = is_plain.then(|| Characters::of_pattern(&format!("{class}+")))??;
    Some((characters, after))
}

/// How long the class in brackets is that the text begins with.
fn bracketed(text: &str) -> Option<usize> {
    let mut escaped = false;
    if !text.starts_with('[') {
        return None;
    }
    let end = text.char_indices().find(|(_, character)| {
        let ends = *character == ']' && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    end.map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

    use super::Sequence;

    #[test]
    fn a_sequence_matches_what_an_engine_matches() {
        let patterns = [
            "[a-zA-Z]([a-zA-Z0-9_])+",
            "[^:].*",
            ".*[a-z].*",
            "[1-5]\\d\\d",
            "^[a-z][a-z0-9-]*$",
            "key/[a-z\\]]*x+",
            "[a]*b*c*",
            "",
        ];
        let texts = [
            "", "a", "b", "ab", "aab", "A_1", "1a", ":a", "a:", "\n", "a\nb", "404", "604", "40", "4045", "key/x",
            "key/]ax",
        ];
        for pattern in patterns {
            let sequence = Sequence::of_pattern(pattern).unwrap();
            let regex = Regex::new(&format!("^(?:{pattern})$")).unwrap();
            for text in texts.into_iter().chain(["abc", "cba", "bc", "a-9", "é", "aé"]) {
                assert_eq!(sequence.matches(text), regex.is_match(text), "{pattern} {text:?}");
            }
        }
    }

    #[test]
    fn other_patterns_are_left_alone() {
        for pattern in
            ["a|b", "a?", "\\d{12}", "[a-z]{2}x", "([a-z]+-)+", "(ab)+", "\\S+x", "[\\s]x", "a**", "a+?", "a.$b", "[a"]
        {
            assert!(Sequence::of_pattern(pattern).is_none(), "{pattern}");
        }
    }
}
