//! What a call gives to the variables of a module, held to their validations.
//!
//! `terraform validate` knows the value that the block of the call gives, and of everything else in the module what it always knows:
//! another variable is unknown, also where the call gives it a value.

use super::Walk;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::{Marks, ModuleId, Type, Value};
use crate::terraform::lifecycle::Condition;
use crate::terraform::variable::Variable;

impl Walk<'_, '_, '_> {
    /// Holds the value of a variable of the module that is called to its validations.
    pub(super) fn validations(&mut self, child: ModuleId, variable: &Variable, value: &Value) {
        for validation in &variable.validations {
            if let Some(why) = self.broken(child, variable, value, validation) {
                let message = format!("the value breaks a validation of `var.{}`", variable.name);
                self.add(message, DiagnosticKind::WrongType, &why);
            }
        }
    }

    /// Why a value is not taken, where that is certain.
    fn broken(&self, child: ModuleId, variable: &Variable, value: &Value, validation: &Condition) -> Option<String> {
        let ask = |expression| self.evaluator.evaluate_with_variable(child, expression, &variable.name, value);
        let condition = match ask(&validation.condition) {
            Ok(condition) => condition,
            Err(error) => return Some(format!("its condition has no value: {}", error.summary)),
        };
        if !condition.is_known() {
            return None;
        }
        if condition.is_null() {
            return Some("its condition is `null`".to_owned());
        }
        match condition.convert(&Type::Bool) {
            Err(error) => Some(format!("its condition is not true or false: {error}")),
            Ok(condition) if condition.as_bool() == Some(false) => match ask(&validation.error_message) {
                Ok(message) if is_hidden(&message) => Some(String::new()),
                // Terraform waits until it can say what is wrong.
                Ok(message) if !message.is_known() => None,
                Ok(message) => Some(message.as_text().unwrap_or_default().to_owned()),
                Err(error) => Some(format!("its message has no value: {}", error.summary)),
            },
            Ok(_) => None,
        }
    }
}

fn is_hidden(message: &Value) -> bool {
    message.marks().contains(Marks::SENSITIVE) || message.marks().contains(Marks::EPHEMERAL)
}
