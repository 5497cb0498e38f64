//! The language core.

mod agreement;
mod any_expression;
mod any_module;
mod any_text;
mod backends;
mod documents;
pub(crate) mod evaluation;
mod expressions;
mod layouts;
mod normal_form;
mod planned;
mod round_trips;
mod syntax_errors;
