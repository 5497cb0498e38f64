//! What changes because something else does: the values behind references that stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use super::arguments::changed_arguments;
use super::objects::{Object, Objects};
use super::replacement;
use super::{Action, ArgumentChange, Change, Effect};
use crate::terraform::expression::{Names, Root, Step, Traversal, Visitor};

/// Adds the arguments that refer to a variable whose default changes, to a data source that changes, or to what the
/// provider says about an object that is replaced; and so on, from object to object.
pub(super) fn follow(changes: &mut BTreeMap<String, Change>, old: &Objects, new: &Objects) {
    let mut sources = changed_values(old, new);
    for source in &sources {
        let mut change = Change::new(source, Action::Changed);
        if source.starts_with("var.") {
            let path = "default".to_owned();
            change.arguments.push(ArgumentChange { path, effect: Effect::Updates, through: None });
        }
        changes.insert(source.clone(), change);
    }
    let mut fresh: BTreeSet<String> =
        changes.values().filter(|it| is_replaced(it)).map(|it| it.address.clone()).collect();
    while !(sources.is_empty() && fresh.is_empty()) {
        let known = |address: &str, steps: &[Step]| {
            // What the configuration says about an object is the same in the next one.
            matches!(steps.first(), Some(Step::Attribute(name))
                if new.managed.get(address).is_some_and(|object| object.arguments.get(name).is_some()))
        };
        let mut replaced = BTreeSet::new();
        for object in new.managed.values().filter(|object| old.managed.contains_key(&object.address)) {
            let mut found = affected(object, &sources, &fresh, &known);
            // The rest comes to nothing that a reader of a list of hundreds would want to know.
            found.retain(|(path, _)| replacement::replaces(&object.type_name, path) != Some(false));
            if found.is_empty() {
                continue;
            }
            let new_change = || Change::new(&object.address, Action::Changed);
            let change = changes.entry(object.address.clone()).or_insert_with(new_change);
            let before = is_replaced(change);
            for (path, through) in found {
                if !change.arguments.iter().any(|argument| argument.path == path) {
                    change.add_argument(path, Some(through), object);
                }
            }
            if !before && is_replaced(change) {
                replaced.insert(object.address.clone());
            }
        }
        sources.clear();
        fresh = replaced;
    }
}

fn is_replaced(change: &Change) -> bool {
    change.arguments.iter().any(|argument| argument.effect == Effect::Replaces)
}

/// Variables with another default, data sources that are asked something else.
fn changed_values(old: &Objects, new: &Objects) -> BTreeSet<String> {
    let variables = new
        .defaults
        .iter()
        .filter(|(name, default)| old.defaults.get(*name).is_some_and(|before| before != *default))
        .map(|(name, _)| format!("var.{name}"));
    let data = new
        .data
        .iter()
        .filter(|(address, arguments)| {
            old.data.get(*address).is_some_and(|before| !changed_arguments(before, arguments).is_empty())
        })
        .map(|(address, _)| address.clone());
    variables.chain(data).collect()
}

/// The arguments that refer to one of these, and to which.
fn affected(
    object: &Object,
    sources: &BTreeSet<String>,
    replaced: &BTreeSet<String>,
    known: &dyn Fn(&str, &[Step]) -> bool,
) -> Vec<(String, String)> {
    let mut affected = Vec::new();
    for (key, value) in object.arguments.entries() {
        let mut references = References { sources, replaced, known, found: None };
        value.walk(&Names::none(), &mut references);
        affected.extend(references.found.map(|found| (key_text(key), found)));
    }
    affected
}

fn key_text(key: &crate::terraform::expression::Key) -> String {
    match key {
        crate::terraform::expression::Key::Literal(name) => name.to_string(),
        crate::terraform::expression::Key::Computed(key) => key.to_string(),
    }
}

struct References<'a> {
    sources: &'a BTreeSet<String>,
    replaced: &'a BTreeSet<String>,
    known: &'a dyn Fn(&str, &[Step]) -> bool,
    found: Option<String>,
}

impl<'e> Visitor<'e> for References<'_> {
    fn traversal(&mut self, traversal: &'e Traversal, _: &Names<'_>) {
        let name = match &traversal.root {
            Root::Name(name) => name.to_string(),
            Root::Address(address) => address.to_string(),
        };
        let is_fresh = self.replaced.contains(&name) && !(self.known)(&name, &traversal.steps);
        if self.found.is_none() && (is_fresh || self.sources.contains(&name)) {
            self.found = Some(name);
        }
    }
}
