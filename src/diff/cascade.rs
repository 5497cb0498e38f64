//! What changes because something else does: the values behind references that stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use super::address::InstanceAddress;
use super::arguments::{changed_arguments, is_at_or_below, without_positions};
use super::computed_again::{in_place, unsettled};
use super::objects::{MODULE, Object, Objects, Reading};
use super::{Action, Change, Effect, replacement};
use crate::terraform::Expression;
use crate::terraform::expression::{Call, Names, Root, Step, Traversal, Visitor};

/// Functions whose value is another one each time.
pub(super) const IMPURE: [&str; 4] = ["bcrypt", "plantimestamp", "timestamp", "uuid"];

/// Adds the arguments that refer to a data source that changes, or to what the provider says about an object that is
/// replaced; and so on, from object to object. What is to be replaced together with another is among them.
pub(super) fn follow(changes: &mut BTreeMap<String, Change>, old: &Objects, new: &Objects) {
    let mut cascade = Cascade { old, new, changes, read: BTreeSet::new(), silent: BTreeMap::new() };
    let mut reached = cascade.beginning();
    loop {
        let next = cascade.round(&reached);
        if next.is_nothing() {
            return;
        }
        reached = next;
    }
}

/// What was reached in one round, by the names that expressions use.
#[derive(Debug, Default)]
struct Reached {
    /// Everything that is said about these may be different: data sources, and modules that were not looked into.
    sources: BTreeSet<String>,
    /// Objects that are replaced: what the provider says about them is different.
    fresh: BTreeSet<String>,
    /// Attributes that the provider computes again though the object stays.
    unsettled: BTreeSet<(String, &'static str)>,
    /// Whether an object changes that did not before.
    is_changed: bool,
}

impl Reached {
    fn is_nothing(&self) -> bool {
        self.sources.is_empty() && self.fresh.is_empty() && self.unsettled.is_empty() && !self.is_changed
    }
}

struct Cascade<'a> {
    old: &'a Objects,
    new: &'a Objects,
    changes: &'a mut BTreeMap<String, Change>,
    /// The data sources that were reached.
    read: BTreeSet<String>,
    /// Arguments that may change and replace nothing, by address: no reader of a list of hundreds would want to know.
    silent: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Cascade<'a> {
    fn beginning(&mut self) -> Reached {
        let (old, new) = (self.old, self.new);
        let mut reached = Reached::default();
        for (address, reading) in &new.data {
            if old.data.get(address).is_some_and(|before| is_asked_otherwise(before, reading)) {
                self.reach(address, &mut reached);
            }
        }
        for object in new.managed.values() {
            let Some(change) = self.changes.get(&object.address.to_string()) else { continue };
            if object.type_name == MODULE {
                reached.sources.insert(object.address.reference());
            }
            if is_replaced(change) {
                reached.fresh.insert(object.address.reference());
            }
            let paths = in_place(change).map(|argument| argument.path.as_str());
            reached.unsettled.extend(unsettled(object, paths));
        }
        reached
    }

    /// Follows what was reached by one reference more.
    fn round(&mut self, reached: &Reached) -> Reached {
        let mut next = Reached::default();
        let (old, new) = (self.old, self.new);
        let pending = self.pending();
        for (address, reading) in &new.data {
            let is_met = |cascade: &Self| {
                !cascade.affected(&reading.arguments, reached).is_empty()
                    || reading.depends_on.iter().any(|name| is_pending(name, &pending))
            };
            if !self.read.contains(address) && old.data.contains_key(address) && is_met(self) {
                self.reach(address, &mut next);
            }
        }
        for object in new.managed.values().filter(|object| old.managed.contains_key(&object.address)) {
            self.affect(object, reached, &mut next);
        }
        next
    }

    /// Notes that a data source may read something else.
    fn reach(&mut self, address: &str, next: &mut Reached) {
        self.read.insert(address.to_owned());
        self.changes.entry(address.to_owned()).or_insert_with(|| Change::new(address, Action::Changed));
        next.sources.insert(InstanceAddress::parse(address).map_or_else(|| address.to_owned(), |it| it.reference()));
    }

