//! What Terraform runs on or beside an object when it is made or destroyed, and how it gets there.

use std::borrow::Cow;

use super::expression::Object;

/// A `provisioner` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Provisioner {
    pub(crate) type_name: Cow<'static, str>,
    pub(crate) when: When,
    pub(crate) on_failure: Option<OnFailure>,
    pub(crate) connection: Option<Object>,
    pub(crate) arguments: Object,
}

/// When a provisioner runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// After the object is made.
    #[default]
    Create,
    /// Before it is destroyed.
    Destroy,
}

/// What becomes of an object whose provisioner fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// It is as if nothing had failed.
    Continue,
    /// The object is tainted, and the apply fails.
    Fail,
}

impl OnFailure {
    /// The word for it.
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Fail => "fail",
        }
    }
}
