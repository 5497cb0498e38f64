//! The expression language of Terraform as a tree.
//!
//! Typed code builds these trees directly, the parser builds them from text, and rendering turns them back into text.
//! Nothing in this crate finds a reference by searching text: a reference is a [`Traversal`] from the start.

mod edit;
mod native_text;
mod render;
mod replace;
mod text;
mod visit;

use std::borrow::Cow;
use std::sync::Arc;

pub use serde_json::Number;

pub(crate) use edit::Editor;
pub(in crate::terraform) use native_text::NativeText;
pub(crate) use text::{is_plain, lone_carriage_return};
pub use visit::{Names, Visitor};

use super::address::Address;

/// One Terraform expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// `null`: the argument is as good as left out.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, which stays a number in the document.
    Number(Number),
    /// A literal string, held unescaped: `${` in it is two characters, not the start of an interpolation.
    Text(Cow<'static, str>),
    /// A string with interpolations or directives in it.
    Template(Vec<TemplatePart>),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{ a = b }`, also the body of a nested block.
    Object(Object),
    /// `aws_vpc.main.id`, `var.name`, `each.key`, `path.module`, or the name that a `for` binds.
    Traversal(Traversal),
    /// `name(arguments...)`
    Call(Call),
    /// `collection[key]` on something that is not a plain traversal.
    Index(Box<Expression>, Box<Expression>),
    /// `value.name` on something that is not a plain traversal.
    Attribute(Box<Expression>, Cow<'static, str>),
    /// `value[*].rest` or `value.*.rest`.
    Splat(Box<Expression>, Vec<Step>),
    /// `condition ? then : otherwise`
    Conditional(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `!x` or `-x`
    Unary(UnaryOperator, Box<Expression>),
    /// `a && b` and the like.
    Binary(Box<Expression>, BinaryOperator, Box<Expression>),
    /// `[for x in xs : y]` or `{ for k, v in xs : a => b }`
    For(Box<For>),
}

/// A piece of a [`Expression::Template`].
#[derive(Debug, Clone, PartialEq)]
pub enum TemplatePart {
    /// Literal text, held unescaped.
    Literal(Cow<'static, str>),
    /// `${expression}`
    Interpolation(Expression),
    /// `%{ if condition }...%{ else }...%{ endif }`
    If {
        /// What decides.
        condition: Expression,
        /// The parts if it is true.
        then: Vec<TemplatePart>,
        /// The parts if it is false; empty where there is no `else`.
        otherwise: Vec<TemplatePart>,
    },
    /// `%{ for key, value in collection }...%{ endfor }`
    For {
        /// The name bound to the key, if any.
        key: Option<String>,
        /// The name bound to the value.
        value: String,
        /// What is walked.
        collection: Expression,
        /// The parts that are repeated.
        body: Vec<TemplatePart>,
    },
}

/// The entries of an object, a map or a block body, in the order they were written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(pub(crate) Vec<(Key, Expression)>);

/// The key of an [`Object`] entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// A name or a literal string.
    Literal(Cow<'static, str>),
    /// A key that is computed.
    Computed(Box<Expression>),
}

/// A function call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function's name; `provider::name::function` for provider functions.
    pub name: Cow<'static, str>,
    /// Its arguments.
    pub arguments: Vec<Expression>,
    /// Whether the last argument is spread with `...`.
    pub expand_final: bool,
}

/// Something named, and the way from it to the value that is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Traversal {
    /// Where the way begins.
    pub root: Root,
    /// The attributes and indices after it.
    pub steps: Vec<Step>,
}

/// What a [`Traversal`] begins at.
#[derive(Debug, Clone, PartialEq)]
pub enum Root {
    /// A resource, data source, ephemeral, variable, local or module of this module.
    Address(Arc<Address>),
    /// A name that the language itself or an enclosing `for` binds: `each`, `count`, `self`, `path`, `terraform`, `k`.
    Name(Cow<'static, str>),
}

/// One step of a [`Traversal`].
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// `.name`
    Attribute(Cow<'static, str>),
    /// `[key]`
    Index(Expression),
    /// `[*]` or `.*` in the middle of a way.
    Splat,
}

/// `!` or `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// The binary operators, as Terraform ranks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// A `for` expression.
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    /// The name bound to the key or index, if any.
    pub key: Option<String>,
    /// The name bound to the value.
    pub value: String,
    /// What is walked.
    pub collection: Expression,
    /// The key of each result entry: present in the object form only.
    pub result_key: Option<Expression>,
    /// Each result.
    pub result: Expression,
    /// `...` in the object form: values with the same key are grouped.
    pub grouping: bool,
    /// The `if` at the end.
    pub condition: Option<Expression>,
}

