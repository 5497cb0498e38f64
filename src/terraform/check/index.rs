//! The addresses of a module: which block each of them means.

use super::catalog::{Catalog, Knowledge};
use super::cycles::Node;
use super::place::BlockName;
use super::repeats::Blocks;
use super::surroundings::{Judge, Surroundings};
use super::{Table, by_name};
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::expression::Expression;
use crate::terraform::module::{Local, Module};
use crate::terraform::output::Output;
use crate::terraform::provider::{Provider, ProviderReference};
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::resource::ResourceBlock;
use crate::terraform::variable::Variable;

/// Finds blocks by their addresses, and numbers them for the dependency graph: providers first, then variables,
/// locals, resources and module calls.
pub(super) struct Index<'a> {
    pub(super) module: &'a Module,
    pub(super) catalog: &'a Catalog<'a>,
    surroundings: &'a Surroundings<'a>,
    declared: Vec<Declared<'a>>,
    resources: Table<ResourceKey<'a>, u32>,
    variables: Table<&'a str, u32>,
    locals: Table<&'a str, u32>,
    calls: Table<&'a str, u32>,
    providers: Table<&'a ProviderReference, u32>,
    /// What the modules give that are called, by call and name.
    outputs: Table<(&'a str, &'a str), &'a Output>,
    first: FirstNodes,
}

type ResourceKey<'a> = (ResourceMode, &'a str, &'a str);

/// The first node of each kind of block but the providers, which start at 0.
#[derive(Debug, Clone, Copy)]
struct FirstNodes {
    variables: Node,
    locals: Node,
    resources: Node,
    calls: Node,
}

/// A resource, data source or ephemeral, with what is known of its type.
#[derive(Clone, Copy)]
pub(super) struct Declared<'a> {
    pub(super) block: &'a ResourceBlock,
    pub(super) knowledge: Knowledge<'a>,
    pub(super) node: Node,
    /// The check that the block stands in: nothing else sees it.
    pub(super) check: Option<&'a str>,
}

/// A block found by its address, and its node.
#[derive(Clone, Copy)]
pub(super) struct Found<T> {
    pub(super) block: T,
    pub(super) number: usize,
    pub(super) node: Node,
}

impl<'a> Index<'a> {
    pub(super) fn new(module: &'a Module, catalog: &'a Catalog<'a>, surroundings: &'a Surroundings<'a>) -> Self {
        let variables = count(&module.providers);
        let locals = variables + count(&module.variables);
        let resources = locals + count(&module.locals);
        let scoped =
            module.checks.iter().filter_map(|check| check.data.as_ref().map(|data| (data, Some(check.name.as_ref()))));
        let blocks = module.resources.iter().map(|block| (block, None)).chain(scoped);
        let declared: Vec<Declared<'a>> = (resources..)
            .zip(blocks)
            .map(|(node, (block, check))| Declared { block, knowledge: catalog.of_block(block), node, check })
            .collect();
        let first = FirstNodes { variables, locals, resources, calls: resources + count(&declared) };
        Self {
            module,
            catalog,
            surroundings,
            resources: by_name(declared.iter().map(|declared| key(declared.block))),
            variables: by_name(module.variables.iter().map(|variable| variable.name.as_ref())),
            locals: by_name(module.locals.iter().map(|local| local.name.as_ref())),
            calls: by_name(module.module_calls.iter().map(|call| call.name.as_ref())),
            providers: by_name(module.providers.iter().map(|provider| &provider.reference)),
            outputs: outputs(surroundings),
            declared,
            first,
        }
    }

    /// Whether nothing calls the module: what it gives is shown to people.
    pub(super) fn is_root(&self) -> bool {
        self.surroundings.call.is_none()
    }

    /// Whether something uses a provider configuration; that is so, as long as nothing else is known.
    pub(super) fn is_used(&self, reference: &ProviderReference) -> bool {
        self.surroundings.used.is_none_or(|used| used.contains(reference))
    }

    /// How many blocks a dynamic block makes; some, as long as nothing else is known.
    pub(super) fn blocks(&self, for_each: &Expression) -> Blocks {
        self.surroundings.repeats.map_or(Blocks::Some, |repeats| repeats.blocks(for_each))
    }

    /// Whether dr-synth's own rules count beside Terraform's.
    pub(super) fn is_strict(&self) -> bool {
        self.surroundings.judge == Judge::DrSynth
    }

    /// All resources, data sources and ephemerals, those of checks last.
    pub(super) fn declared(&self) -> &[Declared<'a>] {
        &self.declared
    }

