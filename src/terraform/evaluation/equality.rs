//! `==` between any two values, unknown where the answer is.

use std::sync::Arc;

use super::number::Number;
use super::types::Type;
use super::unknown::Refinement;
use super::value::{Content, Value};

impl Value {
    /// `self == other`: nulls are equal whatever their types, values of different types never are.
    pub fn equals(&self, other: &Self) -> Self {
        let (marks, a, b) = if self.is_null() == other.is_null() {
            let ((a, left), (b, right)) = (self.unmarked_deep(), other.unmarked_deep());
            (left | right, a, b)
        } else {
            let ((a, left), (b, right)) = (self.unmarked(), other.unmarked());
            (left | right, a, b)
        };
        equal(&a, &b).with_marks(marks)
    }
}

fn unknown_bool(reason: Arc<str>) -> Value {
    Value::unknown(Type::Bool, reason).refined_not_null()
}

fn equal(a: &Value, b: &Value) -> Value {
    if a.is_null() && b.is_surely_not_null() || b.is_null() && a.is_surely_not_null() {
        return Value::bool(false);
    }
    match (&a.content, &b.content) {
        (Content::Unknown(unknown), Content::Unknown(_)) => unknown_bool(unknown.reason.clone()),
        (Content::Unknown(unknown), _) => equal_to_unknown(b, a, &unknown.reason),
        (_, Content::Unknown(unknown)) => equal_to_unknown(a, b, &unknown.reason),
        (Content::Null, Content::Null) => Value::bool(true),
        (Content::Null, _) | (_, Content::Null) => Value::bool(false),
        _ if !has_known_type(a) || !has_known_type(b) => {
            if !a.of_type.conforms(&b.of_type) && !b.of_type.conforms(&a.of_type) {
                return Value::bool(false);
            }
            match a.unknown_reason().or_else(|| b.unknown_reason()) {
                Some(reason) => unknown_bool(reason),
                // A null without a type: compared as Terraform does, the types decide nothing.
                None => unknown_bool("it is compared with something whose type is not known".into()),
            }
        }
        _ if a.of_type != b.of_type => Value::bool(false),
        _ => same_type(a, b),
    }
}

/// Whether nothing unknown in a value may turn out to be of another type. Null is null whatever its type.
fn has_known_type(value: &Value) -> bool {
    match &value.content {
        Content::Unknown(_) => value.of_type.is_wholly_known(),
        Content::Sequence(items) => items.iter().all(has_known_type),
        Content::Mapping(entries) => entries.values().all(has_known_type),
        _ => true,
    }
}

fn equal_to_unknown(known: &Value, unknown: &Value, reason: &Arc<str>) -> Value {
    if let Some(refinement) = unknown.refinement()
        && excludes(refinement, &unknown.of_type, known)
    {
        return Value::bool(false);
    }
    let may_differ = !known.is_null() && unknown.of_type.is_wholly_known() && known.of_type != unknown.of_type;
    if may_differ { Value::bool(false) } else { unknown_bool(reason.clone()) }
}

/// Whether a known value is certainly not what an unknown one will be.
fn excludes(refinement: &Refinement, of_type: &Type, known: &Value) -> bool {
    if known.is_null() {
        return refinement.not_null;
    }
    if !known.of_type.conforms(of_type) {
        return true;
    }
    match &known.content {
        Content::Text(text) => refinement.prefix.as_ref().is_some_and(|prefix| !text.starts_with(&**prefix)),
        Content::Number(number) => !within(refinement, number),
        Content::Sequence(items) if of_type.is_collection() => length_excluded(refinement, items.len()),
        Content::Mapping(entries) if of_type.is_collection() => length_excluded(refinement, entries.len()),
        _ => false,
    }
}

fn length_excluded(refinement: &Refinement, length: usize) -> bool {
    length < refinement.shortest || refinement.longest.is_some_and(|longest| length > longest)
}

fn within(refinement: &Refinement, number: &Number) -> bool {
    let above = refinement
        .lower
        .as_ref()
        .is_none_or(|lower| *number > lower.number || lower.inclusive && *number == lower.number);
    let below = refinement
        .upper
        .as_ref()
        .is_none_or(|upper| *number < upper.number || upper.inclusive && *number == upper.number);
    above && below
}

fn same_type(a: &Value, b: &Value) -> Value {
    match (&a.content, &b.content) {
        (Content::Bool(a), Content::Bool(b)) => Value::bool(a == b),
        (Content::Number(a), Content::Number(b)) => Value::bool(a == b),
        (Content::Text(a), Content::Text(b)) => Value::bool(a == b),
        (Content::Sequence(a_items), Content::Sequence(b_items)) if matches!(a.of_type, Type::Set(_)) => {
            equal_sets(a_items, b_items)
        }
        (Content::Sequence(a), Content::Sequence(b)) => {
            if a.len() != b.len() {
                return Value::bool(false);
            }
            all(a.iter().zip(b.iter()))
        }
        (Content::Mapping(a), Content::Mapping(b)) => {
            if a.len() != b.len() || !a.keys().all(|key| b.contains_key(key)) {
                return Value::bool(false);
            }
            all(a.values().zip(b.values()))
        }
        _ => Value::bool(false),
    }
}

/// Go stops at the first that is unequal or unknown.
fn all<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Value {
    let mut unknown = None;
    for (a, b) in pairs {
        let answer = equal(a, b);
        match answer.as_bool() {
            Some(true) => {}
            Some(false) => return Value::bool(false),
            None => unknown = unknown.or(Some(answer)),
        }
    }
    unknown.unwrap_or_else(|| Value::bool(true))
}

fn equal_sets(a: &[Value], b: &[Value]) -> Value {
    if let Some(reason) = a.iter().chain(b).filter(|item| !item.is_known()).find_map(Value::unknown_reason) {
        return unknown_bool(reason);
    }
    if a.len() != b.len() {
        return Value::bool(false);
    }
    Value::bool(a.iter().zip(b).all(|(a, b)| equal(a, b).as_bool() == Some(true)))
}
