//! Which instances `count` and `for_each` make.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Bindings, ModuleInstanceId, Resolver, fold};
use crate::diff::address::Key;
use crate::terraform::{Expression, ModuleCall, Object, ResourceBlock};

/// How many instances one block may have.
const MOST: u64 = 100_000;

/// One instance, and what is bound in it.
#[derive(Debug, Clone)]
pub(in crate::diff) struct Instance {
    pub(in crate::diff) key: Key,
    pub(in crate::diff) names: Bindings,
}

/// The instances of a block or call.
#[derive(Debug)]
pub(in crate::diff) struct Repetition {
    pub(in crate::diff) instances: Vec<Instance>,
    /// What decides about them, where it is not known; there is one instance then, which stands for all.
    pub(in crate::diff) open: Option<(&'static str, Expression)>,
    /// The watched variables that decide about them.
    pub(in crate::diff) variables: BTreeSet<String>,
}

impl<'a> Resolver<'a> {
    pub(in crate::diff) fn repetition_of(
        &mut self,
        block: &'a ResourceBlock,
        place: ModuleInstanceId,
    ) -> Rc<Repetition> {
        let address = block.address().to_string();
        self.repetition(address, block.count.as_ref(), block.for_each.as_ref(), place)
    }

    pub(in crate::diff) fn repetition_of_call(
        &mut self,
        call: &'a ModuleCall,
        place: ModuleInstanceId,
    ) -> Rc<Repetition> {
        self.repetition(format!("module.{}", call.name), call.count.as_ref(), call.for_each.as_ref(), place)
    }

    fn repetition(
        &mut self,
        address: String,
        count: Option<&Expression>,
        for_each: Option<&Expression>,
        place: ModuleInstanceId,
    ) -> Rc<Repetition> {
        let id = (place, address);
        if let Some(known) = self.repetitions.get(&id) {
            return Rc::clone(known);
        }
        let full = format!("{}.{}", self.place(place).address, id.1);
        let (mut repetition, variables) = match (count, for_each) {
            (None, None) => (one(), BTreeSet::new()),
            // A repetition that asks for itself is an error of Terraform's; here it is not known.
            _ if !self.running.insert((place, format!("instances of {}", id.1))) => {
                return Rc::new(open("count", Expression::Null, &full));
            }
            (Some(count), _) => {
                let (count, variables) = self.decided(count, place);
                (counted(count, &full), variables)
            }
            (None, Some(each)) => {
                let (each, variables) = self.decided(each, place);
                (keyed(each, &full), variables)
            }
        };
        self.running.remove(&(place, format!("instances of {}", id.1)));
        repetition.variables = variables;
        self.count(repetition.instances.len());
        let repetition = Rc::new(repetition);
        self.repetitions.insert(id, Rc::clone(&repetition));
        repetition
    }

    fn decided(&mut self, expression: &Expression, place: ModuleInstanceId) -> (Expression, BTreeSet<String>) {
        self.watching(|resolver| resolver.with_names(Vec::new(), |resolver| resolver.expression(expression, place)))
    }
}

fn one() -> Repetition {
    made(vec![Instance { key: Key::None, names: Vec::new() }])
}

fn made(instances: Vec<Instance>) -> Repetition {
    Repetition { instances, open: None, variables: BTreeSet::new() }
}

fn counted(count: Expression, address: &str) -> Repetition {
    match fold::as_count(&count) {
        Some(number) if number <= MOST => {
            let instance = |number: u64| {
                let index = Expression::Object([("index", Expression::Number(number.into()))].into_iter().collect());
                Instance { key: Key::Number(number), names: vec![(Cow::Borrowed("count"), index)] }
            };
            made((0..number).map(instance).collect())
        }
        _ => open("count", count, address),
    }
}

fn keyed(each: Expression, address: &str) -> Repetition {
    let Some(elements) = fold::elements(&each) else { return open("for_each", each, address) };
    let is_list = matches!(each, Expression::List(_));
    let mut instances = Vec::with_capacity(elements.len());
    for (key, value) in elements {
        let key = if is_list { value.clone() } else { key };
        let Expression::Text(text) = fold::as_text(key) else { return open("for_each", each, address) };
        let bound: Object = [("key", Expression::Text(text.clone())), ("value", value)].into_iter().collect();
        let names = vec![(Cow::Borrowed("each"), Expression::Object(bound))];
        instances.push(Instance { key: Key::Text(text.into_owned()), names });
    }
    made(instances)
}

/// What is bound stands for itself, as it is in every configuration.
fn open(name: &'static str, decides: Expression, address: &str) -> Repetition {
    let bound = if name == "count" { "count" } else { "each" };
    let own = Expression::named(format!("{address}.{bound}"), &[]);
    let instance = Instance { key: Key::Any, names: vec![(Cow::Borrowed(bound), own)] };
    Repetition { open: Some((name, decides)), ..made(vec![instance]) }
}
