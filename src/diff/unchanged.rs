//! Configurations that are the same word for word: nothing has to be resolved to know what comes of that.

use std::sync::Arc;

use super::cascade::IMPURE;
use crate::terraform::expression::{Call, Names, Traversal, Visitor};
use crate::terraform::{Configuration, Module, Object};

/// Whether nothing changes: both say the same, nothing was left unread, and nothing is another value each time.
pub(super) fn is_same(old: &Configuration, new: &Configuration) -> bool {
    says_the_same(old, new) && old.unread().next().is_none() && !is_impure(old)
}

/// Whether both are the same but for the names of their files.
fn says_the_same(old: &Configuration, new: &Configuration) -> bool {
    std::ptr::eq(old, new)
        || ((Arc::ptr_eq(&old.module, &new.module) || old.module == new.module)
            && old.children.len() == new.children.len()
            && old
                .children
                .iter()
                .zip(&new.children)
                .all(|((one, old), (other, new))| one == other && says_the_same(old, new)))
}

/// Whether a function is called whose value is another one each time.
fn is_impure(configuration: &Configuration) -> bool {
    let mut calls = Impure(false);
    of_module(&configuration.module, &mut calls);
    calls.0 || configuration.children.values().any(is_impure)
}

fn of_module(module: &Module, calls: &mut Impure) {
    let names = Names::none();
    let mut object = |object: &Object| object.entries().for_each(|(_, value)| value.walk(&names, calls));
    module.resources.iter().for_each(|block| object(&block.arguments));
    module.module_calls.iter().for_each(|call| object(&call.arguments));
    module.locals.iter().for_each(|local| local.value.walk(&names, calls));
    module.outputs.iter().for_each(|output| output.value.walk(&names, calls));
}

struct Impure(bool);

impl<'e> Visitor<'e> for Impure {
    fn traversal(&mut self, _: &'e Traversal, _: &Names<'_>) {}

    fn call(&mut self, call: &'e Call, _: &Names<'_>) {
        self.0 |= IMPURE.contains(&call.name.as_ref());
    }
}
