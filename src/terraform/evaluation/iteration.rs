//! `for`, in expressions and in templates.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::Context;
use super::error::EvaluationError;
use super::marks::Marks;
use super::types::Type;
use super::value::{Content, Value};
use crate::terraform::expression::{Expression, For};

/// The results of a walk, each with its key where the `for` makes an object.
pub(super) enum Walked {
    /// All of them.
    Results(Vec<(Option<Arc<str>>, Value)>, Marks),
    /// The value that the whole `for` is instead.
    Instead(Value),
}

type Step<'s, 'c, 'e> = dyn FnMut(&mut Context<'c, 'e>, &mut Outcome) -> Option<(Option<Arc<str>>, Value)> + 's;

/// What is found out on the way.
#[derive(Default)]
pub(super) struct Outcome {
    marks: Marks,
    unknown: Option<Arc<str>>,
}

impl<'c, 'e> Context<'c, 'e> {
    pub(super) fn for_expression(&mut self, it: &For) -> Value {
        let Some(result_key) = &it.result_key else {
            let walked = self.walk_collection(
                &it.collection,
                it.key.as_deref(),
                &it.value,
                it.condition.as_ref(),
                &mut |context, _| Some((None, context.evaluate(&it.result))),
            );
            return match walked {
                Walked::Instead(value) => value,
                Walked::Results(results, marks) => {
                    Value::tuple(results.into_iter().map(|(_, value)| value)).with_marks(marks)
                }
            };
        };
        let walked = self.walk_collection(
            &it.collection,
            it.key.as_deref(),
            &it.value,
            it.condition.as_ref(),
            &mut |context, outcome| {
                let key = context.result_key(result_key, outcome)?;
                Some((Some(key), context.evaluate(&it.result)))
            },
        );
        let (results, marks) = match walked {
            Walked::Instead(value) => return value,
            Walked::Results(results, marks) => (results, marks),
        };
        let object = if it.grouping { grouped(results) } else { self.distinct(results) };
        object.with_marks(marks)
    }

    fn result_key(&mut self, key: &Expression, outcome: &mut Outcome) -> Option<Arc<str>> {
        let invalid = |detail: String| EvaluationError::new("Invalid object key", detail);
        let before = self.errors.len();
        let key = self.evaluate(key);
        if self.errors.len() > before {
            outcome.unknown = Some("a key could not be evaluated".into());
            return None;
        }
        if key.is_null() {
            outcome.unknown = Some("".into());
            self.fail(invalid("Key expression in 'for' expression must not produce a null value.".to_owned()));
            return None;
        }
        outcome.marks |= key.marks();
        if let Content::Unknown(unknown) = &key.content {
            outcome.unknown = Some(unknown.reason.clone());
            return None;
        }
        match key.convert(&Type::String) {
            Ok(key) => key.as_text().map(Arc::from),
            Err(error) => {
                outcome.unknown = Some("".into());
                self.fail(invalid(format!("The key expression produced an invalid result: {error}.")));
                None
            }
        }
    }

    fn distinct(&mut self, results: Vec<(Option<Arc<str>>, Value)>) -> Value {
        let mut entries = BTreeMap::new();
        for (key, value) in results {
            let key = key.unwrap_or_else(|| "".into());
            if entries.contains_key(&key) {
                let detail = format!(
                    "Two different items produced the key \"{key}\" in this 'for' expression. If duplicates are \
                     expected, use the ellipsis (...) after the value expression to enable grouping by key."
                );
                self.fail(EvaluationError::new("Duplicate object key", detail));
                continue;
            }
            entries.insert(key, value);
        }
        Value::object(entries)
    }

