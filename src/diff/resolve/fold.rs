//! Steps, conditions, loops and functions over what is known. What is not known stays as it is written.

use std::borrow::Cow;

use super::super::constant;
use crate::terraform::Expression;
use crate::terraform::expression::{BinaryOperator, Call, Key, Object, Step, TemplatePart, UnaryOperator};

/// A template with what is known in it written out.
pub(super) fn template(parts: Vec<TemplatePart>) -> Expression {
    // One interpolation alone keeps its type.
    if parts.len() > 1 {
        let parts = parts.into_iter().map(|part| match part {
            TemplatePart::Interpolation(value) => TemplatePart::Interpolation(as_text(value)),
            other => other,
        });
        return Expression::template(parts);
    }
    Expression::template(parts)
}

/// A known number or truth as the text that it is in a template.
pub(super) fn as_text(value: Expression) -> Expression {
    match value {
        Expression::Bool(value) => Expression::Text(Cow::Borrowed(if value { "true" } else { "false" })),
        Expression::Number(number) => match constant::number_text(&number) {
            Some(text) => Expression::Text(text.into()),
            None => Expression::Number(number),
        },
        other => other,
    }
}

/// A truth, or the expression that it is not known from.
pub(super) fn as_bool(value: &Expression) -> Result<bool, Expression> {
    match value {
        Expression::Bool(value) => Ok(*value),
        Expression::Text(text) if matches!(text.as_ref(), "true" | "1") => Ok(true),
        Expression::Text(text) if matches!(text.as_ref(), "false" | "0") => Ok(false),
        other => Err(other.clone()),
    }
}

/// A number of instances.
pub(super) fn as_count(value: &Expression) -> Option<u64> {
    match value {
        Expression::Number(number) => {
            number.as_u64().or_else(|| constant::number_text(number).and_then(|text| text.parse().ok()))
        }
        Expression::Text(text) => constant::text_number(text).and_then(|number| as_count(&number)),
        _ => None,
    }
}

/// The keys and values that a loop goes through.
pub(super) fn elements(value: &Expression) -> Option<Vec<(Expression, Expression)>> {
    match value {
        Expression::List(items) => Some(
            items.iter().enumerate().map(|(index, item)| (Expression::Number(index.into()), item.clone())).collect(),
        ),
        Expression::Object(object) => {
            let mut entries = Vec::with_capacity(object.len());
            for (key, value) in object.entries() {
                let Key::Literal(name) = key else { return None };
                entries.push((Expression::Text(name.clone()), value.clone()));
            }
            entries.sort_by(|(one, _), (other, _)| text_of(one).cmp(text_of(other)));
            Some(entries)
        }
        Expression::Call(call) if call.name == "toset" => {
            let [Expression::List(items)] = call.arguments.as_slice() else { return None };
            items.iter().map(|item| item.is_literal().then(|| (item.clone(), item.clone()))).collect()
        }
        _ => None,
    }
}

fn text_of(value: &Expression) -> &str {
    match value {
        Expression::Text(text) => text,
        _ => "",
    }
}

/// Several steps further from a value.
pub(super) fn steps(value: Expression, steps: Vec<Step>) -> Expression {
    let mut value = value;
    let mut steps = steps.into_iter();
    while let Some(next) = steps.next() {
        if next == Step::Splat {
            return splat(value, steps.collect());
        }
        value = step(value, next);
    }
    value
}

/// A step further from a value.
pub(super) fn step(value: Expression, step: Step) -> Expression {
    match (value, step) {
        (Expression::Traversal(mut traversal), step) => {
            traversal.steps.push(step);
            Expression::Traversal(traversal)
        }
        (value, Step::Splat) => splat(value, Vec::new()),
        (Expression::Splat(value, mut steps), step) => {
            steps.push(step);
            Expression::Splat(value, steps)
        }
        (Expression::Object(object), Step::Attribute(name)) => match object.get(&name) {
            Some(value) => value.clone(),
            None => Expression::Attribute(Box::new(Expression::Object(object)), name),
        },
        (Expression::Object(object), Step::Index(key)) => {
            let name = as_text(key);
            let found = match &name {
                Expression::Text(name) => object.get(name).cloned(),
                _ => None,
            };
            found.unwrap_or_else(|| Expression::Index(Box::new(Expression::Object(object)), Box::new(name)))
        }
        (Expression::List(items), Step::Index(key)) => {
            let found = as_count(&key).and_then(|index| items.get(usize::try_from(index).ok()?).cloned());
            found.unwrap_or_else(|| Expression::Index(Box::new(Expression::List(items)), Box::new(key)))
        }
        (value, Step::Attribute(name)) => Expression::Attribute(Box::new(value), name),
        (value, Step::Index(key)) => Expression::Index(Box::new(value), Box::new(key)),
    }
}

