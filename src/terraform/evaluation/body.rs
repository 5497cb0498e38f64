//! The bodies of blocks: arguments, nested blocks, and the dynamic blocks among them unfolded.

use std::sync::Arc;

use super::error::EvaluationError;
use super::evaluator::{Environment, Evaluator, ModuleId};
use super::marks::Marks;
use super::tree::Repetition;
use super::types::Type;
use super::value::{Entries, Value};
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::{ResourceBlock, ResourceMode};

type Names = Vec<(Arc<str>, Value)>;

/// What a reference to an instance of a resource gives.
pub(super) fn resource_instance(
    evaluator: &Evaluator<'_>,
    module: ModuleId,
    block: &ResourceBlock,
    repetition: &Repetition,
) -> Result<Value, EvaluationError> {
    let address = || evaluator.address(module, &format!("{}{}", block.address(), repetition.key));
    match block.mode {
        ResourceMode::Data if !evaluator.computed.reads(block) => {
            Ok(Value::unknown(Type::Dynamic, format!("{} is read by Terraform", address())))
        }
        ResourceMode::Ephemeral => {
            let unknown = Value::unknown(Type::Dynamic, format!("{} is opened by Terraform", address()));
            Ok(unknown.with_marks(Marks::EPHEMERAL))
        }
        ResourceMode::Managed | ResourceMode::Data => {
            let arguments = evaluator.body_entries(module, &block.arguments, repetition)?;
            let address = address();
            evaluator
                .computed
                .instance(block, &address, arguments)
                .map_err(|error| EvaluationError::new("Incorrect attribute value type", error).at(|| address.clone()))
        }
    }
}

/// The entries of a body by name.
pub(super) fn entries(environment: &Environment<'_, '_>, body: &Object) -> Result<Entries, EvaluationError> {
    entries_with(environment, body, &Vec::new())
}

fn entries_with(environment: &Environment<'_, '_>, body: &Object, names: &Names) -> Result<Entries, EvaluationError> {
    let mut entries = Entries::new();
    for (key, value) in body.entries() {
        let name = match key {
            Key::Literal(name) => name.to_string(),
            Key::Computed(key) => {
                let key = environment.evaluate_with(key, names.clone())?;
                key.as_text().map(str::to_owned).unwrap_or_default()
            }
        };
        if let Some(all) = generators(&name, value) {
            for labels in all {
                unfold(environment, labels, names, &mut entries)?;
            }
            continue;
        }
        let value = nested(environment, value, names)?;
        add(&mut entries, &name, value);
    }
    Ok(entries)
}

/// A value of a body. Objects in it may be nested blocks, with dynamic blocks of their own.
fn nested(environment: &Environment<'_, '_>, value: &Expression, names: &Names) -> Result<Value, EvaluationError> {
    match value {
        Expression::Object(object) if has_dynamic(object) => {
            Ok(Value::of_entries(entries_with(environment, object, names)?))
        }
        Expression::List(items)
            if items.iter().any(|item| matches!(item, Expression::Object(it) if has_dynamic(it))) =>
        {
            let items = items.iter().map(|item| nested(environment, item, names));
            Ok(Value::tuple(items.collect::<Result<Vec<_>, _>>()?))
        }
        other => environment.evaluate_with(other, names.clone()),
    }
}

/// Whether there is a dynamic block anywhere in it.
pub(crate) fn has_dynamic(object: &Object) -> bool {
    let inner = |value: &Expression| match value {
        Expression::Object(object) => has_dynamic(object),
        Expression::List(items) => {
            items.iter().any(|it| matches!(it, Expression::Object(object) if has_dynamic(object)))
        }
        _ => false,
    };
    object.entries().any(|(key, value)| {
        let is_dynamic = matches!(key, Key::Literal(name) if generators(name, value).is_some());
        is_dynamic || inner(value)
    })
}

/// The generators of blocks that stand under `dynamic`, in one object or in a list of them; nothing where there are none.
pub(crate) fn generators<'x>(name: &str, value: &'x Expression) -> Option<Vec<&'x Object>> {
    let labels = |value: &'x Expression| match value {
        Expression::Object(labels) if looks_dynamic(labels) => Some(labels),
        _ => None,
    };
    match value {
        _ if name != "dynamic" => None,
        Expression::List(items) if !items.is_empty() => items.iter().map(labels).collect(),
        value => labels(value).map(|labels| vec![labels]),
    }
}

