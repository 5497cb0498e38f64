//! `moved` and `removed` blocks: what became of an address.

use std::collections::{BTreeMap, BTreeSet};

use super::address::{InstanceAddress, Key, Segment};
use crate::terraform::Configuration;

/// Where objects went, by addresses from the root.
#[derive(Debug, Default)]
pub(super) struct Moves {
    statements: Vec<Statement>,
    /// Data sources and ephemerals that read under a new address what another read.
    reads: BTreeMap<String, String>,
}

/// One `moved` block, in every instance of the module that says it.
#[derive(Debug)]
struct Statement {
    /// The names of the modules around it.
    module: Vec<String>,
    from: InstanceAddress,
    to: InstanceAddress,
}

impl Moves {
    /// The `moved` blocks of a configuration and its modules.
    pub(super) fn of(configuration: &Configuration) -> Self {
        let mut statements = Vec::new();
        each_module(configuration, &mut Vec::new(), &mut |module, configuration| {
            for moved in &configuration.module.moved {
                if let (Some(from), Some(to)) = (InstanceAddress::parse(&moved.from), InstanceAddress::parse(&moved.to))
                {
                    statements.push(Statement { module: module.to_vec(), from, to });
                }
            }
        });
        Self { statements, reads: BTreeMap::new() }
    }

    /// The same, and data sources and ephemerals that read under a new address what another read: no block says so, because
    /// nothing of them is in a state that could move.
    pub(super) fn with_reads(mut self, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Self {
        let mut by_what: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
        for (address, what) in new.iter().filter(|(address, _)| !old.contains_key(*address)) {
            by_what.entry(what).or_default().push(address);
        }
        for (address, what) in old.iter().filter(|(address, _)| !new.contains_key(*address)) {
            // Of several that read the same, it is the one whose name is most alike: two random passwords are two.
            let alike = by_what.get(what).into_iter().flatten().max_by_key(|now| common_ending(address, now));
            if let Some(now) = alike {
                self.reads.insert(address.clone(), (*now).clone());
            }
        }
        self
    }

    /// The address that an object has now, and whether a block says so.
    pub(super) fn follow(&self, address: &InstanceAddress) -> (InstanceAddress, bool) {
        let mut seen = BTreeSet::from([address.clone()]);
        let mut now = address.clone();
        while let Some(next) = self.statements.iter().find_map(|statement| statement.apply(&now)) {
            // A circle of moves is an error of Terraform's; here it leads nowhere.
            if !seen.insert(next.clone()) {
                return (address.clone(), false);
            }
            now = next;
        }
        let is_moved = now != *address;
        (now, is_moved)
    }

    /// The address under which a data source is read now.
    pub(super) fn read(&self, address: &str) -> Option<&String> {
        self.reads.get(address)
    }
}

/// How many bytes two addresses end in alike.
fn common_ending(left: &str, right: &str) -> usize {
    left.bytes().rev().zip(right.bytes().rev()).take_while(|(left, right)| left == right).count()
}

impl Statement {
    /// Where an object goes by this, if it is meant.
    fn apply(&self, address: &InstanceAddress) -> Option<InstanceAddress> {
        let (around, rest) = address.0.split_at_checked(self.module.len())?;
        let is_inside = around.iter().zip(&self.module).all(|(segment, name)| segment.name == *name);
        let from = &self.from.0;
        if !is_inside || rest.len() < from.len() {
            return None;
        }
        let (meant, below) = rest.split_at(from.len());
        let (meant_last, meant_before) = meant.split_last()?;
        let (from_last, from_before) = from.split_last()?;
        if meant_before != from_before || meant_last.name != from_last.name {
            return None;
        }
        let (to_last, to_before) = self.to.0.split_last()?;
        // Without keys on either side all instances are meant, and keep theirs.
        let is_whole = from_last.key == Key::None && to_last.key == Key::None;
        if !is_whole && meant_last.key != from_last.key {
            return None;
        }
        let key = if is_whole { meant_last.key.clone() } else { to_last.key.clone() };
        let to = Segment { name: to_last.name.clone(), key };
        let segments = around.iter().chain(to_before).cloned().chain([to]).chain(below.iter().cloned());
        Some(InstanceAddress(segments.collect()))
    }
}

/// The blocks that `removed` blocks let be.
#[derive(Debug, Default)]
pub(super) struct Forgotten(Vec<String>);

impl Forgotten {
    pub(super) fn of(configuration: &Configuration) -> Self {
        let mut blocks = Vec::new();
        each_module(configuration, &mut Vec::new(), &mut |module, configuration| {
            let kept = configuration.module.removed.iter().filter(|removed| !removed.destroy);
            for from in kept.filter_map(|removed| InstanceAddress::parse(&removed.from)) {
                let names = module.iter().cloned().chain([from.block()]);
                blocks.push(names.collect::<Vec<_>>().join("."));
            }
        });
        Self(blocks)
    }

    /// Whether the object stays, and Terraform forgets it.
    pub(super) fn holds(&self, address: &InstanceAddress) -> bool {
        let block = address.block();
        self.0.iter().any(|from| super::arguments::is_at_or_below(&block, from))
    }
}

/// The configuration and all below it, with the names of the modules around.
fn each_module<'a>(
    configuration: &'a Configuration,
    module: &mut Vec<String>,
    visit: &mut impl FnMut(&[String], &'a Configuration),
) {
    visit(module, configuration);
    for (name, child) in &configuration.children {
        module.push(format!("module.{name}"));
        each_module(child, module, visit);
        module.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::parse;

    fn moved(moves: &[(&str, &str)], address: &str) -> String {
        let blocks: Vec<_> = moves.iter().map(|(from, to)| serde_json::json!({ "from": from, "to": to })).collect();
        let document = serde_json::json!({ "moved": blocks }).to_string();
        let moves = Moves::of(&Configuration::from(parse::document(&document).unwrap()));
        moves.follow(&InstanceAddress::parse(address).unwrap()).0.to_string()
    }

    #[test]
    fn instances_move_as_terraform_moves_them() {
        let x = "aws_sqs_queue.x";
        let keyed = |key: &str| format!("{x}[{key}]");
        assert_eq!(moved(&[(x, "aws_sqs_queue.y")], &keyed("0")), "aws_sqs_queue.y[0]");
        assert_eq!(moved(&[(x, &keyed("\"a\""))], x), keyed("\"a\""));
        assert_eq!(moved(&[(x, &keyed("\"a\""))], &keyed("0")), keyed("0"), "only the one without a key is meant");
        assert_eq!(moved(&[(&keyed("0"), &keyed("\"a\""))], &keyed("0")), keyed("\"a\""));
        assert_eq!(moved(&[(&keyed("\"a\""), x)], &keyed("\"b\"")), keyed("\"b\""));
        assert_eq!(moved(&[("module.m", "module.n[\"k\"]")], "module.m.aws_vpc.v[1]"), "module.n[\"k\"].aws_vpc.v[1]");
        assert_eq!(moved(&[("module.m", "module.n")], "module.m[2].aws_vpc.v"), "module.n[2].aws_vpc.v");
        assert_eq!(moved(&[("module.m.aws_vpc.v", "aws_vpc.v")], "module.m.aws_vpc.v"), "aws_vpc.v");
        assert_eq!(moved(&[(x, "aws_sqs_queue.y"), ("aws_sqs_queue.y", "aws_sqs_queue.z")], x), "aws_sqs_queue.z");
        assert_eq!(moved(&[(x, "aws_sqs_queue.y"), ("aws_sqs_queue.y", x)], x), x, "a circle leads nowhere");
    }
}
