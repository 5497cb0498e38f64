//! Ways of writing an argument that the provider takes for the same.
//!
//! The provider was asked, about every argument of every type: `xtask/equivalences.py` asks, and writes the list that is
//! embedded here. Each argument has what holds for it:
//!
//! | word | what is the same |
//! | --- | --- |
//! | `=VALUE` | the default, and nothing |
//! | `zero` | `""`, `0` or `false`, and nothing |
//! | `kept` | nothing, and whatever there was: it stays |
//! | `json` | JSON with other white space or another order of keys |
//! | `policy` | the same, and lists of a policy in another order, or one item instead of a list of one |
//! | `case` | letters in upper and lower case |
//! | `dot` | a name with and without a dot at its end |

use std::collections::HashMap;
use std::sync::LazyLock;

use super::document;
use crate::terraform::Expression;
use crate::terraform::expression::TemplatePart;

static LIST: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../schema/aws-5.100.0.equivalences").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).collect()
});

/// What is the same for the arguments of a type.
#[derive(Debug, Default)]
pub(super) struct Writings(HashMap<&'static str, Vec<&'static str>>);

impl Writings {
    pub(super) fn of(type_name: &str) -> Self {
        let arguments = LIST.get(type_name).copied().unwrap_or_default().split(' ');
        Self(
            arguments
                .filter_map(|it| it.split_once(':'))
                .map(|(path, words)| (path, words.split(',').collect()))
                .collect(),
        )
    }

    fn words(&self, path: &str) -> &[&'static str] {
        self.0.get(path).map_or(&[], Vec::as_slice)
    }

    /// Whether an argument that is taken away stays as it was.
    pub(super) fn keeps(&self, path: &str) -> bool {
        self.words(path).contains(&"kept")
    }

    /// The value in the form that stands for all that are the same; nothing where that is nothing.
    pub(super) fn canonical(&self, path: &str, value: Expression) -> Option<Expression> {
        let words = self.words(path);
        if value == Expression::Null || (is_empty(&value) && !words.contains(&"kept")) {
            return None;
        }
        let default = words.iter().find_map(|word| word.strip_prefix('='));
        if default.is_some_and(|default| is_default(&value, default)) {
            return None;
        }
        if default.is_none() && words.contains(&"zero") && !words.contains(&"kept") && is_zero(&value) {
            return None;
        }
        let mut value = value;
        for word in words {
            value = match *word {
                "policy" => document::canonical(value, true),
                "json" if !words.contains(&"policy") => document::canonical(value, false),
                "case" => map_text(value, |text, _| text.to_lowercase()),
                "dot" => map_text(value, |text, is_last| {
                    if is_last { text.strip_suffix('.').unwrap_or(text).to_owned() } else { text.to_owned() }
                }),
                _ => value,
            };
        }
        Some(value)
    }
}

/// Nothing in a list, map or block is as good as nothing.
fn is_empty(value: &Expression) -> bool {
    match value {
        Expression::List(items) => items.is_empty(),
        Expression::Object(object) => object.is_empty(),
        _ => false,
    }
}

fn is_zero(value: &Expression) -> bool {
    match value {
        Expression::Text(text) => text.is_empty(),
        Expression::Bool(value) => !value,
        Expression::Number(number) => number.as_u64() == Some(0),
        _ => false,
    }
}

fn is_default(value: &Expression, default: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(default).is_ok_and(|default| match (Expression::from(default), value) {
        (Expression::Number(default), Expression::Number(value)) => default.as_f64() == value.as_f64(),
        (default, value) => default == *value,
    })
}

/// The known pieces of a text, changed; the last one is told that it is.
fn map_text(value: Expression, change: impl Fn(&str, bool) -> String) -> Expression {
    match value {
        Expression::Text(text) => Expression::Text(change(&text, true).into()),
        Expression::Template(parts) => {
            let last = parts.len().saturating_sub(1);
            let change = |(position, part)| match part {
                TemplatePart::Literal(text) => TemplatePart::Literal(change(&text, position == last).into()),
                other => other,
            };
            Expression::Template(parts.into_iter().enumerate().map(change).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::{ResourceMode, parse};

    fn canonical(type_name: &str, path: &str, value: &str) -> Option<Expression> {
        Writings::of(type_name).canonical(path, parse::expression(value).unwrap())
    }

    #[test]
    fn the_list_names_arguments_of_the_schema() {
        assert!(LIST.len() > 1000, "{}", LIST.len());
        for name in LIST.keys() {
            let schema = crate::aws::schema().block_type(ResourceMode::Managed, name).expect(name);
            for path in Writings::of(name).0.keys() {
                let first = path.split('.').next().unwrap();
                let found = schema.attribute(first).is_some() || schema.nested_block(first).is_some();
                assert!(found, "{name}: {path}");
            }
        }
    }

    #[test]
    fn what_is_the_same_has_one_form() {
        assert_eq!(canonical("aws_sqs_queue", "delay_seconds", "0"), None);
        assert_eq!(canonical("aws_sqs_queue", "max_message_size", "262144"), None);
        assert!(canonical("aws_sqs_queue", "max_message_size", "1024").is_some());
        assert_eq!(canonical("aws_s3_bucket", "force_destroy", "false"), None);
        assert_eq!(canonical("aws_s3_bucket", "tags", "{}"), None);
        let names =
            ["\"A.Example.com.\"", "\"a.example.com\""].map(|name| canonical("aws_route53_record", "name", name));
        assert_eq!(names[0], names[1]);
        assert!(Writings::of("aws_rds_cluster").keeps("kms_key_id"));
        assert!(!Writings::of("aws_rds_cluster").keeps("deletion_protection"));
    }
}
