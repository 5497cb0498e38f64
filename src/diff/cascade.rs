//! What changes because something else does: the values behind references that stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use super::address::InstanceAddress;
use super::arguments::changed_arguments;
use super::objects::{MODULE, Object, Objects};
use super::{Action, Change, Effect, replacement};
use crate::terraform::Expression;
use crate::terraform::expression::{Call, Names, Root, Step, Traversal, Visitor};

/// Functions whose value is another one each time.
pub(super) const IMPURE: [&str; 4] = ["bcrypt", "plantimestamp", "timestamp", "uuid"];

/// Adds the arguments that refer to a data source that changes, or to what the provider says about an object that is
/// replaced; and so on, from object to object. What is to be replaced together with another is among them.
pub(super) fn follow(changes: &mut BTreeMap<String, Change>, old: &Objects, new: &Objects) {
    let data = changed_data(old, new);
    for source in &data {
        changes.insert(source.clone(), Change::new(source, Action::Changed));
    }
    let unread = new.managed.values().filter(|object| object.type_name == MODULE);
    let unread = unread.filter(|object| changes.contains_key(&object.address.to_string()));
    let sources: BTreeSet<String> = data.into_iter().chain(unread.map(|object| object.address.reference())).collect();
    let names = |objects: &mut dyn Iterator<Item = &Object>| objects.map(|it| it.address.reference()).collect();
    let is_replaced = |object: &&Object| changes.get(&object.address.to_string()).is_some_and(is_replaced);
    let mut fresh: BTreeSet<String> = names(&mut new.managed.values().filter(is_replaced));
    let mut first = true;
    while first || !fresh.is_empty() {
        let nothing = BTreeSet::new();
        let known = |name: &str, steps: &[Step]| {
            // What the configuration says about an object is the same in the next one.
            let attribute = super::guards::attribute(steps);
            attribute.is_some_and(|attribute| new.says(&block(name), attribute))
        };
        let replaced: BTreeSet<String> = new
            .managed
            .values()
            .filter(|object| old.managed.contains_key(&object.address))
            .filter(|object| affect(object, changes, if first { &sources } else { &nothing }, &fresh, &known))
            .map(|object| object.address.reference())
            .collect();
        fresh = replaced;
        first = false;
    }
}

/// Adds what is affected in an object, and says whether it is now replaced, and was not before.
fn affect(
    object: &Object,
    changes: &mut BTreeMap<String, Change>,
    sources: &BTreeSet<String>,
    fresh: &BTreeSet<String>,
    known: &dyn Fn(&str, &[Step]) -> bool,
) -> bool {
    let mut found = affected(&object.arguments, sources, fresh, known);
    // The rest comes to nothing that a reader of a list of hundreds would want to know.
    found.retain(|(path, _)| replacement::replaces(&object.type_name, path) != Some(false));
    let trigger = object.triggers.iter().find(|trigger| is_triggered(trigger, changes)).map(ToString::to_string);
    let address = object.address.to_string();
    let before = changes.get(&address).is_some_and(is_replaced);
    if (found.is_empty() && trigger.is_none()) || before {
        return false;
    }
    let change = changes.entry(address.clone()).or_insert_with(|| Change::new(&address, Action::Changed));
    for (path, through) in found {
        if !change.arguments.iter().any(|argument| argument.path == path) {
            change.add_argument(path, Some(through), true, object);
        }
    }
    if let Some(trigger) = trigger {
        change.triggered(&trigger, object);
    }
    is_replaced(change)
}

fn is_replaced(change: &Change) -> bool {
    change.arguments.iter().any(|argument| argument.effect == Effect::Replaces)
}

/// The block that a name leads to, without the keys in it.
fn block(name: &str) -> String {
    InstanceAddress::parse(name).map_or_else(|| name.to_owned(), |address| address.block())
}

/// Whether an object is changed, or the attribute of it that is named.
fn is_triggered(trigger: &Expression, changes: &BTreeMap<String, Change>) -> bool {
    let Expression::Traversal(traversal) = trigger else { return false };
    let name = root(traversal);
    let attribute = super::guards::attribute(&traversal.steps);
    let is_meant = |change: &Change| {
        let address = InstanceAddress::parse(&change.address);
        change.address == name || address.is_some_and(|it| it.reference() == name || it.block() == name)
    };
    changes.values().filter(|change| is_meant(change)).any(|change| match (&change.action, attribute) {
        (Action::Changed | Action::Moved { .. }, Some(attribute)) => {
            is_replaced(change)
                || change.arguments.iter().any(|argument| {
                    super::arguments::is_at_or_below(&super::arguments::without_positions(&argument.path), attribute)
                })
        }
        (Action::Changed | Action::Moved { .. }, None) => {
            change.arguments.iter().any(|argument| argument.effect != Effect::Ignored)
        }
        _ => false,
    })
}

/// Data sources that are asked something else.
fn changed_data(old: &Objects, new: &Objects) -> BTreeSet<String> {
    let is_changed = |address: &String, arguments: &crate::terraform::Object| {
        old.data.get(address).is_some_and(|before| !changed_arguments(before, arguments).is_empty())
    };
    new.data
        .iter()
        .filter(|(address, arguments)| is_changed(address, arguments))
        .map(|(address, _)| address.clone())
        .collect()
}

/// The arguments that refer to one of these, and to which.
fn affected(
    arguments: &crate::terraform::Object,
    sources: &BTreeSet<String>,
    replaced: &BTreeSet<String>,
    known: &dyn Fn(&str, &[Step]) -> bool,
) -> Vec<(String, String)> {
    let mut affected = Vec::new();
    for (key, value) in arguments.entries() {
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

fn root(traversal: &Traversal) -> String {
    match &traversal.root {
        Root::Name(name) => name.to_string(),
        Root::Address(address) => address.to_string(),
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
        if self.found.is_some() {
            return;
        }
        let name = root(traversal);
        let is_fresh = self.replaced.contains(&name) && !(self.known)(&name, &traversal.steps);
        if is_fresh || self.sources.contains(&name) {
            self.found = Some(name);
        }
    }

    fn call(&mut self, call: &'e Call, _: &Names<'_>) {
        if self.found.is_none() && IMPURE.contains(&call.name.as_ref()) {
            self.found = Some(format!("{}()", call.name));
        }
    }
}