    /// Evaluates `step` for every element that the condition lets pass.
    pub(super) fn walk_collection(
        &mut self,
        collection: &Expression,
        key_name: Option<&str>,
        value_name: &str,
        condition: Option<&Expression>,
        step: &mut Step<'_, 'c, 'e>,
    ) -> Walked {
        let before = self.errors.len();
        let collection = self.evaluate(collection);
        if self.errors.len() > before {
            return Walked::Instead(collection);
        }
        if collection.is_null() {
            let detail = "A null value cannot be used as the collection in a 'for' expression.";
            return Walked::Instead(self.fail(EvaluationError::new("Iteration over null value", detail)));
        }
        if collection.of_type == Type::Dynamic {
            return Walked::Instead(Value::unknown(Type::Dynamic, reason_of(&collection)));
        }
        if collection.of_type.is_primitive() {
            let detail = format!(
                "A value of type {} cannot be used as the collection in a 'for' expression.",
                collection.of_type.name()
            );
            return Walked::Instead(self.fail(EvaluationError::new("Iteration over non-iterable value", detail)));
        }
        let names = (key_name.map(Arc::from), Arc::from(value_name));
        if let Some(error) = condition.and_then(|condition| self.try_condition(condition, &names)) {
            return Walked::Instead(self.fail(error));
        }
        let (collection, marks) = collection.unmarked();
        if !collection.is_known() || collection.is_open() {
            return Walked::Instead(Value::unknown(Type::Dynamic, reason_of(&collection)).with_marks(marks));
        }
        let mut outcome = Outcome { marks, unknown: None };
        let mut results = Vec::new();
        for (key, value) in collection.elements() {
            if self.is_exhausted() {
                break;
            }
            let depth = self.names.len();
            self.bind(&names, key, value);
            if self.includes(condition, &mut outcome) {
                results.extend(step(self, &mut outcome));
            }
            self.names.truncate(depth);
        }
        match outcome.unknown {
            Some(reason) => Walked::Instead(Value::unknown(Type::Dynamic, reason).with_marks(outcome.marks)),
            None => Walked::Results(results, outcome.marks),
        }
    }

    fn bind(&mut self, (key_name, value_name): &(Option<Arc<str>>, Arc<str>), key: Value, value: Value) {
        self.names.extend(key_name.clone().map(|name| (name, key)));
        self.names.push((value_name.clone(), value));
    }

    /// HCL tries the condition once with unknown names, and refuses what can be no condition even if nothing is walked.
    fn try_condition(
        &mut self,
        condition: &Expression,
        names: &(Option<Arc<str>>, Arc<str>),
    ) -> Option<EvaluationError> {
        let depth = self.names.len();
        let unknown = || Value::unknown(Type::Dynamic, "it is one of several");
        self.bind(names, unknown(), unknown());
        let (result, mut errors) = self.apart(condition);
        self.names.truncate(depth);
        if !errors.is_empty() {
            return Some(errors.swap_remove(0));
        }
        if result.is_null() {
            let detail = "The value of the 'if' clause must not be null.";
            return Some(EvaluationError::new("Condition is null", detail));
        }
        let error = result.convert(&Type::Bool).err()?;
        Some(EvaluationError::new("Invalid 'for' condition", format!("The 'if' clause value is invalid: {error}.")))
    }

    fn includes(&mut self, condition: Option<&Expression>, outcome: &mut Outcome) -> bool {
        let Some(condition) = condition else { return true };
        let before = self.errors.len();
        let include = self.evaluate(condition);
        if self.errors.len() > before {
            outcome.unknown = Some("a condition could not be evaluated".into());
            return false;
        }
        outcome.marks |= include.marks();
        let invalid = |detail: String| EvaluationError::new("Invalid 'for' condition", detail);
        if include.is_null() {
            outcome.unknown = Some("".into());
            self.fail(invalid("The value of the 'if' clause must not be null.".to_owned()));
            return false;
        }
        match include.convert(&Type::Bool) {
            Err(error) => {
                outcome.unknown = Some("".into());
                self.fail(invalid(format!("The 'if' clause value is invalid: {error}.")));
                false
            }
            Ok(include) => include.as_bool().unwrap_or_else(|| {
                outcome.unknown = Some(reason_of(&include));
                false
            }),
        }
    }
}

/// The texts that a `for` of a template makes, joined.
pub(super) fn joined(walked: Walked) -> Value {
    let (results, mut marks) = match walked {
        Walked::Instead(value) => {
            return Value::unknown(Type::String, reason_of(&value)).with_marks(value.marks());
        }
        Walked::Results(results, marks) => (results, marks),
    };
    let mut text = String::new();
    for (_, value) in results {
        let Some(more) = value.as_text() else {
            return Value::unknown(Type::String, reason_of(&value)).with_marks(marks);
        };
        marks |= value.marks();
        text.push_str(more);
    }
    Value::text(text).with_marks(marks)
}

fn reason_of(value: &Value) -> Arc<str> {
    value.unknown_reason().unwrap_or_else(|| "its type is not known".into())
}

fn grouped(results: Vec<(Option<Arc<str>>, Value)>) -> Value {
    let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, value) in results {
        groups.entry(key.unwrap_or_else(|| "".into())).or_default().push(value);
    }
    Value::object(groups.into_iter().map(|(key, values)| (key, Value::tuple(values))))
}
