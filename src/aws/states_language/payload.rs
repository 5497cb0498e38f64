//! What a state sends: values that are known when the machine is written, and values that exist when it runs.

use std::borrow::Cow;

use super::format::Format;
use super::path::Path;
use crate::terraform::{Expression, Object, Value, text};

/// What the language ends the name of a field in whose value it has to compute. Only this file writes it.
const COMPUTED: &str = ".$";

/// A value that a state sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// A value that is known when the machine is written, or filled in by Terraform.
    Known(Expression),
    /// A value from the machine's data.
    Path(Path),
    /// A text with values from the machine's data in it.
    Format(Format),
    /// An object with fields of any of these kinds.
    Object(Vec<(Cow<'static, str>, Payload)>),
}

impl Payload {
    /// `null`
    pub fn null() -> Self {
        Self::Known(Expression::Null)
    }

    /// An object without fields.
    pub fn empty() -> Self {
        Self::Object(Vec::new())
    }

    /// Adds a field to an object; anything else becomes an object with it.
    pub fn with(self, name: impl Into<Cow<'static, str>>, value: impl Into<Self>) -> Self {
        let mut fields = match self {
            Self::Object(fields) => fields,
            _ => Vec::new(),
        };
        fields.push((name.into(), value.into()));
        Self::Object(fields)
    }

    /// The value of a field that takes an object, such as `Parameters`.
    pub(super) fn to_expression(&self) -> Expression {
        match self {
            Self::Known(value) => value.clone(),
            Self::Path(path) => text(path.to_string()).into(),
            Self::Format(format) => format.to_call().into(),
            Self::Object(fields) => {
                let entry =
                    |(name, value): &(Cow<'static, str>, Self)| (value.key(name.clone()), value.to_expression());
                fields.iter().map(entry).collect::<Object>().into()
            }
        }
    }

    fn key(&self, name: Cow<'static, str>) -> Cow<'static, str> {
        match self {
            Self::Path(_) | Self::Format(_) => format!("{name}{COMPUTED}").into(),
            Self::Known(_) | Self::Object(_) => name,
        }
    }

    /// Every path in it.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Known(_) => Vec::new(),
            Self::Path(path) => vec![path],
            Self::Format(format) => format.paths().collect(),
            Self::Object(fields) => fields.iter().flat_map(|(_, value)| value.paths()).collect(),
        }
    }

    /// The names of fields that the language would take for computed ones although they are not.
    pub(super) fn misleading_names(&self) -> Vec<&str> {
        let Self::Object(fields) = self else { return Vec::new() };
        fields
            .iter()
            .flat_map(|(name, value)| {
                let own = name.ends_with(COMPUTED).then_some(name.as_ref());
                own.into_iter().chain(value.misleading_names())
            })
            .collect()
    }
}

impl From<&'static str> for Payload {
    fn from(value: &'static str) -> Self {
        Self::Known(value.into())
    }
}

impl From<bool> for Payload {
    fn from(value: bool) -> Self {
        Self::Known(value.into())
    }
}

impl From<u32> for Payload {
    fn from(value: u32) -> Self {
        Self::Known(value.into())
    }
}

impl From<Value<String>> for Payload {
    fn from(value: Value<String>) -> Self {
        Self::Known(value.into())
    }
}

impl From<&Value<String>> for Payload {
    fn from(value: &Value<String>) -> Self {
        Self::Known(value.clone().into())
    }
}

impl From<Path> for Payload {
    fn from(path: Path) -> Self {
        Self::Path(path)
    }
}

impl From<Format> for Payload {
    fn from(format: Format) -> Self {
        Self::Format(format)
    }
}

impl<const N: usize> From<[(&'static str, Payload); N]> for Payload {
    fn from(fields: [(&'static str, Self); N]) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_computed_gets_the_suffix() {
        let payload = Payload::from([
            ("known", "$.not.a.path".into()),
            ("nothing", Payload::null()),
            ("path", Path::input(["a"]).into()),
            ("inner", [("text", Format::new(["a".into()]).into())].into()),
        ]);
        assert_eq!(
            payload.to_expression().to_string(),
            r#"{"inner" = {"text.$" = "States.Format('a')"}, "known" = "$.not.a.path", "nothing" = null, "path.$" = "$.a"}"#
        );
        assert_eq!(payload.paths(), [&Path::input(["a"])]);
    }

    #[test]
    fn a_name_with_the_suffix_is_found_wherever_it_stands() {
        let payload = Payload::from([("inner", [("a.$", "x".into())].into()), ("b.$", true.into())]);
        assert_eq!(payload.misleading_names(), ["a.$", "b.$"]);
    }
}
