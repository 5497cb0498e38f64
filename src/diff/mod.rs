//! What a change of the configuration does to what is there, found out from two configurations alone.
//!
//! ```text
//! folder or file ──> Configuration ──> Objects (every module's, references resolved) ──┐
//! folder or file ──> Configuration ──> Objects ────────────────────────────────────────┴─> Comparison
//! ```
//!
//! `terraform plan` knows more: it has the state, the variables' values and the provider. This needs none of them, so it
//! runs where a change is reviewed. What it says is therefore about configurations:
//!
//! - an argument counts as changed if its expression differs after locals, module inputs and module outputs are put in, and
//!   `moved` addresses are read as what they are now; the same values in other modules are no change;
//! - which arguments force a replacement is known for the types of [`replacement`], as the provider plans it;
//! - what is behind a variable, a data source or another object's computed attribute is followed by name: where the
//!   default of the variable, the data source or the object changes, what refers to it may;
//! - objects of `count` and `for_each` are not told apart, and modules that are not in a local folder are not looked into.

mod arguments;
mod cascade;
mod configuration;
mod data_bearing;
mod moves;
mod objects;
pub mod replacement;
mod resolve;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::terraform::lifecycle::IgnoreChanges;
use arguments::changed_arguments;
pub use configuration::{Configuration, ReadError};
pub use data_bearing::holds;
use moves::Moves;
use objects::{Object, Objects};

/// What one configuration does to the objects of another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Comparison {
    /// Everything that changes, by address.
    pub changes: Vec<Change>,
    /// What could not be looked into, in sentences.
    pub unread: Vec<String>,
}

/// What happens to one object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The address, in the new configuration if it is there.
    pub address: String,
    /// What happens.
    pub action: Action,
    /// The arguments that change.
    pub arguments: Vec<ArgumentChange>,
    /// How data is lost by it; empty where none is.
    pub dangers: Vec<Danger>,
}

/// What happens to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It is new.
    Added,
    /// It stays, with other arguments.
    Changed,
    /// It stays, under another address.
    Moved {
        /// The address it had.
        from: String,
    },
    /// It goes.
    Destroyed,
    /// It stays, and Terraform forgets it.
    Forgotten,
}

/// An argument that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentChange {
    /// The way to it, such as `restore_to_point_in_time[0].restore_type`.
    pub path: String,
    /// What the change comes to.
    pub effect: Effect,
    /// What the change comes from, where the argument itself is as it was: `var.name`, `data.type.name`, `type.name`.
    pub through: Option<String>,
}

/// What the change of an argument comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// The object is updated.
    Updates,
    /// The object is destroyed and made again.
    Replaces,
    /// The new configuration ignores changes of it.
    Ignored,
    /// Not known for this type of object.
    Unknown,
}

/// Data that is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Danger {
    /// Whether it is lost, or may be.
    pub is_certain: bool,
    /// What is lost, such as `the databases in it`.
    pub what: String,
    /// Why.
    pub why: String,
}

/// Compares two configurations.
///
/// # Errors
/// A configuration that grows without end when its references are resolved.
pub fn compare(old: &Configuration, new: &Configuration) -> Result<Comparison, ReadError> {
    let new_objects = Objects::of(new, &Moves::default())?;
    let moves = Moves::of(new);
    let old_reads = Objects::of(old, &moves)?.reads;
    let moves = moves.with_reads(&old_reads, &new_objects.reads);
    let old_objects = Objects::of(old, &moves.within(&new_objects))?;
    let mut changes = BTreeMap::new();
    for (address, object) in &new_objects.managed {
        let change = match old_objects.managed.get(address) {
            Some(old) => kept(old, object, &old_objects, &new_objects),
            None => Some(Change::new(address, Action::Added)),
        };
        changes.extend(change.map(|change| (address.clone(), change)));
    }
    for (address, object) in &old_objects.managed {
        if !new_objects.managed.contains_key(address) {
            changes.insert(address.clone(), gone(object, new));
        }
    }
    cascade::follow(&mut changes, &old_objects, &new_objects);
    let mut unread: Vec<_> = old.unread().chain(new.unread()).collect();
    unread.sort();
    unread.dedup();
    Ok(Comparison { changes: changes.into_values().collect(), unread })
}

impl Comparison {
    /// Everything that loses data, or may.
    pub fn dangers(&self) -> impl Iterator<Item = (&Change, &Danger)> {
        self.changes.iter().flat_map(|change| change.dangers.iter().map(move |danger| (change, danger)))
    }
}

