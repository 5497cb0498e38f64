//! The closed world: before a document exists, every name in it is resolved and every argument held to its schema.
//!
//! ```text
//! Module ──> Catalog (the block types in use) ──> Index (addresses) ──> Checker, block by block ──> findings
//! ```
//!
//! Each idea has a file of its own. [`names`], [`duplicates`], [`providers`] and [`refactoring`] look at labels and
//! addresses; [`arguments`] walks a block beside its schema and hands every expression to [`expressions`], which tells
//! its type and resolves what it names through [`references`] and [`functions`]; [`limits`] holds
//! literals to what the API behind the provider takes, with patterns as [`forms`]; [`sensitive_outputs`] follows what Terraform hides; [`cycles`] looks at what depends on what. Nothing is looked at twice.

mod adoption;
mod arguments;
mod backends;
mod blocks;
mod catalog;
mod characters;
mod checker;
mod configuration;
mod constraints;
mod cycles;
mod duplicates;
mod evaluated;
mod expressions;
mod findings;
pub(crate) mod forms;
mod functions;
mod index;
mod lifecycle;
mod limits;
mod literals;
mod module_cycles;
mod names;
mod place;
mod provider_use;
mod providers;
mod provisioners;
mod refactoring;
mod references;
pub(crate) mod refusal;
mod repeats;
mod schemas;
mod sensitive_outputs;
mod sequence;
mod shape;
mod steps;
mod surroundings;
#[cfg(test)]
pub(crate) mod tests;
mod versions;

use std::collections::HashMap;
use std::hash::Hash;

use super::diagnostic::Diagnostic;
use super::module::Module;

pub(crate) use catalog::provider_name;
pub(crate) use names::RESERVED_FOR_MODULES;
pub(crate) use references::mentions;
pub(crate) use schemas::BUILT_IN;
pub use schemas::Schemas;
pub(crate) use surroundings::Surroundings;

/// A hash table. It is only looked up, never walked in its own order: findings come in the order of the document.
type Table<K, V> = HashMap<K, V, Hasher>;

/// Names are short and come from the program's own user, so a hash that withstands an attacker is not worth its time.
type Hasher = rustc_hash::FxBuildHasher;

/// The number of the first block of each name.
fn by_name<K: Hash + Eq>(names: impl ExactSizeIterator<Item = K>) -> Table<K, u32> {
    let mut table = Table::with_capacity_and_hasher(names.len(), Hasher::default());
    for (number, name) in (0..).zip(names) {
        table.entry(name).or_insert(number);
    }
    table
}

impl Module {
    /// Everything that is wrong with the module, in a stable order; nothing if it is fit to become a document.
    pub fn check(&self, schemas: &Schemas) -> Vec<Diagnostic> {
        self.check_among(schemas, &Surroundings::default())
    }

    /// As [`Module::check`], where some of the modules around this one are known.
    pub(crate) fn check_among(&self, schemas: &Schemas, surroundings: &Surroundings<'_>) -> Vec<Diagnostic> {
        check_all(&[(self, surroundings)], schemas).into_iter().flatten().collect()
    }
}

/// What may be wrong with a part of a module that passed the check: its blocks have other names, and are given providers. All else in it
/// was checked where it stood before.
pub(crate) fn check_part(part: &Module, schemas: &Schemas, surroundings: &Surroundings<'_>) -> Vec<Diagnostic> {
    let catalog = catalog::Catalog::new([], schemas);
    let index = index::Index::new(part, &catalog, surroundings);
    let mut findings = findings::Findings::new();
    names::check(part, &mut findings);
    duplicates::check(&index, &mut findings);
    providers::check(&index, &mut findings);
    findings.into_diagnostics()
}

/// What is wrong with each of several modules, whose types are read once for all of them.
pub(crate) fn check_all(modules: &[(&Module, &Surroundings<'_>)], schemas: &Schemas) -> Vec<Vec<Diagnostic>> {
    let catalog = catalog::Catalog::new(modules.iter().map(|(module, _)| *module), schemas);
    let indexes: Vec<_> =
        modules.iter().map(|(module, surroundings)| index::Index::new(module, &catalog, surroundings)).collect();
    let found = modules.iter().zip(&indexes).map(|((module, _), index)| {
        let mut findings = findings::Findings::new();
        names::check(module, &mut findings);
        duplicates::check(index, &mut findings);
        providers::check(index, &mut findings);
        versions::check(module, &mut findings);
        let mut checker = checker::Checker::new(index, findings);
        checker.blocks();
        checker.finish()
    });
    found.collect()
}
