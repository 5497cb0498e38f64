//! Functions of lists, tuples, sets, maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::context::lengths;
use super::super::convert::unify;
use super::super::graphemes::graphemes;
use super::super::marks::Marks;
use super::super::number::Number;
use super::super::types::Type;
use super::super::unknown::Refinement;
use super::super::value::{Entries, Value};
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

fn is_sequence(value: &Value) -> bool {
    matches!(value.of_type(), Type::List(_) | Type::Tuple(_) | Type::Set(_))
}

fn items(value: &Value) -> &[Value] {
    value.items().unwrap_or_default()
}

/// A list of the type that the values have.
pub(super) fn list_of(fallback: &Type, values: Vec<Value>) -> Value {
    let found = values.iter().map(Value::of_type).find(|of_type| **of_type != Type::Dynamic).cloned();
    Value::list(found.unwrap_or_else(|| fallback.clone()), values)
}

pub(super) fn length(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (value, marks) = arguments.value(0).unmarked();
    let length = match value.of_type() {
        Type::Tuple(types) => Value::number(types.len()),
        Type::Object(object) if !object.is_open => Value::number(object.attributes.len()),
        Type::Dynamic | Type::Object(_) => value.unknown_like(Type::Number),
        Type::String => text_length(&value),
        Type::List(_) | Type::Set(_) | Type::Map(_) => match value.len() {
            Some(length) if !value.has_unknown_length() => Value::number(length),
            _ => {
                let (shortest, longest) = lengths(&value);
                let range = Refinement::range(Some(shortest.into()), longest.map(Number::from));
                value.unknown_like(Type::Number).refined(&Refinement { not_null: true, ..range })
            }
        },
        Type::Bool | Type::Number => {
            return Err("argument must be a string, a collection type, or a structural type".to_owned());
        }
    };
    Ok(length.with_marks(marks))
}

fn text_length(value: &Value) -> Value {
    if let Some(text) = value.as_text() {
        return Value::number(graphemes(text).count());
    }
    let prefix = value.refinement().and_then(|refinement| refinement.prefix.as_deref()).unwrap_or_default();
    let least = Number::from(graphemes(prefix).count());
    value.unknown_like(Type::Number).refined(&Refinement::range(Some(least), None))
}

