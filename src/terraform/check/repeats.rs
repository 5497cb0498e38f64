//! How many blocks a dynamic block makes, as far as `terraform validate` knows. What it makes none of, it does not look into, and
//! where it does not know, values in the content are not held to anything.

use std::fmt::Debug;

use crate::terraform::evaluation::{Evaluator, ModuleId};
use crate::terraform::expression::Expression;

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blocks {
    None,
    Some,
    Unknown,
}

/// Tells how many blocks a `for_each` makes.
pub(crate) trait Repeats: Debug {
    fn blocks(&self, for_each: &Expression) -> Blocks;
}

/// What an evaluator says of a module.
#[derive(Debug)]
pub(super) struct Evaluated<'e, 'm> {
    pub(super) evaluator: &'e Evaluator<'m>,
    pub(super) module: ModuleId,
}

impl Repeats for Evaluated<'_, '_> {
    fn blocks(&self, for_each: &Expression) -> Blocks {
        // What has no value here is reported where it is evaluated with the names around it.
        let Ok(collection) = self.evaluator.evaluate(self.module, for_each) else { return Blocks::Some };
        let (collection, _) = collection.unmarked();
        if !collection.is_known() {
            Blocks::Unknown
        } else if collection.is_null() || collection.of_type().is_primitive() || !collection.elements().is_empty() {
            Blocks::Some
        } else {
            Blocks::None
        }
    }
}
