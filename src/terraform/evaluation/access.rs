//! Attributes and indices of values.

use std::sync::Arc;

use super::error::EvaluationError;
use super::types::Type;
use super::value::{Content, Value};

type Evaluated = Result<Value, EvaluationError>;

impl Value {
    /// The unknown value that comes of something of an unknown value, of the type and with the marks given.
    pub(super) fn unknown_like(&self, of_type: Type) -> Self {
        let reason = self.unknown_reason().unwrap_or_else(|| Arc::from("its type is not known"));
        Self::unknown(of_type, reason).with_marks(self.marks)
    }
}

/// `value.name`
pub(super) fn attribute(value: &Value, name: &str) -> Evaluated {
    if value.is_null() {
        let detail = "This value is null, so it does not have any attributes.";
        return Err(EvaluationError::new("Attempt to get attribute from null value", detail));
    }
    let unsupported = |detail: String| Err(EvaluationError::new("Unsupported attribute", detail));
    match &value.of_type {
        Type::Object(object) => match (object.attributes.get(name), value.get(name)) {
            (Some(_), Some(found)) => Ok(found.clone().with_marks(value.marks)),
            (Some(of_type), None) => Ok(value.unknown_like(of_type.clone())),
            (None, _) if object.is_open => {
                let reason = format!("the value of `{name}` is not in the configuration");
                Ok(Value::unknown(Type::Dynamic, reason).with_marks(value.marks))
            }
            (None, _) => unsupported(format!("This object does not have an attribute named \"{name}\".")),
        },
        Type::Map(element) => {
            let Content::Mapping(entries) = &value.content else {
                return Ok(value.unknown_like(Type::clone(element)));
            };
            let missing = || {
                let detail = format!("This map does not have an element with the key \"{name}\".");
                EvaluationError::new("Missing map element", detail)
            };
            entries.get(name).map(|found| found.clone().with_marks(value.marks)).ok_or_else(missing)
        }
        Type::Dynamic => Ok(value.unknown_like(Type::Dynamic)),
        Type::List(element) if matches!(**element, Type::Object(_)) => unsupported(
            "Can't access attributes on a list of objects. Did you mean to access an attribute for a specific element \
             of the list, or across all elements of the list?"
                .to_owned(),
        ),
        Type::Set(element) if matches!(**element, Type::Object(_)) => unsupported(
            "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of \
             the set?"
                .to_owned(),
        ),
        primitive if primitive.is_primitive() => {
            unsupported(format!("Can't access attributes on a primitive-typed value ({}).", primitive.name()))
        }
        _ => unsupported("This value does not have any attributes.".to_owned()),
    }
}

fn invalid(detail: impl Into<String>) -> EvaluationError {
    EvaluationError::new("Invalid index", detail)
}

const NO_SUCH: &str = "The given key does not identify an element in this collection value";

/// `value[key]`
pub(super) fn index(value: &Value, key: &Value) -> Evaluated {
    if value.is_null() {
        let detail = "This value is null, so it does not have any indices.";
        return Err(EvaluationError::new("Attempt to index null value", detail));
    }
    if key.is_null() {
        return Err(invalid("Can't use a null value as an indexing key."));
    }
    if value.of_type == Type::Dynamic || key.of_type == Type::Dynamic {
        let unknown = if value.of_type == Type::Dynamic { value } else { key };
        return Ok(Value { marks: value.marks, ..unknown.unknown_like(Type::Dynamic) });
    }
    let converted = |to: &Type| key.convert(to).map_err(|error| invalid(format!("{NO_SUCH}: {error}.")));
    match &value.of_type {
        Type::List(_) | Type::Tuple(_) => of_sequence(value, &converted(&Type::Number)?),
        Type::Map(element) => of_map(value, element, &converted(&Type::String)?),
        Type::Object(_) => of_object(value, &converted(&Type::String)?),
        Type::Set(_) => Err(invalid(
            "Elements of a set are identified only by their value and don't have any separate index or key to select \
             with, so it's only possible to perform operations across all elements of the set.",
        )),
        _ => Err(invalid("This value does not have any indices.")),
    }
}

fn of_sequence(value: &Value, key: &Value) -> Evaluated {
    let length = match &value.of_type {
        Type::Tuple(types) => Some(types.len()),
        _ => value.len(),
    };
    let (Some(number), Some(length)) = (key.as_number(), length) else {
        let of_type = value.of_type.element().cloned().unwrap_or(Type::Dynamic);
        let unknown = if value.is_known() { key } else { value };
        return Ok(Value { marks: value.marks, ..unknown.unknown_like(of_type) });
    };
    let detail = if !number.is_whole() {
        "indexing a sequence requires a whole number, but the given index has a fractional part"
    } else if number.is_negative() {
        "a negative number is not a valid index for a sequence"
    } else if length == 0 {
        "the collection has no elements"
    } else {
        "the given index is greater than or equal to the length of the collection"
    };
    let position = number.as_i64().and_then(|position| usize::try_from(position).ok());
    let position = position.filter(|position| *position < length);
    let position = position.ok_or_else(|| invalid(format!("{NO_SUCH}: {detail}.")))?;
    let marks = value.marks | key.marks;
    match (value.items().and_then(|items| items.get(position)), &value.of_type) {
        (Some(found), _) => Ok(found.clone().with_marks(marks)),
        (None, Type::Tuple(types)) => {
            Ok(value.unknown_like(types.get(position).cloned().unwrap_or(Type::Dynamic)).with_marks(marks))
        }
        (None, _) => Ok(value.unknown_like(Type::Dynamic).with_marks(marks)),
    }
}

fn of_map(value: &Value, element: &Type, key: &Value) -> Evaluated {
    let (Some(name), Some(entries)) = (key.as_text(), value.entries()) else {
        let unknown = if value.is_known() { key } else { value };
        return Ok(Value { marks: value.marks, ..unknown.unknown_like(element.clone()) });
    };
    match entries.get(name) {
        Some(found) => Ok(found.clone().with_marks(value.marks | key.marks)),
        None => Err(invalid(format!("{NO_SUCH}."))),
    }
}

fn of_object(value: &Value, key: &Value) -> Evaluated {
    let Some(name) = key.as_text().filter(|_| value.is_known()) else {
        let unknown = if value.is_known() { key } else { value };
        return Ok(Value { marks: value.marks, ..unknown.unknown_like(Type::Dynamic) });
    };
    attribute(value, name).map_err(|_| invalid(format!("{NO_SUCH}.")))
}
