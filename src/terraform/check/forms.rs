//! What the patterns of an API mean. Many arguments share one, and reading it costs more than holding a text to it: each is
//! read once.

use regex_lite::Regex;

use super::Table;
use super::characters::Characters;
use super::sequence::Sequence;

/// The patterns that were needed so far.
#[derive(Debug, Default)]
pub(crate) struct Forms<'p>(Table<&'p str, Form>);

/// The form that a text must have.
#[derive(Debug)]
pub(super) enum Form {
    /// Any number of these characters.
    Characters(Characters),
    /// One set of characters after the other.
    Sequence(Sequence),
    /// What an engine tells.
    Regex(Regex),
    /// A pattern that the engine does not know refuses nothing; a test keeps such patterns away.
    Unknown,
}

impl<'p> Forms<'p> {
    pub(super) fn get(&mut self, pattern: &'p str) -> &Form {
        self.0.entry(pattern).or_insert_with(|| Form::of(pattern))
    }
}

impl Form {
    fn of(pattern: &str) -> Self {
        if let Some(characters) = Characters::of_pattern(pattern) {
            return Self::Characters(characters);
        }
        if let Some(sequence) = Sequence::of_pattern(pattern) {
            return Self::Sequence(sequence);
        }
        // A pattern means the whole text.
        Regex::new(&format!("^(?:{pattern})$")).map_or(Self::Unknown, Self::Regex)
    }

    /// The first character that the form does not allow anywhere, with those that it allows.
    pub(super) fn forbidden(&self, text: &str) -> Option<(char, &Characters)> {
        let Self::Characters(allowed) = self else { return None };
        let first = text.chars().find(|character| !allowed.contain(*character))?;
        Some((first, allowed))
    }

    /// Whether the text has the form.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Characters(_) => self.forbidden(text).is_none(),
            Self::Sequence(sequence) => sequence.matches(text),
            Self::Regex(regex) => regex.is_match(text),
            Self::Unknown => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_of_the_whole_text() {
        let mut forms = Forms::default();
        for (pattern, right, wrong) in [("[a-c]+", "abc", "abd"), ("a|bc", "bc", "bcd"), ("^\\d{2}$", "12", "123")] {
            assert!(forms.get(pattern).matches(right), "{pattern}");
            assert!(!forms.get(pattern).matches(wrong), "{pattern}");
        }
        assert_eq!(forms.0.len(), 3, "each is read once");
        assert_eq!(forms.get("[a-c]+").forbidden("abd").map(|(first, _)| first), Some('d'));
    }
}
