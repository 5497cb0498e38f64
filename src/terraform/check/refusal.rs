//! Why an API refuses a value: its length, its characters, its form, or that it is none of those that it takes.

use super::forms::Forms;
use crate::terraform::nearest::nearest;
use crate::terraform::schema::limits::Limit;

/// How many values an error lists before it says how many more there are.
const LISTED: usize = 24;

/// Why a value is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What is wrong.
    pub(crate) message: String,
    /// What would be right.
    pub(crate) help: Option<String>,
    /// Values of nearly the same name.
    pub(crate) candidates: Vec<String>,
}

impl Refusal {
    /// Of a text. Providers leave out what is empty, unless it is required.
    pub(crate) fn of_text<'p>(limit: Limit<'p>, text: &str, forms: &mut Forms<'p>) -> Option<Self> {
        if text.is_empty() && !limit.required() {
            return None;
        }
        if limit.of_numbers() {
            return text.parse().ok().and_then(|number| Self::of_number(limit, number, text));
        }
        let length = text.chars().count();
        if let Some(refusal) = too_long(limit, length).or_else(|| too_short(limit, length)) {
            return Some(refusal);
        }
        let mut values = limit.values().peekable();
        if values.peek().is_some() {
            return values.clone().all(|value| value != text).then(|| Self {
                candidates: nearest(text, values),
                ..Self::new(format!("{text:?} is not one of the values it takes")).help(listed(limit))
            });
        }
        // Nearly all texts are as they must be, which is seen in one go.
        let pattern = limit.patterns().find(|pattern| !forms.get(pattern).matches(text))?;
        forbidden_characters(limit, text, forms).or_else(|| {
            let message = format!("{text:?} does not have the form it must have");
            Some(Self::new(message).help(format!("write what the pattern `{pattern}` matches")))
        })
    }

    /// Of a number, and how it was written. Providers leave out a zero, unless it is required.
    pub(crate) fn of_number(limit: Limit<'_>, number: f64, text: &str) -> Option<Self> {
        if number == 0.0 && !limit.required() {
            return None;
        }
        if let Some(least) = limit.least().filter(|least| number < *least) {
            return Some(Self::new(format!("{text} is less than {least}, the least it takes")));
        }
        if let Some(most) = limit.greatest().filter(|greatest| number > *greatest) {
            return Some(Self::new(format!("{text} is more than {most}, the most it takes")));
        }
        let mut values = limit.values().peekable();
        (values.peek().is_some() && values.all(|value| value != text))
            .then(|| Self::new(format!("{text} is not one of the numbers it takes")).help(listed(limit)))
    }

    /// Of what is known of a text: its literal pieces, and how long they are together.
    pub(super) fn of_pieces<'p>(limit: Limit<'p>, length: usize, pieces: &str, forms: &mut Forms<'p>) -> Option<Self> {
        too_long(limit, length).or_else(|| forbidden_characters(limit, pieces, forms))
    }

    fn new(message: String) -> Self {
        Self { message, help: None, candidates: Vec::new() }
    }

    fn help(mut self, help: String) -> Self {
        self.help = Some(help);
        self
    }
}

fn too_long(limit: Limit<'_>, length: usize) -> Option<Refusal> {
    let most = limit.greatest().filter(|greatest| as_number(length) > *greatest)?;
    Some(Refusal::new(format!("is {length} characters long, but takes {most} at most")))
}

fn too_short(limit: Limit<'_>, length: usize) -> Option<Refusal> {
    let least = limit.least().filter(|least| as_number(length) < *least)?;
    let characters = if length == 1 { "character" } else { "characters" };
    Some(Refusal::new(format!("is {length} {characters} long, but needs {least} at least")))
}

fn character(character: char) -> String {
    if character.is_control() || character.is_whitespace() {
        return format!("the character U+{:04X}", u32::from(character));
    }
    format!("`{character}`")
}

fn as_number(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::INFINITY, f64::from)
}

fn forbidden_characters<'p>(limit: Limit<'p>, text: &str, forms: &mut Forms<'p>) -> Option<Refusal> {
    limit.patterns().find_map(|pattern| {
        let (first, allowed) = forms.get(pattern).forbidden(text)?;
        let first = character(first);
        let message = format!("{text:?} has {first} in it, which is not among the allowed characters");
        Some(Refusal::new(message).help(format!("allowed characters: {}", allowed.described())))
    })
}

fn listed(limit: Limit<'_>) -> String {
    let values: Vec<&str> = limit.values().collect();
    match values.len().checked_sub(LISTED) {
        Some(more) if more > 0 => format!("take one of: {}, and {more} more", values[..LISTED].join(", ")),
        _ => format!("take one of: {}", values.join(", ")),
    }
}
