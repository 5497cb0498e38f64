//! Functions of marks.

use super::super::marks::Marks;
use super::super::types::Type;
use super::super::value::{Content, Value};
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

pub(super) fn sensitive(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(arguments.value(0).with_marks(Marks::SENSITIVE))
}

pub(super) fn nonsensitive(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (value, marks) = arguments.value(0).unmarked();
    Ok(value.with_marks(marks.without(Marks::SENSITIVE)))
}

pub(super) fn issensitive(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let value = arguments.value(0);
    if value.is_sensitive() {
        return Ok(Value::bool(true));
    }
    if value.is_known() {
        Ok(Value::bool(false))
    } else {
        Ok(Value { marks: Marks::NONE, ..value.unknown_like(Type::Bool) })
    }
}

pub(super) fn ephemeralasnull(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(without_ephemeral(&arguments.value(0)))
}

fn without_ephemeral(value: &Value) -> Value {
    if value.is_ephemeral() {
        let marks = value.marks().without(Marks::EPHEMERAL);
        return Value::null(value.of_type().clone()).with_marks(marks);
    }
    let content = match &value.content {
        Content::Sequence(items) => Content::sequence(items.iter().map(without_ephemeral)),
        Content::Mapping(entries) => {
            let entries = entries.iter().map(|(key, item)| (key.clone(), without_ephemeral(item)));
            Content::Mapping(std::sync::Arc::new(entries.collect()))
        }
        other => other.clone(),
    };
    Value { content, ..value.clone() }
}