impl Change {
    fn new(address: &str, action: Action) -> Self {
        Self { address: address.to_owned(), action, arguments: Vec::new(), dangers: Vec::new() }
    }
}

/// An object that both configurations have.
fn kept(old: &Object, new: &Object, all_old: &Objects, all_new: &Objects) -> Option<Change> {
    let action = match &old.moved_from {
        Some(from) => Action::Moved { from: from.clone() },
        None => Action::Changed,
    };
    let mut change = Change::new(&new.address, action);
    for path in changed_arguments(&old.arguments, &new.arguments) {
        change.add_argument(path, None, new);
    }
    for path in changed_arguments(&old.meta, &new.meta) {
        change.arguments.push(ArgumentChange { path, effect: Effect::Updates, through: None });
    }
    change.region(old, new, all_old, all_new);
    change.instances(old, new);
    (change.action != Action::Changed || !change.arguments.is_empty()).then_some(change)
}

fn gone(object: &Object, new: &Configuration) -> Change {
    let address = &object.address;
    if moves::is_forgotten(new, address) {
        return Change::new(address, Action::Forgotten);
    }
    let mut change = Change::new(address, Action::Destroyed);
    let why = "it is no longer in the configuration, and no `moved` block says where it went";
    change.danger(&object.type_name, true, why);
    change
}

impl Change {
    /// Notes a changed argument, and what is lost if that replaces the object.
    fn add_argument(&mut self, path: String, through: Option<String>, object: &Object) {
        let effect = match replacement::replaces(&object.type_name, &path) {
            _ if object.ignores(&path) => Effect::Ignored,
            None => Effect::Unknown,
            Some(true) => Effect::Replaces,
            Some(false) => Effect::Updates,
        };
        let place = match effect {
            Effect::Replaces => Some("cannot be changed in place"),
            Effect::Unknown => Some("it is not known whether it can be changed in place"),
            Effect::Updates | Effect::Ignored => None,
        };
        if let Some(place) = place {
            let is_certain = through.is_none() && effect == Effect::Replaces;
            let why = match &through {
                Some(source) => format!("`{path}` may change with {source}, and {place}"),
                None => format!("`{path}` changes, and {place}"),
            };
            self.danger(&object.type_name, is_certain, &why);
        }
        self.arguments.push(ArgumentChange { path, effect, through });
    }

    fn danger(&mut self, type_name: &str, is_certain: bool, why: &str) {
        if let Some(what) = holds(type_name) {
            self.dangers.push(Danger { is_certain, what: what.to_owned(), why: why.to_owned() });
        }
    }

    /// Terraform looks for the object where its provider is configured to look.
    fn region(&mut self, old: &Object, new: &Object, all_old: &Objects, all_new: &Objects) {
        let region = |objects: &Objects, object: &Object| objects.regions.get(&object.provider).cloned().flatten();
        let (before, after) = (region(all_old, old), region(all_new, new));
        if before == after {
            return;
        }
        let why = "it is looked for in another region, not found there, and made again; the old one is left alone";
        let path = format!("provider {}: region", new.provider);
        self.arguments.push(ArgumentChange { path, effect: Effect::Replaces, through: None });
        self.danger(&new.type_name, false, why);
    }

    /// `count` and `for_each` decide which of several objects are there.
    fn instances(&mut self, old: &Object, new: &Object) {
        for (level, repetition) in &new.repetition {
            let before = old.repetition.get(level);
            if before == Some(repetition) || (before.is_none() && !objects::may_lose_the_only_one(repetition)) {
                continue;
            }
            self.arguments.push(ArgumentChange { path: level.clone(), effect: Effect::Unknown, through: None });
            if objects::may_lose_some(before, repetition) {
                self.danger(
                    &new.type_name,
                    false,
                    &format!("`{level}` changes, and with it which of the objects there are"),
                );
            }
        }
        for level in old.repetition.keys().filter(|level| !new.repetition.contains_key(*level)) {
            self.arguments.push(ArgumentChange { path: level.clone(), effect: Effect::Unknown, through: None });
            self.danger(
                &new.type_name,
                false,
                &format!("`{level}` goes, and with it all of the objects but one, or all"),
            );
        }
    }
}

impl Object {
    /// Whether the object leaves changes of the argument alone.
    fn ignores(&self, path: &str) -> bool {
        let plain = arguments::without_positions(path);
        match &self.ignore_changes {
            Some(IgnoreChanges::All) => true,
            Some(IgnoreChanges::Attributes(names)) => {
                names.iter().any(|name| arguments::is_at_or_below(&plain, &arguments::without_positions(name)))
            }
            None => false,
        }
    }
}
