//! An expression of a block, as it can be written in the root: the block's own arguments, its instance, and the variables and
//! locals of its module are put in place of their names.

use std::collections::BTreeSet;

use super::address::{self, Place};
use super::table::{self, Way};
use crate::terraform::expression::{Names, Root, Step, TemplatePart, Traversal};
use crate::terraform::resource::ResourceBlock;
use crate::terraform::{Address, Configuration, Expression, Module, ProviderReference, ResourceMode};

/// How deep names may stand for each other: a circle of locals would never end.
const DEEPEST: usize = 64;

/// Lifts expressions, and remembers what they need in the root.
#[derive(Debug, Default)]
pub(super) struct Lifter {
    /// Providers of the root whose account is asked for.
    pub(super) accounts: BTreeSet<Option<String>>,
}

/// The name of the data source that says whose account a provider is in.
pub(super) fn account_name(alias: Option<&str>) -> String {
    format!("adopt_{}", alias.unwrap_or("default"))
}

impl Lifter {
    /// Lifts an expression of the block.
    ///
    /// # Errors
    /// What it refers to cannot be named in the root.
    pub(super) fn lift(&mut self, expression: &Expression, place: &Place<'_>) -> Result<Expression, String> {
        self.at(&settled(expression, place.block), place, place.calls.len(), true, 0)
    }

    /// Lifts an expression of the module that is this many calls below the root.
    fn at(
        &mut self,
        expression: &Expression,
        place: &Place<'_>,
        level: usize,
        in_block: bool,
        depth: usize,
    ) -> Result<Expression, String> {
        if depth > DEEPEST {
            return Err("its arguments refer to each other too deep".to_owned());
        }
        if let Some(output) = output(expression, place, level) {
            return Ok(output);
        }
        expression.replaced(&Names::none(), &mut |traversal| self.one(traversal, place, level, in_block, depth + 1))
    }

    fn one(
        &mut self,
        traversal: &Traversal,
        place: &Place<'_>,
        level: usize,
        in_block: bool,
        depth: usize,
    ) -> Result<Option<Expression>, String> {
        let steps = &traversal.steps;
        let address = match &traversal.root {
            Root::Address(address) => address.as_ref(),
            Root::Name(name) if in_block => return self.of_block(name, steps, place, level, depth),
            Root::Name(_) if level == 0 => return Ok(None),
            Root::Name(name) => return Err(format!("it is named by `{name}` of its module")),
        };
        if level == 0 {
            return Ok(None);
        }
        if let Some(output) = output(&Expression::Traversal(traversal.clone()), place, level) {
            return Ok(Some(output));
        }
        let (configuration, call) = place.calls[level - 1];
        let module = configuration.module();
        let (value, rest) = match address {
            Address::Variable(name) => (self.variable(name, place, level, depth)?, &steps[..]),
            Address::Local(name) => {
                let value = module.local(name).ok_or_else(|| format!("`{address}` is not there"))?;
                (self.at(value, place, level, false, depth)?, &steps[..])
            }
            Address::Resource { mode: ResourceMode::Data, type_name, .. } if type_name == "aws_caller_identity" => {
                let block = address::block(configuration, address);
                let alias = provider_of(block.and_then(|block| block.provider.as_ref()), place, level);
                let name = account_name(alias.as_deref());
                self.accounts.insert(alias);
                (data(type_name, &name), &steps[..])
            }
            Address::Resource { mode: ResourceMode::Managed, .. } => {
                return self.of_other(address, steps, place, (configuration, level), depth).map(Some);
            }
            _ => return Err(format!("its name comes from `{address}` of the module `{}`", call.name)),
        };
        Ok(Some(value.along(rest)))
    }

