//! What each node needs, and what it is once that is there.

use std::sync::Arc;

use super::constraint::{Defaults, type_of};
use super::error::EvaluationError;
use super::evaluator::{Environment, Evaluator, ModuleId, Node, Surroundings};
use super::marks::Marks;
use super::references::References;
use super::tree::{Input, InstanceKey, Instances, Repetition};
use super::types::Type;
use super::value::{Entries, Value};
use crate::terraform::expression::Step;
use crate::terraform::lifecycle::Condition;
use crate::terraform::nearest::nearest;
use crate::terraform::variable::{TypeConstraint, Variable};
use crate::terraform::{Address, Expression, ResourceMode, parse};

type Evaluated = Result<Value, EvaluationError>;

impl<'a> Evaluator<'a> {
    /// The nodes that references lead to.
    pub(super) fn nodes(
        &self,
        module: ModuleId,
        references: &References<'_>,
    ) -> Result<Vec<Node<'a>>, EvaluationError> {
        references
            .found
            .iter()
            .map(|(address, steps)| self.node_at(module, address, steps).map(|(node, _)| node))
            .collect()
    }

    /// The node that a reference leads to, and how many of its steps are taken with it. An output of a module that is called once is a
    /// node of its own: two modules may use each other's outputs, as long as no output needs itself.
    pub(super) fn node_at(
        &self,
        module: ModuleId,
        address: &Address,
        steps: &[Step],
    ) -> Result<(Node<'a>, usize), EvaluationError> {
        let node = self.node(module, address)?;
        let (Node::Call(_, position), Some(Step::Attribute(name))) = (node, steps.first()) else {
            return Ok((node, 0));
        };
        let Some(call) = self.module(module).module.module_calls.get(position) else { return Ok((node, 0)) };
        // `terraform validate` does not look into a module for what it gives.
        if self.validates || call.count.is_some() || call.for_each.is_some() {
            return Ok((node, 0));
        }
        let (_, children) = self.children(module, position)?;
        let child = children.as_ref().and_then(|children| children.first()).map(|(_, child)| *child);
        let output = child.and_then(|child| {
            let (name, _) =
                self.instance(child).index.outputs.get_key_value(name.as_ref()).map(|(name, value)| (*name, *value))?;
            Some(Node::Output(child, name))
        });
        Ok(output.map_or((node, 0), |output| (output, 1)))
    }

    /// The node that an address in a module leads to.
    pub(super) fn node(&self, module: ModuleId, address: &Address) -> Result<Node<'a>, EvaluationError> {
        let instance = self.instance(module);
        let index = &instance.index;
        let undeclared = |what: &str, kind: &str, name: &str, names: Vec<&str>| {
            let near = nearest(name, names);
            let near = near.first().map(|near| format!(" Did you mean \"{near}\"?")).unwrap_or_default();
            let detail = format!("{kind} with the name \"{name}\" has not been declared.{near}");
            EvaluationError::new(format!("Reference to undeclared {what}"), detail).finally()
        };
        match address {
            Address::Variable(name) => match index.variables.get_key_value(name.as_ref()) {
                Some((name, _)) => Ok(Node::Variable(module, name)),
                None => Err(undeclared(
                    "input variable",
                    "An input variable",
                    name,
                    index.variables.keys().copied().collect(),
                )),
            },
            Address::Local(name) => match index.locals.get_key_value(name.as_ref()) {
                Some((name, _)) => Ok(Node::Local(module, name)),
                None => Err(undeclared("local value", "A local value", name, index.locals.keys().copied().collect())),
            },
            Address::Module(name) => match index.calls.get(name.as_ref()) {
                Some(position) => Ok(Node::Call(module, *position)),
                None => Err(undeclared("module", "A module call", name, index.calls.keys().copied().collect())),
            },
            Address::Resource { type_name, name, .. } => {
                let undeclared = || {
                    let detail = format!("A resource \"{type_name}\" \"{name}\" has not been declared.");
                    EvaluationError::new("Reference to undeclared resource", detail).finally()
                };
                index.resource(address).map(|position| Node::Resource(module, position)).ok_or_else(undeclared)
            }
        }
    }

    /// The nodes that must be settled before this one.
    pub(super) fn needs(&self, node: Node<'a>) -> Result<Vec<Node<'a>>, EvaluationError> {
        match node {
            Node::Variable(..) | Node::Resource(..) | Node::Call(..) if self.validates => Ok(Vec::new()),
            Node::Variable(module, name) => self.variable_needs(module, name),
            Node::Local(module, name) => {
                let value = self.instance(module).index.locals.get(name).copied();
                value.map_or_else(|| Ok(Vec::new()), |value| self.nodes(module, &References::of(value)))
            }
            Node::Output(module, name) => {
                let output = self.instance(module).index.outputs.get(name).copied();
                output.map_or_else(|| Ok(Vec::new()), |output| self.nodes(module, &References::of(&output.value)))
            }
            Node::Resource(module, position) => {
                let Some(block) = self.instance(module).index.resources.get(position).copied() else {
                    return Ok(Vec::new());
                };
                let mut references = References::default();
                block.count.iter().chain(&block.for_each).for_each(|expression| references.add(expression));
                if block.mode == ResourceMode::Managed || self.computed.reads(block) {
                    references.add_object(&block.arguments);
                }
                self.nodes(module, &references)
            }
            Node::Call(module, position) => self.call_needs(module, position),
        }
    }

    fn variable_needs(&self, module: ModuleId, name: &str) -> Result<Vec<Node<'a>>, EvaluationError> {
        let instance = self.instance(module);
        let mut nodes = match &instance.caller {
            Some(caller) => match caller.call.arguments.get(name) {
                Some(argument) => self.nodes(caller.module, &References::of(argument))?,
                None => Vec::new(),
            },
            None => Vec::new(),
        };
        let Some(variable) = instance.index.variables.get(name).copied() else { return Ok(nodes) };
        for validation in &variable.validations {
            let needed = self.nodes(module, &References::of(&validation.condition))?;
            nodes.extend(needed.into_iter().filter(|node| !matches!(node, Node::Variable(_, other) if *other == name)));
        }
        Ok(nodes)
    }

    fn call_needs(&self, module: ModuleId, position: usize) -> Result<Vec<Node<'a>>, EvaluationError> {
        let Some(call) = self.module(module).module.module_calls.get(position) else { return Ok(Vec::new()) };
        let mut references = References::default();
        call.count.iter().chain(&call.for_each).for_each(|expression| references.add(expression));
        let nodes = self.nodes(module, &references)?;
        if nodes.iter().any(|node| !self.is_settled(node)) {
            return Ok(nodes);
        }
        let (_, children) = self.children(module, position)?;
        let outputs = children.iter().flat_map(|children| children.iter()).flat_map(|(_, child)| {
            let outputs = &self.module(*child).module.outputs;
            outputs.iter().map(|output| Node::Output(*child, output.name.as_ref()))
        });
        Ok(outputs.collect())
    }

    /// Evaluates a node whose needs are all settled.
    pub(super) fn settle_one(&self, node: Node<'a>) -> Evaluated {
        match node {
            Node::Variable(module, name) if self.validates => Ok(self.any_variable(module, name)),
            Node::Resource(module, position) if self.validates => Ok(self.any_resource(module, position)),
            Node::Call(module, position) if self.validates => Ok(self.any_call(module, position)),
            Node::Variable(module, name) => self.variable(module, name, node),
            Node::Local(module, name) => {
                let value = self.instance(module).index.locals.get(name).copied();
                let value = value.map_or_else(|| Ok(Value::null(Type::Dynamic)), |value| self.plain(module, value));
                value.map_err(|error| error.at(|| self.name_of(&node)))
            }
            Node::Output(module, name) => {
                let Some(output) = self.instance(module).index.outputs.get(name).copied() else {
                    return Ok(Value::null(Type::Dynamic));
                };
                let value = self.plain(module, &output.value).map_err(|error| error.at(|| self.name_of(&node)))?;
                let sensitive = if output.sensitive { Marks::SENSITIVE } else { Marks::NONE };
                let ephemeral = if output.ephemeral { Marks::EPHEMERAL } else { Marks::NONE };
                Ok(value.with_marks(sensitive | ephemeral))
            }
            Node::Resource(module, position) => {
                self.resource(module, position).map_err(|error| error.at(|| self.name_of(&node)))
            }
            Node::Call(module, position) => {
                self.module_object(module, position).map_err(|error| error.at(|| self.name_of(&node)))
            }
        }
    }

    fn plain(&self, module: ModuleId, expression: &Expression) -> Evaluated {
        self.environment(module, None).evaluate(expression)
    }

    pub(super) fn environment<'c>(
        &'c self,
        module: ModuleId,
        repetition: Option<&'c Repetition>,
    ) -> Environment<'c, 'a> {
        Environment { evaluator: self, module, repetition, self_value: None, surroundings: Surroundings::Module }
    }

    fn variable(&self, module: ModuleId, name: &str, node: Node<'a>) -> Evaluated {
        let instance = self.instance(module);
        let Some(variable) = instance.index.variables.get(name).copied() else {
            return Ok(Value::null(Type::Dynamic));
        };
        let place = || self.name_of(&node);
        let given = match &instance.caller {
            Some(caller) => match caller.call.arguments.get(name) {
                Some(argument) => Some(
                    self.environment(caller.module, Some(&caller.repetition))
                        .evaluate(argument)
                        .map_err(|e| e.at(place))?,
                ),
                None => None,
            },
            None => match self.inputs.variables.get(name) {
                Some(Input::Value(value)) => Some(value.clone()),
                Some(Input::Text(text)) => Some(self.parse_input(variable, text).map_err(|error| error.at(place))?),
                None => None,
            },
        };
        let value = self.final_value(variable, given, &place()).map_err(|error| error.at(place))?;
        if variable.validations.is_empty() {
            return Ok(value);
        }
        self.keep(node, Ok(value.clone()));
        let failed = variable.validations.iter().find_map(|validation| self.validate(module, validation).err());
        failed.map_or(Ok(value), |error| Err(error.at(place)))
    }

    /// Text from the command line or the environment: an expression, unless the variable is a string.
    fn parse_input(&self, variable: &Variable, text: &str) -> Evaluated {
        if matches!(variable.of_type, None | Some(TypeConstraint::String)) {
            return Ok(Value::text(text));
        }
        let invalid = |detail: String| EvaluationError::new("Invalid value for input variable", detail);
        let expression = parse::expression(text).map_err(|error| {
            invalid(format!("The value given for \"{}\" is no expression: {error}.", variable.name))
        })?;
        if let Some((address, _)) = References::of(&expression).found.first() {
            return Err(EvaluationError::new("Variables not allowed", format!("{address} may not be used here.")));
        }
        self.constant(&expression)
    }

    /// The value of an expression in which no names mean anything.
    pub(super) fn constant(&self, expression: &Expression) -> Evaluated {
        let environment = Environment {
            evaluator: self,
            module: ModuleId::ROOT,
            repetition: None,
            self_value: None,
            surroundings: Surroundings::Constant,
        };
        environment.evaluate(expression)
    }

    pub(super) fn final_value(&self, variable: &Variable, given: Option<Value>, place: &str) -> Evaluated {
        let constraint = variable.of_type.as_ref().unwrap_or(&TypeConstraint::Any);
        let of_type = type_of(constraint);
        let evaluate = |text: &str| self.constant(&parse::expression(text).ok()?).ok();
        let defaults = Defaults::of(constraint, &evaluate);
        let default = match &variable.default {
            Some(default) => Some(self.constant(default)?),
            None => None,
        };
        let is_nullable = variable.nullable.unwrap_or(true);
        let chosen = match (given, default) {
            (Some(given), Some(default)) if given.is_null() && !is_nullable => default,
            (Some(given), _) => given,
            (None, Some(default)) => default,
            (None, None) => Value::unknown(of_type.without_optional(), format!("{place} is not set")),
        };
        let value = defaults.apply(&chosen).convert(&of_type).map_err(|error| {
            let detail = format!("The given value is not suitable for {place}: {error}.");
            EvaluationError::new("Invalid value for input variable", detail)
        })?;
        if value.is_null() && !is_nullable {
            let detail = format!("{place} must not be null.");
            return Err(EvaluationError::new("Required variable not set", detail));
        }
        let value = if is_nullable { value } else { value.refined_not_null() };
        let sensitive = if variable.sensitive { Marks::SENSITIVE } else { Marks::NONE };
        let ephemeral = if variable.ephemeral { Marks::EPHEMERAL } else { Marks::NONE };
        Ok(value.with_marks(sensitive | ephemeral))
    }

    fn validate(&self, module: ModuleId, validation: &Condition) -> Result<(), EvaluationError> {
        let condition = self.plain(module, &validation.condition)?;
        let invalid = |detail: &str| EvaluationError::new("Invalid variable validation result", detail);
        if condition.is_null() {
            return Err(invalid("Validation condition expression must return either true or false, not null."));
        }
        let condition = condition.convert(&Type::Bool).map_err(|error| invalid(&format!("{error}.")))?;
        if condition.as_bool() != Some(false) {
            return Ok(());
        }
        let message = self.evaluate(module, &validation.error_message).ok();
        let message = message.and_then(|message| message.as_text().map(str::to_owned)).unwrap_or_default();
        Err(EvaluationError::new("Invalid value for variable", message))
    }

    fn resource(&self, module: ModuleId, position: usize) -> Evaluated {
        let instance = self.instance(module);
        let Some(block) = instance.index.resources.get(position).copied() else {
            return Ok(Value::null(Type::Dynamic));
        };
        let instances = self.instances(module, block)?;
        let one = |repetition: &Repetition| self.resource_instance(module, block, repetition);
        of_instances(&instances, &one)
    }

    fn module_object(&self, module: ModuleId, position: usize) -> Evaluated {
        let (instances, children) = self.children(module, position)?;
        let Some(children) = children else {
            let name = self.name_of(&Node::Call(module, position));
            return Ok(Value::unknown(Type::Dynamic, format!("{name} was not looked into")));
        };
        let one = |repetition: &Repetition| {
            let child = children.iter().find(|(key, _)| *key == repetition.key).map(|(_, child)| *child);
            let Some(child) = child else { return Ok(Value::null(Type::Dynamic)) };
            let outputs = self.module(child).module.outputs.iter().map(|output| {
                let value = self.settled(&Node::Output(child, output.name.as_ref()))?;
                Ok((Arc::from(output.name.as_ref()), value))
            });
            Ok(Value::of_entries(outputs.collect::<Result<Entries, EvaluationError>>()?))
        };
        of_instances(&instances, &one)
    }
}

fn key_text(key: &InstanceKey) -> Arc<str> {
    match key {
        InstanceKey::Text(text) => text.clone(),
        other => other.to_string().into(),
    }
}

/// One value, a tuple or an object of them.
fn of_instances(instances: &Instances, one: &dyn Fn(&Repetition) -> Evaluated) -> Evaluated {
    match instances {
        Instances::One => one(&Repetition::none()),
        Instances::Count(_) => Ok(Value::tuple(instances.keys().iter().map(one).collect::<Result<Vec<_>, _>>()?)),
        Instances::ForEach(_) => {
            let entry = |repetition: &Repetition| Ok((key_text(&repetition.key), one(repetition)?));
            Ok(Value::of_entries(instances.keys().iter().map(entry).collect::<Result<Entries, EvaluationError>>()?))
        }
        Instances::Unknown { reason, .. } => Ok(Value::unknown(Type::Dynamic, reason.clone())),
    }
}
