//! The keys of objects in JSON syntax, where they must be evaluated to be told from each other.

use super::expression::Key;

/// The objects of a document whose keys are more than plain text. What they say is in the expressions; where they were written is no
/// part of what a module says.
#[derive(Debug, Clone, Default)]
pub(crate) struct WrittenKeys(pub(crate) Vec<ObjectKeys>);

/// The keys of one object.
#[derive(Debug, Clone)]
pub(crate) struct ObjectKeys {
    /// The block that the object stands in.
    pub(crate) block: String,
    /// The way to it in the block.
    pub(crate) field: String,
    /// Its keys, in their order.
    pub(crate) keys: Vec<Key>,
}

impl PartialEq for WrittenKeys {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
