//! What AWS refuses at apply, though the plan passes.

mod buckets;
mod databases;
mod keys;
mod network;
mod operations;
mod tables;
pub(super) mod values;

use super::Rule;

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    databases::RULES
        .iter()
        .chain(&tables::RULES)
        .chain(&buckets::RULES)
        .chain(&keys::RULES)
        .chain(&network::RULES)
        .chain(&operations::RULES)
        .chain([&values::RULE])
}
