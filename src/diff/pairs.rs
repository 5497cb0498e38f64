//! Objects of both configurations, side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::address::{InstanceAddress, Key};
use super::arguments::{self, changed_arguments};
use super::moves::{Forgotten, Moves};
use super::objects::{MODULE, Object, Objects};
use super::same::Writings;
use super::settings::{Difference, OWN_REGION};
use super::{
    Action, ArgumentChange, Change, Danger, Effect, Guard, Holding, Side, cascade, guards, holds, inside, modules,
    replacement, settings,
};
use crate::aws::Provider;
use crate::terraform::lifecycle::IgnoreChanges;
use crate::terraform::schema::Attribute;
use crate::terraform::{Configuration, Expression, ReadError, ResourceMode};

/// Everything that changes, by address.
pub(super) fn changes(old: Side<'_>, new: Side<'_>) -> Result<BTreeMap<String, Change>, ReadError> {
    let watched = watched(old, new);
    let nothing = BTreeSet::new();
    let new_objects = Objects::of(new.configuration, &Moves::default(), new.values, &watched, &nothing)?;
    let occupied: BTreeSet<_> = new_objects.managed.keys().cloned().collect();
    let read_old = |moves: &Moves| Objects::of(old.configuration, moves, old.values, &watched, &occupied);
    let moves = Moves::of(new.configuration);
    let mut old_objects = read_old(&moves)?;
    if !old_objects.reads.keys().eq(new_objects.reads.keys()) {
        old_objects = read_old(&moves.with_reads(&old_objects.reads, &new_objects.reads))?;
    }
    let old_objects = old_objects.landed(&new_objects);
    let pairs = Pairs { old: &old_objects, new: &new_objects, forgotten: Forgotten::of(new.configuration) };
    let mut changes = BTreeMap::new();
    let mut add = |change: Option<Change>| changes.extend(change.map(|change| (change.address.clone(), change)));
    for object in new_objects.managed.values() {
        add(match old_objects.managed.get(&object.address) {
            Some(old) => kept(old, object),
            None => Some(added(object)),
        });
    }
    for object in old_objects.managed.values().filter(|object| !new_objects.managed.contains_key(&object.address)) {
        add(Some(pairs.gone(object)));
    }
    for change in variables(&watched, old.configuration, new.configuration) {
        add(Some(change));
    }
    for setting in settings::changes(old.configuration, new.configuration) {
        add(Some(pairs.setting(setting)));
    }
    cascade::follow(&mut changes, &old_objects, &new_objects);
    Ok(changes)
}

/// The root's variables whose defaults differ, and to which no value is given.
fn watched(old: Side<'_>, new: Side<'_>) -> BTreeSet<String> {
    let default = |side: Side<'_>, name: &str| {
        let mut variables = side.configuration.module.variables.iter();
        variables.find(|variable| variable.name == name).and_then(|variable| variable.default.clone())
    };
    let variables = old.configuration.module.variables.iter().chain(&new.configuration.module.variables);
    let names: BTreeSet<_> = variables.map(|variable| variable.name.to_string()).collect();
    let is_open = |name: &String| !(old.values.contains_key(name) && new.values.contains_key(name));
    names.into_iter().filter(|name| is_open(name) && default(old, name) != default(new, name)).collect()
}

/// The variables that both have, with another default.
fn variables(watched: &BTreeSet<String>, old: &Configuration, new: &Configuration) -> Vec<Change> {
    let declares = |configuration: &Configuration, name: &str| {
        configuration.module.variables.iter().any(|variable| variable.name == name)
    };
    let both = watched.iter().filter(|name| declares(old, name) && declares(new, name));
    let change = |name: &String| {
        let mut change = Change::new(&format!("var.{name}"), Action::Changed);
        change.arguments.push(ArgumentChange { path: "default".to_owned(), effect: Effect::Updates, through: None });
        change
    };
    both.map(change).collect()
}

impl Objects {
    /// The same, where an object that is alone is the first of a `count`, and the other way round, as Terraform takes it.
    fn landed(mut self, new: &Self) -> Self {
        let free = |address: &InstanceAddress, managed: &BTreeMap<InstanceAddress, Object>| {
            new.managed.contains_key(address) && !managed.contains_key(address)
        };
        let addresses: Vec<_> = self.managed.keys().filter(|it| !new.managed.contains_key(*it)).cloned().collect();
        for address in addresses {
            let other = match address.key() {
                Key::None => address.with_key(Key::Number(0)),
                Key::Number(0) => address.with_key(Key::None),
                _ => continue,
            };
            // Terraform knows no such move of modules.
            let is_module = address.0.last().is_some_and(|segment| segment.name.starts_with("module."));
            if !is_module
                && free(&other, &self.managed)
                && let Some(mut object) = self.managed.remove(&address)
            {
                object.moved_from = object.moved_from.or(Some(address));
                object.address = other.clone();
                self.managed.insert(other, object);
            }
        }
        self
    }
}

