//! Moves between the two layouts: no object is destroyed because a configuration is written another way.

use rustc_hash::FxHashMap;

use crate::terraform::address::ResourceMode;
use crate::terraform::refactoring::Moved;
use crate::terraform::resource::ResourceBlock;

/// From the addresses in one document to those in modules.
pub(super) fn into_modules(blocks: &[ResourceBlock]) -> impl Iterator<Item = Moved> {
    blocks.iter().filter_map(both_addresses).map(|(single, in_module)| Moved { from: single, to: in_module })
}

/// From the addresses in modules back to those in one document. Terraform takes one move to each address only, so where
/// the document knows an earlier address of the object, the way leads over that.
pub(super) fn out_of_modules(blocks: &[ResourceBlock], known: &[Moved]) -> Vec<Moved> {
    let earlier: FxHashMap<&str, &str> = known.iter().map(|moved| (moved.to.as_str(), moved.from.as_str())).collect();
    let earliest = |address: String| {
        let Some(first) = earlier.get(address.as_str()).copied() else { return address };
        // No way is longer than there are moves, also where they go in a circle.
        let steps = std::iter::successors(Some(first), |address| earlier.get(address).copied());
        steps.take(known.len()).last().unwrap_or(first).to_owned()
    };
    let addresses = blocks.iter().filter_map(both_addresses);
    addresses.map(|(single, in_module)| Moved { from: in_module, to: earliest(single) }).collect()
}

/// Of objects that Terraform manages: only those can move.
fn both_addresses(block: &ResourceBlock) -> Option<(String, String)> {
    let assignment = block.assignment.as_ref().filter(|_| block.mode == ResourceMode::Managed)?;
    let single = [&block.type_name, ".", &block.name].concat();
    Some((single, assignment.module.managed(&block.type_name, &assignment.name)))
}
