//! What override files leave of a block.

/// A block that override files change. Terraform asks such a block for the arguments that it knows, and passes over others; what is
/// required must be in the block itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Overridden {
    /// The arguments that only override files give.
    pub(crate) only_there: Vec<String>,
}
