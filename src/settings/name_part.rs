//! The words that a user adds to every name in AWS: one alphabet for all of them, because one name or another ends up in
//! each of AWS's services.

use std::ops::RangeInclusive;

use super::error::SettingsError;

/// What a part of names must be, and why, in its own words.
pub(super) struct NamePart {
    /// What messages call it.
    pub(super) noun: &'static str,
    /// How many characters it may have.
    pub(super) lengths: RangeInclusive<usize>,
    /// Why it may not be empty.
    pub(super) why_not_empty: &'static str,
    /// Why it has lower-case letters, digits and hyphens only.
    pub(super) why_characters: &'static str,
    /// Why a letter comes first.
    pub(super) why_letter: &'static str,
    /// Why no hyphen comes last.
    pub(super) why_no_hyphen: &'static str,
    /// Why it may not be shorter.
    pub(super) why_not_shorter: &'static str,
    /// Why it may not be longer.
    pub(super) why_not_longer: &'static str,
    /// How names may not begin, and why.
    pub(super) reserved: &'static [(&'static str, &'static str)],
}

struct Fault {
    what: String,
    why: &'static str,
    /// How to fix it, where the alphabet is not what is wrong.
    fix: Option<String>,
}

impl Fault {
    fn new(what: impl Into<String>, why: &'static str) -> Self {
        Self { what: what.into(), why, fix: None }
    }
}

impl NamePart {
    /// The text, if every rule holds for it.
    pub(super) fn read(&self, text: &str) -> Result<String, SettingsError> {
        let Some(fault) = self.fault(text) else { return Ok(text.to_owned()) };
        let alphabet = || {
            let lengths = self.lengths_in_words();
            format!("use lower-case letters, digits and single hyphens, a letter first, {lengths}")
        };
        Err(SettingsError::new(format!("{} `{}` {}", self.noun, text.escape_debug(), fault.what))
            .because(fault.why)
            .help(fault.fix.unwrap_or_else(alphabet))
            .candidates(self.corrected(text).into_iter().collect()))
    }

    fn lengths_in_words(&self) -> String {
        match (self.lengths.start(), self.lengths.end()) {
            (1, longest) => format!("at most {longest} characters"),
            (shortest, longest) => format!("{shortest} to {longest} characters"),
        }
    }

    /// The first rule that the text breaks.
    fn fault(&self, text: &str) -> Option<Fault> {
        let found = |what: &str, why| Some(Fault::new(what, why));
        let illegal = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if text.is_empty() {
            return found("is empty", self.why_not_empty);
        }
        if let Some(character) = text.chars().find(|c| illegal(*c)) {
            return found(&format!("contains `{}`", character.escape_debug()), self.why_characters);
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return found("does not start with a letter", self.why_letter);
        }
        if text.ends_with('-') {
            return found("ends with a hyphen", self.why_no_hyphen);
        }
        if text.contains("--") {
            return found("contains two hyphens in a row", "names of Aurora clusters may not contain them");
        }
        if !self.lengths.contains(&text.len()) {
            let why = if text.len() < *self.lengths.start() { self.why_not_shorter } else { self.why_not_longer };
            return found(&format!("has {} characters", text.len()), why);
        }
        let (prefix, why) = self.reserved.iter().find(|(prefix, _)| begins_with(text, prefix))?;
        let fix = Some(format!("begin with something other than `{prefix}`"));
        Some(Fault { fix, ..Fault::new(format!("begins with `{prefix}`"), why) })
    }

    /// The legal text that was most likely meant.
    fn corrected(&self, text: &str) -> Option<String> {
        let lower = text.to_lowercase();
        let words: Vec<_> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let joined = words.join("-");
        let longest = *self.lengths.end();
        let shortened = joined.get(..longest.min(joined.len()))?.trim_end_matches('-');
        self.fault(shortened).is_none().then(|| shortened.to_owned())
    }
}

/// A prefix that ends in a hyphen is a whole word, which may also be all there is.
fn begins_with(text: &str, prefix: &str) -> bool {
    text.starts_with(prefix) || prefix.strip_suffix('-').is_some_and(|word| text == word)
}
