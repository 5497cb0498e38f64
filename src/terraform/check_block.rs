//! `check` blocks: conditions that warn after plan and apply, without stopping either.

use std::borrow::Cow;

use super::lifecycle::Condition;
use super::resource::ResourceBlock;

/// A `check` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub(crate) name: Cow<'static, str>,
    pub(crate) data: Option<ResourceBlock>,
    pub(crate) assertions: Vec<Condition>,
}

impl Check {
    /// A check with its first condition.
    pub fn new(name: impl Into<Cow<'static, str>>, assertion: Condition) -> Self {
        Self { name: name.into(), data: None, assertions: vec![assertion] }
    }

    /// Adds a condition.
    pub fn assertion(mut self, assertion: Condition) -> Self {
        self.assertions.push(assertion);
        self
    }

    /// A data source that only this check reads.
    pub fn data(mut self, data: ResourceBlock) -> Self {
        self.data = Some(data);
        self
    }
}
