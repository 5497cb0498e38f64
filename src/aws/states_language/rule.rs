//! What a choice decides by.

use crate::terraform::{Expression, Object, Value, text};

use super::path::Path;

/// A condition on a state's input.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// The value is this string. Where there is no such value, the whole execution fails (`States.Runtime`).
    StringEquals(Path, Value<String>),
    /// The value is this one of true and false. Where there is no such value, the whole execution fails.
    BooleanEquals(Path, bool),
    /// There is such a value.
    IsPresent(Path),
    /// The rule does not hold.
    Not(Box<Rule>),
    /// Every rule holds. They are tried in order, and none after the first that does not.
    All(Vec<Rule>),
}

impl Rule {
    /// The value is there and is this string: for what people write.
    pub fn is_given_as(path: Path, expected: impl Into<Value<String>>) -> Self {
        Self::All(vec![Self::IsPresent(path.clone()), Self::StringEquals(path, expected.into())])
    }

    /// The value is there and is true: for what people write.
    pub fn is_given_as_true(path: Path) -> Self {
        Self::All(vec![Self::IsPresent(path.clone()), Self::BooleanEquals(path, true)])
    }

    /// The opposite.
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    pub(super) fn to_object(&self) -> Object {
        match self {
            Self::StringEquals(path, expected) => comparison(path, "StringEquals", expected.clone().into()),
            Self::BooleanEquals(path, expected) => comparison(path, "BooleanEquals", (*expected).into()),
            Self::IsPresent(path) => comparison(path, "IsPresent", true.into()),
            Self::Not(rule) => [("Not", Expression::Object(rule.to_object()))].into_iter().collect(),
            Self::All(rules) => {
                let rules = rules.iter().map(|rule| Expression::Object(rule.to_object())).collect();
                [("And", Expression::List(rules))].into_iter().collect()
            }
        }
    }
}

fn comparison(path: &Path, operator: &'static str, expected: Expression) -> Object {
    [("Variable", text(path.to_string()).into()), (operator, expected)].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_nest() {
        let rule = Rule::is_given_as(Path::input(["who"]), "operator").negated();
        assert_eq!(
            Expression::Object(rule.to_object()).to_string(),
            r#"{"Not" = {"And" = [{"IsPresent" = true, "Variable" = "$.who"}, {"StringEquals" = "operator", "Variable" = "$.who"}]}}"#
        );
    }
}
