//! Conversions between types, by the rules of go-cty's `convert`.

mod compare;
mod replace;
mod unify;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::number::Number;
use super::types::{ObjectType, Type};
use super::unknown::Refinement;
use super::value::{Content, Entries, Value};

pub(super) use unify::unify;

/// Why a value cannot be converted, in words that follow "invalid value:".
pub(super) type Refusal = String;

impl Value {
    /// The value as another type, as Terraform converts arguments.
    ///
    /// # Errors
    /// There is no such conversion, or it fails with this value.
    pub fn convert(&self, to: &Type) -> Result<Self, String> {
        if self.of_type == *to || self.of_type == to.without_optional() {
            return Ok(self.clone());
        }
        if !convertible(&self.of_type, to) {
            return Err(mismatch(&self.of_type, to));
        }
        apply(self, to)
    }
}

/// Whether there is a conversion from one type to another.
pub(super) fn convertible(from: &Type, to: &Type) -> bool {
    let or_equal = |from: &Type, to: &Type| from == to || convertible(from, to);
    match (from, to) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => true,
        (Type::Number | Type::Bool, Type::String) => true,
        (Type::String, Type::Number | Type::Bool) => true,
        (from, to) if from.is_primitive() && to.is_primitive() => from == to,
        (Type::Object(from), Type::Object(to)) => {
            to.attributes.iter().all(|(name, wanted)| match from.attributes.get(name) {
                Some(given) => or_equal(given, wanted),
                None => to.optional.contains(name) || from.is_open,
            })
        }
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len() && from.iter().zip(to.iter()).all(|(from, to)| or_equal(from, to))
        }
        (Type::List(from) | Type::Set(from), Type::List(to)) | (Type::Set(from), Type::Set(to)) => or_equal(from, to),
        (Type::List(from), Type::Set(to)) => or_equal(from, to),
        (Type::Map(from), Type::Map(to)) => or_equal(from, to),
        (Type::Tuple(from), Type::List(to) | Type::Set(to)) => {
            from.is_empty()
                || element_type(from, to, true).is_some_and(|to| from.iter().all(|from| or_equal(from, &to)))
        }
        (Type::Object(from), Type::Map(to)) => {
            let types: Vec<_> = from.attributes.values().cloned().collect();
            types.is_empty()
                || element_type(&types, to, false).is_some_and(|to| types.iter().all(|from| or_equal(from, &to)))
        }
        (Type::Map(from), Type::Object(to)) => {
            to.attributes.iter().all(|(name, to_type)| or_equal(from, to_type) || to.optional.contains(name))
        }
        _ => false,
    }
}

/// The type that elements of these types are converted to.
fn element_type(from: &[Type], to: &Type, is_sequence: bool) -> Option<Type> {
    if *to != Type::Dynamic {
        return Some(to.clone());
    }
    let unified = unify(from)?.of_type;
    // Of values of different unknown types no collection can be made.
    let is_fit = unified != Type::Dynamic || !is_sequence || from.iter().all(|from| *from == Type::Dynamic);
    is_fit.then_some(unified)
}

/// Converts a value where there is a conversion.
pub(super) fn apply(value: &Value, to: &Type) -> Result<Value, Refusal> {
    if *to == Type::Dynamic || value.of_type == *to {
        return Ok(value.clone());
    }
    let (inner, marks) = value.unmarked();
    let converted = match &inner.content {
        Content::Null => Value::null(replace::dynamic(&inner.of_type, &to.without_optional())),
        Content::Unknown(_) => unknown(&inner, replace::dynamic(&inner.of_type, &to.without_optional())),
        _ => known(&inner, to)?,
    };
    Ok(converted.with_marks(marks))
}

