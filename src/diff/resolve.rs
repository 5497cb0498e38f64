//! Expressions with their references resolved: what is left of a module's plumbing is what it leads to.

use std::borrow::Cow;

use super::configuration::Configuration;
use super::moves::Moves;
use crate::terraform::expression::{Call, For, Key, Object, Root, Step, TemplatePart, Traversal};
use crate::terraform::{Address, Expression, ModuleCall, ProviderReference};

/// How many references inside of references are followed. What lies deeper stays a name.
const DEEPEST: usize = 64;

/// How many pieces all resolved expressions may have together: locals that name each other twice grow without end.
const MOST: usize = 4_000_000;

/// A module of a configuration, and how it is called.
pub(super) struct Place<'a> {
    pub(super) configuration: &'a Configuration,
    /// What addresses in it begin with: nothing, or `module.name.`.
    pub(super) prefix: String,
    caller: Option<(&'a Place<'a>, &'a ModuleCall)>,
}

impl<'a> Place<'a> {
    pub(super) fn root(configuration: &'a Configuration) -> Self {
        Self { configuration, prefix: String::new(), caller: None }
    }

    /// The module that a call leads to, if it can be looked into.
    pub(super) fn child(&'a self, call: &'a ModuleCall) -> Option<Self> {
        let configuration = self.configuration.children.get(call.name.as_ref())?;
        let prefix = format!("{}module.{}.", self.prefix, call.name);
        Some(Self { configuration, prefix, caller: Some((self, call)) })
    }

    /// The configuration of the root that a provider's name in this module stands for.
    pub(super) fn provider(&self, reference: &ProviderReference) -> ProviderReference {
        let Some((place, call)) = self.caller else { return reference.clone() };
        let outer = call.providers.get(&reference.to_string()).unwrap_or(reference);
        place.provider(outer)
    }
}

/// Resolves expressions, and counts what comes of it.
pub(super) struct Resolver<'m> {
    moves: &'m Moves,
    depth: usize,
    size: usize,
}

impl<'m> Resolver<'m> {
    pub(super) fn new(moves: &'m Moves) -> Self {
        Self { moves, depth: 0, size: 0 }
    }

    /// Whether there was more than can be held; what was resolved is then not complete.
    pub(super) fn is_exhausted(&self) -> bool {
        self.size > MOST
    }

    pub(super) fn moved(&self, address: &str) -> String {
        self.moves.follow(address)
    }

    /// An address of a module as it is called from the root, and now.
    pub(super) fn address(&self, place: &Place<'_>, address: &str) -> String {
        self.moved(&format!("{}{address}", place.prefix))
    }

    /// The entries resolved, in the order of their keys.
    pub(super) fn object(&mut self, object: &Object, place: &Place<'_>) -> Object {
        let mut resolved = Object::new();
        for (key, value) in object.sorted() {
            let key = match key {
                Key::Literal(name) => Key::Literal(name.clone()),
                Key::Computed(key) => Key::from_expression(self.expression(key, place)),
            };
            resolved.insert(key, self.expression(value, place));
        }
        resolved
    }

    pub(super) fn expression(&mut self, expression: &Expression, place: &Place<'_>) -> Expression {
        self.size += 1;
        if self.is_exhausted() {
            return Expression::Null;
        }
        match expression {
            Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::Text(_) => expression.clone(),
            Expression::Template(parts) => Expression::template(self.parts(parts, place)),
            Expression::List(items) => Expression::List(self.list(items, place)),
            Expression::Object(object) => Expression::Object(self.object(object, place)),
            Expression::Traversal(traversal) => self.traversal(traversal, place),
            Expression::Call(call) => Expression::Call(Call {
                name: call.name.clone(),
                arguments: self.list(&call.arguments, place),
                expand_final: call.expand_final,
            }),
            Expression::Index(value, key) => {
                let key = self.expression(key, place);
                step(self.expression(value, place), Step::Index(key))
            }
            Expression::Attribute(value, name) => step(self.expression(value, place), Step::Attribute(name.clone())),
            Expression::Splat(value, steps) => {
                let steps = self.steps(steps, place);
                Expression::Splat(self.boxed(value, place), steps)
            }
            Expression::Conditional(condition, then, otherwise) => Expression::Conditional(
                self.boxed(condition, place),
                self.boxed(then, place),
                self.boxed(otherwise, place),
            ),
            Expression::Unary(operator, value) => Expression::Unary(*operator, self.boxed(value, place)),
            Expression::Binary(left, operator, right) => {
                Expression::Binary(self.boxed(left, place), *operator, self.boxed(right, place))
            }
            Expression::For(it) => Expression::For(Box::new(For {
                key: it.key.clone(),
                value: it.value.clone(),
                collection: self.expression(&it.collection, place),
                result_key: it.result_key.as_ref().map(|key| self.expression(key, place)),
                result: self.expression(&it.result, place),
                grouping: it.grouping,
                condition: it.condition.as_ref().map(|condition| self.expression(condition, place)),
            })),
        }
    }