impl Expression {
    /// A template in normal form: neighbouring literals joined, and no template at all where there is only one literal.
    pub fn template(parts: impl IntoIterator<Item = TemplatePart>) -> Self {
        Self::of_normal_form(TemplatePart::normal_form(parts))
    }

    /// The same of parts that are in normal form.
    pub(crate) fn of_normal_form(mut parts: Vec<TemplatePart>) -> Self {
        match parts.as_mut_slice() {
            [] => Self::Text(Cow::Borrowed("")),
            [TemplatePart::Literal(text)] => Self::Text(std::mem::take(text)),
            // Terraform unwraps `"${x}"` to x itself, so this is the same value.
            [TemplatePart::Interpolation(only)] => std::mem::replace(only, Self::Null),
            _ => Self::Template(parts),
        }
    }

    /// A call of a function by name.
    pub fn call(name: impl Into<Cow<'static, str>>, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(Call { name: name.into(), arguments: arguments.into_iter().collect(), expand_final: false })
    }

    /// A reference to `address` and from there along `steps`.
    pub fn reference(address: Arc<Address>, steps: Vec<Step>) -> Self {
        Self::Traversal(Traversal { root: Root::Address(address), steps })
    }

    /// A name that the language binds, such as `each` with the attribute `key`.
    pub fn named(name: impl Into<Cow<'static, str>>, attributes: &[&'static str]) -> Self {
        let steps = attributes.iter().map(|attribute| Step::Attribute(Cow::Borrowed(attribute))).collect();
        Self::Traversal(Traversal { root: Root::Name(name.into()), steps })
    }

    /// The names of the instances that it makes as a `for_each`, where they are written out.
    pub(crate) fn instance_names(&self) -> Option<Vec<&str>> {
        match self {
            Self::Object(object) => object
                .entries()
                .map(|(key, _)| match key {
                    Key::Literal(name) => Some(name.as_ref()),
                    Key::Computed(_) => None,
                })
                .collect(),
            Self::List(items) => items
                .iter()
                .map(|item| match item {
                    Self::Text(text) => Some(text.as_ref()),
                    _ => None,
                })
                .collect(),
            Self::Call(call) if call.name == "toset" => call.arguments.first()?.instance_names(),
            _ => None,
        }
    }

    /// The text of a string without anything to evaluate in it.
    fn literal_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Template(parts) if parts.iter().all(|part| part.literal().is_some()) => {
                Some(parts.iter().filter_map(TemplatePart::literal).map(Cow::into_owned).collect())
            }
            _ => None,
        }
    }

    /// Whether the value is known without evaluating anything.
    pub fn is_literal(&self) -> bool {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => true,
            Self::List(items) => items.iter().all(Self::is_literal),
            Self::Object(object) => {
                object.0.iter().all(|(key, value)| matches!(key, Key::Literal(_)) && value.is_literal())
            }
            _ => false,
        }
    }
}

impl TemplatePart {
    /// The same parts with neighbouring literals joined, literal interpolations among them, and none of them empty.
    pub(crate) fn normal_form(parts: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let parts: Vec<Self> = parts.into_iter().collect();
        if Self::is_normal(&parts) {
            return parts;
        }
        let mut joined: Vec<Self> = Vec::with_capacity(parts.len());
        for part in parts {
            let part = match part {
                Self::Interpolation(Expression::Text(text)) => Self::Literal(text),
                Self::Interpolation(expression @ Expression::Template(_)) => match expression.literal_text() {
                    Some(text) => Self::Literal(Cow::Owned(text.into_owned())),
                    None => Self::Interpolation(expression),
                },
                other => other,
            };
            match (joined.last_mut(), part) {
                (_, Self::Literal(text)) if text.is_empty() => {}
                (Some(Self::Literal(before)), Self::Literal(text)) => before.to_mut().push_str(&text),
                (_, part) => joined.push(part),
            }
        }
        joined
    }

