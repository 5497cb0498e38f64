//! What a change of the configuration does to what is there, found out from two configurations alone.
//!
//! ```text
//! folder or file ──> Configuration ──> Objects (every instance, references resolved) ──┐
//! folder or file ──> Configuration ──> Objects ────────────────────────────────────────┴─> pairs ──> Comparison
//! ```
//!
//! `terraform plan` knows more: it has the state, the variables' values and the provider. This needs none of them, so it
//! runs where a change is reviewed. What it says is therefore about configurations:
//!
//! - an argument counts as changed if its value differs: variables, locals, module inputs and outputs are put in, what refers to
//!   nothing is computed, `dynamic` blocks are written out, and what the provider takes for the same is the same;
//! - what is not known (a data source, an object's computed attribute, a variable without a value) stays a name: where the
//!   same is left of both, it is no change; where the data source or the object changes, what refers to it may;
//! - objects of `count` and `for_each` are told apart where it is known which there are;
//! - which arguments force a replacement is known for the types of [`replacement`], as the provider plans it;
//! - modules that are not in a local folder are not looked into: where they change or go, what they made may be lost.

mod address;
mod arguments;
mod cascade;
mod computed_again;
mod constant;
mod convert;
mod data_bearing;
mod document;
mod guards;
mod inside;
mod modules;
mod moves;
mod objects;
mod pairs;
pub mod replacement;
mod resolve;
mod same;
mod settings;
#[cfg(test)]
mod tests;
mod unchanged;

use std::collections::BTreeMap;

use crate::terraform::evaluation::Input;
use crate::terraform::{Configuration, Expression, Module, ReadError};
pub use data_bearing::{Holding, holds};

/// The values that are given to the variables of the root, by name.
pub type Values = BTreeMap<String, Expression>;

/// The values that are given to the variables of a root module, as far as they are known.
pub fn values(module: &Module, inputs: &BTreeMap<String, Input>) -> Values {
    let value = |(name, input): (&String, &Input)| {
        let variable = module.variables().iter().find(|variable| variable.name() == name)?;
        Some((name.clone(), constant::of_input(input, variable.type_constraint())?))
    };
    inputs.iter().filter_map(value).collect()
}

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
    /// What protected data, and does so less.
    pub guards: Vec<Guard>,
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

/// Something that protects data, and does so less or no longer. Nothing is lost by that alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guard {
    /// The way to it, such as `deletion_protection`; empty where the object itself is the guard.
    pub path: String,
    /// What that comes to.
    pub why: String,
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
    compare_with(
        Side { configuration: old, values: &Values::new() },
        Side { configuration: new, values: &Values::new() },
    )
}

/// A configuration, and the values of its variables as far as they are given.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The configuration.
    pub configuration: &'a Configuration,
    /// The values that are given; other variables have their defaults, or none.
    pub values: &'a Values,
}

/// Compares two configurations, each with the values of its variables.
///
/// # Errors
/// A configuration that grows without end when its references are resolved.
pub fn compare_with(old: Side<'_>, new: Side<'_>) -> Result<Comparison, ReadError> {
    if old.values == new.values && unchanged::is_same(old.configuration, new.configuration) {
        return Ok(Comparison::default());
    }
    let changes = pairs::changes(old, new)?;
    let mut unread: Vec<_> = old.configuration.unread().chain(new.configuration.unread()).collect();
    unread.sort();
    unread.dedup();
    Ok(Comparison { changes: changes.into_values().collect(), unread })
}

impl Comparison {
    /// Everything that loses data, or may.
    pub fn dangers(&self) -> impl Iterator<Item = (&Change, &Danger)> {
        self.changes.iter().flat_map(|change| change.dangers.iter().map(move |danger| (change, danger)))
    }

    /// Every guard that goes down.
    pub fn guards(&self) -> impl Iterator<Item = (&Change, &Guard)> {
        self.changes.iter().flat_map(|change| change.guards.iter().map(move |guard| (change, guard)))
    }

    /// The worst that is known of the data.
    pub fn verdict(&self) -> Verdict {
        let worst =
            self.dangers().map(|(_, danger)| if danger.is_certain { Verdict::Lost } else { Verdict::MayBeLost });
        worst.max().unwrap_or(Verdict::NoLossKnown)
    }
}

/// What becomes of the data, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing that is known of is lost.
    NoLossKnown,
    /// Something may be lost: it was not looked into, or nobody can know.
    MayBeLost,
    /// Something is lost.
    Lost,
}
