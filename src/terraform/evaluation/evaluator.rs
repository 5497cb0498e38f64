//! The evaluator: what everything in a configuration is, each thing evaluated once.
//!
//! What an expression refers to is evaluated before the expression, one thing after the other and not one inside the
//! other: a chain of ten thousand locals takes no more stack than one, and a circle is found where it closes.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::Context;
use super::error::EvaluationError;
use super::names::Index;
use super::references::References;
use super::tree::{ComputedAttributes, Inputs, InstanceKey, Instances, ModuleTree, NoSchemas, Repetition};
use super::value::{Entries, Value};
use crate::terraform::expression::{Expression, Object};
use crate::terraform::{ModuleCall, ProviderReference, ResourceBlock, Variable};

type Evaluated = Result<Value, EvaluationError>;

/// An instance of a module: the root, or one of those that a call makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(usize);

impl ModuleId {
    /// The root module.
    pub const ROOT: Self = Self(0);
}

/// Something that is evaluated once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Node<'a> {
    Variable(ModuleId, &'a str),
    Local(ModuleId, &'a str),
    Output(ModuleId, &'a str),
    Resource(ModuleId, usize),
    Call(ModuleId, usize),
}

/// What is known of a module instance.
pub(super) struct ModuleInstance<'a> {
    pub(super) tree: &'a ModuleTree<'a>,
    pub(super) index: Rc<Index<'a>>,
    pub(super) caller: Option<Caller<'a>>,
    /// What addresses in it begin with: nothing, or `module.name["key"].`.
    pub(super) prefix: String,
}

/// Who called a module instance.
pub(super) struct Caller<'a> {
    pub(super) module: ModuleId,
    pub(super) call: &'a ModuleCall,
    pub(super) repetition: Repetition,
}

/// Evaluates the expressions of a configuration.
pub struct Evaluator<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) computed: &'a dyn ComputedAttributes,
    /// Whether variables, resources and outputs of modules are unknown, as `terraform validate` has them.
    pub(super) validates: bool,
    modules: RefCell<Vec<Rc<ModuleInstance<'a>>>>,
    values: RefCell<FxHashMap<Node<'a>, Evaluated>>,
    children: RefCell<FxHashMap<(ModuleId, usize), Children>>,
    /// The instances of resources that were evaluated, each by the number of its block.
    resources: RefCell<FxHashMap<(ModuleId, usize, InstanceKey), Evaluated>>,
}

/// The instances of a module call; `None` for a module that could not be read.
type Children = Result<(Instances, Option<Rc<Vec<(InstanceKey, ModuleId)>>>), EvaluationError>;

/// A place to evaluate expressions in.
pub(super) struct Environment<'c, 'a> {
    pub(super) evaluator: &'c Evaluator<'a>,
    pub(super) module: ModuleId,
    pub(super) repetition: Option<&'c Repetition>,
    pub(super) self_value: Option<Value>,
    pub(super) surroundings: Surroundings,
}

/// What may be used in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// Everything that a module has.
    Module,
    /// No names and no functions: defaults, and values that are given from outside.
    Constant,
    /// The names that a template in a file is given.
    TemplateFile,
    /// The names that a template in a string is given, and no files.
    TemplateString,
}

/// A provider's configuration as a block uses it.
#[derive(Debug, Clone)]
pub struct ProviderConfiguration {
    /// The module instance whose `provider` block it is.
    pub module: ModuleId,
    /// Its name there.
    pub reference: ProviderReference,
    /// What the block says; none where there is no such block.
    pub arguments: Option<Value>,
}

impl std::fmt::Debug for Evaluator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluator").field("modules", &self.modules.borrow().len()).finish_non_exhaustive()
    }
}

impl<'a> Evaluator<'a> {
    /// An evaluator of a configuration, given the values of its variables and what computed attributes are.
    pub fn new(tree: &'a ModuleTree<'a>, inputs: &'a Inputs, computed: &'a dyn ComputedAttributes) -> Self {
        let root =
            ModuleInstance { tree, index: Rc::new(Index::new(tree.module)), caller: None, prefix: String::new() };
        Self {
            inputs,
            computed,
            validates: false,
            modules: RefCell::new(vec![Rc::new(root)]),
            values: RefCell::default(),
            children: RefCell::default(),
            resources: RefCell::default(),
        }
    }

