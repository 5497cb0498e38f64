//! The model of a configuration: every instance evaluated, with what stands for the attributes that AWS gives.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::account::Account;
use super::node::{Entries, Node};
use super::region::region_of;
use super::stand_ins::{ProviderScope, StandIns, node_of};
use super::written::Written;
use super::{Model, Resource};
use crate::terraform::evaluation::{
    Evaluator, Inputs, Instances, ModuleId, ModuleTree, NoSchemas, Repetition, Type, Value,
};
use crate::terraform::expression::{Expression, Key, Object, Root, Traversal};
use crate::terraform::lifecycle::IgnoreChanges;
use crate::terraform::{Configuration, ProviderReference, ResourceBlock, ResourceMode};

/// The model of a configuration with these values for its variables.
pub fn from_configuration(configuration: &Configuration, inputs: &Inputs) -> Model {
    let tree = ModuleTree::of_configuration(configuration);
    // Where each block is must be known before anything that depends on it; providers depend on nothing that AWS gives.
    let first = Evaluator::new(&tree, inputs, &NoSchemas);
    let places = places(&first);
    let roles = places.values().map(|place| place.role.clone()).filter(Node::is_set).collect();
    let stand_ins = StandIns::new(places);
    let evaluator = Evaluator::new(&tree, inputs, &stand_ins);
    let nothing_given = Inputs { variables: BTreeMap::new(), ..inputs.clone() };
    let written = (!inputs.variables.is_empty()).then(|| Written::new(&tree, &nothing_given));
    let mut builder = Builder {
        evaluator: &evaluator,
        written,
        places: FxHashMap::default(),
        resources: Vec::new(),
        unread: Vec::new(),
    };
    for module in evaluator.all_modules() {
        builder.module(module);
    }
    Model::new(builder.resources, builder.unread).with_roles(roles)
}

/// Region and account of every provider configuration that blocks use, by module and reference.
fn places(evaluator: &Evaluator<'_>) -> BTreeMap<(String, String), ProviderScope> {
    let mut all = BTreeMap::new();
    for module in evaluator.all_modules() {
        let prefix = evaluator.address(module, "");
        for block in &evaluator.module(module).module.resources {
            let reference = reference_of(block);
            all.entry((StandIns::path(&prefix), reference.to_string()))
                .or_insert_with(|| place(evaluator, module, &reference));
        }
    }
    all
}

/// The provider that a block uses; the type's own where none is named.
pub(super) fn reference_of(block: &ResourceBlock) -> ProviderReference {
    block.provider.clone().unwrap_or_else(|| {
        let name = block.type_name().split('_').next().unwrap_or_default().to_owned();
        ProviderReference::new(name, None)
    })
}

fn place(evaluator: &Evaluator<'_>, module: ModuleId, reference: &ProviderReference) -> ProviderScope {
    let arguments = match evaluator.provider(module, reference) {
        Ok(provider) => provider.arguments.as_ref().map(node_of).unwrap_or_default(),
        Err(error) => Node::Unknown(error.to_string()),
    };
    let region = match arguments.at("region") {
        Node::Null => Node::Unknown("the region comes from the environment".to_owned()),
        region => region.clone(),
    };
    ProviderScope {
        region,
        account: Account::of_provider(&arguments),
        role: first_role(&arguments),
        tags: arguments.at("default_tags.tags").clone(),
    }
}

/// The block of the role that a provider takes; of several, each is taken by the one before.
pub(super) fn first_role(arguments: &Node) -> Node {
    match arguments.at("assume_role") {
        Node::List(blocks) => blocks.first().cloned().unwrap_or_default(),
        one => one.clone(),
    }
}

struct Builder<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    /// The same configuration without the values that a run is given, where there are any.
    written: Option<Written<'a>>,
    /// Where the blocks of each provider configuration are: there are few of those, and many blocks.
    places: FxHashMap<(ModuleId, ProviderReference), Rc<ProviderScope>>,
    resources: Vec<Resource>,
    unread: Vec<Unread>,
}

/// A module that was not looked into, with what it is given.
#[derive(Debug, Clone)]
pub(crate) struct Unread {
    /// Why not, one sentence.
    pub(crate) reason: String,
    /// Its arguments.
    pub(crate) arguments: Node,
}

impl Unread {
    /// Whether an instance is among its arguments.
    pub(crate) fn is_given(&self, resource: &Resource) -> bool {
        mentions(&self.arguments, resource)
    }
}

