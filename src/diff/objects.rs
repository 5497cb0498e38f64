//! The objects of a configuration, each with what decides about it, by addresses from the root.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::address::{InstanceAddress, Key};
use super::moves::Moves;
use super::resolve::{Instance, ModuleInstanceId, Repetition, Resolver};
use super::same::Writings;
use super::settings::{self, Account, OWN_REGION};
use crate::aws::takes_region;
use crate::terraform::expression;
use crate::terraform::lifecycle::IgnoreChanges;
use crate::terraform::{
    Configuration, Expression, ModuleCall, ProviderReference, ReadError, ResourceBlock, ResourceMode,
};

/// What is taken for the type of a module that cannot be looked into.
pub(super) const MODULE: &str = "module";

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) managed: BTreeMap<InstanceAddress, Object>,
    pub(super) data: BTreeMap<String, Reading>,
    /// What each data source and ephemeral reads: its type, provider and arguments.
    pub(super) reads: BTreeMap<String, String>,
    /// The blocks that the configuration has, whatever instances they make.
    pub(super) blocks: BTreeSet<String>,
    /// The watched variables that `count` and `for_each` of a block depend on, and of the modules around it.
    pub(super) decided: BTreeMap<String, BTreeSet<String>>,
    /// What the configuration says at all about an object's attributes, by block and attribute.
    said: BTreeSet<(String, String)>,
}

/// What decides what a data source reads, and when.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) arguments: expression::Object,
    pub(super) account: Rc<Account>,
    /// The blocks and modules that it waits for, and that the modules around it wait for.
    pub(super) depends_on: Vec<String>,
}

/// An instance of a managed resource, or the call of a module that cannot be looked into.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) address: InstanceAddress,
    pub(super) type_name: String,
    /// The configuration of its provider, such as `aws.primary`.
    pub(super) provider: String,
    /// Where the provider looks for it.
    pub(super) account: Rc<Account>,
    pub(super) arguments: expression::Object,
    /// The watched variables that each argument depends on.
    pub(super) variables: BTreeMap<String, BTreeSet<String>>,
    pub(super) prevent_destroy: bool,
    pub(super) create_before_destroy: bool,
    pub(super) ignore_changes: Option<IgnoreChanges>,
    /// `replace_triggered_by`
    pub(super) triggers: Vec<Expression>,
    /// `count` and `for_each` here and in the modules around it, where they are not known.
    pub(super) repetition: BTreeMap<String, Expression>,
    pub(super) moved_from: Option<InstanceAddress>,
}

impl Objects {
    /// Resolves every reference of the configuration; addresses are those after the moves.
    pub(super) fn of(
        configuration: &Configuration,
        moves: &Moves,
        values: &BTreeMap<String, Expression>,
        watched: &BTreeSet<String>,
        occupied: &BTreeSet<InstanceAddress>,
    ) -> Result<Self, ReadError> {
        let mut resolver = Resolver::new(configuration, moves, values, watched);
        let mut collector =
            Collector { objects: Self::default(), moves, occupied, accounts: HashMap::new(), writings: HashMap::new() };
        collector.collect(Resolver::ROOT, &Around::default(), &mut resolver);
        if resolver.is_exhausted() {
            return Err(ReadError::TooLarge("the configuration".into()));
        }
        Ok(collector.objects)
    }

    /// Whether the configuration itself says what the attribute of an object is.
    pub(super) fn says(&self, block: &str, attribute: &str) -> bool {
        self.said.contains(&(block.to_owned(), attribute.to_owned()))
    }
}

/// What the modules around a block say about how many of it there are.
#[derive(Debug, Clone, Default)]
struct Around {
    open: BTreeMap<String, Expression>,
    variables: BTreeSet<String>,
}

impl Around {
    /// The same, and what a block or call says itself.
    fn and(&self, level: &str, repetition: &Repetition) -> Self {
        let mut both = self.clone();
        let named = |name: &str| if level.is_empty() { name.to_owned() } else { format!("{level}: {name}") };
        both.open.extend(repetition.open.clone().map(|(name, decides)| (named(name), decides)));
        both.variables.extend(repetition.variables.iter().cloned());
        both
    }
}

