//! What a configuration says by itself, without the values that a run is given for its variables.

use std::collections::BTreeMap;

use crate::terraform::evaluation::{Evaluator, Inputs, ModuleId, ModuleTree, NoSchemas, Repetition};
use crate::terraform::expression::{Expression, Key};
use crate::terraform::schema::Attribute;
use crate::terraform::{ResourceBlock, ResourceMode};

/// A configuration whose variables have their defaults, or nothing.
#[derive(Debug)]
pub(super) struct Written<'a> {
    evaluator: Evaluator<'a>,
    /// The modules by what addresses in them begin with: without values there may be others.
    modules: BTreeMap<String, ModuleId>,
}

impl<'a> Written<'a> {
    pub(super) fn new(tree: &'a ModuleTree<'a>, nothing_given: &'a Inputs) -> Self {
        let evaluator = Evaluator::new(tree, nothing_given, &NoSchemas);
        let modules = evaluator.all_modules().into_iter().map(|id| (evaluator.address(id, ""), id)).collect();
        Self { evaluator, modules }
    }

    /// The sensitive arguments of an instance that have no value here.
    pub(super) fn missing(&self, prefix: &str, block: &ResourceBlock, repetition: &Repetition) -> Vec<String> {
        let Some(module) = self.modules.get(prefix).filter(|_| block.mode == ResourceMode::Managed) else {
            return Vec::new();
        };
        let schema = crate::aws::Provider::block_type(block.mode, block.type_name());
        let is_sensitive =
            |name: &str| schema.and_then(|schema| schema.attribute(name)).is_some_and(Attribute::sensitive);
        let has_value = |value: &Expression| {
            let value = self.evaluator.evaluate_within(*module, value, Some(repetition));
            value.is_ok_and(|value| value.is_known())
        };
        let names = block.arguments.entries().filter_map(|(key, value)| match key {
            Key::Literal(name) => Some((name.as_ref(), value)),
            Key::Computed(_) => None,
        });
        let missing = names.filter(|(name, value)| !value.is_literal() && is_sensitive(name) && !has_value(value));
        missing.map(|(name, _)| name.to_owned()).collect()
    }
}
