//! Expressions with their references resolved: what is left of a module's plumbing is what it leads to.
//!
//! What is known becomes a literal. What is not stays an expression that names it: an object's computed attribute, a data
//! source, a variable without a value. Two configurations say the same where the same is left of both, whether or not it
//! is known.
//!
//! | file | what for |
//! | --- | --- |
//! | `places` | the instances of modules, each with what its call binds |
//! | `reference` | what a reference stands for |
//! | `repetition` | which instances `count` and `for_each` make |
//! | `fold` | steps, conditions, loops and functions over what is known |
//! | `body` | the arguments and blocks of an object, `dynamic` written out |

mod body;
mod fold;
mod places;
mod reference;
mod repetition;

pub(super) use fold::sort;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::moves::Moves;
use crate::terraform::expression::{Call, For, Key, Object, Root, Step, TemplatePart, Traversal};
use crate::terraform::{Configuration, Expression};
pub(super) use places::{ModuleInstance, ModuleInstanceId};
pub(super) use repetition::{Instance, Repetition};

/// How many references inside of references are followed. What lies deeper stays a name.
const DEEPEST: usize = 64;

/// How many pieces all resolved expressions may have together: locals that name each other twice grow without end.
const MOST: usize = 4_000_000;

/// Names that are bound around an expression: `each`, `count`, and what `for` and `dynamic` bind.
pub(super) type Bindings = Vec<(Cow<'static, str>, Expression)>;

/// The instances of a module that is called.
pub(super) type Children = Rc<[(Instance, ModuleInstanceId)]>;

/// What a name was resolved to before.
struct Known {
    value: Option<Expression>,
    /// How many pieces it has.
    size: usize,
    /// The watched variables it depends on.
    variables: BTreeSet<String>,
}

/// Resolves expressions, and counts what comes of it.
pub(super) struct Resolver<'a> {
    moves: &'a Moves,
    /// The values of the root's variables that are given.
    values: &'a BTreeMap<String, Expression>,
    /// The variables of which is noted what depends on them.
    watched: &'a BTreeSet<String>,
    places: Vec<ModuleInstance<'a>>,
    names: Bindings,
    known: HashMap<(ModuleInstanceId, String), Rc<Known>>,
    repetitions: HashMap<(ModuleInstanceId, String), Rc<Repetition>>,
    children: HashMap<(ModuleInstanceId, String), Children>,
    running: HashSet<(ModuleInstanceId, String)>,
    seen: BTreeSet<String>,
    /// The watched variables that each argument of a body depends on.
    by_argument: BTreeMap<String, BTreeSet<String>>,
    depth: usize,
    size: usize,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(
        configuration: &'a Configuration,
        moves: &'a Moves,
        values: &'a BTreeMap<String, Expression>,
        watched: &'a BTreeSet<String>,
    ) -> Self {
        Self {
            moves,
            values,
            watched,
            places: vec![ModuleInstance::root(configuration)],
            names: Vec::new(),
            known: HashMap::new(),
            repetitions: HashMap::new(),
            children: HashMap::new(),
            running: HashSet::new(),
            seen: BTreeSet::new(),
            by_argument: BTreeMap::new(),
            depth: 0,
            size: 0,
        }
    }

    /// Whether there was more than can be held; what was resolved is then not complete.
    pub(super) fn is_exhausted(&self) -> bool {
        self.size > MOST
    }

    /// Counts pieces that are not expressions.
    pub(super) fn count(&mut self, pieces: usize) {
        self.size = self.size.saturating_add(pieces);
    }

    /// The watched variables that something depends on.
    pub(super) fn watching<T>(&mut self, resolve: impl FnOnce(&mut Self) -> T) -> (T, BTreeSet<String>) {
        let before = std::mem::take(&mut self.seen);
        let value = resolve(self);
        let seen = std::mem::replace(&mut self.seen, before);
        self.seen.extend(seen.iter().cloned());
        (value, seen)
    }

    /// Resolves with other names bound than here.
    pub(super) fn with_names<T>(&mut self, names: Bindings, resolve: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.names, names);
        let value = resolve(self);
        self.names = before;
        value
    }

    /// Resolves with more names bound.
    fn with_more<T>(
        &mut self,
        names: impl IntoIterator<Item = (Cow<'static, str>, Expression)>,
        resolve: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.names.len();
        self.names.extend(names);
        let value = resolve(self);
        self.names.truncate(before);
        value
    }

    /// Resolves once what is asked for again and again, with no names bound.
    fn once(
        &mut self,
        key: (ModuleInstanceId, String),
        resolve: impl FnOnce(&mut Self) -> Option<Expression>,
    ) -> Option<Expression> {
        if let Some(known) = self.known.get(&key).map(Rc::clone) {
            self.size = self.size.saturating_add(known.size);
            self.seen.extend(known.variables.iter().cloned());
            return if self.is_exhausted() { None } else { known.value.clone() };
        }
        // What leads back to itself stays a name.
        if self.depth >= DEEPEST || !self.running.insert(key.clone()) {
            return None;
        }
        self.depth += 1;
        let before = self.size;
        let (value, variables) = self.watching(|resolver| resolver.with_names(Vec::new(), resolve));
        self.depth -= 1;
        self.running.remove(&key);
        let known = Known { value: value.clone(), size: self.size - before, variables };
        self.known.insert(key, Rc::new(known));
        value
    }

    /// The entries resolved, in the order of their keys.
    pub(super) fn object(&mut self, object: &Object, place: ModuleInstanceId) -> Object {
        let mut resolved = Object::new();
        for (key, value) in object.sorted() {
            let key = match key {
                Key::Literal(name) => Key::Literal(name.clone()),
                Key::Computed(key) => Key::from_expression(fold::as_text(self.expression(key, place))),
            };
            resolved.insert(key, self.expression(value, place));
        }
        resolved
    }

    pub(super) fn expression(&mut self, expression: &Expression, place: ModuleInstanceId) -> Expression {
        self.size += 1;
        if self.is_exhausted() {
            return Expression::Null;
        }
        match expression {
            Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::Text(_) => expression.clone(),
            Expression::Template(parts) => fold::template(self.parts(parts, place)),
            Expression::List(items) => Expression::List(self.list(items, place)),
            Expression::Object(object) => Expression::Object(self.object(object, place)),
            Expression::Traversal(traversal) => self.traversal(traversal, place),
            Expression::Call(call) => fold::call(Call {
                name: call.name.clone(),
                arguments: self.list(&call.arguments, place),
                expand_final: call.expand_final,
            }),
            Expression::Index(value, key) => {
                let key = self.expression(key, place);
                fold::step(self.expression(value, place), Step::Index(key))
            }
            Expression::Attribute(value, name) => {
                fold::step(self.expression(value, place), Step::Attribute(name.clone()))
            }
            Expression::Splat(value, steps) => {
                let steps = self.steps(steps, place);
                fold::splat(self.expression(value, place), steps)
            }
            Expression::Conditional(condition, then, otherwise) => {
                match fold::as_bool(&self.expression(condition, place)) {
                    Ok(true) => self.expression(then, place),
                    Ok(false) => self.expression(otherwise, place),
                    Err(condition) => Expression::Conditional(
                        Box::new(condition),
                        self.boxed(then, place),
                        self.boxed(otherwise, place),
                    ),
                }
            }
            Expression::Unary(operator, value) => fold::unary(*operator, self.expression(value, place)),
            Expression::Binary(left, operator, right) => {
                let left = self.expression(left, place);
                fold::binary(left, *operator, self.expression(right, place))
            }
            Expression::For(it) => self.loop_over(it, place),
        }
    }

    fn boxed(&mut self, expression: &Expression, place: ModuleInstanceId) -> Box<Expression> {
        Box::new(self.expression(expression, place))
    }

    fn list(&mut self, items: &[Expression], place: ModuleInstanceId) -> Vec<Expression> {
        items.iter().map(|item| self.expression(item, place)).collect()
    }

    fn steps(&mut self, steps: &[Step], place: ModuleInstanceId) -> Vec<Step> {
        let mut resolved = Vec::with_capacity(steps.len());
        for step in steps {
            resolved.push(match step {
                Step::Index(key) => Step::Index(self.expression(key, place)),
                other => other.clone(),
            });
        }
        resolved
    }

    fn parts(&mut self, parts: &[TemplatePart], place: ModuleInstanceId) -> Vec<TemplatePart> {
        let mut resolved = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                TemplatePart::Literal(text) => resolved.push(TemplatePart::Literal(text.clone())),
                TemplatePart::Interpolation(value) => {
                    resolved.push(TemplatePart::Interpolation(self.expression(value, place)));
                }
                TemplatePart::If { condition, then, otherwise } => {
                    match fold::as_bool(&self.expression(condition, place)) {
                        Ok(true) => resolved.extend(self.parts(then, place)),
                        Ok(false) => resolved.extend(self.parts(otherwise, place)),
                        Err(condition) => {
                            let (then, otherwise) = (self.parts(then, place), self.parts(otherwise, place));
                            resolved.push(TemplatePart::If { condition, then, otherwise });
                        }
                    }
                }
                TemplatePart::For { key, value, collection, body } => {
                    let collection = self.expression(collection, place);
                    if let Some(elements) = fold::elements(&collection) {
                        for (index, item) in elements {
                            let names = loop_names(key.as_ref(), value, index, item);
                            resolved.extend(self.with_more(names, |resolver| resolver.parts(body, place)));
                        }
                    } else {
                        let names = own_names(key.as_ref(), value);
                        let body = self.with_more(names, |resolver| resolver.parts(body, place));
                        let (key, value) = (key.clone(), value.clone());
                        resolved.push(TemplatePart::For { key, value, collection, body });
                    }
                }
            }
        }
        resolved
    }

    fn loop_over(&mut self, it: &For, place: ModuleInstanceId) -> Expression {
        let collection = self.expression(&it.collection, place);
        if let Some(elements) = fold::elements(&collection)
            && let Some(result) = self.unrolled(it, elements, place)
        {
            return result;
        }
        let names = own_names(it.key.as_ref(), &it.value);
        self.with_more(names, |resolver| {
            Expression::For(Box::new(For {
                key: it.key.clone(),
                value: it.value.clone(),
                collection,
                result_key: it.result_key.as_ref().map(|key| resolver.expression(key, place)),
                result: resolver.expression(&it.result, place),
                grouping: it.grouping,
                condition: it.condition.as_ref().map(|condition| resolver.expression(condition, place)),
            }))
        })
    }

    /// The results of a loop over what is known, unless a condition or a key is not.
    fn unrolled(
        &mut self,
        it: &For,
        elements: Vec<(Expression, Expression)>,
        place: ModuleInstanceId,
    ) -> Option<Expression> {
        let (mut items, mut entries) = (Vec::new(), BTreeMap::<String, Vec<Expression>>::new());
        for (index, item) in elements {
            let names = loop_names(it.key.as_ref(), &it.value, index, item);
            let found = self.with_more(names, |resolver| {
                if let Some(condition) = &it.condition
                    && !fold::as_bool(&resolver.expression(condition, place)).ok()?
                {
                    return Some(None);
                }
                let key = match &it.result_key {
                    Some(key) => match fold::as_text(resolver.expression(key, place)) {
                        Expression::Text(key) => Some(key.into_owned()),
                        _ => return None,
                    },
                    None => None,
                };
                Some(Some((key, resolver.expression(&it.result, place))))
            })?;
            match found {
                Some((Some(key), value)) => entries.entry(key).or_default().push(value),
                Some((None, value)) => items.push(value),
                None => {}
            }
        }
        if it.result_key.is_none() {
            return Some(Expression::List(items));
        }
        let value = |mut values: Vec<Expression>| {
            if it.grouping { Expression::List(values) } else { values.pop().unwrap_or(Expression::Null) }
        };
        Some(Expression::Object(entries.into_iter().map(|(key, values)| (key, value(values))).collect()))
    }

    fn traversal(&mut self, traversal: &Traversal, place: ModuleInstanceId) -> Expression {
        let steps = self.steps(&traversal.steps, place);
        match &traversal.root {
            Root::Name(name) => match self.names.iter().rev().find(|(bound, _)| bound == name) {
                Some((_, value)) => {
                    let value = value.clone();
                    self.size += 1;
                    fold::steps(value, steps)
                }
                None => Expression::Traversal(Traversal { root: traversal.root.clone(), steps }),
            },
            Root::Address(address) => self.reference(address, steps, place),
        }
    }
}

/// What a loop binds.
fn loop_names(key: Option<&String>, value: &str, index: Expression, item: Expression) -> Bindings {
    let key = key.map(|key| (Cow::Owned(key.clone()), index));
    key.into_iter().chain([(Cow::Owned(value.to_owned()), item)]).collect()
}

/// The names of a loop that stays one, standing for themselves.
fn own_names(key: Option<&String>, value: &str) -> Bindings {
    let own = |name: &str| (Cow::Owned(name.to_owned()), Expression::named(name.to_owned(), &[]));
    key.into_iter().map(|key| own(key)).chain([own(value)]).collect()
}
