//! `try` and `can`, which evaluate their arguments themselves.

use super::super::context::Context;
use super::super::error::EvaluationError;
use super::super::types::Type;
use super::super::value::Value;
use crate::terraform::expression::Call;

/// The first argument that can be evaluated.
pub(super) fn attempt(context: &mut Context<'_, '_>, call: &Call) -> Value {
    if call.arguments.is_empty() {
        let detail = "Call to function \"try\" failed: at least one argument is required.";
        return context.fail(EvaluationError::new("Error in function call", detail));
    }
    let mut reasons = Vec::new();
    for argument in &call.arguments {
        let (value, errors) = context.apart(argument);
        context.keep_final([errors.as_slice()]);
        if errors.is_empty() {
            return if value.is_wholly_known() { value } else { value.unknown_like(Type::Dynamic) };
        }
        reasons.extend(errors.iter().map(|error| format!("- {error}")));
    }
    let detail = format!(
        "Call to function \"try\" failed: no expression succeeded:\n{}\nAt least one expression must produce a \
         successful result.",
        reasons.join("\n")
    );
    context.fail(EvaluationError::new("Error in function call", detail))
}

/// Whether the argument can be evaluated.
pub(super) fn can(context: &mut Context<'_, '_>, call: &Call) -> Value {
    let [argument] = call.arguments.as_slice() else {
        let summary =
            if call.arguments.is_empty() { "Not enough function arguments" } else { "Too many function arguments" };
        return context.fail(EvaluationError::new(summary, "Function \"can\" expects 1 argument."));
    };
    let (value, errors) = context.apart(argument);
    context.keep_final([errors.as_slice()]);
    match value.unknown_reason() {
        _ if !errors.is_empty() => Value::bool(false),
        Some(reason) => Value::unknown(Type::Bool, reason),
        None => Value::bool(true),
    }
}