    /// Whether every resource, data source and ephemeral has an address of its own.
    pub(super) fn resources_are_distinct(&self) -> bool {
        self.resources.len() == self.declared.len()
    }

    pub(super) fn resource(&self, mode: ResourceMode, type_name: &str, name: &str) -> Option<&Declared<'a>> {
        let number = *self.resources.get(&(mode, type_name, name))?;
        self.declared.get(number as usize)
    }

    pub(super) fn variable(&self, name: &str) -> Option<Found<&'a Variable>> {
        found(&self.variables, name, &self.module.variables, self.first.variables)
    }

    pub(super) fn local(&self, name: &str) -> Option<Found<&'a Local>> {
        found(&self.locals, name, &self.module.locals, self.first.locals)
    }

    pub(super) fn call(&self, name: &str) -> Option<Found<&'a ModuleCall>> {
        found(&self.calls, name, &self.module.module_calls, self.first.calls)
    }

    pub(super) fn provider(&self, reference: &ProviderReference) -> Option<Found<&'a Provider>> {
        found(&self.providers, reference, &self.module.providers, 0)
    }

    /// Whether the provider is configured for blocks that name no configuration.
    pub(super) fn has_default_provider(&self, name: &str) -> bool {
        let own = |provider: &Provider| provider.reference.alias.is_none() && provider.reference.name == name;
        self.module.providers.iter().any(own) || self.is_given(name)
    }

    /// Whether the call that the module answers passes this configuration.
    pub(super) fn is_given(&self, configuration: &str) -> bool {
        self.surroundings.call.is_some_and(|call| call.providers.contains_key(configuration))
    }

    /// What a call gives under a name.
    pub(super) fn output(&self, call: &str, name: &str) -> Option<&'a Output> {
        self.outputs.get(&(call, name)).copied()
    }

    /// The module that a call means, if it is known.
    pub(super) fn called(&self, call: &str) -> Option<&'a Module> {
        self.surroundings.called.get(call).copied()
    }

    /// The block with this number in the dependency graph.
    pub(super) fn place(&self, node: Node) -> BlockName<'a> {
        let FirstNodes { variables, locals, resources, calls } = self.first;
        let module = self.module;
        let place = match node {
            _ if node < variables => at(&module.providers, node, 0).map(|it| BlockName::Provider(&it.reference)),
            _ if node < locals => at(&module.variables, node, variables).map(|it| BlockName::Variable(&it.name)),
            _ if node < resources => at(&module.locals, node, locals).map(|it| BlockName::Local(&it.name)),
            _ if node < calls => at(&self.declared, node, resources).map(|it| BlockName::Resource(it.block)),
            _ => at(&module.module_calls, node, calls).map(|it| BlockName::ModuleCall(&it.name)),
        };
        place.unwrap_or(BlockName::Settings)
    }

    /// The addresses of all blocks that a reference from the check `from` could mean.
    pub(super) fn addresses(&self, from: Option<&str>) -> impl Iterator<Item = Address> {
        let resources = self.declared.iter().filter(move |declared| declared.check.is_none() || declared.check == from);
        let module = self.module;
        let variables = module.variables.iter().map(|variable| Address::Variable(variable.name.clone()));
        let locals = module.locals.iter().map(|local| Address::Local(local.name.clone()));
        let calls = module.module_calls.iter().map(|call| Address::Module(call.name.clone()));
        resources.map(|declared| declared.block.address()).chain(variables).chain(locals).chain(calls)
    }
}

fn outputs<'a>(surroundings: &Surroundings<'a>) -> Table<(&'a str, &'a str), &'a Output> {
    let called = surroundings.called.iter();
    called.flat_map(|(call, module)| module.outputs.iter().map(|it| ((*call, it.name.as_ref()), it))).collect()
}

fn key(block: &ResourceBlock) -> ResourceKey<'_> {
    (block.mode, &block.type_name, &block.name)
}

fn count<T>(blocks: &[T]) -> Node {
    Node::try_from(blocks.len()).unwrap_or(Node::MAX)
}

fn at<T>(blocks: &[T], node: Node, first: Node) -> Option<&T> {
    blocks.get(node.checked_sub(first)? as usize)
}

fn found<'a, Q, K, T>(table: &Table<K, u32>, name: &Q, blocks: &'a [T], first: Node) -> Option<Found<&'a T>>
where
    Q: std::hash::Hash + Eq + ?Sized,
    K: std::borrow::Borrow<Q> + std::hash::Hash + Eq,
{
    let number = *table.get(name)?;
    Some(Found { block: blocks.get(number as usize)?, number: number as usize, node: first + number })
}
