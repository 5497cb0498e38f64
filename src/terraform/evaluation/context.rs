//! One expression in one place: what each kind of node evaluates to.
//!
//! As in HCL, every node gives a value, an unknown one where it failed, and errors are collected beside it: a conditional
//! throws away those of the branch it does not take, and `try` and `can` those they forgive.

use std::sync::Arc;

use super::access::{attribute, index};
use super::convert::{apply, unify};
use super::error::EvaluationError;
use super::evaluator::Environment;
use super::functions;
use super::iteration::joined;
use super::marks::Marks;
use super::number::Number;
use super::operation;
use super::types::Type;
use super::unknown::Refinement;
use super::value::{Content, Value};
use crate::terraform::expression::{Expression, Key, Object, Root, Step, TemplatePart, Traversal};

/// The evaluation of one expression.
pub(super) struct Context<'c, 'e> {
    pub(super) environment: &'c Environment<'c, 'e>,
    /// What `for`s and dynamic blocks bind, innermost last.
    pub(super) names: Vec<(Arc<str>, Value)>,
    pub(super) errors: Vec<EvaluationError>,
    steps: usize,
}

/// How many nodes one expression may evaluate: loops within loops end before the patience of a person does.
const MOST_STEPS: usize = 4_000_000;

impl<'c, 'e> Context<'c, 'e> {
    pub(super) fn new(environment: &'c Environment<'c, 'e>, names: Vec<(Arc<str>, Value)>) -> Self {
        Self { environment, names, errors: Vec::new(), steps: 0 }
    }

    /// The value, or the first error.
    pub(super) fn finish(mut self, value: Value) -> Result<Value, EvaluationError> {
        if self.errors.is_empty() { Ok(value) } else { Err(self.errors.swap_remove(0)) }
    }

    /// Notes an error; what stands in for the value is of no known type.
    pub(super) fn fail(&mut self, error: EvaluationError) -> Value {
        self.errors.push(error);
        Value::unknown(Type::Dynamic, "it could not be evaluated")
    }

    fn or_fail(&mut self, result: Result<Value, EvaluationError>) -> Value {
        result.unwrap_or_else(|error| self.fail(error))
    }

    /// What an expression evaluates to, with the errors that came of it taken out.
    pub(super) fn apart(&mut self, expression: &Expression) -> (Value, Vec<EvaluationError>) {
        let before = self.errors.len();
        let value = self.evaluate(expression);
        (value, self.errors.split_off(before))
    }

