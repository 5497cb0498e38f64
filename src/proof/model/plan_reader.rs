//! The parts of a plan that matter, read without a copy of the whole: what is not looked at stays text, or is passed over.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Formatter};
use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::node::{Entries, Node};

/// What `terraform show -json` prints of a plan.
#[derive(Debug, Deserialize)]
pub(super) struct Plan<'p> {
    #[serde(borrow)]
    pub(super) planned_values: Option<State<'p>>,
    #[serde(borrow)]
    pub(super) resource_changes: Option<Vec<InstanceChange<'p>>>,
    #[serde(borrow)]
    pub(super) prior_state: Option<PriorState<'p>>,
    #[serde(default)]
    pub(super) variables: Value,
    #[serde(borrow)]
    pub(super) configuration: Option<Configuration<'p>>,
}

/// The state before the plan.
#[derive(Debug, Deserialize)]
pub(super) struct PriorState<'p> {
    #[serde(borrow)]
    pub(super) values: Option<State<'p>>,
}

/// What is or will be there.
#[derive(Debug, Deserialize)]
pub(super) struct State<'p> {
    #[serde(borrow)]
    pub(super) root_module: Option<StateModule<'p>>,
}

/// The instances of a module and of those that it calls.
#[derive(Debug, Deserialize)]
pub(super) struct StateModule<'p> {
    #[serde(borrow)]
    pub(super) resources: Option<Vec<Instance<'p>>>,
    #[serde(borrow)]
    pub(super) child_modules: Option<Vec<StateModule<'p>>>,
}

/// An instance of a resource or data source.
#[derive(Debug, Deserialize)]
pub(super) struct Instance<'p> {
    #[serde(borrow, default)]
    pub(super) address: Cow<'p, str>,
    #[serde(borrow, default)]
    pub(super) mode: Cow<'p, str>,
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Cow<'p, str>,
    #[serde(borrow)]
    pub(super) values: Option<&'p RawValue>,
}

/// What happens to an instance.
#[derive(Debug, Deserialize)]
pub(super) struct InstanceChange<'p> {
    #[serde(borrow, default)]
    pub(super) address: Cow<'p, str>,
    #[serde(borrow, default)]
    pub(super) mode: Cow<'p, str>,
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Cow<'p, str>,
    #[serde(borrow)]
    pub(super) change: Option<ChangeBody<'p>>,
}

/// What is done, what is there before, and which values come with the apply.
#[derive(Debug, Deserialize)]
pub(super) struct ChangeBody<'p> {
    #[serde(borrow)]
    pub(super) actions: Option<Vec<Cow<'p, str>>>,
    #[serde(borrow)]
    pub(super) before: Option<&'p RawValue>,
    #[serde(borrow)]
    pub(super) after_unknown: Option<&'p RawValue>,
}

/// The configuration that was planned.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Configuration<'p> {
    #[serde(default)]
    pub(super) provider_config: Value,
    #[serde(borrow, default)]
    pub(super) root_module: Module<'p>,
}

/// A module of the configuration.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Module<'p> {
    #[serde(borrow)]
    pub(super) resources: Option<Vec<Block<'p>>>,
    #[serde(borrow, rename = "module_calls")]
    pub(super) calls: Option<BTreeMap<String, Call<'p>>>,
    #[serde(default)]
    outputs: Option<BTreeMap<String, Output>>,
}

/// A block of it.
#[derive(Debug, Deserialize)]
pub(super) struct Block<'p> {
    #[serde(borrow, default)]
    pub(super) address: Cow<'p, str>,
    #[serde(borrow, default)]
    pub(super) provider_config_key: Cow<'p, str>,
    pub(super) depends_on: Option<Vec<String>>,
    #[serde(borrow)]
    pub(super) expressions: Option<&'p RawValue>,
}

/// A call of a module.
#[derive(Debug, Deserialize)]
pub(super) struct Call<'p> {
    #[serde(default)]
    expressions: Expression,
    #[serde(borrow, default)]
    pub(super) module: Module<'p>,
}

/// An output of a module.
#[derive(Debug, Deserialize)]
struct Output {
    #[serde(default)]
    expression: Expression,
}

/// What an expression refers to, as a plan has it: not its text, and no constants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Expression {
    #[default]
    Absent,
    /// A reference in a list of them.
    Text(String),
    References(Vec<String>),
    List(Vec<Expression>),
    Map(BTreeMap<String, Expression>),
}

/// What is not there.
static ABSENT: Expression = Expression::Absent;