fn mentions(node: &Node, resource: &Resource) -> bool {
    match node {
        Node::Text(text) => text.contains(resource.arn()) || resource.identifiers.contains(text),
        Node::List(items) => items.iter().any(|item| mentions(item, resource)),
        Node::Map(entries) => entries.values().any(|value| mentions(value, resource)),
        _ => false,
    }
}

impl Builder<'_, '_> {
    fn module(&mut self, module: ModuleId) {
        let tree = self.evaluator.module(module);
        for block in &tree.module.resources {
            if block.mode != ResourceMode::Ephemeral {
                self.block(module, block);
            }
        }
        for call in &tree.module.module_calls {
            let address = self.evaluator.address(module, &format!("module.{}", call.name));
            let reason = match self.evaluator.call_instances(module, call) {
                _ if !tree.children.contains_key(call.name.as_ref()) => format!("{address} was not looked into"),
                Ok(Instances::Unknown { reason, .. }) => format!("how many {address} there are is not known: {reason}"),
                _ => continue,
            };
            let arguments = self.evaluator.body(module, &call.arguments, &Repetition::none());
            let arguments = arguments.as_ref().map_or(Node::Null, node_of);
            self.unread.push(Unread { reason, arguments });
        }
    }

    fn block(&mut self, module: ModuleId, block: &ResourceBlock) {
        match self.evaluator.instances(module, block) {
            Ok(Instances::Unknown { is_count, reason }) => {
                let unknown = Value::unknown(Type::Dynamic, reason.clone());
                let one = if is_count { Repetition::count(0) } else { Repetition::each("".into(), unknown) };
                self.instance(module, block, &one, Some(reason.to_string()));
            }
            Ok(instances) => {
                for repetition in instances.keys() {
                    self.instance(module, block, &repetition, None);
                }
            }
            Err(error) => self.instance(module, block, &Repetition::none(), Some(error.to_string())),
        }
    }

    fn instance(&mut self, module: ModuleId, block: &ResourceBlock, repetition: &Repetition, doubt: Option<String>) {
        let inner = format!("{}{}", block.address(), repetition.key);
        let address = self.evaluator.address(module, &inner);
        let mut values = match self.evaluator.resource_instance(module, block, repetition) {
            Ok(value) => node_of(&value),
            Err(_) => self.one_by_one(module, block, repetition),
        };
        let place = self.place(module, block);
        place.add_tags(&mut values);
        let region = region_of((block.mode, block.type_name()), &values, &place.region);
        let prefix = self.evaluator.address(module, "");
        let depends_on = block.depends_on.iter().filter_map(|on| match on {
            Expression::Traversal(Traversal { root: Root::Address(address), .. }) => Some(format!("{prefix}{address}")),
            _ => None,
        });
        let mut resource = Resource {
            address,
            kind: block.type_name().to_owned(),
            data: block.mode == ResourceMode::Data,
            region,
            account: place.account.clone(),
            values,
            doubt,
            identifiers: Vec::new(),
            depends_on: depends_on.collect(),
            ignored: Some(match &block.lifecycle.ignore_changes {
                None => Vec::new(),
                Some(IgnoreChanges::All) => vec!["*".to_owned()],
                Some(IgnoreChanges::Attributes(names)) => names.iter().map(ToString::to_string).collect(),
            }),
            given: self.written.as_ref().map(|it| it.missing(&prefix, block, repetition)).unwrap_or_default(),
        };
        resource.name_it();
        self.resources.push(resource);
    }

    /// Where one argument is wrong, the others still say what they say.
    fn one_by_one(&self, module: ModuleId, block: &ResourceBlock, repetition: &Repetition) -> Node {
        let mut entries = Entries::default();
        for (key, value) in block.arguments.entries() {
            let Key::Literal(name) = key else { continue };
            let mut alone = Object::new();
            alone.set(name.clone(), value.clone());
            match self.evaluator.body(module, &alone, repetition).as_ref().map(node_of) {
                Ok(Node::Map(found)) => entries.extend(found),
                Ok(_) => {}
                Err(error) => {
                    entries.insert(name.as_ref(), Node::Unknown(error.to_string()));
                }
            }
        }
        Node::Map(entries)
    }

    fn place(&mut self, module: ModuleId, block: &ResourceBlock) -> Rc<ProviderScope> {
        let evaluator = self.evaluator;
        let entry = self.places.entry((module, reference_of(block)));
        Rc::clone(entry.or_insert_with_key(|(module, reference)| Rc::new(place(evaluator, *module, reference))))
    }
}