    fn boxed(&mut self, expression: &Expression, place: &Place<'_>) -> Box<Expression> {
        Box::new(self.expression(expression, place))
    }

    fn list(&mut self, items: &[Expression], place: &Place<'_>) -> Vec<Expression> {
        items.iter().map(|item| self.expression(item, place)).collect()
    }

    fn steps(&mut self, steps: &[Step], place: &Place<'_>) -> Vec<Step> {
        let mut resolved = Vec::with_capacity(steps.len());
        for step in steps {
            resolved.push(match step {
                Step::Index(key) => Step::Index(self.expression(key, place)),
                other => other.clone(),
            });
        }
        resolved
    }

    fn parts(&mut self, parts: &[TemplatePart], place: &Place<'_>) -> Vec<TemplatePart> {
        let mut resolved = Vec::with_capacity(parts.len());
        for part in parts {
            resolved.push(match part {
                TemplatePart::Literal(text) => TemplatePart::Literal(text.clone()),
                TemplatePart::Interpolation(value) => TemplatePart::Interpolation(self.expression(value, place)),
                TemplatePart::If { condition, then, otherwise } => TemplatePart::If {
                    condition: self.expression(condition, place),
                    then: self.parts(then, place),
                    otherwise: self.parts(otherwise, place),
                },
                TemplatePart::For { key, value, collection, body } => TemplatePart::For {
                    key: key.clone(),
                    value: value.clone(),
                    collection: self.expression(collection, place),
                    body: self.parts(body, place),
                },
            });
        }
        resolved
    }

    fn traversal(&mut self, traversal: &Traversal, place: &Place<'_>) -> Expression {
        let steps = self.steps(&traversal.steps, place);
        let Root::Address(address) = &traversal.root else {
            return Expression::Traversal(Traversal { root: traversal.root.clone(), steps });
        };
        if self.depth < DEEPEST {
            self.depth += 1;
            let value = self.value(address, &steps, place);
            self.depth -= 1;
            if let Some((value, used)) = value {
                return steps.into_iter().skip(used).fold(value, step);
            }
        }
        let name = self.address(place, &address.to_string());
        Expression::Traversal(Traversal { root: Root::Name(Cow::Owned(name)), steps })
    }

    /// What a reference stands for, and how many of its steps are used up by that.
    fn value(&mut self, address: &Address, steps: &[Step], place: &Place<'_>) -> Option<(Expression, usize)> {
        let module = &place.configuration.module;
        match address {
            Address::Resource { .. } => None,
            Address::Variable(name) => {
                let (outer, call) = place.caller?;
                if let Some(value) = call.arguments.get(name) {
                    return Some((self.expression(value, outer), 0));
                }
                let variable = module.variables.iter().find(|variable| variable.name == *name)?;
                Some((variable.default.clone()?, 0))
            }
            Address::Local(name) => {
                let local = module.locals.iter().find(|local| local.name == *name)?;
                Some((self.expression(&local.value, place), 0))
            }
            Address::Module(name) => {
                let Some(Step::Attribute(output)) = steps.first() else { return None };
                let call = module.module_calls.iter().find(|call| call.name == *name)?;
                let inner = place.child(call)?;
                let output = inner.configuration.module.outputs.iter().find(|it| it.name == *output)?;
                Some((self.expression(&output.value, &inner), 1))
            }
        }
    }
}

/// A step further from a value.
fn step(value: Expression, step: Step) -> Expression {
    match (value, step) {
        (Expression::Traversal(mut traversal), step) => {
            traversal.steps.push(step);
            Expression::Traversal(traversal)
        }
        (Expression::Object(object), Step::Attribute(name)) => match object.get(&name) {
            Some(value) => value.clone(),
            None => Expression::Attribute(Box::new(Expression::Object(object)), name),
        },
        (value, Step::Attribute(name)) => Expression::Attribute(Box::new(value), name),
        (value, Step::Index(key)) => Expression::Index(Box::new(value), Box::new(key)),
        (Expression::Splat(value, mut steps), step) => {
            steps.push(step);
            Expression::Splat(value, steps)
        }
        (value, Step::Splat) => Expression::Splat(Box::new(value), Vec::new()),
    }
}