struct Pairs<'a> {
    old: &'a Objects,
    new: &'a Objects,
    forgotten: Forgotten,
}

impl Pairs<'_> {
    fn gone(&self, object: &Object) -> Change {
        let address = &object.address;
        if self.forgotten.holds(address) {
            return Change::new(&address.to_string(), Action::Forgotten);
        }
        let block = address.block();
        let is_there = self.new.blocks.contains(&block);
        let open = self.new.managed.values().any(|new| new.address.is_open() && new.address.block() == block);
        if is_there && (open || address.is_open()) {
            let mut change = Change::new(&address.to_string(), Action::Changed);
            let path = "instances".to_owned();
            change.arguments.push(ArgumentChange { path, effect: Effect::Unknown, through: None });
            change.danger(&object.type_name, false, "it is not known which of the objects there are now");
            return change;
        }
        let mut change = Change::new(&address.to_string(), Action::Destroyed);
        let variables = [self.old, self.new].into_iter().filter_map(|objects| objects.decided.get(&block)).flatten();
        let variables: BTreeSet<_> = variables.map(|name| format!("var.{name}")).collect();
        let why = if !is_there {
            "it is no longer in the configuration, and no `moved` block says where it went".to_owned()
        } else if variables.is_empty() {
            "`count` or `for_each` no longer makes it, and no `moved` block says where it went".to_owned()
        } else {
            let variables: Vec<_> = variables.iter().map(String::as_str).collect();
            format!("`count` or `for_each` no longer makes it, as {} stands now", variables.join(", "))
        };
        let is_certain = object.type_name != MODULE && (!is_there || variables.is_empty());
        change.danger(&object.type_name, is_certain, &why);
        if let Some(why) = guards::of_gone(&object.type_name) {
            change.guard("", why);
        }
        change
    }

    fn setting(&self, setting: settings::SettingChange) -> Change {
        let mut change = Change::new(&setting.address, Action::Changed);
        let argument = |path| ArgumentChange { path, effect: Effect::Updates, through: None };
        change.arguments.extend(setting.paths.into_iter().map(argument));
        let is_held = self.old.managed.values().any(|object| holds(&object.type_name) != Holding::Nothing);
        if let Some(why) = setting.why.filter(|_| is_held) {
            let what = "what the objects of this configuration hold".to_owned();
            change.dangers.push(Danger { is_certain: false, what, why: why.to_owned() });
        }
        change
    }
}

/// An object that both configurations have.
fn kept(old: &Object, new: &Object) -> Option<Change> {
    let action = match &old.moved_from {
        Some(from) => Action::Moved { from: from.to_string() },
        None => Action::Changed,
    };
    let mut change = Change::new(&new.address.to_string(), action);
    let writings = Writings::of(&new.type_name);
    for path in changed_arguments(&old.arguments, &new.arguments) {
        if !stays(&path, old, new, &writings) {
            change.argument(path, old, new);
        }
    }
    for (name, before, after) in [
        ("create_before_destroy", old.create_before_destroy, new.create_before_destroy),
        ("prevent_destroy", old.prevent_destroy, new.prevent_destroy),
    ] {
        if before != after {
            let path = format!("lifecycle.{name}");
            change.arguments.push(ArgumentChange { path, effect: Effect::Updates, through: None });
        }
    }
    if old.prevent_destroy && !new.prevent_destroy && holds(&new.type_name) != Holding::Nothing {
        change.guard("lifecycle.prevent_destroy", "Terraform no longer refuses to destroy it");
    }
    change.place(old, new);
    change.repetition(old, new);
    if new.type_name == MODULE {
        change.module(new);
    }
    let is_told = change.action != Action::Changed || !change.arguments.is_empty() || !change.dangers.is_empty();
    is_told.then_some(change)
}

fn added(object: &Object) -> Change {
    let mut change = Change::new(&object.address.to_string(), Action::Added);
    if let Some(why) = guards::of_deleting(&object.type_name, None) {
        change.guard("", why);
    }
    change
}

/// Whether the argument is taken away, and the provider leaves it as it was.
fn stays(path: &str, old: &Object, new: &Object, writings: &Writings) -> bool {
    let plain = arguments::without_positions(path);
    let has = |object: &Object| arguments::at(&object.arguments, path).is_some();
    has(old) && !has(new) && writings.keeps(&plain)
}

/// Whether the provider may have set it itself where the configuration did not say.
fn was_computed(path: &str, old: &Object) -> bool {
    let attribute = Provider::attribute(ResourceMode::Managed, &old.type_name, path);
    old.arguments.get(path).is_none() && attribute.is_some_and(Attribute::computed)
}

impl Change {
    pub(super) fn new(address: &str, action: Action) -> Self {
        Self { address: address.to_owned(), action, arguments: Vec::new(), dangers: Vec::new(), guards: Vec::new() }
    }

