//! Operators between expressions, folded where the result is still a plain way to a value.

use std::borrow::Cow;

use super::expression::{BinaryOperator, Expression, Step, UnaryOperator};
use super::value::Value;

pub(super) fn binary(left: Expression, operator: BinaryOperator, right: Expression) -> Expression {
    Expression::Binary(Box::new(left), operator, Box::new(right))
}

pub(super) fn equal(left: Expression, right: Expression) -> Expression {
    binary(left, BinaryOperator::Equal, right)
}

/// `collection[key]`, as one more step where the collection is a traversal. After a splat it is not: there a further
/// step applies to each element instead of to the list.
pub(super) fn index(collection: Expression, key: Expression) -> Expression {
    match collection {
        Expression::Traversal(mut traversal) if !traversal.has_splat() => {
            traversal.steps.push(Step::Index(key));
            Expression::Traversal(traversal)
        }
        other => Expression::Index(Box::new(other), Box::new(key)),
    }
}

/// `value.name`, as one more step where the value is a traversal.
pub(super) fn attribute(value: Expression, name: Cow<'static, str>) -> Expression {
    match value {
        Expression::Traversal(mut traversal) => {
            traversal.steps.push(Step::Attribute(name));
            Expression::Traversal(traversal)
        }
        other => Expression::Attribute(Box::new(other), name),
    }
}

impl Value<bool> {
    /// `self && other`
    pub fn and(self, other: impl Into<Self>) -> Self {
        Self::new(binary(self.into_expression(), BinaryOperator::And, other.into().into_expression()))
    }

    /// `self || other`
    pub fn or(self, other: impl Into<Self>) -> Self {
        Self::new(binary(self.into_expression(), BinaryOperator::Or, other.into().into_expression()))
    }
}

impl std::ops::Not for Value<bool> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Expression::Unary(UnaryOperator::Not, Box::new(self.into_expression())))
    }
}

macro_rules! number_operator {
    ($($(#[$doc:meta])* $name:ident: $type:ty => $operator:ident;)*) => {
        impl Value<super::expression::Number> {$(
            $(#[$doc])*
            pub fn $name(self, other: impl Into<Self>) -> Value<$type> {
                Value::new(binary(self.into_expression(), BinaryOperator::$operator, other.into().into_expression()))
            }
        )*}
    };
}

number_operator! {
    /// `self + other`
    plus: super::expression::Number => Add;
    /// `self - other`
    minus: super::expression::Number => Subtract;
    /// `self * other`
    times: super::expression::Number => Multiply;
    /// `self / other`
    divided_by: super::expression::Number => Divide;
    /// `self < other`
    less_than: bool => Less;
    /// `self <= other`
    at_most: bool => LessOrEqual;
    /// `self > other`
    more_than: bool => Greater;
    /// `self >= other`
    at_least: bool => GreaterOrEqual;
}