    /// Whether there was more to evaluate than is done.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps > MOST_STEPS
    }

    pub(super) fn evaluate(&mut self, expression: &Expression) -> Value {
        self.steps += 1;
        if self.is_exhausted() {
            let detail = format!("It takes more than {MOST_STEPS} steps.");
            return self.fail(EvaluationError::new("Too much to evaluate", detail).finally());
        }
        match expression {
            Expression::Null => Value::null(Type::Dynamic),
            Expression::Bool(value) => Value::bool(*value),
            Expression::Number(number) => match Number::parse(&number.to_string()) {
                Some(number) => Value::number(number),
                None => self.fail(EvaluationError::new("Invalid number literal", number.to_string())),
            },
            Expression::Text(text) => Value::text(text),
            Expression::Template(parts) => self.template(parts),
            Expression::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.evaluate(item)).collect();
                Value::tuple(items)
            }
            Expression::Object(object) => self.object(object),
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::Call(call) => functions::call(self, call),
            Expression::Index(value, key) => {
                let (value, key) = (self.evaluate(value), self.evaluate(key));
                self.or_fail(index(&value, &key))
            }
            Expression::Attribute(value, name) => {
                let value = self.evaluate(value);
                self.or_fail(attribute(&value, name))
            }
            Expression::Splat(value, steps) => {
                let before = self.errors.len();
                let value = self.evaluate(value);
                if self.errors.len() > before { value } else { self.splat(&value, steps) }
            }
            Expression::Conditional(condition, then, otherwise) => {
                let (then, otherwise) = (self.apart(then), self.apart(otherwise));
                let condition = self.evaluate(condition);
                self.conditional(&condition, then, otherwise)
            }
            Expression::Unary(operator, value) => {
                let before = self.errors.len();
                let value = self.evaluate(value);
                if self.errors.len() > before { value } else { self.or_fail(operation::unary(*operator, &value)) }
            }
            Expression::Binary(left, operator, right) => {
                let before = self.errors.len();
                let (left, right) = (self.evaluate(left), self.evaluate(right));
                if self.errors.len() > before {
                    return left;
                }
                self.or_fail(operation::binary(&left, *operator, &right))
            }
            Expression::For(it) => self.for_expression(it),
        }
    }

    fn object(&mut self, object: &Object) -> Value {
        let (mut marks, mut unknown) = (Marks::NONE, None);
        let mut attributes = std::collections::BTreeMap::new();
        for (key, value) in object.entries() {
            let before = self.errors.len();
            let key = match key {
                Key::Literal(name) => {
                    let value = self.evaluate(value);
                    attributes.insert(super::value::normalized(name), value);
                    continue;
                }
                Key::Computed(key) => self.evaluate(key),
            };
            let failed = self.errors.len() > before;
            let value = self.evaluate(value);
            if failed {
                unknown = Some(Arc::from("one of its keys could not be evaluated"));
                continue;
            }
            if key.is_null() {
                unknown = Some("".into());
                self.fail(EvaluationError::new("Null value as key", "Can't use a null value as a key."));
                continue;
            }
            let (key, more) = key.unmarked();
            marks |= more;
            match key.convert(&Type::String) {
                Err(error) => {
                    unknown = Some("".into());
                    let detail = format!("Can't use this value as a key: {error}.");
                    self.fail(EvaluationError::new("Incorrect key type", detail));
                }
                Ok(key) => match &key.content {
                    Content::Text(name) => {
                        attributes.insert(name.clone(), value);
                    }
                    _ => unknown = key.unknown_reason(),
                },
            }
        }
        match unknown {
            Some(reason) => Value::unknown(Type::Dynamic, reason),
            None => Value::of_entries(attributes).with_marks(marks),
        }
    }

    fn traversal(&mut self, traversal: &Traversal) -> Value {
        let bound = match &traversal.root {
            Root::Name(name) => self.names.iter().rev().find(|(bound, _)| **bound == **name),
            Root::Address(_) => None,
        };
        let environment = self.environment;
        let (value, rest) = if let Some((_, value)) = bound {
            (Ok(value.clone()), traversal.steps.as_slice())
        } else {
            environment.lookup(&traversal.root, &traversal.steps)
        };
        match value {
            Ok(value) => self.follow(value, rest),
            Err(error) => self.fail(error),
        }
    }

    /// The steps after a value, up to the first that fails.
    fn follow(&mut self, mut value: Value, steps: &[Step]) -> Value {
        for (position, step) in steps.iter().enumerate() {
            let next = match step {
                Step::Attribute(name) => attribute(&value, &super::value::normalized(name)),
                Step::Index(key) => {
                    let key = self.evaluate(key);
                    index(&value, &key)
                }
                Step::Splat => return self.splat(&value, &steps[position + 1..]),
            };
            match next {
                Ok(next) => value = next,
                Err(error) => return self.fail(error),
            }
        }
        value
    }

    /// `value[*]` and the steps after it, which apply to each element.
    fn splat(&mut self, value: &Value, steps: &[Step]) -> Value {
        let is_sequence = matches!(value.of_type, Type::Tuple(_) | Type::List(_) | Type::Set(_));
        if value.is_null() {
            if !is_sequence {
                return Value::tuple([]).with_marks(value.marks);
            }
            let detail = "Splat expressions (with the * symbol) cannot be applied to null sequences.";
            return self.fail(EvaluationError::new("Splat of null value", detail));
        }
        if value.of_type == Type::Dynamic {
            return value.clone();
        }
        let marks = value.marks;
        if !is_sequence {
            let may_be_none = !value.is_known() && !value.is_surely_not_null();
            let item = self.follow(value.clone(), steps);
            let result = if may_be_none { value.unknown_like(Type::Dynamic) } else { Value::tuple([item]) };
            return result.with_marks(marks);
        }
        let Some(items) = value.items() else { return self.unknown_splat(value, steps) };
        let before = self.errors.len();
        let results: Vec<_> = items.iter().map(|item| self.follow(item.clone(), steps)).collect();
        if self.errors.len() > before {
            return value.unknown_like(Type::Dynamic);
        }
        let result = match &value.of_type {
            Type::List(element) | Type::Set(element) => {
                let first = results.iter().map(|it| &it.of_type).find(|it| **it != Type::Dynamic).cloned();
                let of_type = first.or_else(|| results.first().map(|it| it.of_type.clone()));
                let of_type = of_type.unwrap_or_else(|| self.type_after(element, steps));
                Value::list(of_type, results)
            }
            _ => Value::tuple(results),
        };
        result.with_marks(marks)
    }

    /// The type that the steps lead to from a value of a type.
    fn type_after(&mut self, of_type: &Type, steps: &[Step]) -> Type {
        self.follow(Value::unknown(of_type.clone(), "it is one of several"), steps).of_type
    }

    fn unknown_splat(&mut self, value: &Value, steps: &[Step]) -> Value {
        match &value.of_type {
            Type::List(element) | Type::Set(element) => {
                let of_type = Type::list(self.type_after(element, steps));
                let refinement = value.refinement().cloned().unwrap_or_default();
                let length = Refinement::length(refinement.shortest, refinement.longest);
                value.unknown_like(of_type).refined(&Refinement { not_null: true, ..length })
            }
            Type::Tuple(types) => {
                let types: Vec<_> = types.iter().map(|of_type| self.type_after(of_type, steps)).collect();
                value.unknown_like(Type::tuple(types)).refined_not_null()
            }
            _ => value.unknown_like(Type::Dynamic),
        }
    }

    pub(super) fn conditional(
        &mut self,
        condition: &Value,
        (then, then_errors): (Value, Vec<EvaluationError>),
        (otherwise, otherwise_errors): (Value, Vec<EvaluationError>),
    ) -> Value {
        let is_bare_null = |value: &Value| value.is_null() && value.of_type == Type::Dynamic && value.marks.is_empty();
        let (of_type, is_deferred) = if is_bare_null(&then) {
            (otherwise.of_type.clone(), false)
        } else if is_bare_null(&otherwise) {
            (then.of_type.clone(), false)
        } else if then.of_type == Type::Dynamic || otherwise.of_type == Type::Dynamic {
            (Type::Dynamic, false)
        } else {
            let Some(unified) = unify(&[then.of_type.clone(), otherwise.of_type.clone()]) else {
                let detail = format!(
                    "The true and false result expressions must have consistent types. The 'true' value is {}, but \
                         the 'false' value is {}.",
                    then.of_type.name(),
                    otherwise.of_type.name()
                );
                return self.fail(EvaluationError::new("Inconsistent conditional result types", detail));
            };
            (unified.of_type, unified.is_deferred)
        };
        self.keep_final([then_errors.as_slice(), otherwise_errors.as_slice()]);
        if condition.is_null() {
            let detail = "The condition value is null. Conditions must either be true or false.";
            return self.fail(EvaluationError::new("Null condition", detail));
        }
        let marks = condition.marks | then.marks | otherwise.marks;
        let ((then, _), (otherwise, _)) = (then.unmarked(), otherwise.unmarked());
        if let Content::Unknown(unknown) = &condition.content {
            return either(&then, &otherwise, of_type, &unknown.reason).with_marks(marks);
        }
        let Ok(condition) = condition.convert(&Type::Bool) else {
            let detail = "The condition expression must be of type bool.";
            return self.fail(EvaluationError::new("Incorrect condition type", detail));
        };
        let (taken, errors, which) = match condition.as_bool() {
            Some(true) => (then, then_errors, "true"),
            _ => (otherwise, otherwise_errors, "false"),
        };
        self.errors.extend(errors.into_iter().filter(|error| !error.is_final));
        if is_deferred {
            return taken.unknown_like(Type::Dynamic).with_marks(marks);
        }
        match apply(&taken, &of_type) {
            Ok(value) => value.with_marks(marks),
            Err(error) => {
                let detail = format!("The {which} result value has the wrong type: {error}.");
                self.fail(EvaluationError::new("Inconsistent conditional result types", detail))
            }
        }
    }

    /// Errors that nothing forgives stay.
    pub(super) fn keep_final<'l>(&mut self, lists: impl IntoIterator<Item = &'l [EvaluationError]>) {
        let lasting = lists.into_iter().flatten().filter(|error| error.is_final);
        self.errors.extend(lasting.cloned());
    }

    fn template(&mut self, parts: &[TemplatePart]) -> Value {
        let (mut text, mut marks, mut unknown) = (String::new(), Marks::NONE, None);
        let before = self.errors.len();
        for part in parts {
            if let TemplatePart::Literal(literal) = part {
                if unknown.is_none() {
                    text.push_str(literal);
                }
                continue;
            }
            let value = self.part(part);
            if value.is_null() {
                let detail = "The expression result is null. Cannot include a null value in a string template.";
                self.fail(EvaluationError::new("Invalid template interpolation value", detail));
                continue;
            }
            let (value, more) = value.unmarked();
            marks |= more;
            if let Content::Unknown(found) = &value.content {
                unknown = unknown.or(Some(found.reason.clone()));
                continue;
            }
            match value.convert(&Type::String) {
                Ok(value) => {
                    if let (None, Some(more)) = (&unknown, value.as_text()) {
                        text.push_str(more);
                    }
                }
                Err(error) => {
                    let detail = format!("Cannot include the given value in a string template: {error}.");
                    self.fail(EvaluationError::new("Invalid template interpolation value", detail));
                }
            }
        }
        let value = match unknown {
            None => Value::text(text),
            Some(reason) if self.errors.len() > before => Value::unknown(Type::String, reason),
            Some(reason) => {
                let prefix = super::graphemes::safe_prefix(&text);
                let prefix = (!prefix.is_empty()).then(|| Arc::from(prefix));
                let refinement = Refinement { not_null: true, prefix, ..Refinement::default() };
                Value::unknown(Type::String, reason).refined(&refinement)
            }
        };
        value.with_marks(marks)
    }

    fn part(&mut self, part: &TemplatePart) -> Value {
        match part {
            TemplatePart::Literal(text) => Value::text(text),
            TemplatePart::Interpolation(expression) => self.evaluate(expression),
            TemplatePart::If { condition, then, otherwise } => {
                let then = self.parts_apart(then);
                let otherwise = self.parts_apart(otherwise);
                let condition = self.evaluate(condition);
                self.conditional(&condition, then, otherwise)
            }
            TemplatePart::For { key, value, collection, body } => {
                let results = self.walk_collection(collection, key.as_deref(), value, None, &mut |context, _| {
                    Some((None, context.template(body)))
                });
                joined(results)
            }
        }
    }

    fn parts_apart(&mut self, parts: &[TemplatePart]) -> (Value, Vec<EvaluationError>) {
        let before = self.errors.len();
        let value = self.template(parts);
        (value, self.errors.split_off(before))
    }
}

