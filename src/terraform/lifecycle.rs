//! `lifecycle`: how Terraform treats a block over its life, and the conditions it must meet.

use std::borrow::Cow;

use super::expression::Expression;
use super::value::Value;

/// A `lifecycle` block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lifecycle {
    pub(crate) create_before_destroy: Option<bool>,
    pub(crate) prevent_destroy: Option<bool>,
    pub(crate) ignore_changes: Option<IgnoreChanges>,
    pub(crate) replace_triggered_by: Vec<Expression>,
    pub(crate) preconditions: Vec<Condition>,
    pub(crate) postconditions: Vec<Condition>,
}

/// What Terraform leaves alone although it differs from the configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum IgnoreChanges {
    /// Every argument.
    All,
    /// These, each a name or a way such as `tags["Owner"]`.
    Attributes(Vec<Cow<'static, str>>),
}

/// A condition that must hold, and what to say when it does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub(crate) condition: Expression,
    pub(crate) error_message: Expression,
}

impl Condition {
    /// A condition; the message is a full sentence that tells what to change.
    pub fn new(condition: impl Into<Value<bool>>, error_message: impl Into<Value<String>>) -> Self {
        Self { condition: condition.into().into_expression(), error_message: error_message.into().into_expression() }
    }
}

impl Lifecycle {
    /// A lifecycle that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates the replacement before the old object is destroyed.
    pub fn create_before_destroy(mut self) -> Self {
        self.create_before_destroy = Some(true);
        self
    }

    /// Refuses every plan that would destroy the object. Takes no variable in Terraform, hence a `bool` here.
    pub fn prevent_destroy(mut self, prevent: bool) -> Self {
        self.prevent_destroy = Some(prevent);
        self
    }

    /// Leaves changes of these arguments alone.
    pub fn ignore_changes<N: Into<Cow<'static, str>>>(mut self, attributes: impl IntoIterator<Item = N>) -> Self {
        self.ignore_changes = Some(IgnoreChanges::Attributes(attributes.into_iter().map(Into::into).collect()));
        self
    }

    /// Leaves changes of every argument alone.
    pub fn ignore_all_changes(mut self) -> Self {
        self.ignore_changes = Some(IgnoreChanges::All);
        self
    }

    /// Replaces the object whenever the referenced one changes.
    pub fn replace_triggered_by(mut self, reference: impl Into<Expression>) -> Self {
        self.replace_triggered_by.push(reference.into());
        self
    }

    /// Checks before anything is done to the object.
    pub fn precondition(mut self, condition: Condition) -> Self {
        self.preconditions.push(condition);
        self
    }

    /// Checks what came of it; may refer to the object as `self`.
    pub fn postcondition(mut self, condition: Condition) -> Self {
        self.postconditions.push(condition);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