/// `value[*].rest`
pub(super) fn splat(value: Expression, rest: Vec<Step>) -> Expression {
    let each =
        |items: Vec<Expression>| Expression::List(items.into_iter().map(|item| steps(item, rest.clone())).collect());
    match value {
        Expression::List(items) => each(items),
        Expression::Null => Expression::List(Vec::new()),
        Expression::Object(_) | Expression::Text(_) | Expression::Bool(_) | Expression::Number(_) => each(vec![value]),
        Expression::Call(_) if elements(&value).is_some() => {
            each(elements(&value).unwrap_or_default().into_iter().map(|(_, item)| item).collect())
        }
        other => Expression::Splat(Box::new(other), rest),
    }
}

pub(super) fn unary(operator: UnaryOperator, value: Expression) -> Expression {
    let expression = Expression::Unary(operator, Box::new(value));
    constant::evaluated(&expression).unwrap_or(expression)
}

pub(super) fn binary(left: Expression, operator: BinaryOperator, right: Expression) -> Expression {
    match (operator, as_bool(&left), as_bool(&right)) {
        (BinaryOperator::Or, Ok(true), _) | (BinaryOperator::Or, _, Ok(true)) => return Expression::Bool(true),
        (BinaryOperator::And, Ok(false), _) | (BinaryOperator::And, _, Ok(false)) => return Expression::Bool(false),
        (BinaryOperator::Or, Ok(false), _) | (BinaryOperator::And, Ok(true), _) => return right,
        (BinaryOperator::Or, _, Ok(false)) | (BinaryOperator::And, _, Ok(true)) => return left,
        _ => {}
    }
    let is_null = |one: &Expression, other: &Expression| {
        *one == Expression::Null
            && (other.is_literal()
                || matches!(other, Expression::Template(_) | Expression::List(_) | Expression::Object(_)))
    };
    if matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual)
        && (is_null(&left, &right) || is_null(&right, &left))
    {
        return Expression::Bool((left == right) == (operator == BinaryOperator::Equal));
    }
    let expression = Expression::Binary(Box::new(left), operator, Box::new(right));
    constant::evaluated(&expression).unwrap_or(expression)
}

/// A function's result, where it is known from what is known of its arguments.
pub(super) fn call(mut call: Call) -> Expression {
    if call.expand_final
        && let Some(Expression::List(items)) = call.arguments.last()
    {
        let items = items.clone();
        call.arguments.pop();
        call.arguments.extend(items);
        call.expand_final = false;
    }
    if call.expand_final {
        return Expression::Call(call);
    }
    if let Some(result) = structural(&call) {
        return result;
    }
    let expression = Expression::Call(call);
    constant::evaluated(&expression).unwrap_or(expression)
}

