//! Text back into expressions and modules.
//!
//! ```text
//! JSON text ──> json ──> document ──> Module
//!                            │
//!                            └──> template / expression / type_constraint ──> lexer
//! ```
//!
//! The grammar is HCL's own (hclsyntax specification and the scanner behind it), held to as strictly as Terraform does:
//! what is accepted here is accepted there. Trees come out in normal form: neighbouring literals of a template are one,
//! `-1` is a number, `"${x}"` is `x`, and a step on a traversal belongs to the traversal.

mod constant;
pub mod depth;
mod document;
mod error;
mod expression;
mod heredoc;
mod lexer;
mod number;
mod postfix;
mod template;
mod traversal;
mod type_constraint;

pub(crate) use document::{NativeBody, arguments, json_error, native_body, without_mark};
pub(crate) use document::{Override, override_document, override_native};
pub(crate) use document::{TestFile, mock_file, test_file};
pub use document::{document, lenient_document, lenient_native};
pub use error::SyntaxError;
pub(crate) use traversal::traversal;

use super::expression::{Expression, Names};
use super::variable::TypeConstraint;
use expression::Parser;
use lexer::Token;

/// Parses an expression, as it stands between `${` and `}`.
///
/// # Errors
/// If the text is no expression.
pub fn expression(text: &str) -> Result<Expression, SyntaxError> {
    expression_within(text, &Names::none())
}

/// Parses an expression where `names` are bound, as inside the `content` of a dynamic block.
///
/// # Errors
/// If the text is no expression.
pub fn expression_within(text: &str, names: &Names<'_>) -> Result<Expression, SyntaxError> {
    whole(text, names, Parser::expression)
}

/// Parses a string of a JSON document as Terraform does: literal text with `${...}` and `%{...}` in it.
///
/// # Errors
/// If what stands between the braces is no expression, or directives do not match.
pub fn template(text: &str) -> Result<Expression, SyntaxError> {
    template_within(text, &Names::none())
}

/// Parses a string of a JSON document where `names` are bound.
///
/// # Errors
/// If what stands between the braces is no expression, or directives do not match.
pub fn template_within(text: &str, names: &Names<'_>) -> Result<Expression, SyntaxError> {
    Parser::new(text, names).bare_template()
}

/// Parses the type of a variable.
///
/// # Errors
/// If the text is no type constraint.
pub fn type_constraint(text: &str) -> Result<TypeConstraint, SyntaxError> {
    whole(text, &Names::none(), Parser::whole_type)
}

fn whole<'s, T>(
    text: &'s str,
    names: &Names<'s>,
    parse: impl FnOnce(&mut Parser<'s>) -> Result<T, SyntaxError>,
) -> Result<T, SyntaxError> {
    let mut parser = Parser::new(text, names);
    let parsed = parse(&mut parser)?;
    match parser.peek().token {
        Token::End => Ok(parsed),
        _ => Err(parser.unexpected("nothing may follow here", &["the end of the expression"])),
    }
}
