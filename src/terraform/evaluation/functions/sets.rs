//! Functions of sets.

use super::super::convert::unify;
use super::super::marks::Marks;
use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

/// How many combinations a product may have.
const MOST: usize = 1_000_000;

/// The sets as sets of one type, and the type of their elements.
fn unified(arguments: &Arguments<'_, '_, '_>) -> Result<(Type, Vec<Value>), Failure> {
    // An empty set has no say in the type.
    let types: Vec<_> = arguments.values.iter().map(|set| set.of_type().clone()).collect();
    let known: Vec<_> = types.iter().filter(|of_type| of_type.element() != Some(&Type::Dynamic)).cloned().collect();
    let types = if known.is_empty() { types } else { known };
    let unified = unify(&types).ok_or("given sets must all have compatible element types")?.of_type;
    let sets = arguments.values.iter().map(|set| {
        if set.is_empty() {
            return Ok(set.clone());
        }
        set.convert(&unified)
    });
    let sets = sets.collect::<Result<Vec<_>, _>>()?;
    Ok((unified.element().cloned().unwrap_or(Type::Dynamic), sets))
}

fn has(set: &Value, item: &Value) -> bool {
    set.items().unwrap_or_default().iter().any(|other| other.equals(item).as_bool() == Some(true))
}

pub(super) fn union(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (element, sets) = unified(arguments)?;
    Ok(Value::set(element, sets.iter().flat_map(|set| set.items().unwrap_or_default().iter().cloned())))
}

pub(super) fn intersection(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (element, sets) = unified(arguments)?;
    let Some((first, others)) = sets.split_first() else { return Ok(Value::set(element, [])) };
    let kept = first.items().unwrap_or_default().iter().filter(|item| others.iter().all(|set| has(set, item)));
    Ok(Value::set(element, kept.cloned()))
}

pub(super) fn subtract(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (element, sets) = unified(arguments)?;
    let [first, second] = sets.as_slice() else { return Ok(Value::set(element, [])) };
    let kept = first.items().unwrap_or_default().iter().filter(|item| !has(second, item));
    Ok(Value::set(element, kept.cloned()))
}

pub(super) fn product(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    if arguments.values.len() < 2 {
        return Err("at least two arguments are required".to_owned());
    }
    let (mut elements, mut are_lists, mut marks) = (Vec::new(), true, Marks::NONE);
    for value in &arguments.values {
        marks |= value.marks();
        elements.push(match value.of_type() {
            Type::Set(element) => {
                are_lists = false;
                Type::clone(element)
            }
            Type::List(element) => Type::clone(element),
            Type::Tuple(types) if types.is_empty() => Type::Dynamic,
            Type::Tuple(types) => unify(types).ok_or("all elements must be of the same type")?.of_type,
            _ => return Err("a set or a list is required".to_owned()),
        });
    }
    let of_type = Type::tuple(elements.iter().cloned());
    let collection = |items: Vec<Value>| {
        if are_lists { Value::list(of_type.clone(), items) } else { Value::set(of_type.clone(), items) }
    };
    if let Some(unknown) = arguments.values.iter().find(|value| !value.is_known() || value.has_unknown_length()) {
        let of_type = if are_lists { Type::list(of_type.clone()) } else { Type::set(of_type.clone()) };
        return Ok(Value { marks, ..unknown.unknown_like(of_type) });
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for (value, element) in arguments.values.iter().zip(&elements) {
        let items = value.items().unwrap_or_default();
        if rows.len().saturating_mul(items.len()) > MOST {
            return Err(format!("the product has more than {MOST} elements"));
        }
        let items = items.iter().map(|item| item.convert(element)).collect::<Result<Vec<_>, _>>()?;
        rows = rows
            .iter()
            .flat_map(|row| items.iter().map(move |item| row.iter().chain([item]).cloned().collect()))
            .collect();
    }
    Ok(collection(rows.into_iter().map(Value::tuple).collect()).with_marks(marks))
}