fn known(value: &Value, to: &Type) -> Result<Value, Refusal> {
    match (&value.content, to) {
        (Content::Number(number), Type::String) => {
            if !number.is_writable() {
                return Err("a number with too many digits".to_owned());
            }
            Ok(Value::text(number.to_string()))
        }
        (Content::Bool(value), Type::String) => Ok(Value::text(if *value { "true" } else { "false" })),
        (Content::Text(text), Type::Number) => {
            Number::parse(text).map(Value::number).ok_or_else(|| "a number is required".to_owned())
        }
        (Content::Text(text), Type::Bool) => to_bool(text),
        (Content::Mapping(entries), Type::Object(object)) if matches!(value.of_type, Type::Object(_)) => {
            object_to_object(entries, object, value.is_open())
        }
        (Content::Mapping(entries), Type::Object(object)) => map_to_object(entries, object),
        (Content::Mapping(_), Type::Map(_)) if value.is_open() => {
            Ok(Value::unknown(to.clone(), value.unknown_reason().unwrap_or_else(|| "".into())))
        }
        (Content::Mapping(entries), Type::Map(element)) => to_map(entries, &value.of_type, element),
        (Content::Sequence(items), Type::Tuple(types)) => {
            let items = items.iter().zip(types.iter()).map(|(item, to)| apply(item, to));
            Ok(Value::tuple(items.collect::<Result<Vec<_>, _>>()?))
        }
        (Content::Sequence(_), Type::List(_)) if value.has_unknown_length() => {
            let element = value.of_type.element().cloned().unwrap_or(Type::Dynamic);
            Ok(Value::unknown(Type::list(element), value.unknown_reason().unwrap_or_else(|| "".into())))
        }
        (Content::Sequence(items), Type::List(element)) => {
            let (element, items) = elements(items, &value.of_type, element)?;
            let (element, items) = unified(element, items)?;
            Ok(Value::list(element, items))
        }
        (Content::Sequence(items), Type::Set(element)) => {
            let (element, items) = elements(items, &value.of_type, element)?;
            Ok(Value::set(element, items))
        }
        _ => Err(mismatch(&value.of_type, to)),
    }
}

fn to_bool(text: &str) -> Result<Value, Refusal> {
    match text {
        "true" | "1" => Ok(Value::bool(true)),
        "false" | "0" => Ok(Value::bool(false)),
        other => Err(match other.to_lowercase().as_str() {
            "true" => "a bool is required; to convert from string, use lowercase \"true\"",
            "false" => "a bool is required; to convert from string, use lowercase \"false\"",
            _ => "a bool is required",
        }
        .to_owned()),
    }
}

/// The items as one type, and that type.
fn elements(items: &[Value], from: &Type, to: &Type) -> Result<(Type, Vec<Value>), Refusal> {
    let to = match from {
        Type::Tuple(types) if types.is_empty() => to.clone(),
        Type::Tuple(types) => element_type(types, to, true).ok_or("all elements must have the same type")?,
        _ => to.clone(),
    };
    let converted = items.iter().map(|item| apply(item, &to)).collect::<Result<Vec<_>, _>>()?;
    let fallback = match (from.element(), &to) {
        (Some(element), Type::Dynamic) => element.clone(),
        _ => to.without_optional(),
    };
    let element = match common_type(&converted) {
        Common::One(of_type) => of_type,
        Common::NoValues => fallback,
        Common::Several => return Err("element types must all match".to_owned()),
    };
    Ok((element, converted))
}

/// What the types of some values have in common.
enum Common {
    NoValues,
    One(Type),
    Several,
}

/// The one type that all values have, values without a known type aside.
fn common_type(values: &[Value]) -> Common {
    let mut common: Option<&Type> = None;
    for value in values {
        match common {
            None | Some(Type::Dynamic) => common = Some(&value.of_type),
            Some(of_type) if *of_type == value.of_type || value.of_type == Type::Dynamic => {}
            Some(_) => return Common::Several,
        }
    }
    common.map_or(Common::NoValues, |of_type| Common::One(of_type.clone()))
}

/// Elements whose types came out different, where attributes may be of any type, once more as one type.
fn unified(element: Type, items: Vec<Value>) -> Result<(Type, Vec<Value>), Refusal> {
    if items.iter().all(|item| item.of_type == element) {
        return Ok((element, items));
    }
    let types: Vec<_> = items.iter().map(|item| item.of_type.clone()).collect();
    let to = unify(&types).ok_or("cannot find a common base type for all elements")?.of_type;
    let items = items.iter().map(|item| apply(item, &to)).collect::<Result<Vec<_>, _>>()?;
    Ok((to, items))
}

fn object_to_object(entries: &Entries, to: &ObjectType, is_open: bool) -> Result<Value, Refusal> {
    let mut attributes = Entries::new();
    for (name, wanted) in &to.attributes {
        let value = match entries.get(name) {
            Some(given) => apply(given, wanted).map_err(|error| format!("attribute \"{name}\": {error}"))?,
            None if is_open => {
                Value::unknown(wanted.without_optional(), format!("whether it has `{name}` is not known"))
            }
            None => Value::null(wanted.without_optional()),
        };
        attributes.insert(name.clone(), value);
    }
    Ok(Value::object(attributes))
}

fn map_to_object(entries: &Entries, to: &ObjectType) -> Result<Value, Refusal> {
    let mut attributes = Entries::new();
    for (name, wanted) in &to.attributes {
        let value = match entries.get(name) {
            Some(given) if given.of_type == *wanted || convertible(&given.of_type, wanted) => apply(given, wanted)?,
            Some(_) => return Err(format!("map element type is incompatible with attribute \"{name}\"")),
            None if to.optional.contains(name) => Value::null(wanted.without_optional()),
            None => return Err(format!("map has no element for required attribute \"{name}\"")),
        };
        attributes.insert(name.clone(), value);
    }
    Ok(Value::object(attributes))
}

