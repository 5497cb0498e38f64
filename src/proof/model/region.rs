//! The region of an instance: what it says itself, or its provider's.

use super::node::Node;
use crate::aws::takes_region;
use crate::terraform::ResourceMode;

/// The region of an instance of a type with these values, where the provider has this one.
pub(super) fn region_of((mode, kind): (ResourceMode, &str), values: &Node, of_provider: &Node) -> Node {
    match values.at("region") {
        Node::Text(region) if !region.is_empty() && takes_region(mode, kind) => Node::Text(region.clone()),
        Node::Unknown(why) if takes_region(mode, kind) => Node::Unknown(why.clone()),
        _ => of_provider.clone(),
    }
}
