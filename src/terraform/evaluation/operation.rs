//! The operators, on values that may be unknown or marked.

use std::sync::Arc;

use super::error::EvaluationError;
use super::marks::Marks;
use super::number::Number;
use super::types::Type;
use super::unknown::{Bound, Refinement};
use super::value::{Content, Value};
use crate::terraform::expression::{BinaryOperator, UnaryOperator};

type Evaluated = Result<Value, EvaluationError>;

/// `left operator right`
pub(super) fn binary(left: &Value, operator: BinaryOperator, right: &Value) -> Evaluated {
    match operator {
        BinaryOperator::Equal | BinaryOperator::NotEqual => Ok(equality(left, operator, right)),
        BinaryOperator::And | BinaryOperator::Or => logical(left, operator, right),
        BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual => compare(left, operator, right),
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => arithmetic(left, operator, right),
    }
}

/// `operator value`
pub(super) fn unary(operator: UnaryOperator, value: &Value) -> Evaluated {
    let (wanted, what) = match operator {
        UnaryOperator::Not => (Type::Bool, "bool"),
        UnaryOperator::Negate => (Type::Number, "number"),
    };
    let (value, marks) = operand(value, &wanted, "unary operand")?;
    let result = match &value.content {
        Content::Bool(value) => Value::bool(!value),
        Content::Number(number) => Value::number(number.negated()),
        _ => unknown(&wanted, &[&value], what),
    };
    Ok(result.with_marks(marks))
}

fn unknown(of_type: &Type, operands: &[&Value], fallback: &str) -> Value {
    let reason = operands.iter().find_map(|value| value.unknown_reason()).unwrap_or_else(|| Arc::from(fallback));
    Value::unknown(of_type.clone(), reason).refined_not_null()
}

/// An operand as the type that the operator wants, without its marks.
fn operand(value: &Value, wanted: &Type, which: &str) -> Result<(Value, Marks), EvaluationError> {
    let converted = value
        .convert(wanted)
        .map_err(|error| EvaluationError::new("Invalid operand", format!("Unsuitable value for {which}: {error}.")))?;
    if converted.is_null() {
        return Err(failed("argument must not be null"));
    }
    Ok(converted.unmarked_deep())
}

fn operands(left: &Value, right: &Value, wanted: &Type) -> Result<(Value, Value, Marks), EvaluationError> {
    let (left, left_marks) = operand(left, wanted, "left operand")?;
    let (right, right_marks) = operand(right, wanted, "right operand")?;
    Ok((left, right, left_marks | right_marks))
}

fn failed(why: &str) -> EvaluationError {
    EvaluationError::new("Operation failed", format!("Error during operation: {why}."))
}

fn equality(left: &Value, operator: BinaryOperator, right: &Value) -> Value {
    let ((left, left_marks), (right, right_marks)) = (left.unmarked_deep(), right.unmarked_deep());
    let equal = left.equals(&right);
    let result = match equal.as_bool() {
        Some(equal) => Value::bool(equal == (operator == BinaryOperator::Equal)),
        None => equal,
    };
    result.with_marks(left_marks | right_marks)
}

/// Terraform 1.11 evaluates both sides always: an unknown side makes the result unknown.
fn logical(left: &Value, operator: BinaryOperator, right: &Value) -> Evaluated {
    let (left, right, marks) = operands(left, right, &Type::Bool)?;
    let result = match (left.as_bool(), right.as_bool()) {
        (Some(left), Some(right)) if operator == BinaryOperator::And => Value::bool(left && right),
        (Some(left), Some(right)) => Value::bool(left || right),
        _ => unknown(&Type::Bool, &[&left, &right], "bool"),
    };
    Ok(result.with_marks(marks))
}

fn compare(left: &Value, operator: BinaryOperator, right: &Value) -> Evaluated {
    let (left, right, marks) = operands(left, right, &Type::Number)?;
    let result = match (left.as_number(), right.as_number()) {
        (Some(a), Some(b)) => Value::bool(match operator {
            BinaryOperator::Less => a < b,
            BinaryOperator::LessOrEqual => a <= b,
            BinaryOperator::Greater => a > b,
            _ => a >= b,
        }),
        _ => match compare_ranges(&left, operator, &right) {
            Some(answer) => Value::bool(answer),
            None => unknown(&Type::Bool, &[&left, &right], "bool"),
        },
    };
    Ok(result.with_marks(marks))
}

/// The answer where what is known of the two numbers is enough for it.
pub(super) fn compare_ranges(left: &Value, operator: BinaryOperator, right: &Value) -> Option<bool> {
    let (a, b) = (range(left)?, range(right)?);
    let below = |a: &Range, b: &Range| Some(a.1.as_ref()? < b.0.as_ref()?);
    let (is_less, is_greater) = (below(&a, &b) == Some(true), below(&b, &a) == Some(true));
    let wants_less = matches!(operator, BinaryOperator::Less | BinaryOperator::LessOrEqual);
    (is_less || is_greater).then_some(is_less == wants_less)
}

type Range = (Option<Number>, Option<Number>);

fn range(value: &Value) -> Option<Range> {
    match &value.content {
        Content::Number(number) => Some((Some((**number).clone()), Some((**number).clone()))),
        Content::Unknown(unknown) if value.of_type == Type::Number => {
            let number = |bound: &Option<Bound>| bound.as_ref().map(|bound| bound.number.clone());
            Some((number(&unknown.refinement.lower), number(&unknown.refinement.upper)))
        }
        _ => None,
    }
}

fn arithmetic(left: &Value, operator: BinaryOperator, right: &Value) -> Evaluated {
    let (left, right, marks) = operands(left, right, &Type::Number)?;
    let result = match (left.as_number(), right.as_number()) {
        (Some(a), Some(b)) => Value::number(calculate(a, operator, b).map_err(failed)?),
        _ => unknown_number(&left, operator, &right),
    };
    Ok(result.with_marks(marks))
}

/// What is known of a sum, difference or product of numbers that are not.
fn unknown_number(left: &Value, operator: BinaryOperator, right: &Value) -> Value {
    let result = unknown(&Type::Number, &[left, right], "number");
    let known_range = || {
        let ((a_low, a_high), (b_low, b_high)) = (range(left)?, range(right)?);
        let ends = [(&a_low, &b_low), (&a_low, &b_high), (&a_high, &b_low), (&a_high, &b_high)];
        let results: Option<Vec<_>> =
            ends.iter().map(|(a, b)| calculate(a.as_ref()?, operator, b.as_ref()?).ok()).collect();
        let results = results?;
        Some(Refinement::range(results.iter().min().cloned(), results.iter().max().cloned()))
    };
    match operator {
        BinaryOperator::Add | BinaryOperator::Subtract | BinaryOperator::Multiply => {
            known_range().map_or_else(|| result.clone(), |range| result.refined(&range))
        }
        _ => result,
    }
}

fn calculate(a: &Number, operator: BinaryOperator, b: &Number) -> Result<Number, &'static str> {
    match operator {
        BinaryOperator::Add => a.plus(b).ok_or("can't compute sum of opposing infinities"),
        BinaryOperator::Subtract => a.minus(b).ok_or("can't subtract infinity from itself"),
        BinaryOperator::Multiply => a.times(b).ok_or("can't multiply zero by infinity"),
        BinaryOperator::Divide => a.divided_by(b).ok_or("can't divide zero by zero or infinity by infinity"),
        _ => a.modulo(b).ok_or("can't use modulo with zero and infinity"),
    }
}