/// What is known of a conditional whose condition is not.
fn either(then: &Value, otherwise: &Value, of_type: Type, reason: &Arc<str>) -> Value {
    if then.is_null() && otherwise.is_null() {
        return Value::null(of_type);
    }
    let not_null = then.is_surely_not_null() && otherwise.is_surely_not_null();
    let mut refinement = Refinement { not_null, ..Refinement::default() };
    if then.of_type == Type::Number && otherwise.of_type == Type::Number {
        let ((then_low, then_high), (other_low, other_high)) = (ends(then), ends(otherwise));
        let lower = then_low.zip(other_low).map(|(a, b)| a.min(b));
        let upper = then_high.zip(other_high).map(|(a, b)| a.max(b));
        refinement = Refinement { not_null, ..Refinement::range(lower, upper) };
        return Value::unknown(Type::Number, reason.clone()).refined(&refinement);
    }
    if then.of_type == otherwise.of_type && then.of_type.is_collection() {
        let ((then_short, then_long), (other_short, other_long)) = (lengths(then), lengths(otherwise));
        let longest = then_long.zip(other_long).map(|(a, b)| a.max(b));
        refinement = Refinement { not_null, ..Refinement::length(then_short.min(other_short), longest) };
    }
    Value::unknown(of_type, reason.clone()).refined(&refinement)
}

fn ends(value: &Value) -> (Option<Number>, Option<Number>) {
    match &value.content {
        Content::Number(number) => (Some((**number).clone()), Some((**number).clone())),
        Content::Unknown(unknown) => {
            let number = |bound: &Option<super::unknown::Bound>| bound.as_ref().map(|bound| bound.number.clone());
            (number(&unknown.refinement.lower), number(&unknown.refinement.upper))
        }
        _ => (None, None),
    }
}

pub(super) fn lengths(value: &Value) -> (usize, Option<usize>) {
    match (&value.content, value.len()) {
        (Content::Unknown(unknown), _) => (unknown.refinement.shortest, unknown.refinement.longest),
        (_, Some(length)) if value.has_unknown_length() => (length.min(1), Some(length)),
        (_, Some(length)) => (length, Some(length)),
        _ => (0, None),
    }
}
