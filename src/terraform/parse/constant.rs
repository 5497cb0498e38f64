//! Values that Terraform computes before it knows a name: of expressions without references and functions.

use super::error::SyntaxError;
use super::{Expression, Names};
use crate::terraform::evaluation;
use crate::terraform::expression::{Call, Root, Traversal, Visitor};

/// The value of an expression, as JSON.
pub(super) fn json(text: &str) -> Result<String, SyntaxError> {
    let refused = |message: String| SyntaxError::new(0..text.len(), message);
    let expression = super::expression(text)?;
    json_of(&expression, text).map_err(refused)
}

/// The same as an expression that is written out.
pub(super) fn written_out(expression: &Expression, text: &str) -> Option<Expression> {
    let json = json_of(expression, text).ok()?;
    super::expression(&json.replace("${", "$${").replace("%{", "%%{")).ok()
}

fn json_of(expression: &Expression, text: &str) -> Result<String, String> {
    // A number beyond 64 bits is read as a call.
    let mut outside = Outside { has_conversions: text.contains("tonumber"), found: None };
    expression.walk(&Names::none(), &mut outside);
    if let Some(found) = outside.found {
        return Err(found);
    }
    let value = evaluation::constant(expression).map_err(|error| error.to_string())?;
    value.to_json().map_err(|reason| reason.to_string())
}

/// What an expression takes from outside of itself.
struct Outside {
    has_conversions: bool,
    found: Option<String>,
}

impl<'e> Visitor<'e> for Outside {
    fn traversal(&mut self, traversal: &'e Traversal, names: &Names<'_>) {
        if !matches!(&traversal.root, Root::Name(name) if names.binds(name)) {
            self.found.get_or_insert_with(|| format!("`{traversal}`: no value can be referred to here"));
        }
    }

    fn call(&mut self, call: &'e Call, _: &Names<'_>) {
        if self.has_conversions || call.name != "tonumber" {
            self.found.get_or_insert_with(|| format!("`{}`: no function can be called here", call.name));
        }
    }
}
