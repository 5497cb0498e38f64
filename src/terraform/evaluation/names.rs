//! What the names of a module stand for.

use rustc_hash::FxHashMap;

use crate::terraform::output::Output;
use crate::terraform::variable::Variable;
use crate::terraform::{Address, Expression, Module, ResourceBlock};

/// The blocks of a module by name.
#[derive(Debug)]
pub(super) struct Index<'a> {
    pub(super) variables: FxHashMap<&'a str, &'a Variable>,
    pub(super) locals: FxHashMap<&'a str, &'a Expression>,
    pub(super) outputs: FxHashMap<&'a str, &'a Output>,
    /// Positions among the module's calls.
    pub(super) calls: FxHashMap<&'a str, usize>,
    /// All resources, those of checks among them.
    pub(super) resources: Vec<&'a ResourceBlock>,
    by_address: FxHashMap<Address, usize>,
}

impl<'a> Index<'a> {
    pub(super) fn new(module: &'a Module) -> Self {
        let in_checks = module.checks.iter().filter_map(|check| check.data.as_ref());
        let resources: Vec<_> = module.resources.iter().chain(in_checks).collect();
        Self {
            variables: module.variables.iter().map(|variable| (variable.name.as_ref(), variable)).collect(),
            locals: module.locals.iter().map(|local| (local.name.as_ref(), &local.value)).collect(),
            outputs: module.outputs.iter().map(|output| (output.name.as_ref(), output)).collect(),
            calls: module.module_calls.iter().enumerate().map(|(at, call)| (call.name.as_ref(), at)).collect(),
            by_address: resources.iter().enumerate().map(|(at, block)| (block.address(), at)).collect(),
            resources,
        }
    }

    /// The position of a resource among [`Self::resources`].
    pub(super) fn resource(&self, address: &Address) -> Option<usize> {
        self.by_address.get(address).copied()
    }

    /// The position of a block that is among them itself, and not only one of its address.
    pub(super) fn position_of(&self, block: &ResourceBlock) -> Option<usize> {
        self.resource(&block.address()).filter(|position| std::ptr::eq(self.resources[*position], block))
    }
}
