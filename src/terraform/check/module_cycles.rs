//! Circles that lead through modules: an argument of a call that waits for an output that waits for the argument.
//!
//! The graph is Terraform's: what is in a module waits for its call's `count`, `for_each` and `depends_on`, a variable for its
//! argument, whoever names a variable for its validation, whoever names a module as a whole for everything in it, and a resource
//! for the configuration of its provider.

use rustc_hash::FxHashMap;

use super::provider_name;
use crate::terraform::address::Address;
use crate::terraform::configuration::Configuration;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Names, Object, Root, Step, Traversal, Visitor};
use crate::terraform::lifecycle::Condition;
use crate::terraform::provider::ProviderReference;
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::resource::ResourceBlock;

/// Something that waits, and is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Node<'c> {
    Variable(usize, &'c str),
    Validation(usize, &'c str),
    Local(usize, &'c str),
    Output(usize, &'c str),
    Resource(usize, Address),
    Provider(usize, &'c ProviderReference),
    /// Which instances of a module there are.
    Expand(usize),
    /// Everything in a module.
    Close(usize),
}

/// A module with the call that leads to it.
struct ModuleNode<'c> {
    address: String,
    configuration: &'c Configuration,
    call: Option<(usize, &'c ModuleCall)>,
    children: FxHashMap<&'c str, usize>,
}

/// The first circle that leads through modules; circles within a module are found where the module is checked.
pub(super) fn check(configuration: &Configuration) -> Option<Diagnostic> {
    if configuration.children.is_empty() {
        return None;
    }
    let mut graph = Graph { places: Vec::new(), numbers: FxHashMap::default(), nodes: Vec::new(), edges: Vec::new() };
    graph.place(configuration, String::new(), None);
    for number in 0..graph.places.len() {
        graph.module(number);
    }
    let ring = graph.ring()?;
    let names: Vec<String> = ring.iter().map(|node| graph.name(node)).collect();
    let first = names.first()?;
    let message = format!("depends on itself: {} -> {first}", names.join(" -> "));
    let diagnostic = Diagnostic::new(DiagnosticKind::Cycle, first, message);
    Some(diagnostic.because("each would have to exist before the others"))
}

struct Graph<'c> {
    places: Vec<ModuleNode<'c>>,
    numbers: FxHashMap<Node<'c>, usize>,
    nodes: Vec<Node<'c>>,
    edges: Vec<Vec<usize>>,
}

impl<'c> Graph<'c> {
    fn place(
        &mut self,
        configuration: &'c Configuration,
        address: String,
        call: Option<(usize, &'c ModuleCall)>,
    ) -> usize {
        let number = self.places.len();
        let prefix = address.clone();
        self.places.push(ModuleNode { address, configuration, call, children: FxHashMap::default() });
        for call in &configuration.module.module_calls {
            let Some(child) = configuration.children.get(call.name.as_ref()) else { continue };
            let inner = self.place(child, format!("{prefix}module.{}.", call.name), Some((number, call)));
            self.places[number].children.insert(call.name.as_ref(), inner);
        }
        number
    }

    fn node(&mut self, node: Node<'c>) -> usize {
        if let Some(number) = self.numbers.get(&node) {
            return *number;
        }
        let number = self.nodes.len();
        self.numbers.insert(node.clone(), number);
        self.nodes.push(node);
        self.edges.push(Vec::new());
        number
    }

    fn waits(&mut self, node: &Node<'c>, needs: Vec<Node<'c>>) {
        let from = self.node(node.clone());
        for need in needs {
            let to = self.node(need);
            self.edges[from].push(to);
        }
    }

    /// What is in a module, and what each part of it waits for.
    fn module(&mut self, at: usize) {
        let module = &self.places[at].configuration.module;
        let mut inside = Vec::new();
        let mut expand = Vec::new();
        if let Some((outer, call)) = self.places[at].call {
            let mut needs = Needs::new(self, outer);
            call.count.iter().chain(&call.for_each).chain(&call.depends_on).for_each(|it| needs.expression(it));
            expand = needs.found;
            expand.push(Node::Expand(outer));
        }
        self.waits(&Node::Expand(at), expand);
        for variable in &module.variables {
            let name = variable.name.as_ref();
            let mut needs = vec![Node::Expand(at)];
            if let Some((outer, call)) = self.places[at].call {
                let argument = call.arguments.get(name);
                needs.extend(argument.map(|argument| Needs::of(self, outer, argument)).unwrap_or_default());
            }
            self.waits(&Node::Variable(at, name), needs);
            inside.push(Node::Variable(at, name));
            if !variable.validations.is_empty() {
                let mut needs = Needs::new(self, at);
                needs.conditions(&variable.validations);
                // A validation looks at its own variable before anybody else does.
                let own = Node::Validation(at, name);
                let mut found: Vec<_> = needs.found.into_iter().filter(|need| *need != own).collect();
                found.push(Node::Variable(at, name));
                self.waits(&own, found);
                inside.push(own);
            }
        }
        for local in &module.locals {
            let mut needs = Needs::of(self, at, &local.value);
            needs.push(Node::Expand(at));
            self.waits(&Node::Local(at, &local.name), needs);
            inside.push(Node::Local(at, &local.name));
        }
        for provider in &module.providers {
            let mut needs = Needs::new(self, at);
            needs.object(&provider.arguments);
            let found = needs.found;
            self.waits(&Node::Provider(at, &provider.reference), found);
        }
        for block in &module.resources {
            let node = Node::Resource(at, block.address());
            let needs = self.of_resource(at, block);
            self.waits(&node, needs.into_iter().filter(|need| *need != node).collect());
            inside.push(node);
        }
        for output in &module.outputs {
            let mut needs = Needs::new(self, at);
            needs.expression(&output.value);
            output.depends_on.iter().for_each(|it| needs.expression(it));
            needs.conditions(&output.preconditions);
            let mut found = needs.found;
            found.push(Node::Expand(at));
            self.waits(&Node::Output(at, &output.name), found);
            inside.push(Node::Output(at, &output.name));
        }
        inside.extend(self.places[at].children.values().map(|child| Node::Close(*child)));
        inside.push(Node::Expand(at));
        self.waits(&Node::Close(at), inside);
    }

    fn of_resource(&self, at: usize, block: &'c ResourceBlock) -> Vec<Node<'c>> {
        let mut needs = Needs::new(self, at);
        block.count.iter().chain(&block.for_each).chain(&block.depends_on).for_each(|it| needs.expression(it));
        needs.object(&block.arguments);
        block.lifecycle.replace_triggered_by.iter().for_each(|it| needs.expression(it));
        for provisioner in &block.provisioners {
            needs.object(&provisioner.arguments);
            provisioner.connection.iter().for_each(|it| needs.object(it));
        }
        block.connection.iter().for_each(|it| needs.object(it));
        needs.conditions(&block.lifecycle.preconditions);
        needs.conditions(&block.lifecycle.postconditions);
        let mut found = needs.found;
        found.push(Node::Expand(at));
        let default = ProviderReference::new(provider_name(block).to_owned(), None);
        found.extend(self.provider(at, block.provider.as_ref().unwrap_or(&default)));
        found
    }

    /// The configuration that a provider's name means in a module, passed to it or inherited.
    fn provider(&self, at: usize, reference: &ProviderReference) -> Option<Node<'c>> {
        let place = &self.places[at];
        let own = place.configuration.module.providers.iter().find(|provider| provider.reference == *reference);
        if let Some(own) = own {
            return Some(Node::Provider(at, &own.reference));
        }
        let (outer, call) = place.call?;
        self.provider(outer, call.providers.get(&reference.to_string()).unwrap_or(reference))
    }

    /// The first circle, nodes in the order in which they wait for each other.
    fn ring(&self) -> Option<Vec<Node<'c>>> {
        let (mut open, mut done) = (vec![false; self.nodes.len()], vec![false; self.nodes.len()]);
        let mut path: Vec<(usize, usize)> = Vec::new();
        for start in 0..self.nodes.len() {
            if !done[start] {
                open[start] = true;
                path.push((start, 0));
            }
            while let Some((node, next)) = path.last_mut() {
                let node = *node;
                let Some(target) = self.edges[node].get(*next).copied() else {
                    (open[node], done[node]) = (false, true);
                    path.pop();
                    continue;
                };
                *next += 1;
                if open[target] {
                    let ring = path.iter().map(|(node, _)| *node).skip_while(|node| *node != target);
                    return Some(ring.map(|node| self.nodes[node].clone()).collect());
                }
                if !done[target] {
                    open[target] = true;
                    path.push((target, 0));
                }
            }
        }
        None
    }

    fn name(&self, node: &Node<'c>) -> String {
        let at = |place: &usize| self.places[*place].address.as_str();
        match node {
            Node::Variable(place, name) | Node::Validation(place, name) => format!("{}var.{name}", at(place)),
            Node::Local(place, name) => format!("{}local.{name}", at(place)),
            Node::Output(place, name) => format!("{}output.{name}", at(place)),
            Node::Resource(place, address) => format!("{}{address}", at(place)),
            Node::Provider(place, reference) => format!("{}provider.{reference}", at(place)),
            Node::Expand(place) | Node::Close(place) => at(place).trim_end_matches('.').to_owned(),
        }
    }
}

/// What expressions in a module wait for.
struct Needs<'g, 'c> {
    graph: &'g Graph<'c>,
    at: usize,
    found: Vec<Node<'c>>,
}

impl<'g, 'c> Needs<'g, 'c> {
    fn new(graph: &'g Graph<'c>, at: usize) -> Self {
        Self { graph, at, found: Vec::new() }
    }

    fn of(graph: &'g Graph<'c>, at: usize, expression: &'c Expression) -> Vec<Node<'c>> {
        let mut needs = Self::new(graph, at);
        needs.expression(expression);
        needs.found
    }

    fn expression(&mut self, expression: &'c Expression) {
        expression.walk(&Names::none(), self);
    }

    fn object(&mut self, object: &'c Object) {
        object.walk(&Names::none(), self);
    }

    fn conditions(&mut self, conditions: &'c [Condition]) {
        for condition in conditions {
            self.expression(&condition.condition);
            self.expression(&condition.error_message);
        }
    }

    fn of_module(&self, name: &str, steps: &[Step]) -> Option<Node<'c>> {
        let child = *self.graph.places[self.at].children.get(name)?;
        let output = match steps {
            [Step::Attribute(output), ..] | [Step::Index(_), Step::Attribute(output), ..] => output.as_ref(),
            _ => return Some(Node::Close(child)),
        };
        let outputs = &self.graph.places[child].configuration.module.outputs;
        outputs.iter().find(|it| it.name == output).map(|output| Node::Output(child, output.name.as_ref()))
    }
}

impl<'c> Visitor<'c> for Needs<'_, 'c> {
    fn traversal(&mut self, traversal: &'c Traversal, _: &Names<'_>) {
        let Root::Address(address) = &traversal.root else { return };
        let at = self.at;
        let module = &self.graph.places[at].configuration.module;
        let node = match address.as_ref() {
            Address::Variable(name) => module.variables.iter().find(|it| it.name == *name).map(|variable| {
                let name = variable.name.as_ref();
                if variable.validations.is_empty() { Node::Variable(at, name) } else { Node::Validation(at, name) }
            }),
            Address::Local(name) => {
                module.locals.iter().find(|it| it.name == *name).map(|local| Node::Local(at, local.name.as_ref()))
            }
            Address::Module(name) => self.of_module(name, &traversal.steps),
            resource @ Address::Resource { .. } => Some(Node::Resource(at, resource.clone())),
        };
        self.found.extend(node);
    }
}
