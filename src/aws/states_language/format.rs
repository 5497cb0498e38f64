//! Text that is put together when the machine runs: `States.Format`.

use std::borrow::Cow;

use super::path::Path;
use crate::terraform::{Value, concat, text};

/// A text with values from the machine's data in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Format {
    parts: Vec<FormatPart>,
}

/// A piece of a [`Format`].
#[derive(Debug, Clone, PartialEq)]
pub enum FormatPart {
    /// Text as it stands, whatever characters are in it.
    Literal(Cow<'static, str>),
    /// A name or ARN that Terraform fills in. Those have none of the characters that would have to be escaped.
    Name(Value<String>),
    /// A string or number from the data.
    Path(Path),
    /// Anything from the data, as JSON text.
    Json(Path),
}

impl Format {
    /// A text of these parts.
    pub fn new(parts: impl IntoIterator<Item = FormatPart>) -> Self {
        Self { parts: parts.into_iter().collect() }
    }

    /// Adds parts at the end.
    pub fn then(mut self, parts: impl IntoIterator<Item = FormatPart>) -> Self {
        self.parts.extend(parts);
        self
    }

    /// `States.Format('...', arguments...)`
    pub(super) fn to_call(&self) -> Value<String> {
        let template = self.parts.iter().map(|part| match part {
            FormatPart::Literal(literal) => text(escaped(literal.clone())),
            FormatPart::Name(name) => name.clone(),
            FormatPart::Path(_) | FormatPart::Json(_) => text("{}"),
        });
        let arguments = self.parts.iter().filter_map(|part| match part {
            FormatPart::Path(path) => Some(text(format!(", {path}"))),
            FormatPart::Json(path) => Some(text(format!(", States.JsonToString({path})"))),
            FormatPart::Literal(_) | FormatPart::Name(_) => None,
        });
        concat(
            [text("States.Format('")]
                .into_iter()
                .chain(template)
                .chain([text("'")])
                .chain(arguments)
                .chain([text(")")]),
        )
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().filter_map(|part| match part {
            FormatPart::Path(path) | FormatPart::Json(path) => Some(path),
            FormatPart::Literal(_) | FormatPart::Name(_) => None,
        })
    }
}

/// The four characters that mean something in an intrinsic function's string (Step Functions developer guide, "Intrinsic
/// functions", "Reserved characters").
fn escaped(literal: Cow<'static, str>) -> Cow<'static, str> {
    if !literal.contains(['\'', '{', '}', '\\']) {
        return literal;
    }
    let mut escaped = String::with_capacity(literal.len() + 2);
    for character in literal.chars() {
        if matches!(character, '\'' | '{' | '}' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped.into()
}

impl From<&'static str> for FormatPart {
    fn from(literal: &'static str) -> Self {
        Self::Literal(literal.into())
    }
}

impl From<String> for FormatPart {
    fn from(literal: String) -> Self {
        Self::Literal(literal.into())
    }
}

impl From<Value<String>> for FormatPart {
    fn from(name: Value<String>) -> Self {
        Self::Name(name)
    }
}

impl From<Path> for FormatPart {
    fn from(path: Path) -> Self {
        Self::Path(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stand_in_the_order_of_their_places() {
        let format = Format::new([Path::input(["first"]).into(), " and ".into(), FormatPart::Json(Path::input([]))]);
        assert_eq!(format.to_call(), text("States.Format('{} and {}', $.first, States.JsonToString($))"));
    }

    #[test]
    fn what_means_something_is_escaped_and_a_new_line_stays() {
        let format = Format::new([r#"'{"a":1}' \ "#.into(), "\n".into()]);
        assert_eq!(format.to_call(), text("States.Format('\\'\\{\"a\":1\\}\\' \\\\ \n')"));
    }
}