    /// An evaluator that knows what `terraform validate` knows: locals and what follows from them, and the types of
    /// variables. Each module is there once, however often it is called for.
    pub fn validating(tree: &'a ModuleTree<'a>, inputs: &'a Inputs) -> Self {
        Self { validates: true, ..Self::new(tree, inputs, &NoSchemas) }
    }

    pub(super) fn instance(&self, module: ModuleId) -> Rc<ModuleInstance<'a>> {
        let modules = self.modules.borrow();
        modules.get(module.0).map_or_else(|| modules[0].clone(), Rc::clone)
    }

    /// The module that an instance is of.
    pub fn module(&self, module: ModuleId) -> &'a ModuleTree<'a> {
        self.instance(module).tree
    }

    /// The address of something in a module instance, as the root sees it.
    pub fn address(&self, module: ModuleId, inner: &str) -> String {
        format!("{}{inner}", self.instance(module).prefix)
    }

    /// What an expression is in a module.
    ///
    /// # Errors
    /// What Terraform would report.
    pub fn evaluate(&self, module: ModuleId, expression: &Expression) -> Evaluated {
        self.evaluate_within(module, expression, None)
    }

    /// What an expression is in an instance of a block, where `each` and `count` mean something.
    ///
    /// # Errors
    /// What Terraform would report.
    pub fn evaluate_within(
        &self,
        module: ModuleId,
        expression: &Expression,
        repetition: Option<&Repetition>,
    ) -> Evaluated {
        self.settle(self.nodes(module, &References::of(expression))?);
        let environment =
            Environment { evaluator: self, module, repetition, self_value: None, surroundings: Surroundings::Module };
        environment.evaluate(expression)
    }

    /// What an expression is where dynamic blocks bind names.
    ///
    /// # Errors
    /// What Terraform would report.
    pub(crate) fn evaluate_named(
        &self,
        module: ModuleId,
        expression: &Expression,
        names: Vec<(Arc<str>, Value)>,
    ) -> Evaluated {
        self.settle(self.nodes(module, &References::of(expression))?);
        self.environment(module, None).evaluate_with(expression, names)
    }

    /// What an expression is where one variable has a value, and all that it needs besides is what it is otherwise.
    ///
    /// # Errors
    /// What Terraform would report.
    pub(crate) fn evaluate_with_variable(
        &self,
        module: ModuleId,
        expression: &Expression,
        name: &str,
        value: &Value,
    ) -> Evaluated {
        self.settle(self.nodes(module, &References::of(expression))?);
        let instance = self.instance(module);
        let Some((name, _)) = instance.index.variables.get_key_value(name) else {
            return self.environment(module, None).evaluate(expression);
        };
        let node = Node::Variable(module, name);
        let before = self.values.borrow_mut().insert(node, Ok(value.clone()));
        let result = self.environment(module, None).evaluate(expression);
        match before {
            Some(before) => self.keep(node, before),
            None => drop(self.values.borrow_mut().remove(&node)),
        }
        result
    }

    /// The value that a variable of a module has if it is given this one, or nothing.
    ///
    /// # Errors
    /// Something that the variable does not take.
    pub(crate) fn taken(&self, variable: &Variable, given: Option<Value>) -> Evaluated {
        self.final_value(variable, given, &format!("var.{}", variable.name()))
    }

    /// The instances of a resource, data source or ephemeral.
    ///
    /// # Errors
    /// `count` or `for_each` cannot be evaluated, or is none.
    pub fn instances(&self, module: ModuleId, block: &ResourceBlock) -> Result<Instances, EvaluationError> {
        self.expand(module, block.count.as_ref(), block.for_each.as_ref())
    }

    /// The instances of a module that is called, where it could be read.
    ///
    /// # Errors
    /// `count` or `for_each` cannot be evaluated, or is none.
    pub fn module_instances(
        &self,
        module: ModuleId,
        call: &str,
    ) -> Result<Vec<(InstanceKey, ModuleId)>, EvaluationError> {
        let instance = self.instance(module);
        let Some(position) = instance.index.calls.get(call).copied() else { return Ok(Vec::new()) };
        let (_, children) = self.children(module, position)?;
        Ok(children.map(|children| children.to_vec()).unwrap_or_default())
    }

    /// How many instances a call of a module has.
    ///
    /// # Errors
    /// `count` or `for_each` cannot be evaluated, or is none.
    pub fn call_instances(&self, module: ModuleId, call: &ModuleCall) -> Result<Instances, EvaluationError> {
        self.expand(module, call.count.as_ref(), call.for_each.as_ref())
    }

    /// All module instances whose number is known, the callers before the called.
    pub fn all_modules(&self) -> Vec<ModuleId> {
        let mut found = vec![ModuleId::ROOT];
        let mut next = 0;
        while let Some(module) = found.get(next).copied() {
            next += 1;
            for call in &self.module(module).module.module_calls {
                found.extend(self.module_instances(module, &call.name).unwrap_or_default().iter().map(|(_, id)| *id));
            }
        }
        found
    }

    /// The arguments and nested blocks of a block, dynamic blocks unfolded: each type of nested block is a list.
    ///
    /// # Errors
    /// An argument cannot be evaluated.
    pub fn body(&self, module: ModuleId, body: &Object, repetition: &Repetition) -> Evaluated {
        Ok(Value::of_entries(self.body_entries(module, body, repetition)?))
    }

    pub(super) fn body_entries(
        &self,
        module: ModuleId,
        body: &Object,
        repetition: &Repetition,
    ) -> Result<Entries, EvaluationError> {
        self.settle(self.nodes(module, &References::of_object(body))?);
        let environment = Environment {
            evaluator: self,
            module,
            repetition: Some(repetition),
            self_value: None,
            surroundings: Surroundings::Module,
        };
        super::body::entries(&environment, body)
    }

    /// What a reference to an instance of a resource gives.
    ///
    /// # Errors
    /// An argument cannot be evaluated, or cannot be what the schema says.
    pub fn resource_instance(&self, module: ModuleId, block: &ResourceBlock, repetition: &Repetition) -> Evaluated {
        let evaluate = || super::body::resource_instance(self, module, block, repetition);
        // A block that is not of the configuration, or whose address another one has, is evaluated by itself.
        let Some(position) = self.instance(module).index.position_of(block) else { return evaluate() };
        let key = (module, position, repetition.key.clone());
        if let Some(known) = self.resources.borrow().get(&key) {
            return known.clone();
        }
        let value = evaluate();
        self.resources.borrow_mut().insert(key, value.clone());
        value
    }

    /// The value of a variable, local, output, module call or resource of a module by its address.
    ///
    /// # Errors
    /// What Terraform would report.
    pub fn value_of(&self, module: ModuleId, address: &crate::terraform::Address) -> Evaluated {
        self.evaluate(module, &Expression::reference(Arc::new(address.clone()), Vec::new()))
    }

    /// The value of an output.
    ///
    /// # Errors
    /// What Terraform would report; an output that is not there.
    pub fn output(&self, module: ModuleId, name: &str) -> Evaluated {
        let instance = self.instance(module);
        let Some((name, _)) = instance.index.outputs.get_key_value(name) else {
            return Err(EvaluationError::new("Unsupported attribute", format!("There is no output \"{name}\".")));
        };
        let node = Node::Output(module, name);
        self.settle(vec![node]);
        self.settled(&node)
    }

    /// The provider configuration that a reference in a module stands for, followed through the calls.
    ///
    /// # Errors
    /// An argument of the provider block cannot be evaluated.
    pub fn provider(
        &self,
        module: ModuleId,
        reference: &ProviderReference,
    ) -> Result<ProviderConfiguration, EvaluationError> {
        let instance = self.instance(module);
        let block = instance.tree.module.providers.iter().find(|provider| provider.reference == *reference);
        if let Some(block) = block {
            let arguments = Some(self.body(module, &block.arguments, &Repetition::none())?);
            return Ok(ProviderConfiguration { module, reference: reference.clone(), arguments });
        }
        let Some(caller) = &instance.caller else {
            return Ok(ProviderConfiguration { module, reference: reference.clone(), arguments: None });
        };
        // What is not passed is inherited under its own name.
        let outer = caller.call.providers.get(&reference.to_string()).unwrap_or(reference);
        self.provider(caller.module, outer)
    }

    pub(super) fn settled(&self, node: &Node<'a>) -> Evaluated {
        self.values
            .borrow()
            .get(node)
            .cloned()
            .unwrap_or_else(|| Err(EvaluationError::new("Cycle", "What this refers to refers back to it.").finally()))
    }

    pub(super) fn is_settled(&self, node: &Node<'a>) -> bool {
        self.values.borrow().contains_key(node)
    }

    pub(super) fn keep(&self, node: Node<'a>, value: Evaluated) {
        self.values.borrow_mut().insert(node, value);
    }

    /// Evaluates nodes and all that they need.
    pub(super) fn settle(&self, nodes: Vec<Node<'a>>) {
        let mut stack = nodes;
        let mut open: FxHashSet<Node<'a>> = FxHashSet::default();
        while let Some(node) = stack.last().copied() {
            if self.is_settled(&node) {
                open.remove(&node);
                stack.pop();
                continue;
            }
            open.insert(node);
            match self.needs(node) {
                Err(error) => self.keep(node, Err(error)),
                Ok(needs) => {
                    let missing: Vec<_> = needs.into_iter().filter(|need| !self.is_settled(need)).collect();
                    if let Some(back) = missing.iter().find(|need| open.contains(*need)) {
                        let detail = self.describe_cycle(&node, back);
                        self.keep(node, Err(detail));
                    } else if missing.is_empty() {
                        let value = self.settle_one(node);
                        self.keep(node, value);
                    } else {
                        stack.extend(missing);
                    }
                }
            }
        }
    }

    fn describe_cycle(&self, node: &Node<'a>, back: &Node<'a>) -> EvaluationError {
        let (node, back) = (self.name_of(node), self.name_of(back));
        let detail = if node == back { format!("{node} refers to itself.") } else { format!("{node}, {back}.") };
        EvaluationError::new("Cycle", detail).finally()
    }

    pub(super) fn name_of(&self, node: &Node<'a>) -> String {
        match node {
            Node::Variable(module, name) => self.address(*module, &format!("var.{name}")),
            Node::Local(module, name) => self.address(*module, &format!("local.{name}")),
            Node::Output(module, name) => self.address(*module, &format!("output.{name}")),
            Node::Resource(module, position) => {
                let instance = self.instance(*module);
                let block = instance.index.resources.get(*position);
                self.address(*module, &block.map(|block| block.address().to_string()).unwrap_or_default())
            }
            Node::Call(module, position) => {
                let name = self.module(*module).module.module_calls.get(*position).map(|call| call.name.to_string());
                self.address(*module, &format!("module.{}", name.unwrap_or_default()))
            }
        }
    }

    /// The instances of a call, made when they are first asked for.
    pub(super) fn children(&self, module: ModuleId, position: usize) -> Children {
        if let Some(children) = self.children.borrow().get(&(module, position)) {
            return children.clone();
        }
        let children = self.make_children(module, position);
        self.children.borrow_mut().insert((module, position), children.clone());
        children
    }

    fn make_children(&self, module: ModuleId, position: usize) -> Children {
        let instance = self.instance(module);
        let tree: &'a ModuleTree<'a> = instance.tree;
        let Some(call) = tree.module.module_calls.get(position) else { return Ok((Instances::One, None)) };
        let instances = if self.validates { Instances::One } else { self.call_instances(module, call)? };
        let Some(child) = tree.children.get(call.name.as_ref()) else { return Ok((instances, None)) };
        let index = Rc::new(Index::new(child.module));
        let mut children = Vec::new();
        for repetition in instances.keys() {
            let prefix = format!("{}module.{}{}.", instance.prefix, call.name, repetition.key);
            let key = repetition.key.clone();
            let caller = Some(Caller { module, call, repetition });
            let mut modules = self.modules.borrow_mut();
            children.push((key, ModuleId(modules.len())));
            modules.push(Rc::new(ModuleInstance { tree: child, index: Rc::clone(&index), caller, prefix }));
        }
        Ok((instances, Some(Rc::new(children))))
    }
}

impl Environment<'_, '_> {
    pub(super) fn evaluate(&self, expression: &Expression) -> Evaluated {
        self.evaluate_with(expression, Vec::new())
    }

    pub(super) fn evaluate_with(&self, expression: &Expression, names: Vec<(Arc<str>, Value)>) -> Evaluated {
        let mut context = Context::new(self, names);
        let value = context.evaluate(expression);
        context.finish(value)
    }
}

/// The value of an expression that names nothing and calls nothing, as files of values have them.
///
/// # Errors
/// What Terraform would report.
pub fn constant(expression: &Expression) -> Evaluated {
    let module = crate::terraform::Module::new();
    let tree = ModuleTree::of_root(&module);
    let inputs = Inputs::default();
    Evaluator::new(&tree, &inputs, &super::NoSchemas).constant(expression)
}
