//! Literals, held to what the API behind the provider takes.
//!
//! A literal is checked wherever it comes from: in the argument itself, in a local value, in the default of a variable or
//! in the values that its validation lists, in the elements of a `for_each`. Of a template the literal pieces are checked,
//! as far as a piece can be. What only Terraform knows is left to the API.

use super::checker::Checker;
use super::forms::Forms;
use super::literals::{Origin, Source};
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Key, Number, Object, TemplatePart};
use crate::terraform::nearest::nearest;
use crate::terraform::schema::limits::{Limit, LimitTree};

/// How many values an error lists before it says how many more there are.
const LISTED: usize = 24;

impl<'a> Checker<'a> {
    /// Checks the value of an argument.
    pub(super) fn limited(&mut self, tree: &'a LimitTree<'a>, value: &'a Expression) {
        self.limited_from(tree, value, Source::default());
    }

    /// Checks the fields of an object that a dynamic block writes.
    pub(super) fn limited_fields(&mut self, object: &'a Object) {
        let Some(tree) = self.limits else { return };
        self.limited_object(tree, object, Source::default());
    }

    fn limited_object(&mut self, tree: &'a LimitTree<'a>, object: &'a Object, source: Source<'a>) {
        for (key, value) in object.entries() {
            let Key::Literal(name) = key else { continue };
            // The way to the argument is told, not the way in the block that a literal comes from.
            if source.is_here() {
                self.findings.push(name);
            }
            if let Some(inner) = tree.child(name) {
                self.limited_from(inner, value, source);
            } else {
                self.limited_text(tree.keys, name, source);
                self.limited_from(tree, value, source);
            }
            if source.is_here() {
                self.findings.pop();
            }
        }
    }

    pub(super) fn limited_from(&mut self, tree: &'a LimitTree<'a>, value: &'a Expression, source: Source<'a>) {
        match value {
            Expression::Text(text) => self.limited_text(tree.limit, text, source),
            Expression::Number(number) => self.limited_number(tree.limit, number, source),
            Expression::Template(parts) => self.limited_template(tree.limit, parts, source),
            Expression::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    if source.is_here() {
                        self.findings.push_index(position);
                    }
                    self.limited_from(tree, item, source);
                    if source.is_here() {
                        self.findings.pop();
                    }
                }
            }
            Expression::Object(object) => self.limited_object(tree, object, source),
            Expression::Conditional(_, then, otherwise) => {
                self.limited_from(tree, then, source);
                self.limited_from(tree, otherwise, source);
            }
            other => self.limited_elsewhere(tree, other, source),
        }
    }

    pub(super) fn limited_text(&mut self, limit: Option<Limit<'a>>, text: &str, source: Source<'a>) {
        let Some(limit) = limit else { return };
        // Providers leave out what is empty, unless it is required.
        if text.is_empty() && !limit.required() {
            return;
        }
        if limit.of_numbers() {
            if let Ok(number) = text.parse() {
                self.within_range(limit, number, text, source);
            }
            return;
        }
        if let Some(refusal) = refusal(limit, text, &mut self.forms) {
            self.refuse(limit, refusal, source);
        }
    }

    fn limited_number(&mut self, limit: Option<Limit<'a>>, number: &Number, source: Source<'a>) {
        let Some(limit) = limit else { return };
        let text = number.to_string();
        match number.as_f64() {
            Some(number) if limit.of_numbers() => self.within_range(limit, number, &text, source),
            _ => self.limited_text(Some(limit), &text, source),
        }
    }

    fn within_range(&mut self, limit: Limit<'a>, number: f64, text: &str, source: Source<'a>) {
        // Providers leave out a zero, unless the argument is required.
        if number == 0.0 && !limit.required() {
            return;
        }
        let refusal = if limit.least().is_some_and(|least| number < least) {
            Refusal::new(format!(
                "{text} is less than {least}, the least it takes",
                least = limit.least().unwrap_or_default()
            ))
        } else if limit.greatest().is_some_and(|greatest| number > greatest) {
            Refusal::new(format!(
                "{text} is more than {most}, the most it takes",
                most = limit.greatest().unwrap_or_default()
            ))
        } else if limit.values().all(|value| value != text) && limit.values().next().is_some() {
            Refusal::new(format!("{text} is none of the numbers it takes")).help(listed(limit))
        } else {
            return;
        };
        self.refuse(limit, refusal, source);
    }

    /// Of a text with gaps, its pieces must be of allowed characters, and not too long even where the gaps are empty.
    fn limited_template(&mut self, limit: Option<Limit<'a>>, parts: &'a [TemplatePart], source: Source<'a>) {
        let Some(limit) = limit.filter(|limit| !limit.of_numbers()) else { return };
        let mut length = 0;
        let mut pieces = String::new();
        for part in parts {
            match part {
                TemplatePart::Literal(text) => {
                    length += text.chars().count();
                    pieces.push_str(text);
                }
                // A value that may be long or short, whose own literals are checked where they lead to an argument.
                TemplatePart::Interpolation(_) | TemplatePart::For { .. } => {}
                TemplatePart::If { then, otherwise, .. } => {
                    self.limited_template(Some(limit), then, source);
                    self.limited_template(Some(limit), otherwise, source);
                }
            }
        }
        if let Some(refusal) = too_long(limit, length).or_else(|| forbidden_characters(limit, &pieces, &mut self.forms))
        {
            self.refuse(limit, refusal, source);
        }
    }

    fn refuse(&mut self, limit: Limit<'_>, refusal: Refusal, source: Source<'a>) {
        let Refusal { message, help, candidates } = refusal;
        let message = match source.origin {
            Origin::Here => message,
            Origin::Variable(name) => format!("from the default of `var.{name}`: {message}"),
            Origin::Validation(name) => format!("from the validation of `var.{name}`: {message}"),
            Origin::Local(name) => format!("from `local.{name}`: {message}"),
        };
        let reason = format!("the API would refuse it at apply: {} ({})", limit.member, limit.source);
        let diagnostic: Diagnostic = self.findings.here(DiagnosticKind::Refused, message).because(reason);
        let diagnostic = match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        };
        self.findings.add(diagnostic.candidates(candidates));
    }
}

/// Why a value is refused.
struct Refusal {
    message: String,
    help: Option<String>,
    candidates: Vec<String>,
}

impl Refusal {
    fn new(message: String) -> Self {
        Self { message, help: None, candidates: Vec::new() }
    }

    fn help(mut self, help: String) -> Self {
        self.help = Some(help);
        self
    }
}

fn refusal<'p>(limit: Limit<'p>, text: &str, forms: &mut Forms<'p>) -> Option<Refusal> {
    let length = text.chars().count();
    if let Some(refusal) = too_long(limit, length).or_else(|| too_short(limit, length)) {
        return Some(refusal);
    }
    let mut values = limit.values().peekable();
    if values.peek().is_some() {
        return values.clone().all(|value| value != text).then(|| Refusal {
            candidates: nearest(text, values),
            ..Refusal::new(format!("{text:?} is none of the values it takes")).help(listed(limit))
        });
    }
    // Nearly all texts are as they must be, which is seen in one go.
    let pattern = limit.patterns().find(|pattern| !forms.get(pattern).matches(text))?;
    if let Some(refusal) = forbidden_characters(limit, text, forms) {
        return Some(refusal);
    }
    let message = format!("{text:?} does not have the form it must have");
    Some(Refusal::new(message).help(format!("write what the pattern `{pattern}` matches")))
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
