//! `moved` and `removed` blocks: what became of an address.

use std::collections::BTreeMap;

use super::arguments::{is_at_or_below, without_positions};
use super::configuration::Configuration;
use super::objects::Objects;

/// Where objects went, by addresses from the root.
#[derive(Debug, Default)]
pub(super) struct Moves(BTreeMap<String, String>);

impl Moves {
    /// The `moved` blocks of a configuration and its modules. Those of single instances count for the whole block.
    pub(super) fn of(configuration: &Configuration) -> Self {
        let mut moves = BTreeMap::new();
        each_module(configuration, "", &mut |prefix, configuration| {
            for moved in &configuration.module.moved {
                let [from, to] = [&moved.from, &moved.to].map(|end| format!("{prefix}{}", without_positions(end)));
                if from != to {
                    moves.insert(from, to);
                }
            }
        });
        Self(moves)
    }

    /// The same, and data sources and ephemerals that read under a new address what another read: no block says so, because nothing of
    /// them is in a state that could move.
    pub(super) fn with_reads(mut self, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Self {
        let by_what: BTreeMap<&String, &String> = new
            .iter()
            .filter(|(address, _)| !old.contains_key(*address))
            .map(|(address, what)| (what, address))
            .collect();
        for (address, what) in old.iter().filter(|(address, _)| !new.contains_key(*address)) {
            if let Some(now) = by_what.get(what) {
                self.0.insert(address.clone(), (*now).clone());
            }
        }
        self
    }

    /// The same, as far as they lead to something that is there.
    pub(super) fn within(&self, objects: &Objects) -> Self {
        let addresses = objects.managed.keys().chain(objects.reads.keys());
        let leads = |to: &str| addresses.clone().any(|address| is_at_or_below(address, to));
        let useful = |from: &&String| leads(&self.follow(from));
        Self(self.0.iter().filter(|(from, _)| useful(from)).map(|(from, to)| (from.clone(), to.clone())).collect())
    }

    /// The address that an object has now.
    pub(super) fn follow(&self, address: &str) -> String {
        let mut address = address.to_owned();
        // A circle of moves is an error of Terraform's; here it ends.
        for _ in 0..=self.0.len() {
            match self.step(&address) {
                Some(next) => address = next,
                None => break,
            }
        }
        address
    }

    /// One move, of the object itself or of the innermost module around it that moved.
    fn step(&self, address: &str) -> Option<String> {
        let ends = address.match_indices('.').map(|(end, _)| end).chain([address.len()]);
        let ends: Vec<_> = ends.collect();
        let moved = ends.into_iter().rev().find_map(|end| Some((end, self.0.get(&address[..end])?)));
        moved.map(|(end, to)| format!("{to}{}", &address[end..]))
    }
}

/// Whether a `removed` block lets the object be.
pub(super) fn is_forgotten(configuration: &Configuration, address: &str) -> bool {
    let mut found = false;
    each_module(configuration, "", &mut |prefix, configuration| {
        let kept = configuration.module.removed.iter().filter(|removed| !removed.destroy);
        found |= kept
            .into_iter()
            .any(|removed| is_at_or_below(address, &format!("{prefix}{}", without_positions(&removed.from))));
    });
    found
}

/// The configuration and all below it, with the prefix of their addresses.
fn each_module<'a>(configuration: &'a Configuration, prefix: &str, visit: &mut impl FnMut(&str, &'a Configuration)) {
    visit(prefix, configuration);
    for (name, child) in &configuration.children {
        each_module(child, &format!("{prefix}module.{name}."), visit);
    }
}
