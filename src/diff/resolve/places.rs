//! The instances of modules: where an expression stands decides what its names mean.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Bindings, Children, Resolver};
use crate::diff::address::{InstanceAddress, Key};
use crate::terraform::expression::{Root, Traversal};
use crate::terraform::module::Local;
use crate::terraform::{
    Address, Configuration, Expression, ModuleCall, Output, ProviderReference, ResourceBlock, ResourceMode, Variable,
};

/// One of the resolver's places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::diff) struct ModuleInstanceId(usize);

/// An instance of a module.
pub(in crate::diff) struct ModuleInstance<'a> {
    pub(in crate::diff) configuration: &'a Configuration,
    pub(in crate::diff) address: InstanceAddress,
    pub(super) index: Rc<Index<'a>>,
    caller: Option<Caller<'a>>,
}

/// How it is called.
struct Caller<'a> {
    place: ModuleInstanceId,
    call: &'a ModuleCall,
    names: Bindings,
}

/// The blocks of a module by name.
pub(super) struct Index<'a> {
    pub(super) locals: HashMap<&'a str, &'a Local>,
    pub(super) variables: HashMap<&'a str, &'a Variable>,
    pub(super) outputs: HashMap<&'a str, &'a Output>,
    pub(super) calls: HashMap<&'a str, &'a ModuleCall>,
    pub(super) resources: HashMap<(ResourceMode, &'a str, &'a str), &'a ResourceBlock>,
}

impl<'a> Index<'a> {
    fn of(configuration: &'a Configuration) -> Self {
        let module = &configuration.module;
        Self {
            locals: module.locals.iter().map(|local| (local.name.as_ref(), local)).collect(),
            variables: module.variables.iter().map(|variable| (variable.name.as_ref(), variable)).collect(),
            outputs: module.outputs.iter().map(|output| (output.name.as_ref(), output)).collect(),
            calls: module.module_calls.iter().map(|call| (call.name.as_ref(), call)).collect(),
            resources: module
                .resources
                .iter()
                .map(|block| ((block.mode, block.type_name.as_ref(), block.name.as_ref()), block))
                .collect(),
        }
    }
}

impl<'a> ModuleInstance<'a> {
    pub(super) fn root(configuration: &'a Configuration) -> Self {
        let index = Rc::new(Index::of(configuration));
        Self { configuration, address: InstanceAddress::default(), index, caller: None }
    }
}

impl<'a> Resolver<'a> {
    pub(in crate::diff) const ROOT: ModuleInstanceId = ModuleInstanceId(0);

    pub(in crate::diff) fn place(&self, place: ModuleInstanceId) -> &ModuleInstance<'a> {
        // There is no other way to an id than from here.
        &self.places[place.0]
    }

    pub(super) fn caller(&self, place: ModuleInstanceId) -> Option<(ModuleInstanceId, &'a ModuleCall, &Bindings)> {
        self.place(place).caller.as_ref().map(|caller| (caller.place, caller.call, &caller.names))
    }

    /// The instances of the module that a call leads to; nothing if it cannot be looked into.
    pub(in crate::diff) fn children(&mut self, call: &'a ModuleCall, place: ModuleInstanceId) -> Option<Children> {
        let key = (place, call.name.to_string());
        if let Some(known) = self.children.get(&key) {
            return Some(Rc::clone(known));
        }
        let configuration = self.place(place).configuration.children.get(call.name.as_ref())?;
        let repetition = self.repetition_of_call(call, place);
        let index = Rc::new(Index::of(configuration));
        let mut children = Vec::with_capacity(repetition.instances.len());
        for instance in &repetition.instances {
            let address = self.place(place).address.child(format!("module.{}", call.name), instance.key.clone());
            let caller = Some(Caller { place, call, names: instance.names.clone() });
            children.push((instance.clone(), ModuleInstanceId(self.places.len())));
            self.places.push(ModuleInstance { configuration, address, index: Rc::clone(&index), caller });
        }
        let children: Rc<[_]> = children.into();
        self.children.insert(key, Rc::clone(&children));
        Some(children)
    }

    /// The configuration of a provider that a name in this module stands for, and where it stands.
    pub(in crate::diff) fn provider(
        &self,
        reference: &ProviderReference,
        place: ModuleInstanceId,
    ) -> (ModuleInstanceId, ProviderReference) {
        let is_here = || self.place(place).configuration.module.providers.iter().any(|it| it.reference == *reference);
        match self.caller(place) {
            Some((outer, call, _)) => match call.providers.get(&reference.to_string()) {
                Some(passed) => self.provider(passed, outer),
                None if is_here() => (place, reference.clone()),
                None => self.provider(reference, outer),
            },
            None => (place, reference.clone()),
        }
    }

    /// The blocks and modules that a block waits for by `depends_on`, its own and that of the modules around it.
    pub(in crate::diff) fn waits(&self, block: &ResourceBlock, place: ModuleInstanceId) -> Vec<String> {
        let mut waits = self.blocks(&block.depends_on, place);
        let mut around = self.caller(place);
        while let Some((outer, call, _)) = around {
            waits.extend(self.blocks(&call.depends_on, outer));
            around = self.caller(outer);
        }
        waits
    }

    fn blocks(&self, references: &[Expression], place: ModuleInstanceId) -> Vec<String> {
        let block = |reference: &Expression| {
            let Expression::Traversal(Traversal { root: Root::Address(address), .. }) = reference else { return None };
            let full = self.place(place).address.child(address.to_string(), Key::None);
            let is_object = matches!(**address, Address::Module(_) | Address::Resource { .. });
            is_object.then(|| self.moves.follow(&full).0.block())
        };
        references.iter().filter_map(block).collect()
    }

    /// The address of a block as expressions name it, after all moves.
    pub(super) fn name(&self, address: &Address, key: Key, place: ModuleInstanceId) -> String {
        let full = self.place(place).address.child(address.to_string(), key);
        if let Some(now) = self.moves.read(&full.to_string()) {
            return now.clone();
        }
        self.moves.follow(&full).0.reference()
    }

    pub(super) fn named(&self, address: &Address, key: Key, place: ModuleInstanceId) -> Expression {
        Expression::named(self.name(address, key, place), &[])
    }
}