    /// Notes a changed argument, what is lost by that, and which guards go down.
    fn argument(&mut self, path: String, old: &Object, new: &Object) {
        let top = path.split(['.', '[']).next().unwrap_or_default();
        let variables = [old, new].into_iter().filter_map(|object| object.variables.get(top)).flatten();
        let variables: BTreeSet<_> = variables.map(|name| format!("var.{name}")).collect();
        let through = (!variables.is_empty()).then(|| variables.into_iter().collect::<Vec<_>>().join(", "));
        let is_certain = through.is_none() && !was_computed(&path, old);
        if !new.ignores(&path) {
            if let Some(loss) = inside::loss(&new.type_name, &path, &old.arguments, &new.arguments) {
                let is_certain = loss.is_certain && through.is_none();
                self.dangers.push(Danger { is_certain, what: loss.what, why: loss.why });
            }
            for (path, why) in guards::of_argument(&new.type_name, &path, &old.arguments, &new.arguments) {
                self.guard(&path, why);
            }
            if let Some(why) = guards::of_deleting(&new.type_name, Some(&path)) {
                self.guard(&path, why);
            }
        }
        self.add_argument(path, through, is_certain, new);
    }

    /// Notes a changed argument, and what is lost if that replaces the object.
    pub(super) fn add_argument(&mut self, path: String, through: Option<String>, is_certain: bool, object: &Object) {
        let effect = match replacement::replaces_with(&object.type_name, &path, &object.arguments) {
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
        if let Some(place) = place.filter(|_| object.type_name != MODULE) {
            let is_certain = is_certain && through.is_none() && effect == Effect::Replaces;
            let why = match &through {
                Some(source) => format!("`{path}` may change with {source}, and {place}"),
                None => format!("`{path}` changes, and {place}"),
            };
            self.danger(&object.type_name, is_certain, &why);
        }
        self.arguments.push(ArgumentChange { path, effect, through });
    }

    /// Notes that the object is replaced together with another.
    pub(super) fn triggered(&mut self, trigger: &str, is_certain: bool, object: &Object) {
        let path = "lifecycle.replace_triggered_by".to_owned();
        self.arguments.push(ArgumentChange { path, effect: Effect::Replaces, through: Some(trigger.to_owned()) });
        let does = if is_certain { "does" } else { "may" };
        self.danger(
            &object.type_name,
            is_certain,
            &format!("it is replaced whenever {trigger} changes, and that {does}"),
        );
    }

    pub(super) fn danger(&mut self, type_name: &str, is_certain: bool, why: &str) {
        let (is_certain, what) = match holds(type_name) {
            _ if type_name == MODULE => (false, "whatever it made"),
            Holding::Something(what) => (is_certain, what),
            Holding::Unknown => (false, "whatever it holds, which is not known"),
            Holding::Nothing => return,
        };
        self.dangers.push(Danger { is_certain, what: what.to_owned(), why: why.to_owned() });
    }

    fn guard(&mut self, path: &str, why: &str) {
        let guard = Guard { path: path.to_owned(), why: why.to_owned() };
        if !self.guards.contains(&guard) {
            self.guards.push(guard);
        }
    }

    /// Terraform looks for the object where its provider is configured to look.
    fn place(&mut self, old: &Object, new: &Object) {
        for Difference { name, is_own, why } in old.account.differences(&new.account) {
            let path = if is_own { name } else { format!("provider {}: {name}", new.provider) };
            let is_open = [old, new].iter().any(|object| object.variables.contains_key(OWN_REGION));
            self.arguments.push(ArgumentChange { path, effect: Effect::Replaces, through: None });
            self.danger(&new.type_name, is_own && !is_open, why);
        }
    }

    /// `count` and `for_each` decide which of several objects are there.
    fn repetition(&mut self, old: &Object, new: &Object) {
        let levels: BTreeSet<_> = old.repetition.keys().chain(new.repetition.keys()).collect();
        for level in levels.into_iter().filter(|level| old.repetition.get(*level) != new.repetition.get(*level)) {
            self.arguments.push(ArgumentChange { path: level.clone(), effect: Effect::Unknown, through: None });
            let why = format!("`{level}` changes, and with it which of the objects there are");
            self.danger(&new.type_name, false, &why);
        }
    }

    /// A module that was not looked into.
    fn module(&mut self, new: &Object) {
        let text = |name: &str| match new.arguments.get(name) {
            Some(Expression::Text(text)) => Some(text.to_string()),
            _ => None,
        };
        if !self.arguments.is_empty() {
            self.danger(MODULE, false, "it changes, and what that does to what it made is not known");
        } else if !modules::is_pinned(&text("source").unwrap_or_default(), text("version").as_deref()) {
            self.danger(MODULE, false, "no one version of it is named, and another one may come");
        }
    }
}

impl Object {
    /// Whether the object leaves changes of the argument alone.
    pub(super) fn ignores(&self, path: &str) -> bool {
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
