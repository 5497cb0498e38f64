//! Where each resource, data source and ephemeral goes, and how others name it there.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::numbering::{ModuleNumber, Numbering, ROOT};
use crate::terraform::address::Address;
use crate::terraform::resource::ResourceBlock;

/// The number of a block among all of them.
pub(super) type BlockNumber = usize;

/// A block's place.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) module: ModuleNumber,
    /// Its address in there.
    pub(super) address: Arc<Address>,
    pub(super) instances: Instances,
}

/// How often a block is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instances {
    Single,
    /// A list of them.
    Counted,
    /// A map of them.
    Named,
}

/// The places of all blocks.
#[derive(Debug)]
pub(super) struct Placement {
    places: Vec<Placed>,
    numbers: FxHashMap<Address, BlockNumber>,
}

impl Placement {
    pub(super) fn new(blocks: &[ResourceBlock], numbering: &Numbering) -> Self {
        let numbers = (0..).zip(blocks).map(|(number, block)| (block.address(), number)).collect();
        Self { places: blocks.iter().map(|block| place(block, numbering)).collect(), numbers }
    }

    /// The block that an address means in the configuration as one document.
    pub(super) fn find(&self, address: &Address) -> Option<(BlockNumber, &Placed)> {
        let number = *self.numbers.get(address)?;
        Some((number, self.places.get(number)?))
    }

    pub(super) fn get(&self, number: BlockNumber) -> Option<&Placed> {
        self.places.get(number)
    }
}

fn place(block: &ResourceBlock, numbering: &Numbering) -> Placed {
    let instances = match (&block.count, &block.for_each) {
        (Some(_), _) => Instances::Counted,
        (None, Some(_)) => Instances::Named,
        (None, None) => Instances::Single,
    };
    let Some(assignment) = &block.assignment else {
        return Placed { module: ROOT, address: Arc::new(block.address()), instances };
    };
    let address =
        Address::Resource { mode: block.mode, type_name: block.type_name.clone(), name: assignment.name.clone() };
    Placed { module: numbering.number(&assignment.module), address: Arc::new(address), instances }
}
