//! The types of Terraform's values.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

/// The type of a [`Value`](super::Value).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A type that is not known: of an untyped `null`, and of unknown values that may turn out to be anything.
    Dynamic,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(...)`
    List(Arc<Type>),
    /// `set(...)`
    Set(Arc<Type>),
    /// `map(...)`
    Map(Arc<Type>),
    /// `tuple([...])`
    Tuple(Arc<[Type]>),
    /// `object({...})`
    Object(Arc<ObjectType>),
}

/// The attributes of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectType {
    /// The type of each attribute.
    pub attributes: BTreeMap<Arc<str>, Type>,
    /// The attributes that may be left out: in the type that something is converted to, never in that of a value.
    pub optional: Vec<Arc<str>>,
    /// Whether there may be attributes besides these: of a resource whose schema nobody gave.
    pub is_open: bool,
}

impl Type {
    /// `list(element)`
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    /// `set(element)`
    pub fn set(element: Self) -> Self {
        Self::Set(Arc::new(element))
    }

    /// `map(element)`
    pub fn map(element: Self) -> Self {
        Self::Map(Arc::new(element))
    }

    /// `tuple([elements...])`
    pub fn tuple(elements: impl IntoIterator<Item = Self>) -> Self {
        Self::Tuple(elements.into_iter().collect())
    }

    /// `object({attributes...})`
    pub fn object<N: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        let attributes = attributes.into_iter().map(|(name, of_type)| (name.into(), of_type)).collect();
        Self::Object(Arc::new(ObjectType { attributes, ..ObjectType::default() }))
    }

    /// The type of each element of a list, set or map.
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => Some(element),
            _ => None,
        }
    }

    /// `bool`, `number` or `string`.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// A list, set or map.
    pub fn is_collection(&self) -> bool {
        self.element().is_some()
    }

    /// Whether its values have elements in an order: a list or tuple.
    pub fn is_sequence(&self) -> bool {
        matches!(self, Self::List(_) | Self::Tuple(_))
    }

    /// Whether nothing in it is [`Self::Dynamic`].
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Dynamic => false,
            Self::Bool | Self::Number | Self::String => true,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.is_wholly_known(),
            Self::Tuple(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Object(object) => object.attributes.values().all(Self::is_wholly_known),
        }
    }

    /// The type that values of it have: no attribute is optional in a value.
    pub fn without_optional(&self) -> Self {
        match self {
            Self::Dynamic | Self::Bool | Self::Number | Self::String => self.clone(),
            Self::List(element) => Self::list(element.without_optional()),
            Self::Set(element) => Self::set(element.without_optional()),
            Self::Map(element) => Self::map(element.without_optional()),
            Self::Tuple(elements) => Self::tuple(elements.iter().map(Self::without_optional)),
            Self::Object(object) => Self::Object(Arc::new(ObjectType {
                attributes: object.attributes.iter().map(|(name, it)| (name.clone(), it.without_optional())).collect(),
                optional: Vec::new(),
                is_open: object.is_open,
            })),
        }
    }

    /// Whether a value of this type fits where `other` is wanted; `other`'s dynamic parts fit everything.
    pub(super) fn conforms(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Dynamic) => true,
            (Self::List(a), Self::List(b)) | (Self::Set(a), Self::Set(b)) | (Self::Map(a), Self::Map(b)) => {
                a.conforms(b)
            }
            (Self::Tuple(a), Self::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.conforms(b))
            }
            (Self::Object(a), Self::Object(b)) => {
                a.attributes.len() == b.attributes.len()
                    && a.attributes
                        .iter()
                        .zip(&b.attributes)
                        .all(|((name, a), (other, b))| name == other && a.conforms(b))
            }
            (a, b) => a == b,
        }
    }

    /// The name that Terraform's messages use.
    pub fn name(&self) -> String {
        match self {
            Self::Dynamic => "dynamic".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Number => "number".to_owned(),
            Self::String => "string".to_owned(),
            Self::List(element) => format!("list of {}", element.name()),
            Self::Set(element) => format!("set of {}", element.name()),
            Self::Map(element) => format!("map of {}", element.name()),
            Self::Tuple(_) => "tuple".to_owned(),
            Self::Object(_) => "object".to_owned(),
        }
    }
}

impl Display for Type {
    /// The type as a type constraint.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dynamic => f.write_str("any"),
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Tuple(elements) => {
                let elements: Vec<_> = elements.iter().map(Self::to_string).collect();
                write!(f, "tuple([{}])", elements.join(", "))
            }
            Self::Object(object) => {
                let attributes: Vec<_> = object.attributes.iter().map(|(name, it)| format!("{name} = {it}")).collect();
                write!(f, "object({{{}}})", attributes.join(", "))
            }
        }
    }
}