pub(super) fn alltrue(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    for item in items(&arguments.value(0)) {
        if !item.is_known() {
            return Ok(item.unknown_like(Type::Bool));
        }
        if item.as_bool() != Some(true) {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}

pub(super) fn anytrue(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let list = arguments.value(0);
    if items(&list).iter().any(|item| item.as_bool() == Some(true)) {
        return Ok(Value::bool(true));
    }
    let unknown = items(&list).iter().find(|item| !item.is_known());
    Ok(unknown.map_or_else(|| Value::bool(false), |item| item.unknown_like(Type::Bool)))
}

pub(super) fn coalesce(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let types: Vec<_> = arguments.values.iter().map(|value| value.of_type().clone()).collect();
    let unified = unify(&types).ok_or("all arguments must have the same type")?.of_type;
    for value in &arguments.values {
        let value = value.convert(&unified)?;
        if !value.is_known() {
            return Ok(value.unknown_like(unified));
        }
        let is_empty_text = unified == Type::String && value.as_text() == Some("");
        if !value.is_null() && !is_empty_text {
            return Ok(value);
        }
    }
    Err("no non-null, non-empty-string arguments".to_owned())
}

pub(super) fn coalescelist(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    if arguments.values.is_empty() {
        return Err("at least one argument is required".to_owned());
    }
    let known = arguments.values.iter().take_while(|value| value.is_known());
    if known.clone().any(|value| !value.of_type().is_sequence()) {
        return Err("coalescelist arguments must be lists or tuples".to_owned());
    }
    for value in &arguments.values {
        if !value.is_known() {
            return Ok(value.unknown_like(Type::Dynamic));
        }
        if !value.is_null() && !value.is_empty() {
            return Ok(value.clone());
        }
    }
    Err("no non-null arguments".to_owned())
}

pub(super) fn compact(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let list = arguments.value(0);
    let kept = items(&list).iter().filter(|item| item.as_text().is_some_and(|text| !text.is_empty()));
    Ok(Value::list(Type::String, kept.cloned()))
}

pub(super) fn contains(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (list, wanted) = (arguments.value(0), arguments.value(1));
    if !is_sequence(&list) {
        return Err("argument must be list, tuple, or set".to_owned());
    }
    let mut unknown = None;
    for item in items(&list) {
        let equal = wanted.equals(item);
        match equal.as_bool() {
            Some(true) => return Ok(Value::bool(true)),
            Some(false) => {}
            None => unknown = Some(equal),
        }
    }
    Ok(unknown.unwrap_or_else(|| Value::bool(false)))
}

pub(super) fn index(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (list, wanted) = (arguments.value(0), arguments.value(1));
    if !list.of_type().is_sequence() {
        return Err("argument must be a list or tuple".to_owned());
    }
    if list.is_empty() {
        return Err("cannot search an empty list".to_owned());
    }
    for (position, item) in items(&list).iter().enumerate() {
        let equal = item.equals(&wanted);
        match equal.as_bool() {
            Some(true) => return Ok(Value::number(position)),
            Some(false) => {}
            None => return Ok(equal.unknown_like(Type::Number)),
        }
    }
    Err("item not found".to_owned())
}

pub(super) fn distinct(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let list = arguments.value(0);
    let mut kept: Vec<Value> = Vec::new();
    for item in items(&list) {
        if !kept.iter().any(|other| other.equals(item).as_bool() == Some(true)) {
            kept.push(item.clone());
        }
    }
    Ok(list_of(list.of_type().element().unwrap_or(&Type::Dynamic), kept))
}

pub(super) fn chunklist(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (list, list_marks) = arguments.value(0).unmarked();
    let (size, size_marks) = arguments.value(1).unmarked();
    let of_type = list.of_type().clone();
    arguments.values[1] = size;
    let size = arguments.whole(1).map_err(|error| format!("invalid size: {error}"))?;
    let size = usize::try_from(size).map_err(|_| "the size argument must be positive")?;
    let element = of_type.element().cloned().unwrap_or(Type::Dynamic);
    let chunk = |items: &[Value]| Value::list(element.clone(), items.iter().cloned());
    let chunks: Vec<_> = match (items(&list), size) {
        ([], _) => Vec::new(),
        (_, 0) => vec![list.clone()],
        (items, size) => items.chunks(size).map(chunk).collect(),
    };
    Ok(Value::list(of_type, chunks).with_marks(list_marks | size_marks))
}

pub(super) fn element(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (list, marks) = arguments.value(0).unmarked();
    if !list.of_type().is_sequence() {
        return Err(format!("cannot read elements from {}", list.of_type().name()));
    }
    let index = arguments.whole(1).map_err(|error| format!("invalid index: {error}"))?;
    let count = i64::try_from(items(&list).len()).unwrap_or(i64::MAX);
    if count == 0 {
        return Err("cannot use element function with an empty list".to_owned());
    }
    let index = index % count;
    if index < 0 && matches!(list.of_type(), Type::Tuple(_)) {
        return Err("index out of range".to_owned());
    }
    let index = usize::try_from(index.rem_euclid(count)).unwrap_or_default();
    Ok(items(&list)[index].clone().with_marks(marks))
}

pub(super) fn flatten(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let list = arguments.value(0);
    if !is_sequence(&list) {
        return Err("can only flatten lists, sets and tuples".to_owned());
    }
    let (mut flat, mut marks, mut unknown) = (Vec::new(), Marks::NONE, None);
    flatten_into(&list, &mut flat, &mut marks, &mut unknown);
    let value = unknown.map_or_else(|| Value::tuple(flat), |reason| Value::unknown(Type::Dynamic, reason));
    Ok(value.with_marks(marks))
}

fn flatten_into(list: &Value, flat: &mut Vec<Value>, marks: &mut Marks, unknown: &mut Option<Arc<str>>) {
    *marks |= list.marks();
    if list.has_unknown_length() || !list.is_known() {
        *unknown = list.unknown_reason();
        return;
    }
    for item in items(list) {
        if is_sequence(item) && !item.is_null() {
            flatten_into(item, flat, marks, unknown);
        } else {
            if !item.is_known() && *item.of_type() == Type::Dynamic {
                *unknown = item.unknown_reason();
            }
            flat.push(item.clone());
        }
    }
}

pub(super) fn keys(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (map, marks) = arguments.value(0).unmarked();
    let keys = match map.of_type() {
        Type::Object(object) if !object.is_open => Value::tuple(object.attributes.keys().map(Value::text)),
        // Of what has no type yet, such as the instances of a resource before a plan, nothing is known.
        Type::Object(_) | Type::Dynamic => map.unknown_like(Type::Dynamic),
        Type::Map(_) => match map.entries() {
            Some(entries) => Value::texts(entries.keys()),
            None => map.unknown_like(Type::list(Type::String)),
        },
        _ => return Err("must have map or object type".to_owned()),
    };
    Ok(keys.with_marks(marks))
}

pub(super) fn values(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (map, marks) = arguments.value(0).unmarked();
    let values = map.entries().map(|entries| entries.values().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let values = match map.of_type() {
        Type::Object(object) if object.is_open => map.unknown_like(Type::Dynamic),
        Type::Object(_) => Value::tuple(values),
        Type::Map(element) => Value::list(Type::clone(element), values),
        _ => return Err("values() requires a map as the first argument".to_owned()),
    };
    Ok(values.with_marks(marks))
}

pub(super) fn lookup(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    if arguments.values.len() > 3 {
        return Err(format!("lookup() takes two or three arguments, got {}", arguments.values.len()));
    }
    let (map, map_marks) = arguments.value(0).unmarked();
    let (key, key_marks) = arguments.value(1).unmarked();
    let marks = map_marks | key_marks;
    let default = arguments.values.get(2).cloned();
    let of_type = match map.of_type() {
        Type::Map(element) => Type::clone(element),
        Type::Object(_) | Type::Dynamic => Type::Dynamic,
        _ => return Err("lookup() requires a map as the first argument".to_owned()),
    };
    if let (Type::Map(element), Some(default)) = (map.of_type(), &default) {
        let wrong = |_| "the default value must have the same type as the map elements".to_owned();
        default.convert(element).map_err(wrong)?;
    }
    let (Some(name), Some(entries)) = (key.as_text(), map.entries()) else {
        if let (Type::Object(object), Some(name)) = (map.of_type(), key.as_text())
            && !object.attributes.contains_key(name)
            && !object.is_open
            && default.is_none()
        {
            return Err(format!("the given object has no attribute \"{name}\""));
        }
        let unknown = if map.is_known() { &key } else { &map };
        return Ok(unknown.unknown_like(of_type).with_marks(marks));
    };
    if let Some(found) = entries.get(name) {
        return Ok(found.clone().with_marks(marks));
    }
    if map.is_open() {
        return Ok(map.unknown_like(Type::Dynamic).with_marks(marks));
    }
    match (default, map.of_type()) {
        (Some(default), Type::Map(_)) => Ok(default.convert(&of_type)?.with_marks(marks)),
        (Some(default), _) => Ok(default.with_marks(marks)),
        (None, Type::Map(_)) => Err(format!("lookup failed to find key \"{name}\"")),
        (None, _) => Err(format!("the given object has no attribute \"{name}\"")),
    }
}

pub(super) fn matchkeys(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (values, keys, wanted) = (arguments.value(0), arguments.value(1), arguments.value(2));
    let unified = unify(&[keys.of_type().clone(), wanted.of_type().clone()]);
    let unified = unified.ok_or("keys and searchset must be of the same type")?.of_type;
    let element = values.of_type().element().cloned().unwrap_or(Type::Dynamic);
    if items(&values).len() != items(&keys).len() {
        return Err("length of keys and values should be equal".to_owned());
    }
    let (keys, wanted) = (keys.convert(&unified)?, wanted.convert(&unified)?);
    let matches = |key: &Value| items(&wanted).iter().any(|it| key.equals(it).as_bool() == Some(true));
    let found = items(&keys).iter().zip(items(&values)).filter(|(key, _)| matches(key));
    Ok(Value::list(element, found.map(|(_, value)| value.clone())))
}

/// Whether all arguments are of one type.
fn all_of_one_type(values: &[Value]) -> Option<&Type> {
    let (first, rest) = values.split_first()?;
    rest.iter().all(|value| value.of_type() == first.of_type()).then(|| first.of_type())
}

pub(super) fn merge(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let mut marks = Marks::NONE;
    let mut merged = Entries::new();
    for value in &arguments.values {
        if *value.of_type() == Type::Dynamic && value.is_null() {
            // A bare null says nothing of the type of the result.
            continue;
        }
        if !matches!(value.of_type(), Type::Map(_) | Type::Object(_)) {
            return Err(format!("arguments must be maps or objects, got \"{}\"", value.of_type().name()));
        }
    }
    let is_dynamic = arguments.values.iter().any(|value| *value.of_type() == Type::Dynamic);
    let is_open = arguments.values.iter().find(|value| value.is_open());
    if let Some(open) = is_open {
        return Ok(open.unknown_like(Type::Dynamic));
    }
    for value in &arguments.values {
        marks |= value.marks();
        if let Some(entries) = value.entries() {
            merged.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
    }
    let result = match all_of_one_type(&arguments.values) {
        Some(Type::Map(element)) if !is_dynamic => Value::map(Type::clone(element), merged),
        _ => Value::of_entries(merged),
    };
    Ok(result.with_marks(marks))
}

pub(super) fn one(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let list = arguments.value(0);
    let wrong = || Err("must be a list, set, or tuple value with either zero or one elements".to_owned());
    if !is_sequence(&list) {
        return wrong();
    }
    match items(&list) {
        _ if list.has_unknown_length() => {
            Ok(list.unknown_like(list.of_type().element().cloned().unwrap_or(Type::Dynamic)))
        }
        [] => Ok(Value::null(list.of_type().element().cloned().unwrap_or(Type::Dynamic))),
        [only] => Ok(only.clone()),
        _ => wrong(),
    }
}

pub(super) fn range(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let zero = || Number::from(0);
    let one = |is_down: bool| if is_down { Number::from(-1) } else { Number::from(1) };
    let (start, end, step) = match arguments.values.len() {
        1 => (zero(), arguments.number(0), one(arguments.number(0) < zero())),
        2 => (arguments.number(0), arguments.number(1), one(arguments.number(1) < arguments.number(0))),
        3 => (arguments.number(0), arguments.number(1), arguments.number(2)),
        _ => return Err("must have one, two, or three arguments".to_owned()),
    };
    if step.is_zero() {
        return Err("step must not be zero".to_owned());
    }
    let is_down = step < zero();
    if is_down && end > start {
        return Err("end must be less than start when step is negative".to_owned());
    }
    if !is_down && end < start {
        return Err("end must be greater than start when step is positive".to_owned());
    }
    let mut numbers = Vec::new();
    let mut number = start;
    while if is_down { number > end } else { number < end } {
        if numbers.len() >= 1024 {
            return Err(
                "more than 1024 values were generated; either decrease the difference between start and end or \
                        use a smaller step"
                    .to_owned(),
            );
        }
        let next = number.plus(&step).ok_or("can't compute sum of opposing infinities")?;
        numbers.push(Value::number(std::mem::replace(&mut number, next)));
    }
    Ok(Value::list(Type::Number, numbers))
}

pub(super) fn reverse(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (list, marks) = arguments.value(0).unmarked();
    let reversed = items(&list).iter().rev().cloned();
    let result = match list.of_type() {
        Type::Tuple(_) => Value::tuple(reversed),
        Type::List(element) | Type::Set(element) => Value::list(Type::clone(element), reversed),
        other => return Err(format!("can only reverse list or tuple values, not {}", other.name())),
    };
    Ok(result.with_marks(marks))
}

pub(super) fn slice(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (list, marks) = arguments.value(0).unmarked();
    if matches!(list.of_type(), Type::Set(_)) {
        return Err(
            "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the \
                    ordering of the result is not important"
                .to_owned(),
        );
    }
    if !list.of_type().is_sequence() {
        return Err("must be a list or tuple value".to_owned());
    }
    let items = items(&list);
    let bound = |position: usize, which: &str| {
        let index = arguments.whole(position).map_err(|error| format!("invalid {which} index: {error}"))?;
        let index = usize::try_from(index).map_err(|_| format!("{which} index must not be less than zero"))?;
        if index > items.len() {
            return Err(format!("{which} index must not be greater than the length of the list"));
        }
        Ok(index)
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    let part = items.get(start..end).ok_or("start index must not be greater than end index")?.iter().cloned();
    let result = match list.of_type() {
        Type::List(element) => Value::list(Type::clone(element), part),
        _ => Value::tuple(part),
    };
    Ok(result.with_marks(marks))
}

pub(super) fn sum(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let list = arguments.value(0);
    if list.of_type().is_primitive() {
        return Err("cannot sum noniterable".to_owned());
    }
    if list.is_empty() {
        return Err("cannot sum an empty list".to_owned());
    }
    if !is_sequence(&list) {
        return Err(format!("argument must be list, set, or tuple. Received {}", list.of_type().name()));
    }
    let mut sum: Option<Number> = None;
    for item in items(&list) {
        let wrong = "argument must be list, set, or tuple of number values";
        let item = item.convert(&Type::Number).map_err(|_| wrong)?;
        let number = item.as_number().ok_or(wrong)?;
        sum = Some(match sum {
            None => number.clone(),
            Some(sum) => sum.plus(number).ok_or("can't compute sum of opposing infinities")?,
        });
    }
    Ok(Value::number(sum.unwrap_or_else(|| 0.into())))
}

pub(super) fn transpose(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let map = arguments.value(0);
    let mut transposed: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
    for (key, list) in map.entries().into_iter().flatten() {
        if list.is_null() {
            return Err("input must not contain null list".to_owned());
        }
        for item in items(list) {
            let text = item.as_text().ok_or("input list must not contain null string")?;
            transposed.entry(text.into()).or_default().push(key.clone());
        }
    }
    let entries = transposed.into_iter().map(|(key, keys)| (key, Value::texts(keys)));
    Ok(Value::map(Type::list(Type::String), entries.collect()))
}

pub(super) fn zipmap(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (keys, key_marks) = arguments.value(0).unmarked();
    let (values, value_marks) = arguments.value(1).unmarked();
    let mut marks = key_marks | value_marks;
    if !values.of_type().is_sequence() {
        return Err("values argument must be a list or tuple value".to_owned());
    }
    if let Some(reason) = keys.unknown_reason() {
        let of_type = values.of_type().element().map_or(Type::Dynamic, |element| Type::map(element.clone()));
        return Ok(Value::unknown(of_type, reason).with_marks(marks));
    }
    let (keys, items_of_values) = (items(&keys), items(&values));
    if keys.len() != items_of_values.len() {
        return Err(format!(
            "number of keys ({}) does not match number of values ({})",
            keys.len(),
            items_of_values.len()
        ));
    }
    let mut entries = Entries::new();
    for (position, (key, value)) in keys.iter().zip(items_of_values).enumerate() {
        marks |= key.marks();
        let key = key.as_text().ok_or_else(|| format!("keys list has null value at index {position}"))?;
        entries.insert(key.into(), value.clone());
    }
    let result = match values.of_type() {
        Type::List(element) => Value::map(Type::clone(element), entries),
        _ => Value::object(entries),
    };
    Ok(result.with_marks(marks))
}

pub(super) fn concat(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    if arguments.values.is_empty() {
        return Err("at least one argument is required".to_owned());
    }
    let mut marks = Marks::NONE;
    let types: Vec<_> = arguments.values.iter().map(|value| value.of_type().clone()).collect();
    if types.iter().all(|of_type| matches!(of_type, Type::List(_)))
        && let Some(unified) = unify(&types)
        && let Type::List(element) = &unified.of_type
    {
        let mut all = Vec::new();
        for value in &arguments.values {
            let (list, more) = value.convert(&unified.of_type)?.unmarked();
            marks |= more;
            all.extend(items(&list).iter().cloned());
        }
        return Ok(Value::list(Type::clone(element), all).with_marks(marks));
    }
    let mut all = Vec::new();
    for value in &arguments.values {
        if !value.of_type().is_sequence() {
            return Err(format!("all arguments must be lists or tuples; got {}", value.of_type().name()));
        }
        marks |= value.marks();
        all.extend(items(value).iter().cloned());
    }
    Ok(Value::tuple(all).with_marks(marks))
}
