//! What a reference stands for.

use super::{ModuleInstanceId, Resolver, fold};
use crate::aws::Provider;
use crate::diff::address::Key;
use crate::diff::convert;
use crate::terraform::expression::{Root, Step, Traversal};
use crate::terraform::lifecycle::IgnoreChanges;
use crate::terraform::{Address, Expression, ResourceBlock, ResourceMode};

impl Resolver<'_> {
    pub(super) fn reference(&mut self, address: &Address, steps: Vec<Step>, place: ModuleInstanceId) -> Expression {
        if let Some((value, used)) = self.value(address, &steps, place) {
            return fold::steps(value, steps.into_iter().skip(used).collect());
        }
        let name = self.name(address, Key::None, place);
        Expression::Traversal(Traversal { root: Root::Name(name.into()), steps })
    }

    /// The block, instance or attribute that `replace_triggered_by` names.
    pub(in crate::diff) fn trigger(&mut self, trigger: &Expression, place: ModuleInstanceId) -> Expression {
        let Expression::Traversal(Traversal { root: Root::Address(address), steps }) = trigger else {
            return trigger.clone();
        };
        let steps = self.steps(steps, place);
        let (key, used) = match steps.first() {
            Some(Step::Index(index)) => (Key::of(index).unwrap_or(Key::Any), 1),
            _ => (Key::None, 0),
        };
        let root = Root::Name(self.name(address, key, place).into());
        Expression::Traversal(Traversal { root, steps: steps.into_iter().skip(used).collect() })
    }

    /// What a reference stands for, and how many of its steps are used up by that.
    fn value(&mut self, address: &Address, steps: &[Step], place: ModuleInstanceId) -> Option<(Expression, usize)> {
        match address {
            Address::Variable(name) => Some((self.variable(name, place)?, 0)),
            Address::Local(name) => {
                let local = *self.place(place).index.locals.get(name.as_ref())?;
                let value = self.once((place, address.to_string()), |it| Some(it.expression(&local.value, place)))?;
                Some((value, 0))
            }
            Address::Module(name) => self.module(name, steps, place),
            Address::Resource { mode, type_name, name } => {
                let key = (*mode, type_name.as_ref(), name.as_ref());
                let block = *self.place(place).index.resources.get(&key)?;
                self.resource(block, steps, place)
            }
        }
    }

    fn variable(&mut self, name: &str, place: ModuleInstanceId) -> Option<Expression> {
        let declared = self.place(place).index.variables.get(name).copied();
        if place == Self::ROOT {
            if self.watched.contains(name) {
                self.seen.insert(name.to_owned());
            }
            let value = match self.values.get(name) {
                Some(given) => given.clone(),
                None => declared?.default.clone()?,
            };
            let constraint = declared.and_then(|variable| variable.of_type.as_ref());
            return Some(convert::to_constraint(value, constraint));
        }
        let (outer, call, names) = self.caller(place)?;
        let names = names.clone();
        self.once((place, format!("var.{name}")), |resolver| {
            let given = call
                .arguments
                .get(name)
                .map(|value| resolver.with_names(names, |resolver| resolver.expression(value, outer)));
            let default = || declared.and_then(|variable| variable.default.clone());
            let is_nullable = declared.is_none_or(|variable| variable.nullable != Some(false));
            let value = match given {
                Some(Expression::Null) if !is_nullable => default()?,
                Some(value) => value,
                None => default()?,
            };
            Some(convert::to_constraint(value, declared.and_then(|variable| variable.of_type.as_ref())))
        })
    }

    fn module(&mut self, name: &str, steps: &[Step], place: ModuleInstanceId) -> Option<(Expression, usize)> {
        let call = *self.place(place).index.calls.get(name)?;
        let is_repeated = call.count.is_some() || call.for_each.is_some();
        let children = self.children(call, place)?;
        if !is_repeated {
            let (_, child) = children.first()?;
            let Some(Step::Attribute(output)) = steps.first() else { return Some((self.outputs(*child), 0)) };
            return Some((self.output(output, *child)?, 1));
        }
        if let Some(Step::Index(index)) = steps.first() {
            let key = Key::of(index)?;
            let (_, child) = children.iter().find(|(instance, _)| instance.key == key)?;
            return match steps.get(1) {
                Some(Step::Attribute(output)) => Some((self.output(output, *child)?, 2)),
                _ => Some((self.outputs(*child), 1)),
            };
        }
        let values = children.iter().map(|(instance, child)| (instance.key.clone(), self.outputs(*child)));
        Some((all(values.collect())?, 0))
    }

    fn output(&mut self, name: &str, place: ModuleInstanceId) -> Option<Expression> {
        let output = *self.place(place).index.outputs.get(name)?;
        self.once((place, format!("output.{name}")), |resolver| Some(resolver.expression(&output.value, place)))
    }

    fn outputs(&mut self, place: ModuleInstanceId) -> Expression {
        let index = std::rc::Rc::clone(&self.place(place).index);
        let mut names: Vec<_> = index.outputs.keys().collect();
        names.sort();
        let outputs = names.into_iter().filter_map(|name| Some(((*name).to_owned(), self.output(name, place)?)));
        Expression::Object(outputs.collect::<Vec<_>>().into_iter().collect())
    }

    /// An object's attribute: what the configuration says about it, or its name.
    fn resource(
        &mut self,
        block: &ResourceBlock,
        steps: &[Step],
        place: ModuleInstanceId,
    ) -> Option<(Expression, usize)> {
        let address = block.address();
        let known = *self.place(place).index.resources.get(&(block.mode, block.type_name(), block.local_name()))?;
        let repetition = self.repetition_of(known, place);
        if repetition.open.is_some() {
            return None;
        }
        let is_repeated = block.count.is_some() || block.for_each.is_some();
        let index = match steps.first() {
            Some(Step::Index(index)) if is_repeated => Some(Key::of(index)?),
            _ => None,
        };
        if is_repeated && index.is_none() {
            let named = |key: &Key| (key.clone(), self.named(&address, key.clone(), place));
            let values = repetition.instances.iter().map(|instance| named(&instance.key)).collect();
            return Some((all(values)?, 0));
        }
        let key = index.unwrap_or(Key::None);
        let Some(instance) = repetition.instances.iter().find(|instance| instance.key == key) else {
            // Asking for what is not there is an error, which `try` is used for.
            return is_repeated.then(|| (Expression::List(Vec::new()), 0));
        };
        let used = usize::from(is_repeated);
        let is_built_in = block.mode == ResourceMode::Managed && block.type_name == "terraform_data";
        if let Some(Step::Attribute(attribute)) = steps.get(used)
            && is_built_in
            && is_nothing(block, attribute)
        {
            return Some((Expression::Null, used + 1));
        }
        if let Some(Step::Attribute(attribute)) = steps.get(used)
            && let Some(value) = says(block, attribute)
        {
            let names = instance.names.clone();
            let id = (place, format!("{} {attribute}", self.name(&address, key.clone(), place)));
            let value = self
                .once(id, |resolver| Some(resolver.with_names(names, |resolver| resolver.expression(value, place))));
            // What is part of Terraform is what it is given, whatever that is.
            if let Some(value) = value.filter(|value| is_built_in || is_plain(value)) {
                return Some((value, used + 1));
            }
        }
        Some((self.named(&address, key, place), used))
    }
}

