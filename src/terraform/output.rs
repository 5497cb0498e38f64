//! `output` blocks.

use std::borrow::Cow;

use super::expression::Expression;
use super::lifecycle::Condition;
use super::value::Value;

/// An `output` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: Expression,
    pub(crate) description: Option<Cow<'static, str>>,
    pub(crate) sensitive: bool,
    pub(crate) ephemeral: bool,
    pub(crate) depends_on: Vec<Expression>,
    pub(crate) preconditions: Vec<Condition>,
}

impl Output {
    /// An output.
    pub fn new<T>(name: impl Into<Cow<'static, str>>, value: impl Into<Value<T>>) -> Self {
        Self {
            name: name.into(),
            value: value.into().into_expression(),
            description: None,
            sensitive: false,
            ephemeral: false,
            depends_on: Vec::new(),
            preconditions: Vec::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    pub fn description_text(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Says what the output is.
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Hides the value.
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Keeps the value out of the state; for outputs of child modules only.
    pub fn ephemeral(mut self) -> Self {
        self.ephemeral = true;
        self
    }

    /// Orders the output after a block that it has no reference to.
    pub fn depends_on(mut self, other: impl Into<Expression>) -> Self {
        self.depends_on.push(other.into());
        self
    }

    /// Checks before the value is stored.
    pub fn precondition(mut self, condition: Condition) -> Self {
        self.preconditions.push(condition);
        self
    }
}
