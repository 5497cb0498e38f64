//! Conditions and their messages, in every place that has them.

use super::Walk;
use crate::terraform::check::blocks::ASSERTION;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::{Type, Value};
use crate::terraform::lifecycle::Condition;
use crate::terraform::resource::ResourceBlock;

impl<'m> Walk<'_, '_, 'm> {
    pub(super) fn conditions_of(&mut self, block: &'m ResourceBlock) {
        self.findings.push("lifecycle");
        self.conditions("precondition", &block.lifecycle.preconditions);
        self.conditions("postcondition", &block.lifecycle.postconditions);
        self.findings.pop();
    }

    /// Conditions of resources, of which only the plan asks what they are.
    fn conditions(&mut self, name: &'m str, conditions: &'m [Condition]) {
        self.each_condition(name, conditions, |walk, condition| {
            walk.part("condition", &condition.condition);
            walk.known_message(condition);
        });
    }

    /// A message that is known already must be a text.
    fn known_message(&mut self, condition: &'m Condition) {
        if let Some(message) = self.part("error_message", &condition.error_message).filter(Value::is_known) {
            self.findings.push("error_message");
            self.fits(&condition.error_message, &message, &Type::String);
            self.findings.pop();
        }
    }

    /// Conditions that are held to what is known already; their message is asked for where they fail.
    pub(super) fn known_conditions(&mut self, name: &'m str, conditions: &'m [Condition], must_hold: bool) {
        self.each_condition(name, conditions, |walk, condition| {
            let value = if name == ASSERTION {
                // Of what is wrong with it Terraform only warns; the message must have a value in any case.
                walk.part("error_message", &condition.error_message);
                walk.evaluator.evaluate_named(walk.id, &condition.condition, Vec::new()).ok()
            } else {
                walk.part("condition", &condition.condition)
            };
            let value = value.filter(Value::is_known);
            if must_hold {
                walk.known_message(condition);
            }
            let Some(value) = value else { return };
            let holds =
                value.convert(&Type::Bool).ok().filter(|value| !value.is_null()).and_then(|value| value.as_bool());
            if must_hold && holds != Some(true) {
                let message = format!("`{}` does not hold whatever happens", condition.condition);
                walk.add(message, DiagnosticKind::WrongType, "");
            }
            if holds != Some(false) {
                return;
            }
            let Some(message) = walk.part("error_message", &condition.error_message) else { return };
            walk.findings.push("error_message");
            if message.is_null() {
                walk.add("the message is `null`".to_owned(), DiagnosticKind::WrongType, "");
            }
            walk.fits(&condition.error_message, &message, &Type::String);
            walk.findings.pop();
        });
    }

    fn each_condition(
        &mut self,
        name: &'m str,
        conditions: &'m [Condition],
        mut look: impl FnMut(&mut Self, &'m Condition),
    ) {
        for (position, condition) in conditions.iter().enumerate() {
            self.findings.push(name);
            self.findings.push_index(position);
            look(self, condition);
            self.findings.pop();
            self.findings.pop();
        }
    }
}
