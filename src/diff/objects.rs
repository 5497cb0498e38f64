//! The objects of a configuration, each with what decides about it, by addresses from the root.

use std::collections::{BTreeMap, BTreeSet};

use super::configuration::{Configuration, ReadError};
use super::moves::Moves;
use super::resolve::{Place, Resolver};
use crate::terraform::expression;
use crate::terraform::lifecycle::IgnoreChanges;
use crate::terraform::{Expression, ProviderReference, ResourceBlock, ResourceMode};

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) managed: BTreeMap<String, Object>,
    /// The arguments of data sources.
    pub(super) data: BTreeMap<String, expression::Object>,
    /// What each data source and ephemeral reads: its type, provider and arguments.
    pub(super) reads: BTreeMap<String, String>,
    /// The `region` of each provider configuration of the root.
    pub(super) regions: BTreeMap<String, Option<Expression>>,
    /// The default of each variable of the root.
    pub(super) defaults: BTreeMap<String, Option<Expression>>,
}

/// A managed resource, or the call of a module that cannot be looked into.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) address: String,
    pub(super) type_name: String,
    /// The root's configuration of its provider, such as `aws.primary`.
    pub(super) provider: String,
    pub(super) arguments: expression::Object,
    /// What Terraform itself is told about it.
    pub(super) meta: expression::Object,
    pub(super) ignore_changes: Option<IgnoreChanges>,
    /// What makes several of it, here and in the modules around it.
    pub(super) repetition: BTreeMap<String, Repetition>,
    pub(super) moved_from: Option<String>,
}

/// `count` or `for_each`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Repetition {
    Count(Expression),
    ForEach(Expression),
}

impl Objects {
    /// Resolves every reference of the configuration; addresses are those after the moves.
    pub(super) fn of(configuration: &Configuration, moves: &Moves) -> Result<Self, ReadError> {
        let mut objects = Self::default();
        for provider in &configuration.module.providers {
            let region = provider.arguments.get("region").cloned();
            objects.regions.insert(provider.reference.to_string(), region);
        }
        for variable in &configuration.module.variables {
            objects.defaults.insert(variable.name.to_string(), variable.default.clone());
        }
        let mut resolver = Resolver::new(moves);
        objects.collect(&Place::root(configuration), &BTreeMap::new(), &mut resolver);
        if resolver.is_exhausted() {
            return Err(ReadError::TooLarge("the configuration".into()));
        }
        Ok(objects)
    }

    fn collect(&mut self, place: &Place<'_>, around: &BTreeMap<String, Repetition>, resolver: &mut Resolver<'_>) {
        for block in &place.configuration.module.resources {
            match block.mode {
                ResourceMode::Managed => self.add(managed(block, place, around, resolver), resolver),
                ResourceMode::Data | ResourceMode::Ephemeral => {
                    let address = resolver.address(place, &block.address().to_string());
                    let arguments = resolver.object(&block.arguments, place);
                    let provider = place.provider(&provider(block));
                    self.reads.insert(address.clone(), format!("{} {provider} {arguments:?}", block.type_name));
                    if block.mode == ResourceMode::Data {
                        self.data.insert(address, arguments);
                    }
                }
            }
        }
        for call in &place.configuration.module.module_calls {
            let mut inside = around.clone();
            let level = format!("module.{}", call.name);
            inside.extend(repetition(&level, call.count.as_ref(), call.for_each.as_ref(), place, resolver));
            match place.child(call) {
                Some(child) => self.collect(&child, &inside, resolver),
                None => self.add(remote(call, place, inside, resolver), resolver),
            }
        }
    }

    /// An object does not move to where another one stays.
    fn add(&mut self, mut object: Object, resolver: &Resolver<'_>) {
        let target = resolver.moved(&object.address);
        if target != object.address && !self.managed.contains_key(&target) {
            object.moved_from = Some(std::mem::replace(&mut object.address, target));
        }
        let displaced = self.managed.insert(object.address.clone(), object);
        if let Some((from, displaced)) = displaced.and_then(|it| Some((it.moved_from.clone()?, it))) {
            let restored = Object { address: from.clone(), moved_from: None, ..displaced };
            self.managed.insert(from, restored);
        }
    }
}