    /// Whether there is nothing to join, as in most templates: no literal is empty, beside another one, or interpolated.
    fn is_normal(parts: &[Self]) -> bool {
        let is_simple = |part: &Self| match part {
            Self::Literal(text) => !text.is_empty(),
            Self::Interpolation(expression) => !matches!(expression, Expression::Text(_) | Expression::Template(_)),
            Self::If { .. } | Self::For { .. } => true,
        };
        let is_literal = |part: &Self| matches!(part, Self::Literal(_));
        parts.iter().all(is_simple) && !parts.windows(2).any(|pair| pair.iter().all(is_literal))
    }

    /// The text of a part that is the same whenever it is evaluated.
    fn literal(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Literal(text) => Some(Cow::Borrowed(text)),
            Self::Interpolation(expression) => expression.literal_text(),
            Self::If { .. } | Self::For { .. } => None,
        }
    }
}

/// The number with a minus before it, where that is a number that JSON can hold exactly.
pub(crate) fn negated(number: &Number) -> Option<Number> {
    match number.as_u64() {
        Some(0) => None,
        Some(whole) => 0_i64.checked_sub_unsigned(whole).map(Number::from),
        None => number.as_f64().filter(|fraction| fraction.is_sign_positive()).and_then(|it| Number::from_f64(-it)),
    }
}

impl Traversal {
    /// Whether it goes through all elements of a list: a further step applies to each of them.
    pub fn has_splat(&self) -> bool {
        self.steps.contains(&Step::Splat)
    }
}

impl Key {
    /// A key that is computed, or its text where that is known.
    pub fn from_expression(expression: Expression) -> Self {
        match expression {
            Expression::Text(text) => Self::Literal(text),
            other => Self::Computed(Box::new(other)),
        }
    }

    /// The key where it is the same whenever it is evaluated.
    fn literal(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Literal(name) => Some(Cow::Borrowed(name)),
            Self::Computed(expression) => expression.literal_text(),
        }
    }
}

impl Object {
    /// An object without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// An object with room for so many entries.
    pub(crate) fn with_room(entries: usize) -> Self {
        Self(Vec::with_capacity(entries))
    }

    /// Sets an entry, in place of an earlier one of the same name.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: Expression) {
        let name = name.into();
        match self.get_mut(&name) {
            Some(entry) => *entry = value,
            None => self.0.push((Key::Literal(name), value)),
        }
    }

    /// Adds an entry whose key may be computed; one with a literal key takes the place of an earlier one.
    pub fn insert(&mut self, key: Key, value: Expression) {
        match key {
            Key::Literal(name) => self.set(name, value),
            computed @ Key::Computed(_) => self.0.push((computed, value)),
        }
    }

    /// Appends to the list under a name: how repeated nested blocks are written.
    pub fn push(&mut self, name: &'static str, value: Expression) {
        match self.get_mut(name) {
            Some(Expression::List(items)) => items.push(value),
            Some(entry) => {
                let first = std::mem::replace(entry, Expression::Null);
                *entry = Expression::List(vec![first, value]);
            }
            None => self.0.push((Key::Literal(Cow::Borrowed(name)), Expression::List(vec![value]))),
        }
    }

    /// The value under a literal name.
    pub fn get(&self, name: &str) -> Option<&Expression> {
        self.0.iter().find(|(key, _)| matches!(key, Key::Literal(literal) if literal == name)).map(|(_, value)| value)
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut Expression> {
        self.0
            .iter_mut()
            .find(|(key, _)| matches!(key, Key::Literal(literal) if literal == name))
            .map(|(_, value)| value)
    }

    /// The entries in the order they were written.
    pub fn entries(&self) -> impl Iterator<Item = (&Key, &Expression)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<Cow<'static, str>>, V: Into<Expression>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(key, value)| (Key::Literal(key.into()), value.into())).collect())
    }
}

impl From<serde_json::Value> for Expression {
    /// JSON as a literal: a `${` in it stays text.
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(value) => Self::Number(value),
            serde_json::Value::String(value) => Self::Text(Cow::Owned(value)),
            serde_json::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(entries) => Self::Object(entries.into_iter().collect()),
        }
    }
}

impl From<Object> for Expression {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}