    /// Adds what is affected in an object.
    fn affect(&mut self, object: &Object, reached: &Reached, next: &mut Reached) {
        let address = object.address.to_string();
        if self.changes.get(&address).is_some_and(is_replaced) {
            return;
        }
        let found = self.affected(&object.arguments, reached);
        let does_replace =
            |path: &str| replacement::replaces_with(&object.type_name, path, &object.arguments) != Some(false);
        let (told, silent): (Vec<_>, Vec<_>) = found.into_iter().partition(|(path, _)| does_replace(path));
        for (path, _) in silent.into_iter().filter(|(path, _)| !object.ignores(path)) {
            next.unsettled.extend(unsettled(object, [path.as_str()].into_iter()));
            next.is_changed |= self.silent.entry(address.clone()).or_default().insert(path);
        }
        let trigger = object.triggers.iter().find_map(|trigger| Some((trigger, self.triggered(trigger)?)));
        if told.is_empty() && trigger.is_none() {
            return;
        }
        let change = self.changes.entry(address.clone()).or_insert_with(|| Change::new(&address, Action::Changed));
        let before = change.arguments.len();
        for (path, through) in told {
            if !change.arguments.iter().any(|argument| argument.path == path) {
                change.add_argument(path, Some(through), true, object);
            }
        }
        let added = change.arguments.iter().skip(before).filter(|argument| argument.effect != Effect::Ignored);
        next.unsettled.extend(unsettled(object, added.map(|argument| argument.path.as_str())));
        if let Some((trigger, is_certain)) = trigger {
            change.triggered(&trigger.to_string(), is_certain, object);
        }
        next.is_changed |= change.arguments.len() > before;
        if is_replaced(change) {
            next.fresh.insert(object.address.reference());
        }
        if object.type_name == MODULE && change.arguments.len() > before {
            next.sources.insert(object.address.reference());
        }
    }

    /// The arguments that refer to what was reached, and to what of it.
    fn affected(&self, arguments: &crate::terraform::Object, reached: &Reached) -> Vec<(String, String)> {
        // What the configuration says about an object is the same in the next one.
        let known = |name: &str, attribute: Option<&str>| {
            attribute.is_some_and(|attribute| self.new.says(&block(name), attribute))
        };
        affected(arguments, reached, &known)
    }

    /// The blocks of objects about which something is to be done, on which a data source may wait.
    fn pending(&self) -> BTreeSet<String> {
        let is_meant = |change: &&Change| match change.action {
            Action::Changed | Action::Moved { .. } => in_place(change).next().is_some(),
            Action::Added | Action::Destroyed | Action::Forgotten => true,
        };
        let changes = self.changes.values().filter(is_meant).map(|change| &change.address);
        changes.chain(self.silent.keys()).map(|address| block(address)).collect()
    }

    /// Whether an object is changed, or the attribute of it that is named; and whether that is certain.
    fn triggered(&self, trigger: &Expression) -> Option<bool> {
        let Expression::Traversal(traversal) = trigger else { return None };
        let name = root(traversal);
        let way = way(&traversal.steps);
        let is_meant = |address: &str| {
            let parsed = InstanceAddress::parse(address);
            address == name || parsed.is_some_and(|it| it.reference() == name || it.block() == name)
        };
        let is_told = self.changes.values().filter(|change| is_meant(&change.address)).any(|change| {
            matches!(change.action, Action::Changed | Action::Moved { .. })
                && self.is_changed_at(change, way.as_deref())
        });
        let mut silent = self.silent.iter().filter(|(address, _)| is_meant(address));
        let mut is_silent = || {
            silent.any(|(address, paths)| {
                let paths = || paths.iter().map(String::as_str);
                way.as_deref().is_none_or(|way| paths().any(|path| meets(path, way)))
                    || self.unsettles(address, paths(), way.as_deref())
            })
        };
        if is_told { Some(true) } else { is_silent().then_some(false) }
    }

