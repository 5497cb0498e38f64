//! Typed values: an expression together with the type it has in Terraform.
//!
//! `Value<String>`, `Value<Number>`, `Value<bool>`, `Value<Vec<T>>` (a list or a set) and `Value<Map<T>>` keep an
//! argument from taking a value of another type; [`Any`] is a value whose type is only known when Terraform runs.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use super::expression::{Expression, Number, Object, TemplatePart};

/// A value of Terraform's type `T`.
#[derive(Debug, PartialEq)]
pub struct Value<T> {
    expression: Expression,
    of_type: PhantomData<fn() -> T>,
}

/// A map from strings to `T`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Map<T>(PhantomData<fn() -> T>);

/// A value of a type that is not known before Terraform runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Any;

impl<T> Clone for Value<T> {
    fn clone(&self) -> Self {
        Self::new(self.expression.clone())
    }
}

impl<T> Value<T> {
    /// Takes an expression at its word: the caller states the type. The document's check still resolves what it names.
    pub fn new(expression: Expression) -> Self {
        Self { expression, of_type: PhantomData }
    }

    /// `null`, which leaves the argument out.
    pub fn null() -> Self {
        Self::new(Expression::Null)
    }

    /// The expression behind the value.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// The expression behind the value.
    pub fn into_expression(self) -> Expression {
        self.expression
    }

    /// The same value as another type: for what the type system cannot follow, such as an attribute of an object.
    pub fn cast<U>(self) -> Value<U> {
        Value::new(self.expression)
    }

    /// `condition ? self : otherwise`
    pub fn when(self, condition: impl Into<Value<bool>>, otherwise: impl Into<Self>) -> Self {
        Self::new(Expression::Conditional(
            Box::new(condition.into().expression),
            Box::new(self.expression),
            Box::new(otherwise.into().expression),
        ))
    }

    /// `self == null`
    pub fn is_null(self) -> Value<bool> {
        Value::new(super::operators::equal(self.expression, Expression::Null))
    }

    /// `self == other`
    pub fn equals(self, other: impl Into<Self>) -> Value<bool> {
        Value::new(super::operators::equal(self.expression, other.into().expression))
    }
}

impl<T> Value<Vec<T>> {
    /// `self[index]`
    pub fn element(self, index: usize) -> Value<T> {
        Value::new(super::operators::index(self.expression, Expression::from(index as u64)))
    }

    /// The empty list.
    pub fn empty() -> Self {
        Self::new(Expression::List(Vec::new()))
    }
}

impl Value<Any> {
    /// `self.name`: an attribute of an object whose shape only Terraform knows.
    pub fn field<T>(self, name: impl Into<Cow<'static, str>>) -> Value<T> {
        Value::new(super::operators::attribute(self.expression, name.into()))
    }
}

/// The strings joined into one: literals stay literal, everything else is interpolated.
pub fn concat(parts: impl IntoIterator<Item = Value<String>>) -> Value<String> {
    let parts = parts.into_iter();
    let mut joined = Vec::with_capacity(parts.size_hint().0);
    for part in parts {
        match part.expression {
            Expression::Text(text) => joined.push(TemplatePart::Literal(text)),
            Expression::Template(parts) => joined.extend(parts),
            other => joined.push(TemplatePart::Interpolation(other)),
        }
    }
    Value::new(Expression::template(joined))
}

/// A literal string as a value.
pub fn text(literal: impl Into<Cow<'static, str>>) -> Value<String> {
    Value::new(Expression::Text(literal.into()))
}

impl<T> From<Value<T>> for Expression {
    fn from(value: Value<T>) -> Self {
        value.expression
    }
}

impl<T> From<&Self> for Value<T> {
    fn from(value: &Self) -> Self {
        value.clone()
    }
}

macro_rules! literal {
    ($($from:ty => $to:ty, $value:ident => $expression:expr;)*) => {$(
        impl From<$from> for Expression {
            fn from($value: $from) -> Self {
                $expression
            }
        }
        impl From<$from> for Value<$to> {
            fn from(value: $from) -> Self {
                Self::new(value.into())
            }
        }
    )*};
}

literal! {
    &'static str => String, value => Self::Text(Cow::Borrowed(value));
    String => String, value => Self::Text(Cow::Owned(value));
    &String => String, value => Self::Text(Cow::Owned(value.clone()));
    Cow<'static, str> => String, value => Self::Text(value);
    bool => bool, value => Self::Bool(value);
    i32 => Number, value => Self::Number(value.into());
    u32 => Number, value => Self::Number(value.into());
    i64 => Number, value => Self::Number(value.into());
    u64 => Number, value => Self::Number(value.into());
    Number => Number, value => Self::Number(value);
}

impl<T, V: Into<Value<T>>> From<Vec<V>> for Value<Vec<T>> {
    fn from(items: Vec<V>) -> Self {
        items.into_iter().collect()
    }
}

impl<T, V: Into<Value<T>>, const N: usize> From<[V; N]> for Value<Vec<T>> {
    fn from(items: [V; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T, V: Into<Value<T>>> FromIterator<V> for Value<Vec<T>> {
    fn from_iter<I: IntoIterator<Item = V>>(items: I) -> Self {
        Self::new(Expression::List(items.into_iter().map(|item| item.into().expression).collect()))
    }
}

impl<T, V: Into<Value<T>>> From<BTreeMap<String, V>> for Value<Map<T>> {
    fn from(entries: BTreeMap<String, V>) -> Self {
        entries.into_iter().collect()
    }
}

impl<T, K: Into<Cow<'static, str>>, V: Into<Value<T>>, const N: usize> From<[(K, V); N]> for Value<Map<T>> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T, K: Into<Cow<'static, str>>, V: Into<Value<T>>> FromIterator<(K, V)> for Value<Map<T>> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries: Object = entries.into_iter().map(|(key, value)| (key, value.into().expression)).collect();
        Self::new(Expression::Object(entries))
    }
}

impl From<serde_json::Value> for Value<Any> {
    fn from(value: serde_json::Value) -> Self {
        Self::new(value.into())
    }
}

impl From<Object> for Value<Any> {
    fn from(value: Object) -> Self {
        Self::new(Expression::Object(value))
    }
}