impl Module<'_> {
    /// What a call gives to a variable of the module.
    pub(super) fn given(&self, call: &str, variable: &str) -> &Expression {
        let call = self.calls.as_ref().and_then(|calls| calls.get(call));
        call.map_or(&ABSENT, |call| call.expressions.member(variable))
    }

    /// The expression of an output.
    pub(super) fn output(&self, name: &str) -> &Expression {
        let output = self.outputs.as_ref().and_then(|outputs| outputs.get(name));
        output.map_or(&ABSENT, |output| &output.expression)
    }
}

impl Block<'_> {
    /// The expressions of its arguments.
    pub(super) fn expressions(&self) -> Expression {
        self.expressions.and_then(|text| serde_json::from_str(text.get()).ok()).unwrap_or_default()
    }
}

impl Expression {
    pub(super) fn member(&self, name: &str) -> &Self {
        match self {
            Self::Map(members) => members.get(name).unwrap_or(&ABSENT),
            _ => &ABSENT,
        }
    }

    pub(super) fn item(&self, index: usize) -> &Self {
        match self {
            Self::List(items) => items.get(index).unwrap_or(&ABSENT),
            _ => &ABSENT,
        }
    }

    pub(super) fn references(&self) -> &[String] {
        match self {
            Self::References(references) => references,
            _ => &[],
        }
    }

    /// Whether it refers to something as a whole.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Self::References(_))
    }

    pub(super) fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExpressionVisitor)
    }
}

struct ExpressionVisitor;

impl<'de> Visitor<'de> for ExpressionVisitor {
    type Value = Expression;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an expression of a plan")
    }

    fn visit_unit<E>(self) -> Result<Expression, E> {
        Ok(Expression::Absent)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Expression, E> {
        Ok(Expression::Absent)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Expression, E> {
        Ok(Expression::Absent)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Expression, E> {
        Ok(Expression::Absent)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Expression, E> {
        Ok(Expression::Absent)
    }

    fn visit_str<E>(self, text: &str) -> Result<Expression, E> {
        Ok(Expression::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Expression, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Expression::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Expression, A::Error> {
        let mut members = BTreeMap::new();
        let mut references = None;
        while let Some(name) = map.next_key::<String>()? {
            if name == "constant_value" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: Expression = map.next_value()?;
            match (name.as_str(), value) {
                ("references", Expression::List(texts)) => references = texts_of(texts),
                (_, value) => {
                    members.insert(name, value);
                }
            }
        }
        Ok(references.map_or(Expression::Map(members), Expression::References))
    }
}

fn texts_of(items: Vec<Expression>) -> Option<Vec<String>> {
    let text = |item| match item {
        Expression::Text(text) => Some(text),
        _ => None,
    };
    items.into_iter().map(text).collect()
}

/// Reads values into nodes. Names come again with every instance of a type, so each is kept once.
#[derive(Debug, Default)]
pub(super) struct NodeReader {
    names: FxHashSet<Arc<str>>,
}

impl NodeReader {
    /// The value that a text says; nothing where there is none.
    pub(super) fn read(&mut self, text: Option<&RawValue>) -> Node {
        let Some(text) = text else { return Node::Null };
        let read = self.deserialize(&mut serde_json::Deserializer::from_str(text.get()));
        read.unwrap_or_else(|error| Node::Unknown(format!("the plan cannot be read here: {error}")))
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.names.insert(name.clone());
        name
    }
}

impl<'de> DeserializeSeed<'de> for &mut NodeReader {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut NodeReader {
    type Value = Node;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    #[allow(clippy::cast_precision_loss, reason = "the numbers of a model are sizes and times")]
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    #[allow(clippy::cast_precision_loss, reason = "the numbers of a model are sizes and times")]
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(&mut *self)? {
            items.push(item);
        }
        items.shrink_to_fit();
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(name) = map.next_key_seed(NameReader(&mut *self))? {
            match map.next_value_seed(&mut *self)? {
                // What is not set is not there, which is most of what a plan lists.
                Node::Null => {}
                value => entries.push((name, value)),
            }
        }
        Ok(Node::Map(entries.into_iter().collect::<Entries>()))
    }
}

/// Reads the name of an entry.
struct NameReader<'r>(&'r mut NodeReader);

impl<'de> DeserializeSeed<'de> for NameReader<'_> {
    type Value = Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameReader<'_> {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Arc<str>, E> {
        Ok(self.0.name(name))
    }
}