    /// `self.argument`, and the names of the instance.
    fn of_block(
        &mut self,
        name: &str,
        steps: &[Step],
        place: &Place<'_>,
        level: usize,
        depth: usize,
    ) -> Result<Option<Expression>, String> {
        let Some(Step::Attribute(first)) = steps.first() else { return Ok(None) };
        let value = match (name, first.as_ref()) {
            ("self", argument) => {
                let value = place.block.arguments().get(argument);
                let value = value.ok_or_else(|| format!("its `{argument}` is not set"))?;
                self.at(value, place, level, true, depth)?
            }
            ("each", "key") | ("count", "index") => instance(place)?,
            ("each", "value") => match &place.block.for_each {
                Some(Expression::Call(call)) if call.name == "toset" => instance(place)?,
                Some(collection) => {
                    let collection = self.at(collection, place, level, false, depth)?;
                    collection.along(&[Step::Index(instance(place)?)])
                }
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(value.along(&steps[1..])))
    }

    fn variable(&mut self, name: &str, place: &Place<'_>, level: usize, depth: usize) -> Result<Expression, String> {
        let (configuration, call) = place.calls[level - 1];
        if let Some(given) = call.arguments().get(name) {
            return self.at(given, place, level - 1, false, depth);
        }
        let variable = configuration.module().variables().iter().find(|variable| variable.name() == name);
        let default = variable.and_then(|variable| variable.default_value());
        default.cloned().ok_or_else(|| format!("`var.{name}` of its module has no value"))
    }

    /// An attribute of another object of the same module: an argument that is written there, or an id that is made of some.
    fn of_other(
        &mut self,
        address: &Address,
        steps: &[Step],
        place: &Place<'_>,
        (configuration, level): (&Configuration, usize),
        depth: usize,
    ) -> Result<Expression, String> {
        let unknown = || format!("its id contains one of `{address}`, which is known inside its module only");
        let block = address::block(configuration, address).ok_or_else(unknown)?;
        let (key, rest) = match steps {
            [Step::Index(key), rest @ ..] => (Some(self.at(key, place, level, true, depth)?), rest),
            rest => (None, rest),
        };
        let [Step::Attribute(attribute), rest @ ..] = rest else { return Err(unknown()) };
        let other = Place { block, instance: key, calls: place.calls[..level].to_vec(), root: place.root };
        let value = match (block.arguments().get(attribute), table::way(block.type_name())) {
            (Some(argument), _) => self.at(argument, &other, level, true, depth)?,
            (None, Some(Way::Import { id, lookup: None, .. })) if attribute == "id" => {
                self.at(&settled(id, block), &other, level, true, depth)?
            }
            _ => return Err(unknown()),
        };
        Ok(value.along(rest))
    }
}

/// The output of a module that the root calls, where it says the same.
fn output(expression: &Expression, place: &Place<'_>, level: usize) -> Option<Expression> {
    let (configuration, call) = *place.calls.first().filter(|_| level == 1 && !expression.is_literal())?;
    let output = configuration.module().outputs().iter().find(|output| output.value == *expression)?;
    let name = Step::Attribute(output.name.clone());
    Some(Expression::reference(Address::Module(call.name.clone()).into(), vec![name]))
}

/// The expression of the table with `try` decided: its first argument where the block sets what it reads, else its second.
fn settled(expression: &Expression, block: &ResourceBlock) -> Expression {
    match expression {
        Expression::Template(parts) => Expression::template(parts.iter().map(|part| match part {
            TemplatePart::Interpolation(inner) => TemplatePart::Interpolation(settled(inner, block)),
            other => other.clone(),
        })),
        Expression::Call(call) if call.name == "try" => {
            let chosen = call.arguments.iter().find(|argument| is_set(argument, block));
            chosen.cloned().unwrap_or(Expression::Null)
        }
        other => other.clone(),
    }
}

fn is_set(expression: &Expression, block: &ResourceBlock) -> bool {
    let missing =
        expression.replaced(&Names::none(), &mut |traversal| match (&traversal.root, traversal.steps.first()) {
            (Root::Name(name), Some(Step::Attribute(argument))) if name == "self" => {
                if block.arguments().get(argument).is_some() { Ok(None) } else { Err(()) }
            }
            _ => Ok(None),
        });
    missing.is_ok()
}

fn instance(place: &Place<'_>) -> Result<Expression, String> {
    place.instance.clone().ok_or_else(|| "which of its instances it is, is not known".to_owned())
}

/// A reference to a data source of the root.
pub(super) fn data(type_name: &str, name: &str) -> Expression {
    let address = Address::Resource {
        mode: ResourceMode::Data,
        type_name: type_name.to_owned().into(),
        name: name.to_owned().into(),
    };
    Expression::reference(address.into(), Vec::new())
}

/// The alias, in the root, of the provider configuration that a block uses in the module that is this many calls below it.
pub(super) fn provider_of(reference: Option<&ProviderReference>, place: &Place<'_>, level: usize) -> Option<String> {
    let mut alias = reference.and_then(|reference| reference.alias().map(str::to_owned));
    for (_, call) in place.calls[..level].iter().rev() {
        let inner = alias.as_ref().map_or_else(|| "aws".to_owned(), |alias| format!("aws.{alias}"));
        if let Some(outer) = call.providers.get(&inner) {
            alias = outer.alias().map(str::to_owned);
        }
    }
    alias
}

impl Module {
    fn local(&self, name: &str) -> Option<&Expression> {
        self.locals.iter().find(|local| local.name == name).map(|local| &local.value)
    }
}
