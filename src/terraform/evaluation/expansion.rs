//! `count` and `for_each`: the instances that a block has.

use std::sync::Arc;

use super::error::EvaluationError;
use super::evaluator::{Evaluator, ModuleId};
use super::tree::Instances;
use super::types::Type;
use super::value::{Entries, Value};
use crate::terraform::Expression;

/// More instances than any state can hold; a `count` beyond that is a mistake that must not take all memory.
const MOST: u64 = 1_000_000;

type Expanded = Result<Instances, EvaluationError>;

impl Evaluator<'_> {
    pub(super) fn expand(
        &self,
        module: ModuleId,
        count: Option<&Expression>,
        for_each: Option<&Expression>,
    ) -> Expanded {
        match (count, for_each) {
            (Some(count), _) => of_count(&self.evaluate(module, count)?, !self.validates),
            (None, Some(for_each)) => of_for_each(&self.evaluate(module, for_each)?),
            (None, None) => Ok(Instances::One),
        }
    }
}

/// With `all` they will be looked at one by one, so that there must not be too many.
fn of_count(value: &Value, all: bool) -> Expanded {
    let invalid = |detail: &str| EvaluationError::new("Invalid count argument", detail);
    if value.is_null() {
        return Err(invalid("The given \"count\" argument value is null. An integer is required."));
    }
    let (value, marks) = value.unmarked();
    if marks.contains(super::marks::Marks::EPHEMERAL) {
        return Err(invalid("The given \"count\" is derived from an ephemeral value."));
    }
    let value = value
        .convert(&Type::Number)
        .map_err(|error| EvaluationError::new("Incorrect value type", format!("Invalid expression value: {error}.")))?;
    let Some(number) = value.as_number() else {
        let reason = value.unknown_reason().unwrap_or_else(|| Arc::from("count is not known"));
        return Ok(Instances::Unknown { is_count: true, reason });
    };
    if number.is_negative() {
        return Err(invalid(
            "The given \"count\" argument value is unsuitable: must be greater than or equal to zero.",
        ));
    }
    let count = number.as_i64().and_then(|count| u64::try_from(count).ok());
    let count = count
        .ok_or_else(|| invalid("The given \"count\" argument value is unsuitable: a whole number is required."))?;
    if all && count > MOST {
        return Err(invalid("The given \"count\" argument value is larger than what can be evaluated."));
    }
    Ok(Instances::Count(count))
}

fn of_for_each(value: &Value) -> Expanded {
    let invalid = |detail: &str| EvaluationError::new("Invalid for_each argument", detail);
    let marks = value.marks_deep();
    if value.marks().contains(super::marks::Marks::SENSITIVE) {
        return Err(invalid(
            "Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments.",
        ));
    }
    if value.marks().contains(super::marks::Marks::EPHEMERAL) {
        return Err(invalid("The given \"for_each\" value is derived from an ephemeral value."));
    }
    let _ = marks;
    if value.is_null() {
        return Err(invalid("The given \"for_each\" argument value is null. A map, or set of strings is allowed."));
    }
    let unknown = |value: &Value| {
        let reason = value.unknown_reason().unwrap_or_else(|| Arc::from("for_each is not known"));
        Ok(Instances::Unknown { is_count: false, reason })
    };
    match value.of_type() {
        Type::Dynamic => unknown(value),
        Type::Map(_) | Type::Object(_) => match value.entries() {
            Some(_) if value.is_open() => unknown(value),
            Some(entries) => Ok(Instances::ForEach(Arc::new(entries.clone()))),
            None => unknown(value),
        },
        Type::Set(element) => {
            let Some(items) = value.items() else { return unknown(value) };
            if items.is_empty() {
                return Ok(Instances::ForEach(Arc::new(Entries::new())));
            }
            if items.iter().any(|item| !item.is_known()) {
                return unknown(value);
            }
            if **element != Type::String {
                return Err(invalid(
                    "The given \"for_each\" argument value is unsuitable: \"for_each\" supports maps and sets of strings.",
                ));
            }
            let entry = |item: &Value| item.as_text().map(|text| (Arc::from(text), item.clone()));
            let entries: Option<Entries> = items.iter().map(entry).collect();
            let entries = entries.ok_or_else(|| invalid("\"for_each\" sets must not contain null values."))?;
            Ok(Instances::ForEach(Arc::new(entries)))
        }
        other => Err(invalid(&format!(
            "The given \"for_each\" argument value is unsuitable: the \"for_each\" argument must be a map, or set of \
             strings, and you have provided a value of type {}.",
            other.name()
        ))),
    }
}
