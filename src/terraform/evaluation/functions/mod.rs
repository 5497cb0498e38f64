//! Terraform's functions: how they are called, and the table of them all.

mod cidr;
mod collections;
mod conversion;
mod crypto;
mod csv;
mod datetime;
mod encoding;
mod files;
mod forgiving;
mod format;
mod glob;
mod go_math;
mod json;
mod marks;
mod numbers;
mod provider;
mod regex;
mod rsa;
mod sets;
mod signature;
mod strings;
mod table;
mod templates;
mod yaml;
mod yaml_events;

use std::sync::Arc;

use super::context::Context;
use super::error::EvaluationError;
use super::evaluator::Surroundings;
use super::marks::Marks;
use super::types::Type;
use super::unknown::Refinement;
use super::value::Value;
use crate::terraform::expression::Call;
use crate::terraform::nearest::nearest;

pub(super) use files::clean;
use signature::{Function, Parameter};

/// Why a call fails, in words.
type Failure = String;

/// A call with its arguments, converted to what the parameters want.
pub(super) struct Arguments<'f, 'c, 'e> {
    pub(super) values: Vec<Value>,
    pub(super) context: &'f mut Context<'c, 'e>,
}

impl Arguments<'_, '_, '_> {
    /// The argument at a position; null if there is none.
    fn value(&self, position: usize) -> Value {
        self.values.get(position).cloned().unwrap_or_else(|| Value::null(Type::Dynamic))
    }

    /// The text of the argument at a position.
    fn text(&self, position: usize) -> &str {
        self.values.get(position).and_then(Value::as_text).unwrap_or_default()
    }
}

/// JSON as a value of objects, tuples and primitives; its strings are no templates.
///
/// # Errors
/// What is wrong with the text.
pub fn value_of_json(text: &str) -> Result<Value, String> {
    json::parse(text)
}

/// Evaluates a call.
pub(super) fn call(context: &mut Context<'_, '_>, call: &Call) -> Value {
    let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
    if let Some(error) = not_here(name, context.environment.surroundings) {
        return context.fail(error);
    }
    match name {
        "try" => return forgiving::attempt(context, call),
        "can" => return forgiving::can(context, call),
        "templatestring" => return templates::string(context, call),
        _ => {}
    }
    let before = context.errors.len();
    if !is_declared(context, name) {
        return context.fail(unknown_function(&call.name));
    }
    let Some(function) = table::find(&call.name) else {
        call.arguments.iter().for_each(|argument| drop(context.evaluate(argument)));
        if context.environment.evaluator.validates && name.starts_with("provider::") {
            return Value::unknown(Type::Dynamic, "only its provider knows what it gives");
        }
        return context.fail(unknown_function(&call.name));
    };
    let Some(arguments) = arguments(context, call) else {
        return Value::unknown(Type::Dynamic, "it could not be evaluated");
    };
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(unknown) => return unknown,
    };
    if let Err(error) = function.check_count(arguments.len()) {
        return context.fail(error);
    }
    let mut converted = Vec::with_capacity(arguments.len());
    for (position, argument) in arguments.into_iter().enumerate() {
        let Some(parameter) = function.parameter(position) else { continue };
        match argument.convert(&parameter.of_type()) {
            Ok(value) => converted.push(value),
            Err(error) => {
                context.fail(invalid_argument(parameter, &error));
            }
        }
    }
    if context.errors.len() > before {
        return Value::unknown(Type::Dynamic, "it could not be evaluated");
    }
    match invoke(context, function, converted) {
        Ok(value) => value,
        Err(error) => context.fail(error),
    }
}

/// Functions that read files, which no template in a string may.
const OF_FILES: [&str; 11] = [
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "fileset",
    "filesha1",
    "filesha256",
    "filesha512",
    "templatefile",
];

/// Why a function may not be called in these surroundings.
fn not_here(name: &str, surroundings: Surroundings) -> Option<EvaluationError> {
    let refused = |detail: String| Some(EvaluationError::new("Error in function call", detail));
    match surroundings {
        // How a number that 64 bits do not hold is written.
        Surroundings::Constant if name == "tonumber" => None,
        Surroundings::Constant => {
            Some(EvaluationError::new("Function calls not allowed", "Functions may not be called here.").finally())
        }
        Surroundings::TemplateFile | Surroundings::TemplateString
            if matches!(name, "templatefile" | "templatestring") =>
        {
            refused(format!("cannot recursively call {name} from inside another template function."))
        }
        Surroundings::TemplateString if OF_FILES.contains(&name) => refused(format!(
            "cannot use filesystem access functions like {name} in templatestring templates; consider passing the \
             function result as a template variable instead."
        )),
        _ => None,
    }
}

