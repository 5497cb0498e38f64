//! The block behind an address, also in a module that is called.

use crate::terraform::expression::{Root, Step, Traversal};
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::resource::ResourceBlock;
use crate::terraform::{Address, Configuration, Expression, ResourceMode, parse};

/// An instance of a block.
#[derive(Debug, Clone)]
pub(super) struct Place<'c> {
    /// The modules from the root to the block's own, with their calls.
    pub(super) calls: Vec<(&'c Configuration, &'c ModuleCall)>,
    pub(super) root: &'c Configuration,
    pub(super) block: &'c ResourceBlock,
    /// The key of the instance, where there are several.
    pub(super) instance: Option<Expression>,
}

/// Finds the block of an address as Terraform writes it.
///
/// # Errors
/// Why there is none.
pub(super) fn find<'c>(root: &'c Configuration, address: &str) -> Result<Place<'c>, String> {
    let missing = || "it is not in the configuration; name the one that was applied".to_owned();
    let Ok(Expression::Traversal(mut traversal)) = parse::expression(address) else { return Err(missing()) };
    let (mut configuration, mut calls) = (root, Vec::new());
    while let Root::Address(current) = &traversal.root {
        let Address::Module(name) = current.as_ref() else { break };
        let call = configuration.module().module_calls.iter().find(|call| call.name == *name).ok_or_else(missing)?;
        if matches!(traversal.steps.first(), Some(Step::Index(_))) {
            return Err("its module has several instances".to_owned());
        }
        configuration = configuration.children().get(name.as_ref()).ok_or_else(missing)?;
        calls.push((configuration, call));
        traversal = inner(traversal).ok_or_else(missing)?;
    }
    let Root::Address(own) = &traversal.root else { return Err(missing()) };
    let block = block(configuration, own).ok_or_else(missing)?;
    let instance = match traversal.steps.first() {
        Some(Step::Index(key)) => Some(key.clone()),
        _ => None,
    };
    Ok(Place { calls, root, block, instance })
}

/// What follows the name of a module, as an address in it.
fn inner(traversal: Traversal) -> Option<Traversal> {
    let mut steps = traversal.steps.into_iter();
    let Step::Attribute(first) = steps.next()? else { return None };
    let Step::Attribute(second) = steps.next()? else { return None };
    let address = if first == "module" { Address::Module(second) } else { Address::managed(first, second) };
    Some(Traversal { root: Root::Address(address.into()), steps: steps.collect() })
}

/// The managed block or data source of an address in its own module.
pub(super) fn block<'c>(configuration: &'c Configuration, address: &Address) -> Option<&'c ResourceBlock> {
    configuration
        .module()
        .resources()
        .iter()
        .find(|block| block.mode() != ResourceMode::Ephemeral && block.address() == *address)
}