fn managed(
    block: &ResourceBlock,
    place: &Place<'_>,
    around: &BTreeMap<String, Repetition>,
    resolver: &mut Resolver<'_>,
) -> Object {
    let mut all = around.clone();
    all.extend(repetition("", block.count.as_ref(), block.for_each.as_ref(), place, resolver));
    let lifecycle = &block.lifecycle;
    let mut meta = expression::Object::new();
    let flags =
        [("create_before_destroy", lifecycle.create_before_destroy), ("prevent_destroy", lifecycle.prevent_destroy)];
    for (name, flag) in flags {
        // Both are off where they are not said.
        if flag == Some(true) {
            meta.set(format!("lifecycle.{name}"), Expression::Bool(true));
        }
    }
    Object {
        address: format!("{}{}", place.prefix, block.address()),
        type_name: block.type_name.to_string(),
        provider: place.provider(&provider(block)).to_string(),
        arguments: resolver.object(&block.arguments, place),
        meta,
        ignore_changes: lifecycle.ignore_changes.clone(),
        repetition: all,
        moved_from: None,
    }
}

fn provider(block: &ResourceBlock) -> ProviderReference {
    let default = || ProviderReference::new(block.type_name.split('_').next().unwrap_or_default().to_owned(), None);
    block.provider.clone().unwrap_or_else(default)
}

/// A module from elsewhere, as if it were one object.
fn remote(
    call: &crate::terraform::ModuleCall,
    place: &Place<'_>,
    repetition: BTreeMap<String, Repetition>,
    resolver: &mut Resolver<'_>,
) -> Object {
    let mut arguments = resolver.object(&call.arguments, place);
    arguments.set("source", Expression::Text(call.source.clone()));
    arguments.set("version", call.version.clone().map_or(Expression::Null, Expression::Text));
    Object {
        address: format!("{}module.{}", place.prefix, call.name),
        type_name: "module".to_owned(),
        provider: String::new(),
        arguments,
        meta: expression::Object::new(),
        ignore_changes: None,
        repetition,
        moved_from: None,
    }
}

fn repetition(
    level: &str,
    count: Option<&Expression>,
    for_each: Option<&Expression>,
    place: &Place<'_>,
    resolver: &mut Resolver<'_>,
) -> Option<(String, Repetition)> {
    let name = |name: &str| if level.is_empty() { name.to_owned() } else { format!("{level}: {name}") };
    match (count, for_each) {
        (Some(count), _) => Some((name("count"), Repetition::Count(resolver.expression(count, place)))),
        (None, Some(each)) => Some((name("for_each"), Repetition::ForEach(resolver.expression(each, place)))),
        (None, None) => None,
    }
}

/// Whether an object that was alone may not be among those that the repetition makes. Terraform takes it for the first
/// one of a `count` by itself.
pub(super) fn may_lose_the_only_one(repetition: &Repetition) -> bool {
    !matches!(repetition, Repetition::Count(count) if number(count).is_some_and(|count| count >= 1))
}

/// Whether there may be fewer objects than before.
pub(super) fn may_lose_some<'a>(before: Option<&'a Repetition>, after: &'a Repetition) -> bool {
    match (before, after) {
        (None, after) => may_lose_the_only_one(after),
        (Some(Repetition::Count(before)), Repetition::Count(after)) => {
            !matches!((number(before), number(after)), (Some(before), Some(after)) if before <= after)
        }
        (Some(Repetition::ForEach(before)), Repetition::ForEach(after)) => {
            let names = |expression: &'a Expression| expression.instance_names().map(BTreeSet::from_iter);
            !matches!((names(before), names(after)), (Some(before), Some(after)) if before.is_subset(&after))
        }
        (Some(_), _) => true,
    }
}

fn number(expression: &Expression) -> Option<u64> {
    match expression {
        Expression::Number(number) => number.as_u64(),
        _ => None,
    }
}