/// Whether an attribute of a `terraform_data` is `null`.
fn is_nothing(block: &ResourceBlock, attribute: &str) -> bool {
    let given = match attribute {
        "input" | "output" => block.arguments.get("input"),
        "triggers_replace" => block.arguments.get("triggers_replace"),
        _ => return false,
    };
    block.lifecycle.ignore_changes.is_none() && matches!(given, None | Some(Expression::Null))
}

/// What the configuration says about an attribute, where that is what it comes to.
fn says<'b>(block: &'b ResourceBlock, attribute: &str) -> Option<&'b Expression> {
    let is_ignored = match &block.lifecycle.ignore_changes {
        Some(IgnoreChanges::All) => true,
        Some(IgnoreChanges::Attributes(names)) => names.iter().any(|name| {
            crate::diff::arguments::is_at_or_below(&crate::diff::arguments::without_positions(name), attribute)
        }),
        None => false,
    };
    let is_known = Provider::block_type(block.mode, &block.type_name).is_some();
    let is_block = is_known && Provider::attribute(block.mode, &block.type_name, attribute).is_none();
    let is_wanted = block.mode != ResourceMode::Ephemeral && !is_ignored && !is_block;
    block.arguments.get(attribute).filter(|_| is_wanted)
}

/// A single value, which the provider takes as it is.
fn is_plain(value: &Expression) -> bool {
    matches!(value, Expression::Bool(_) | Expression::Number(_) | Expression::Text(_) | Expression::Template(_))
        || matches!(value, Expression::Traversal(_))
}

/// All instances, as the whole block stands for them.
fn all(values: Vec<(Key, Expression)>) -> Option<Expression> {
    if values.iter().any(|(key, _)| *key == Key::Any) {
        return None;
    }
    if values.iter().all(|(key, _)| matches!(key, Key::Number(_))) {
        return Some(Expression::List(values.into_iter().map(|(_, value)| value).collect()));
    }
    let entry = |(key, value): (Key, Expression)| match key {
        Key::Text(text) => Some((text, value)),
        _ => None,
    };
    Some(Expression::Object(values.into_iter().filter_map(entry).collect()))
}