struct Collector<'a> {
    objects: Objects,
    moves: &'a Moves,
    /// Addresses that the other configuration has too: what is there does not move away.
    occupied: &'a BTreeSet<InstanceAddress>,
    accounts: HashMap<(ModuleInstanceId, String), Rc<Account>>,
    writings: HashMap<String, Rc<Writings>>,
}

impl Collector<'_> {
    fn collect(&mut self, place: ModuleInstanceId, around: &Around, resolver: &mut Resolver<'_>) {
        let configuration = resolver.place(place).configuration;
        for block in &configuration.module.resources {
            let repetition = resolver.repetition_of(block, place);
            let inside = around.and("", &repetition);
            let address = resolver.place(place).address.child(block.address().to_string(), Key::None);
            for instance in &repetition.instances {
                if resolver.is_exhausted() {
                    return;
                }
                let address = address.with_key(instance.key.clone());
                self.instance(block, address, instance, &inside.open, place, resolver);
            }
            self.block(address.block(), inside.variables);
        }
        for call in &configuration.module.module_calls {
            let repetition = resolver.repetition_of_call(call, place);
            let level = format!("module.{}", call.name);
            let inside = around.and(&level, &repetition);
            let address = resolver.place(place).address.child(level, Key::None);
            self.block(address.block(), inside.variables.clone());
            match resolver.children(call, place) {
                Some(children) => {
                    for (_, child) in children.iter() {
                        self.collect(*child, &inside, resolver);
                    }
                    if children.is_empty()
                        && let Some(child) = configuration.children.get(call.name.as_ref())
                    {
                        self.none(child, &address, &inside.variables);
                    }
                }
                None => {
                    for instance in &repetition.instances {
                        self.unread(call, instance, &inside.open, place, resolver);
                    }
                }
            }
        }
    }

    fn block(&mut self, block: String, variables: BTreeSet<String>) {
        self.objects.decided.entry(block.clone()).or_default().extend(variables);
        self.objects.blocks.insert(block);
    }

    /// The blocks of a module of which there is no instance.
    fn none(&mut self, configuration: &Configuration, module: &InstanceAddress, variables: &BTreeSet<String>) {
        for block in &configuration.module.resources {
            self.block(module.child(block.address().to_string(), Key::None).block(), variables.clone());
        }
        for (name, child) in &configuration.children {
            self.none(child, &module.child(format!("module.{name}"), Key::None), variables);
        }
    }

    fn instance<'c>(
        &mut self,
        block: &'c ResourceBlock,
        address: InstanceAddress,
        instance: &Instance,
        open: &BTreeMap<String, Expression>,
        place: ModuleInstanceId,
        resolver: &mut Resolver<'c>,
    ) {
        let writings =
            self.writings.entry(block.type_name.to_string()).or_insert_with(|| Rc::new(Writings::of(&block.type_name)));
        let writings = Rc::clone(writings);
        let schema = crate::aws::Provider::block_type(block.mode, &block.type_name);
        let (at, provider) = resolver.provider(&provider(block), place);
        let (arguments, variables) = resolver
            .with_names(instance.names.clone(), |resolver| resolver.body(&block.arguments, schema, &writings, place));
        if block.mode != ResourceMode::Managed {
            let address = self.moves.read(&address.to_string()).cloned().unwrap_or_else(|| address.to_string());
            self.objects.reads.insert(address.clone(), format!("{} {provider} {arguments:?}", block.type_name));
            if block.mode == ResourceMode::Data {
                let account = self.account(at, &provider, resolver);
                let depends_on = resolver.waits(block, place);
                self.objects.data.insert(address, Reading { arguments, account, depends_on });
            }
            return;
        }
        let account = self.account(at, &provider, resolver);
        let (arguments, account) = in_own_region(block, arguments, account);
        let triggers = resolver.with_names(instance.names.clone(), |resolver| {
            block.lifecycle.replace_triggered_by.iter().map(|trigger| resolver.trigger(trigger, place)).collect()
        });
        self.add(Object {
            address,
            type_name: block.type_name.to_string(),
            provider: provider.to_string(),
            account,
            arguments,
            variables,
            prevent_destroy: block.lifecycle.prevent_destroy == Some(true),
            create_before_destroy: block.lifecycle.create_before_destroy == Some(true),
            ignore_changes: block.lifecycle.ignore_changes.clone(),
            triggers,
            repetition: open.clone(),
            moved_from: None,
        });
    }

    /// A module from elsewhere, as if it were one object.
    fn unread<'c>(
        &mut self,
        call: &'c ModuleCall,
        instance: &Instance,
        open: &BTreeMap<String, Expression>,
        place: ModuleInstanceId,
        resolver: &mut Resolver<'c>,
    ) {
        let mut arguments =
            resolver.with_names(instance.names.clone(), |resolver| resolver.object(&call.arguments, place));
        arguments.set("source", Expression::Text(call.source.clone()));
        arguments.set("version", call.version.clone().map_or(Expression::Null, Expression::Text));
        for (inner, outer) in &call.providers {
            let (at, provider) = resolver.provider(outer, place);
            let account = self.account(at, &provider, resolver);
            arguments.set(format!("providers.{inner}"), account.expression());
        }
        let provider = ProviderReference::new("aws", None);
        let (at, provider) = resolver.provider(&provider, place);
        let account = self.account(at, &provider, resolver);
        self.add(Object {
            address: resolver.place(place).address.child(format!("module.{}", call.name), instance.key.clone()),
            type_name: MODULE.to_owned(),
            provider: provider.to_string(),
            account,
            arguments,
            variables: BTreeMap::new(),
            prevent_destroy: false,
            create_before_destroy: false,
            ignore_changes: None,
            triggers: Vec::new(),
            repetition: open.clone(),
            moved_from: None,
        });
    }

    fn account(
        &mut self,
        place: ModuleInstanceId,
        provider: &ProviderReference,
        resolver: &mut Resolver<'_>,
    ) -> Rc<Account> {
        let key = (place, provider.to_string());
        if let Some(known) = self.accounts.get(&key) {
            return Rc::clone(known);
        }
        let account = Rc::new(settings::account(place, provider, resolver));
        self.accounts.insert(key, Rc::clone(&account));
        account
    }

    /// An object does not move to where another one stays.
    fn add(&mut self, mut object: Object) {
        let block = object.address.block();
        for (key, _) in object.arguments.entries() {
            if let expression::Key::Literal(name) = key {
                self.objects.said.insert((block.clone(), name.to_string()));
            }
        }
        let (target, is_moved) = self.moves.follow(&object.address);
        let stays = self.occupied.contains(&object.address);
        if is_moved && !stays && !self.objects.managed.contains_key(&target) {
            object.moved_from = Some(std::mem::replace(&mut object.address, target));
        }
        let displaced = self.objects.managed.insert(object.address.clone(), object);
        if let Some((from, displaced)) = displaced.and_then(|it| Some((it.moved_from.clone()?, it))) {
            let restored = Object { address: from.clone(), moved_from: None, ..displaced };
            self.objects.managed.insert(from, restored);
        }
    }
}

/// An object that names its region is there, whatever its provider's region is: naming that one says nothing.
fn in_own_region(
    block: &ResourceBlock,
    arguments: expression::Object,
    account: Rc<Account>,
) -> (expression::Object, Rc<Account>) {
    let is_ignored = match &block.lifecycle.ignore_changes {
        Some(IgnoreChanges::All) => true,
        Some(IgnoreChanges::Attributes(names)) => names.iter().any(|name| *name == OWN_REGION),
        None => false,
    };
    match arguments.get(OWN_REGION) {
        Some(region) if !is_ignored && takes_region(block.mode, &block.type_name) => {
            let account =
                if *region == Expression::Null { account } else { Rc::new(account.in_region(region.clone())) };
            let is_region = |key: &expression::Key| matches!(key, expression::Key::Literal(name) if name == OWN_REGION);
            let others = arguments.0.into_iter().filter(|(key, _)| !is_region(key));
            (expression::Object(others.collect()), account)
        }
        _ => (arguments, account),
    }
}

fn provider(block: &ResourceBlock) -> ProviderReference {
    let default = || ProviderReference::new(block.type_name.split('_').next().unwrap_or_default().to_owned(), None);
    block.provider.clone().unwrap_or_else(default)
}
