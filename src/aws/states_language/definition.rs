//! A whole machine.

use std::borrow::Cow;

use super::check;
use super::duration;
use super::flow::Flow;
use crate::terraform::functions::jsonencode;
use crate::terraform::{Diagnostic, Value};

/// The definition of a state machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    pub(super) comment: Cow<'static, str>,
    pub(super) timeout_seconds: u32,
    pub(super) flow: Flow,
}

impl Definition {
    /// A machine that runs for `timeout_seconds` at the most.
    pub fn new(comment: impl Into<Cow<'static, str>>, timeout_seconds: u32, flow: Flow) -> Self {
        Self { comment: comment.into(), timeout_seconds, flow }
    }

    /// The definition as JSON text.
    pub fn to_json(&self) -> Value<String> {
        let mut machine = self.flow.to_object();
        machine.set("Comment", self.comment.clone().into());
        machine.set("TimeoutSeconds", self.timeout_seconds.into());
        jsonencode(machine)
    }

    /// Everything that is wrong with it; `block` is how its resource is called in the messages.
    pub fn problems(&self, block: &str) -> Vec<Diagnostic> {
        check::problems(self, block)
    }

    /// The seconds that it takes if every task uses up its time and every attempt, along the longest way. Absent where
    /// there is no such number: targets are missing, or states lead in a circle.
    pub fn worst_case_seconds(&self) -> Option<u64> {
        duration::of_flow(&self.flow)
    }
}

impl From<Definition> for Value<String> {
    fn from(definition: Definition) -> Self {
        definition.to_json()
    }
}
