//! `templatefile` and `templatestring`: templates with names of their own.

use std::sync::Arc;

use super::super::context::Context;
use super::super::error::EvaluationError;
use super::super::evaluator::{Environment, Surroundings};
use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure, files};
use crate::terraform::expression::{Call, Expression, Names, Root, Traversal, Visitor};
use crate::terraform::identifier::is_identifier;
use crate::terraform::parse;

pub(super) fn file(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let (path, path_marks) = arguments.value(0).unmarked();
    let (variables, variable_marks) = arguments.value(1).unmarked_deep();
    let marks = path_marks | variable_marks;
    for value in [&path, &variables] {
        if !value.is_known() {
            return Ok(value.unknown_like(Type::Dynamic).with_marks(marks));
        }
    }
    arguments.values[0] = path;
    let text = files::read_text(arguments, 0)?;
    let result = render(arguments.context, &text, &variables, Surroundings::TemplateFile)?;
    Ok(result.with_marks(marks))
}

/// `templatestring`, whose template is no value but where a value is found.
pub(super) fn string(context: &mut Context<'_, '_>, call: &Call) -> Value {
    let failed = |detail: String| {
        let detail = format!("Call to function \"templatestring\" failed: {detail}.");
        EvaluationError::new("Error in function call", detail)
    };
    let [template, variables] = call.arguments.as_slice() else {
        let summary =
            if call.arguments.len() < 2 { "Not enough function arguments" } else { "Too many function arguments" };
        return context.fail(EvaluationError::new(summary, "Function \"templatestring\" expects 2 argument(s)."));
    };
    let before = context.errors.len();
    let variables = context.evaluate(variables);
    if context.errors.len() > before {
        return variables;
    }
    if variables.is_null() {
        return context.fail(failed("argument must not be null".to_owned()));
    }
    if !is_reference(template) {
        let detail = "invalid template expression: must be a direct reference to a single string from elsewhere, \
                      containing valid Terraform template syntax";
        return context.fail(failed(detail.to_owned()));
    }
    let template = context.evaluate(template);
    if context.errors.len() > before {
        return template;
    }
    let (variables, variable_marks) = variables.unmarked_deep();
    let (template, template_marks) = template.unmarked();
    let marks = variable_marks | template_marks;
    for value in [&template, &variables] {
        if !value.is_known() {
            return value.unknown_like(Type::String).refined_not_null().with_marks(marks);
        }
    }
    let Some(text) = template.as_text() else {
        return context.fail(failed("invalid template value: a string is required".to_owned()));
    };
    let rendered = render(context, text, &variables, Surroundings::TemplateString);
    let rendered = rendered
        .and_then(|value| value.convert(&Type::String).map_err(|error| format!("invalid template result: {error}")));
    match rendered {
        Ok(value) => value.refined_not_null().with_marks(marks),
        Err(error) => context.fail(failed(error)),
    }
}

fn is_reference(expression: &Expression) -> bool {
    match expression {
        Expression::Traversal(_) => true,
        Expression::Index(value, _) | Expression::Attribute(value, _) | Expression::Splat(value, _) => {
            is_reference(value)
        }
        _ => false,
    }
}

fn render(
    context: &Context<'_, '_>,
    text: &str,
    variables: &Value,
    surroundings: Surroundings,
) -> Result<Value, Failure> {
    if !matches!(variables.of_type(), Type::Map(_) | Type::Object(_)) {
        return Err("invalid vars value: must be a map".to_owned());
    }
    let names: Vec<(Arc<str>, Value)> =
        variables.entries().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Some((name, _)) = names.iter().find(|(name, _)| !is_identifier(name)) {
        return Err(format!(
            "invalid template variable name \"{name}\": must start with a letter, followed by zero or more letters, \
             digits, and underscores"
        ));
    }
    let template = parse_within(text, &names, &Names::none())?;
    let mut stray = Stray { names: &names, found: None };
    template.walk(&Names::none(), &mut stray);
    if let Some(name) = stray.found {
        return Err(format!("vars map does not contain key \"{name}\""));
    }
    let evaluator = context.environment.evaluator;
    let module = context.environment.module;
    let environment = Environment { evaluator, module, repetition: None, self_value: None, surroundings };
    let value = environment.evaluate_with(&template, names).map_err(|error| error.to_string())?;
    if value.is_null() {
        return Err("the result of the template is null".to_owned());
    }
    Ok(value)
}

/// The template, its variables bound one around the other.
fn parse_within(text: &str, left: &[(Arc<str>, Value)], names: &Names<'_>) -> Result<Expression, Failure> {
    match left.split_first() {
        Some(((name, _), rest)) => parse_within(text, rest, &names.with(name)),
        None => parse::template_within(text, names).map_err(|error| format!("{error}: {}", error.draw(text))),
    }
}

/// Finds a name that nobody gave.
struct Stray<'n> {
    names: &'n [(Arc<str>, Value)],
    found: Option<String>,
}

impl<'e> Visitor<'e> for Stray<'_> {
    fn traversal(&mut self, traversal: &'e Traversal, bound: &Names<'_>) {
        let name = match &traversal.root {
            Root::Name(name) if bound.binds(name) => return,
            Root::Name(name) => name.to_string(),
            Root::Address(address) => {
                let text = address.to_string();
                text.split('.').next().unwrap_or_default().to_owned()
            }
        };
        if !self.names.iter().any(|(known, _)| **known == *name) && self.found.is_none() {
            self.found = Some(name);
        }
    }
}
