//! What is known of a value before Terraform runs: its type, as far as it can be told.

use std::fmt::{self, Display, Formatter};

use super::catalog::{BlockType, Field, FieldKind};
use crate::terraform::expression::Expression;
use crate::terraform::schema::{BlockNesting, ObjectSchema, TypeReference, TypeSchema};
use crate::terraform::variable::{ObjectAttribute, TypeConstraint};

/// The type of a value or of the place it goes to.
#[derive(Clone, Copy)]
pub(super) enum Shape<'a> {
    /// Nothing is known: everything goes.
    Unknown,
    String,
    Number,
    Bool,
    List(Element<'a>),
    Set(Element<'a>),
    Map(Element<'a>),
    /// A list whose elements each have a type of their own.
    Tuple,
    /// An object of the provider's schema.
    Object(ObjectSchema<'a>),
    /// An object of a variable's type constraint.
    Constrained(&'a [ObjectAttribute]),
    /// A block, or an attribute with attributes of its own.
    Body(&'a BlockType<'a>),
    /// A list or object that is written out, looked into only when somebody asks for a part of it.
    Literal(&'a Expression),
}

/// The type of a collection's elements.
#[derive(Clone, Copy)]
pub(super) enum Element<'a> {
    Unknown,
    String,
    Number,
    Bool,
    Schema(TypeReference<'a>),
    Constraint(&'a TypeConstraint),
    Body(&'a BlockType<'a>),
}

impl<'a> From<TypeSchema<'a>> for Shape<'a> {
    fn from(value_type: TypeSchema<'a>) -> Self {
        match value_type {
            TypeSchema::String => Self::String,
            TypeSchema::Number => Self::Number,
            TypeSchema::Bool => Self::Bool,
            TypeSchema::List(element) => Self::List(Element::Schema(element)),
            TypeSchema::Set(element) => Self::Set(Element::Schema(element)),
            TypeSchema::Map(element) => Self::Map(Element::Schema(element)),
            TypeSchema::Object(object) => Self::Object(object),
            TypeSchema::Tuple(_) => Self::Tuple,
            // The shape of these comes from their field, which remembers what is in them.
            TypeSchema::Dynamic | TypeSchema::Nested(..) => Self::Unknown,
        }
    }
}

impl<'a> From<&'a TypeConstraint> for Shape<'a> {
    fn from(constraint: &'a TypeConstraint) -> Self {
        match constraint {
            TypeConstraint::Any => Self::Unknown,
            TypeConstraint::String => Self::String,
            TypeConstraint::Number => Self::Number,
            TypeConstraint::Bool => Self::Bool,
            TypeConstraint::List(element) => Self::List(Element::Constraint(element)),
            TypeConstraint::Set(element) => Self::Set(Element::Constraint(element)),
            TypeConstraint::Map(element) => Self::Map(Element::Constraint(element)),
            TypeConstraint::Tuple(_) => Self::Tuple,
            TypeConstraint::Object(attributes) => Self::Constrained(attributes),
        }
    }
}

impl<'a> From<Element<'a>> for Shape<'a> {
    fn from(element: Element<'a>) -> Self {
        match element {
            Element::Unknown => Self::Unknown,
            Element::String => Self::String,
            Element::Number => Self::Number,
            Element::Bool => Self::Bool,
            Element::Schema(reference) => Self::from(reference.resolve()),
            Element::Constraint(constraint) => Self::from(constraint),
            Element::Body(block_type) => Self::Body(block_type),
        }
    }
}

impl<'a> From<Shape<'a>> for Element<'a> {
    /// Collections of collections lose what is known of the inner ones.
    fn from(shape: Shape<'a>) -> Self {
        match shape {
            Shape::String => Self::String,
            Shape::Number => Self::Number,
            Shape::Bool => Self::Bool,
            Shape::Body(block_type) => Self::Body(block_type),
            _ => Self::Unknown,
        }
    }
}

impl<'a> From<&'a Field<'a>> for Shape<'a> {
    fn from(field: &'a Field<'a>) -> Self {
        match (field.inner(), &field.kind) {
            (None, FieldKind::Attribute(attribute)) => attribute.shape,
            (Some((BlockNesting::Single | BlockNesting::Group, inner)), _) => Self::Body(inner),
            (Some((BlockNesting::List, inner)), _) => Self::List(Element::Body(inner)),
            (Some((BlockNesting::Set, inner)), _) => Self::Set(Element::Body(inner)),
            (Some((BlockNesting::Map, inner)), _) => Self::Map(Element::Body(inner)),
            (None, FieldKind::Block(_)) => Self::Unknown,
        }
    }
}

/// The families of types between which Terraform converts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Scalar,
    Sequence,
    Mapping,
}

impl<'a> Shape<'a> {
    fn family(self) -> Option<Family> {
        Some(match self {
            Self::Unknown => return None,
            Self::String | Self::Number | Self::Bool => Family::Scalar,
            Self::List(_) | Self::Set(_) | Self::Tuple | Self::Literal(Expression::List(_)) => Family::Sequence,
            Self::Map(_) | Self::Object(_) | Self::Constrained(_) | Self::Body(_) | Self::Literal(_) => Family::Mapping,
        })
    }

    /// Whether it is a list, a set or a tuple.
    pub(super) fn is_sequence(self) -> bool {
        self.family() == Some(Family::Sequence)
    }

    /// Whether it is a string, a number or a bool.
    pub(super) fn is_scalar(self) -> bool {
        self.family() == Some(Family::Scalar)
    }

    /// What walking the value yields.
    pub(super) fn element(self) -> Shape<'a> {
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => Self::from(element),
            _ => Self::Unknown,
        }
    }

    /// Whether Terraform can convert a value of the shape `given` to this one, as far as can be told.
    pub(super) fn takes(self, given: Shape<'a>) -> bool {
        match (self, given) {
            (Self::String, Self::String) | (Self::Unknown, _) | (_, Self::Unknown) => true,
            // Numbers and bools have no way to each other but through a string; the elements of a set have no order.
            (Self::Number, Self::Bool) | (Self::Bool, Self::Number) | (Self::Tuple, Self::Set(_)) => false,
            (Self::List(wanted) | Self::Set(wanted), Self::List(given) | Self::Set(given))
            | (Self::Map(wanted), Self::Map(given)) => Self::from(wanted).takes(Self::from(given)),
            (wanted, given) => match (wanted.family(), given.family()) {
                (Some(wanted), Some(given)) => wanted == given,
                _ => true,
            },
        }
    }

    /// Whether `self` and `other` can be the two results of a condition.
    pub(super) fn goes_with(self, other: Shape<'a>) -> bool {
        match (self.family(), other.family()) {
            (Some(left), Some(right)) => left == right,
            _ => true,
        }
    }

    /// The shape of `condition ? self : other`.
    pub(super) fn or(self, other: Shape<'a>) -> Shape<'a> {
        match (self, other) {
            (Self::String, Self::String | Self::Number | Self::Bool) | (Self::Number | Self::Bool, Self::String) => {
                Self::String
            }
            (Self::Number, Self::Number) => Self::Number,
            (Self::Bool, Self::Bool) => Self::Bool,
            (Self::Body(left), Self::Body(right)) if std::ptr::eq(left, right) => self,
            (Self::Set(_), Self::Set(_)) => Self::Set(Element::Unknown),
            (left, right) if left.is_sequence() && right.is_sequence() => Self::Tuple,
            _ => Self::Unknown,
        }
    }

    /// The name of the type in Terraform's own notation, for messages.
    fn notation(self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("any"),
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::List(element) => collection(f, "list", element),
            Self::Set(element) => collection(f, "set", element),
            Self::Map(element) => collection(f, "map", element),
            Self::Tuple | Self::Literal(Expression::List(_)) => f.write_str("list"),
            Self::Object(_) | Self::Constrained(_) | Self::Body(_) | Self::Literal(_) => f.write_str("object"),
        }
    }
}

fn collection(f: &mut Formatter<'_>, kind: &str, element: Element<'_>) -> fmt::Result {
    f.write_str(kind)?;
    match Shape::from(element) {
        Shape::Unknown => Ok(()),
        element => {
            f.write_str(" of ")?;
            element.notation(f)
        }
    }
}

impl Display for Shape<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let article = if matches!(self, Self::Object(_) | Self::Constrained(_) | Self::Body(_))
            || matches!(self, Self::Literal(expression) if !matches!(expression, Expression::List(_)))
        {
            "an"
        } else {
            "a"
        };
        write!(f, "{article} ")?;
        self.notation(f)
    }
}
