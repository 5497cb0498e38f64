//! What an expression refers to, found without evaluating it.

use std::sync::Arc;

use crate::terraform::Address;
use crate::terraform::expression::{Expression, Names, Object, Root, Step, Traversal, Visitor};

/// The references of an expression or a body.
#[derive(Default)]
pub(super) struct References<'x> {
    pub(super) found: Vec<(&'x Arc<Address>, &'x [Step])>,
}

impl<'x> References<'x> {
    pub(super) fn of(expression: &'x Expression) -> Self {
        let mut references = Self::default();
        references.add(expression);
        references
    }

    pub(super) fn of_object(object: &'x Object) -> Self {
        let mut references = Self::default();
        object.walk(&Names::none(), &mut references);
        references
    }

    pub(super) fn add(&mut self, expression: &'x Expression) {
        expression.walk(&Names::none(), self);
    }

    pub(super) fn add_object(&mut self, object: &'x Object) {
        object.walk(&Names::none(), self);
    }
}

impl<'x> Visitor<'x> for References<'x> {
    fn traversal(&mut self, traversal: &'x Traversal, _: &Names<'_>) {
        if let Root::Address(address) = &traversal.root {
            self.found.push((address, &traversal.steps));
        }
    }
}