/// Functions that put together and take apart, and do not look at what they are given.
fn structural(call: &Call) -> Option<Expression> {
    let arguments = call.arguments.as_slice();
    match (call.name.as_ref(), arguments) {
        ("try" | "coalesce", [first, ..]) if is_there(first) && (call.name == "try" || !is_empty(first)) => {
            Some(first.clone())
        }
        ("try", [first, rest @ ..]) if is_missing(first) => structural(&with_arguments("try", rest)),
        ("coalesce", [first, rest @ ..]) if is_empty(first) => structural(&with_arguments("coalesce", rest)),
        ("sensitive" | "nonsensitive" | "ephemeralasnull", [value]) => Some(value.clone()),
        ("tolist", [Expression::List(items)]) => Some(Expression::List(items.clone())),
        ("tolist", [set @ Expression::Call(_)]) => {
            elements(set).map(|items| Expression::List(items.into_iter().map(|(_, item)| item).collect()))
        }
        ("tomap", [map @ Expression::Object(_)]) => Some(map.clone()),
        ("merge", objects) => merged(objects),
        ("concat", lists) => {
            let items = lists.iter().map(|list| match list {
                Expression::List(items) => Some(items.clone()),
                _ => None,
            });
            Some(Expression::List(items.collect::<Option<Vec<_>>>()?.concat()))
        }
        ("length", [Expression::List(items)]) => Some(Expression::Number(items.len().into())),
        ("length", [Expression::Object(object)]) => {
            elements_known(object).then(|| Expression::Number(object.len().into()))
        }
        ("keys", [object @ Expression::Object(_)]) => {
            Some(Expression::List(elements(object)?.into_iter().map(|(key, _)| key).collect()))
        }
        ("values", [object @ Expression::Object(_)]) => {
            Some(Expression::List(elements(object)?.into_iter().map(|(_, value)| value).collect()))
        }
        ("lookup", [Expression::Object(object), key, default]) if elements_known(object) => {
            match as_text(key.clone()) {
                Expression::Text(name) => Some(object.get(&name).unwrap_or(default).clone()),
                _ => None,
            }
        }
        ("element", [Expression::List(items), index]) => {
            let index = usize::try_from(as_count(index)?).ok()?;
            items.get(index.checked_rem(items.len())?).cloned()
        }
        ("one", [Expression::List(items)]) => match items.as_slice() {
            [] => Some(Expression::Null),
            [only] => Some(only.clone()),
            _ => None,
        },
        ("zipmap", [Expression::List(keys), Expression::List(values)]) if keys.len() == values.len() => {
            let entry = |(key, value): (&Expression, &Expression)| match as_text(key.clone()) {
                Expression::Text(key) => Some((key.into_owned(), value.clone())),
                _ => None,
            };
            let entries: Option<Vec<_>> = keys.iter().zip(values).map(entry).collect();
            Some(Expression::Object(entries?.into_iter().collect()))
        }
        ("toset", [Expression::List(items)]) => {
            let mut items: Vec<_> =
                items.iter().cloned().map(|item| if item.is_literal() { as_text(item) } else { item }).collect();
            sort(&mut items);
            items.dedup();
            Some(Expression::Call(with_arguments("toset", &[Expression::List(items)])))
        }
        ("toset", [set @ Expression::Call(inner)]) if inner.name == "toset" => Some(set.clone()),
        _ => None,
    }
}

/// In an order that depends on nothing but what they are.
pub(in crate::diff) fn sort(items: &mut [Expression]) {
    items.sort_by_cached_key(|item| format!("{item:?}"));
}

fn with_arguments(name: &'static str, arguments: &[Expression]) -> Call {
    Call { name: Cow::Borrowed(name), arguments: arguments.to_vec(), expand_final: false }
}

fn elements_known(object: &Object) -> bool {
    object.entries().all(|(key, _)| matches!(key, Key::Literal(_)))
}

/// Whether evaluating it is no error.
fn is_there(value: &Expression) -> bool {
    value.is_literal() || matches!(value, Expression::Template(_) | Expression::Traversal(_))
}

/// Whether evaluating it is an error: it asks for what is not in something that is known.
fn is_missing(value: &Expression) -> bool {
    match value {
        Expression::Index(of, key) => match of.as_ref() {
            Expression::List(_) | Expression::Object(_) => key.is_literal(),
            inner => is_missing(inner),
        },
        Expression::Attribute(of, _) => {
            matches!(of.as_ref(), Expression::Object(_) | Expression::List(_)) || is_missing(of)
        }
        _ => false,
    }
}

fn is_empty(value: &Expression) -> bool {
    *value == Expression::Null || matches!(value, Expression::Text(text) if text.is_empty())
}

fn merged(objects: &[Expression]) -> Option<Expression> {
    let mut merged = Object::new();
    for object in objects {
        match object {
            Expression::Object(object) if elements_known(object) => {
                for (key, value) in object.entries() {
                    merged.insert(key.clone(), value.clone());
                }
            }
            Expression::Null => {}
            _ => return None,
        }
    }
    let mut sorted = Object::new();
    for (key, value) in merged.sorted() {
        sorted.insert(key.clone(), value.clone());
    }
    Some(Expression::Object(sorted))
}