    /// Whether a change touches the attribute at a way, or anything at all where there is none.
    fn is_changed_at<'c>(&'c self, change: &'c Change, way: Option<&str>) -> bool {
        let Some(way) = way else { return change.arguments.iter().any(|it| it.effect != Effect::Ignored) };
        let paths = || in_place(change).map(|argument| argument.path.as_str());
        // What comes through something else reads the same, and may be different.
        let touches = |argument: &super::ArgumentChange| {
            meets(&argument.path, way) && (argument.through.is_some() || !self.is_same_at(&change.address, way))
        };
        is_replaced(change)
            || change.arguments.iter().any(touches)
            || self.unsettles(&change.address, paths(), Some(way))
    }

    /// Whether the two configurations say the same at a way, though something around it changes.
    fn is_same_at(&self, address: &str, way: &str) -> bool {
        let Some(address) = InstanceAddress::parse(address) else { return false };
        let of = |objects: &'a Objects| {
            objects.managed.get(&address).and_then(|object| super::arguments::at(&object.arguments, way))
        };
        let before = of(self.old);
        before.is_some() && before == of(self.new)
    }

    fn unsettles<'p>(&'p self, address: &str, paths: impl Iterator<Item = &'p str>, way: Option<&str>) -> bool {
        let object = InstanceAddress::parse(address).and_then(|address| self.new.managed.get(&address));
        let first = way.and_then(|way| way.split(['.', '[']).next());
        object.is_some_and(move |object| unsettled(object, paths).any(|(_, attribute)| Some(attribute) == first))
    }
}

fn is_replaced(change: &Change) -> bool {
    change.arguments.iter().any(|argument| argument.effect == Effect::Replaces)
}

/// The block that a name leads to, without the keys in it.
fn block(name: &str) -> String {
    InstanceAddress::parse(name).map_or_else(|| name.to_owned(), |address| address.block())
}

/// Whether something is to be done about a block, or about one in the module.
fn is_pending(name: &str, pending: &BTreeSet<String>) -> bool {
    let inside = format!("{name}.");
    pending.contains(name) || pending.range(inside.clone()..).next().is_some_and(|block| block.starts_with(&inside))
}

/// The way that steps lead, as changed arguments have it; nothing if there are no steps.
fn way(steps: &[Step]) -> Option<String> {
    let mut way = String::new();
    for step in steps {
        match step {
            Step::Attribute(name) if way.is_empty() => way.push_str(name),
            Step::Attribute(name) => way.extend([".", name]),
            Step::Index(Expression::Text(name)) if !way.is_empty() => way.extend([".", name]),
            Step::Index(Expression::Number(number)) if !way.is_empty() => way.extend(["[", &number.to_string(), "]"]),
            _ => break,
        }
    }
    (!way.is_empty()).then_some(way)
}

/// Whether one of two ways leads to the other.
fn meets(path: &str, way: &str) -> bool {
    let (path, way) = (without_positions(path), without_positions(way));
    is_at_or_below(&path, &way) || is_at_or_below(&way, &path)
}

/// Whether a data source is asked something else, or somewhere else.
fn is_asked_otherwise(old: &Reading, new: &Reading) -> bool {
    !changed_arguments(&old.arguments, &new.arguments).is_empty() || !old.account.differences(&new.account).is_empty()
}

/// The arguments that refer to what was reached, and to what of it.
fn affected(
    arguments: &crate::terraform::Object,
    reached: &Reached,
    known: &dyn Fn(&str, Option<&str>) -> bool,
) -> Vec<(String, String)> {
    let mut affected = Vec::new();
    for (key, value) in arguments.entries() {
        let mut references = References { reached, known, found: None };
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
    reached: &'a Reached,
    known: &'a dyn Fn(&str, Option<&str>) -> bool,
    found: Option<String>,
}

impl References<'_> {
    /// Whether the attribute may be different; without one, whether any may.
    fn is_reached(&self, name: &str, attribute: Option<&str>) -> bool {
        let is_unsettled = |(owner, computed): &(String, &str)| {
            owner == name && attribute.is_none_or(|attribute| attribute == *computed)
        };
        let is_fresh = self.reached.fresh.contains(name) || self.reached.unsettled.iter().any(is_unsettled);
        (is_fresh && !(self.known)(name, attribute)) || self.reached.sources.contains(name)
    }
}

impl<'e> Visitor<'e> for References<'_> {
    fn traversal(&mut self, traversal: &'e Traversal, _: &Names<'_>) {
        let name = root(traversal);
        if self.found.is_none() && self.is_reached(&name, super::guards::attribute(&traversal.steps)) {
            self.found = Some(name);
        }
    }

    fn call(&mut self, call: &'e Call, _: &Names<'_>) {
        if self.found.is_none() && IMPURE.contains(&call.name.as_ref()) {
            self.found = Some(format!("{}()", call.name));
        }
    }
}