/// What each block of a generator says: one object, which native syntax writes as a block and JSON may write as a list of one.
pub(crate) fn content(generator: &Object) -> Option<&Object> {
    match generator.get("content")? {
        Expression::Object(content) => Some(content),
        Expression::List(items) => match items.as_slice() {
            [Expression::Object(content)] => Some(content),
            _ => None,
        },
        _ => None,
    }
}

/// Whether what stands under `dynamic` are generators of blocks.
fn looks_dynamic(labels: &Object) -> bool {
    let is_generator = |value: &Expression| match value {
        Expression::Object(generator) => generator.get("for_each").is_some(),
        _ => false,
    };
    !labels.is_empty()
        && labels.entries().all(|(_, value)| match value {
            Expression::List(items) => items.iter().all(is_generator),
            other => is_generator(other),
        })
}

fn unfold(
    environment: &Environment<'_, '_>,
    labels: &Object,
    names: &Names,
    entries: &mut Entries,
) -> Result<(), EvaluationError> {
    for (label, value) in labels.entries() {
        let Key::Literal(label) = label else { continue };
        let generators = match value {
            Expression::List(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        for generator in generators {
            if let Expression::Object(generator) = generator {
                let blocks = generated(environment, label, generator, names)?;
                add(entries, label, blocks);
            }
        }
    }
    Ok(())
}

/// The blocks that one generator makes, as a tuple; unknown where their number is.
fn generated(
    environment: &Environment<'_, '_>,
    label: &str,
    generator: &Object,
    names: &Names,
) -> Result<Value, EvaluationError> {
    let Some(for_each) = generator.get("for_each") else { return Ok(Value::tuple([])) };
    let collection = environment.evaluate_with(for_each, names.clone())?;
    let invalid = |detail: String| EvaluationError::new("Invalid dynamic for_each value", detail);
    if collection.is_null() {
        return Err(invalid("Cannot use a null value in for_each.".to_owned()));
    }
    let (collection, marks) = collection.unmarked();
    if collection.of_type().is_primitive() {
        let detail = format!(
            "Cannot use a {} value in for_each. An iterable collection is required.",
            collection.of_type().name()
        );
        return Err(invalid(detail));
    }
    if !collection.is_known() || collection.is_open() {
        return Ok(collection.unknown_like(Type::Dynamic).with_marks(marks));
    }
    let iterator = match generator.get("iterator") {
        Some(Expression::Text(name)) => name.to_string(),
        _ => label.to_owned(),
    };
    let mut blocks = Vec::new();
    for (key, value) in collection.elements() {
        let mut names = names.clone();
        let current = Value::object([("key", key), ("value", value)]);
        names.push((iterator.as_str().into(), current.with_marks(marks)));
        match (content(generator), generator.get("content")) {
            (Some(content), _) => blocks.push(Value::of_entries(entries_with(environment, content, &names)?)),
            (None, Some(other)) => blocks.push(environment.evaluate_with(other, names)?),
            (None, None) => blocks.push(Value::of_entries(Entries::new())),
        }
    }
    Ok(Value::tuple(blocks))
}

/// Adds blocks after those that are there under the same name.
fn add(entries: &mut Entries, name: &str, value: Value) {
    let name: Arc<str> = name.into();
    let joined = match entries.remove(&name) {
        None => value,
        Some(before) => match (blocks_of(&before), blocks_of(&value)) {
            (Some(mut before), Some(more)) => {
                before.extend(more);
                Value::tuple(before)
            }
            (None, _) => before,
            (_, None) => value,
        },
    };
    entries.insert(name, joined);
}

fn blocks_of(value: &Value) -> Option<Vec<Value>> {
    match (value.items(), value.entries()) {
        (Some(items), _) => Some(items.to_vec()),
        (_, Some(_)) => Some(vec![value.clone()]),
        _ if value.is_null() => Some(Vec::new()),
        _ => None,
    }
}