/// An unknown string of which the beginning is known.
fn with_prefix(reason: &Arc<str>, prefix: &str) -> Value {
    let prefix = super::graphemes::safe_prefix(prefix);
    let prefix = (!prefix.is_empty()).then(|| prefix.into());
    Value::unknown(Type::String, reason.clone()).refined(&Refinement { prefix, ..Refinement::not_null() })
}

fn invalid_argument(parameter: &Parameter, error: &str) -> EvaluationError {
    let detail = format!("Invalid value for \"{}\" parameter: {error}.", parameter.name);
    EvaluationError::new("Invalid function argument", detail)
}

/// Functions of a provider are there for a module that says where the provider comes from. `check` says so itself.
fn is_declared(context: &Context<'_, '_>, name: &str) -> bool {
    let Some((provider, _)) = name.strip_prefix("provider::").and_then(|rest| rest.split_once("::")) else {
        return true;
    };
    let evaluator = context.environment.evaluator;
    let module = evaluator.module(context.environment.module).module;
    evaluator.validates || module.settings.required_providers.contains_key(provider)
}

fn unknown_function(name: &str) -> EvaluationError {
    let near = nearest(name, table::names());
    let near = near.first().map(|near| format!(" Did you mean \"{near}\"?")).unwrap_or_default();
    EvaluationError::new("Call to unknown function", format!("There is no function named \"{name}\".{near}"))
}

/// The arguments of a call, a last one with `...` spread out; the unknown result if that is not known.
fn arguments(context: &mut Context<'_, '_>, call: &Call) -> Option<Result<Vec<Value>, Value>> {
    let before = context.errors.len();
    let mut values: Vec<_> = call.arguments.iter().map(|argument| context.evaluate(argument)).collect();
    if context.errors.len() > before {
        return None;
    }
    if !call.expand_final {
        return Some(Ok(values));
    }
    let last = values.pop()?;
    let invalid = |detail: &str| EvaluationError::new("Invalid expanding argument value", detail);
    if last.is_null() {
        context.fail(invalid("The expanding argument (indicated by ...) must not be null."));
        return None;
    }
    match last.of_type() {
        Type::Dynamic => return Some(Err(last.unknown_like(Type::Dynamic))),
        Type::Tuple(_) | Type::List(_) | Type::Set(_) => {}
        _ => {
            context.fail(invalid("The expanding argument (indicated by ...) must be of a tuple, list, or set type."));
            return None;
        }
    }
    let (last, marks) = last.unmarked();
    match last.items() {
        Some(items) => values.extend(items.iter().map(|item| item.clone().with_marks(marks))),
        None => return Some(Err(last.unknown_like(Type::Dynamic))),
    }
    Some(Ok(values))
}

/// Calls a function with arguments of the right types, by go-cty's protocol for null, unknown and marked ones.
fn invoke(
    context: &mut Context<'_, '_>,
    function: &'static Function,
    arguments: Vec<Value>,
) -> Result<Value, EvaluationError> {
    let mut marks = Marks::NONE;
    let mut values = Vec::with_capacity(arguments.len());
    let mut unknown: Option<Arc<str>> = None;
    let mut is_dynamic = false;
    for (position, argument) in arguments.into_iter().enumerate() {
        let Some(parameter) = function.parameter(position) else { continue };
        if argument.is_null() && !parameter.takes.null {
            return Err(invalid_argument(parameter, "argument must not be null"));
        }
        let argument = if parameter.takes.marks {
            argument
        } else {
            let (argument, more) = argument.unmarked_deep();
            marks |= more;
            argument
        };
        if *argument.of_type() == Type::Dynamic && !parameter.takes.dynamic {
            // Also of a bare null nobody knows of which type it is.
            is_dynamic = true;
            unknown = unknown.or_else(|| Some("the type of an argument is not known".into()));
        }
        let is_known = if parameter.takes.nested { argument.is_known() } else { argument.is_wholly_known() };
        if !is_known && !parameter.takes.unknown {
            unknown = unknown.or_else(|| argument.unknown_reason());
        }
        values.push(argument);
    }
    if let Some(reason) = unknown {
        let of_type =
            if is_dynamic { Type::Dynamic } else { (function.gives)(&values).map_err(|e| failed(function, &e))? };
        let result = Value::unknown(of_type, reason);
        let result = if function.is_never_null { result.refined_not_null() } else { result };
        return Ok(result.with_marks(marks));
    }
    let mut arguments = Arguments { values, context };
    let result = (function.run)(&mut arguments).map_err(|error| failed(function, &error))?;
    let result = if function.is_never_null { result.refined_not_null() } else { result };
    Ok(result.with_marks(marks))
}

fn failed(function: &Function, error: &str) -> EvaluationError {
    EvaluationError::new("Error in function call", format!("Call to function \"{}\" failed: {error}.", function.name))
}