fn to_map(entries: &Entries, from: &Type, element: &Type) -> Result<Value, Refusal> {
    if entries.is_empty() {
        let element = match (from.element(), element) {
            (Some(from), Type::Dynamic) => from.clone(),
            _ => element.without_optional(),
        };
        return Ok(Value::map(element, Entries::new()));
    }
    let element = match from {
        Type::Object(object) => {
            let types: Vec<_> = object.attributes.values().cloned().collect();
            element_type(&types, element, false).ok_or("all map elements must have the same type")?
        }
        _ => element.clone(),
    };
    let converted = entries.values().map(|value| apply(value, &element)).collect::<Result<Vec<_>, _>>()?;
    let (element, converted) = match common_type(&converted) {
        Common::One(common) => (common, converted),
        _ if element.is_collection() || matches!(element, Type::Object(_)) => unified(Type::Dynamic, converted)?,
        _ => return Err("attribute types must all match for conversion to map".to_owned()),
    };
    Ok(Value::map(element, entries.keys().cloned().zip(converted).collect()))
}

/// An unknown value as another type, with what is known of it.
fn unknown(value: &Value, to: Type) -> Value {
    let Some(reason) = value.unknown_reason() else { return value.clone() };
    let source = value.refinement().cloned().unwrap_or_default();
    let length = match (&value.of_type, &to) {
        (Type::Object(object), Type::Map(_)) => {
            Refinement::length(object.attributes.len(), Some(object.attributes.len()))
        }
        (Type::Tuple(types), Type::List(_)) => Refinement::length(types.len(), Some(types.len())),
        (Type::Tuple(types), Type::Set(_)) => Refinement::length(types.len().min(1), Some(types.len())),
        (from, Type::Set(_)) if from.is_collection() => Refinement::length(source.shortest.min(1), source.longest),
        (from, to) if from.is_collection() && to.is_collection() => Refinement::length(source.shortest, source.longest),
        _ => Refinement::default(),
    };
    let not_null = Refinement { not_null: source.not_null, ..Refinement::default() };
    Value::unknown(to, reason).refined(&not_null.and(&length))
}

impl Value {
    /// A set with something unknown in it may have fewer elements once that is known.
    pub(super) fn has_unknown_length(&self) -> bool {
        match (&self.of_type, &self.content) {
            (Type::Set(_), Content::Sequence(items)) => items.len() > 1 && !self.is_wholly_known(),
            _ => false,
        }
    }
}

/// Why a type does not fit, in the words of go-cty.
pub(super) fn mismatch(from: &Type, to: &Type) -> String {
    match (from, to) {
        (Type::Object(given), Type::Object(wanted)) => object_mismatch(given, wanted),
        (Type::Tuple(_), Type::List(element)) if **element == Type::Dynamic => {
            "all list elements must have the same type".to_owned()
        }
        (Type::Tuple(_), Type::Set(element)) if **element == Type::Dynamic => {
            "all set elements must have the same type".to_owned()
        }
        (Type::Object(_), Type::Map(element)) if **element == Type::Dynamic => {
            "all map elements must have the same type".to_owned()
        }
        _ => format!("{} required", constraint_name(to)),
    }
}

fn constraint_name(of_type: &Type) -> String {
    match of_type {
        Type::Dynamic => "any type".to_owned(),
        Type::List(element) => format!("list of {}", constraint_name(element)),
        Type::Set(element) => format!("set of {}", constraint_name(element)),
        Type::Map(element) => format!("map of {}", constraint_name(element)),
        other => other.name(),
    }
}

fn object_mismatch(given: &Arc<ObjectType>, wanted: &Arc<ObjectType>) -> String {
    let required: BTreeMap<_, _> =
        wanted.attributes.iter().filter(|(name, _)| !wanted.optional.contains(name)).collect();
    let missing: Vec<_> = required
        .keys()
        .filter(|name| !given.attributes.contains_key(**name))
        .map(|name| format!("\"{name}\""))
        .collect();
    match missing.as_slice() {
        [] => {}
        [only] => return format!("attribute {only} is required"),
        [first @ .., last] => return format!("attributes {} and {last} are required", first.join(", ")),
    }
    let unfit = wanted.attributes.iter().find_map(|(name, to)| {
        let from = given.attributes.get(name)?;
        (from != to && !convertible(from, to)).then(|| format!("attribute \"{name}\": {}", mismatch(from, to)))
    });
    unfit.unwrap_or_else(|| "incorrect object attributes".to_owned())
}
