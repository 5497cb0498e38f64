//! JSON in texts: policies and the like, in a form that is the same however they are written.
//!
//! What is between `${` and `}` in such a text is put aside, and back again when the text has been read.

use std::borrow::Cow;

use super::resolve::sort;
use crate::terraform::Expression;
use crate::terraform::expression::{Call, Key, Object, TemplatePart};

/// Stands for what is put aside. It is no character of a document, and JSON takes it in a text.
const ASIDE: char = '\u{10FFFD}';

/// The text as `jsonencode` of what it says; as it is if it is no JSON.
pub(super) fn canonical(value: Expression, is_policy: bool) -> Expression {
    let said = match &value {
        Expression::Text(text) => read(text, &[]),
        Expression::Template(parts) => from_template(parts),
        Expression::Call(call) if call.name == "jsonencode" => match call.arguments.as_slice() {
            [object @ (Expression::Object(_) | Expression::List(_))] => Some(object.clone()),
            _ => None,
        },
        _ => None,
    };
    let Some(said) = said else { return value };
    let said = if is_policy { policy(said) } else { in_order(said) };
    Expression::Call(Call { name: Cow::Borrowed("jsonencode"), arguments: vec![said], expand_final: false })
}

fn from_template(parts: &[TemplatePart]) -> Option<Expression> {
    let (mut text, mut aside) = (String::new(), Vec::new());
    for part in parts {
        match part {
            TemplatePart::Literal(literal) => text.push_str(literal),
            TemplatePart::Interpolation(value) => {
                text.extend([ASIDE.to_string(), aside.len().to_string(), ASIDE.to_string()]);
                aside.push(value.clone());
            }
            TemplatePart::If { .. } | TemplatePart::For { .. } => return None,
        }
    }
    read(&text, &aside)
}

fn read(text: &str, aside: &[Expression]) -> Option<Expression> {
    let text = text.trim_start();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    Some(with_aside(serde_json::from_str(text).ok()?, aside))
}

fn with_aside(value: serde_json::Value, aside: &[Expression]) -> Expression {
    match value {
        serde_json::Value::String(text) => filled(&text, aside),
        serde_json::Value::Array(items) => {
            Expression::List(items.into_iter().map(|item| with_aside(item, aside)).collect())
        }
        serde_json::Value::Object(entries) => {
            let mut object = Object::new();
            for (key, value) in entries {
                object.insert(Key::from_expression(filled(&key, aside)), with_aside(value, aside));
            }
            Expression::Object(object)
        }
        other => Expression::from(other),
    }
}

fn filled(text: &str, aside: &[Expression]) -> Expression {
    let parts = text.split(ASIDE).enumerate().map(|(position, piece)| {
        let value = (position % 2 == 1).then(|| aside.get(piece.parse::<usize>().ok()?)).flatten();
        match value {
            Some(value) => TemplatePart::Interpolation(value.clone()),
            None => TemplatePart::Literal(piece.to_owned().into()),
        }
    });
    Expression::template(parts)
}

/// The keys of objects in order.
fn in_order(value: Expression) -> Expression {
    match value {
        Expression::List(items) => Expression::List(items.into_iter().map(in_order).collect()),
        Expression::Object(object) => Expression::Object(entries(&object, |_, value| in_order(value))),
        other => other,
    }
}

fn entries(object: &Object, change: impl Fn(&str, Expression) -> Expression) -> Object {
    let mut changed = Object::new();
    for (key, value) in object.sorted() {
        let name = match key {
            Key::Literal(name) => name.as_ref(),
            Key::Computed(_) => "",
        };
        changed.insert(key.clone(), change(name, value.clone()));
    }
    changed
}

/// A policy as AWS understands it: the order of statements and of what they list says nothing.
fn policy(value: Expression) -> Expression {
    match value {
        Expression::Object(object) => Expression::Object(entries(&object, |name, value| match name {
            "Statement" => unordered(value, &statement),
            _ => in_order(value),
        })),
        other => in_order(other),
    }
}

fn statement(value: Expression) -> Expression {
    match value {
        Expression::Object(object) => Expression::Object(entries(&object, |name, value| match (name, value) {
            ("Action" | "NotAction" | "Resource" | "NotResource", value) => unordered(value, &in_order),
            ("Principal" | "NotPrincipal", Expression::Text(text)) if text == "*" => {
                let anybody = Expression::List(vec![Expression::Text(text)]);
                Expression::Object([("AWS", anybody)].into_iter().collect())
            }
            ("Principal" | "NotPrincipal", Expression::Object(principals)) => {
                Expression::Object(entries(&principals, |_, value| unordered(value, &in_order)))
            }
            ("Condition", Expression::Object(operators)) => {
                Expression::Object(entries(&operators, |_, keys| match keys {
                    Expression::Object(keys) => {
                        Expression::Object(entries(&keys, |_, value| unordered(value, &in_order)))
                    }
                    other => other,
                }))
            }
            (_, value) => in_order(value),
        })),
        other => other,
    }
}

/// A list, or the one item that stands for a list of one, in an order that depends on nothing.
fn unordered(value: Expression, each: &dyn Fn(Expression) -> Expression) -> Expression {
    let mut items: Vec<_> = match value {
        Expression::List(items) => items.into_iter().map(each).collect(),
        one @ (Expression::Text(_) | Expression::Template(_) | Expression::Object(_) | Expression::Bool(_)) => {
            vec![each(one)]
        }
        other => return other,
    };
    sort(&mut items);
    items.dedup();
    Expression::List(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::parse;

    fn same(one: &str, other: &str) -> bool {
        let read = |text: &str| canonical(parse::template(text).unwrap(), true);
        read(one) == read(other)
    }

    #[test]
    fn policies_that_say_the_same_are_the_same() {
        let one = r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":["${aws_s3_bucket.b.arn}/*","b"],"Principal":"*"}]}"#;
        let other = r#"{ "Statement": { "Principal": {"AWS": ["*"]},
            "Resource": ["b", "${aws_s3_bucket.b.arn}/*"], "Action": ["s3:GetObject"], "Effect": "Allow" } }"#;
        assert!(same(one, other));
        assert!(!same(one, &other.replace("\"b\"", "\"c\"")));
        assert!(!same(one, &other.replace("aws_s3_bucket.b", "aws_s3_bucket.c")));
        assert!(!same("{", "{ "), "no JSON is compared as it is");
    }
}
