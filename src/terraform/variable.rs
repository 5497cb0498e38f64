//! `variable` blocks and the type constraints they carry.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use super::expression::Expression;
use super::lifecycle::Condition;
use super::value::{Any, Map, Value};

/// A `variable` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    pub(crate) name: Cow<'static, str>,
    pub(crate) of_type: Option<TypeConstraint>,
    pub(crate) description: Option<Cow<'static, str>>,
    pub(crate) default: Option<Expression>,
    pub(crate) sensitive: bool,
    pub(crate) ephemeral: bool,
    pub(crate) nullable: Option<bool>,
    pub(crate) validations: Vec<Condition>,
}

/// What values a variable takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeConstraint {
    /// `any`
    Any,
    /// `string`
    String,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(...)`
    List(Box<TypeConstraint>),
    /// `set(...)`
    Set(Box<TypeConstraint>),
    /// `map(...)`
    Map(Box<TypeConstraint>),
    /// `tuple([...])`
    Tuple(Vec<TypeConstraint>),
    /// `object({...})`
    Object(Vec<ObjectAttribute>),
}

/// An attribute of [`TypeConstraint::Object`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectAttribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub of_type: TypeConstraint,
    /// Whether it may be left out.
    pub optional: bool,
    /// The default of an optional attribute, as an expression's text.
    pub default: Option<String>,
}

impl Display for TypeConstraint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Tuple(elements) => {
                let elements: Vec<_> = elements.iter().map(Self::to_string).collect();
                write!(f, "tuple([{}])", elements.join(", "))
            }
            Self::Object(attributes) => {
                let attributes: Vec<_> = attributes.iter().map(ObjectAttribute::to_string).collect();
                write!(f, "object({{{}}})", attributes.join(", "))
            }
        }
    }
}

impl Display for ObjectAttribute {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { name, of_type, optional, default } = self;
        match (optional, default) {
            (false, _) => write!(f, "{name} = {of_type}"),
            (true, None) => write!(f, "{name} = optional({of_type})"),
            (true, Some(default)) => write!(f, "{name} = optional({of_type}, {default})"),
        }
    }
}

/// The Rust types that have a type constraint of their own.
pub trait VariableType {
    /// The constraint.
    fn constraint() -> TypeConstraint;
}

macro_rules! variable_types {
    ($($rust:ty => $constraint:expr;)*) => {$(
        impl VariableType for $rust {
            fn constraint() -> TypeConstraint {
                $constraint
            }
        }
    )*};
}

variable_types! {
    String => TypeConstraint::String;
    super::expression::Number => TypeConstraint::Number;
    bool => TypeConstraint::Bool;
    Any => TypeConstraint::Any;
}

impl<T: VariableType> VariableType for Vec<T> {
    fn constraint() -> TypeConstraint {
        TypeConstraint::List(Box::new(T::constraint()))
    }
}

impl<T: VariableType> VariableType for Map<T> {
    fn constraint() -> TypeConstraint {
        TypeConstraint::Map(Box::new(T::constraint()))
    }
}

impl Variable {
    /// A variable that must be given, of any type.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            of_type: None,
            description: None,
            default: None,
            sensitive: false,
            ephemeral: false,
            nullable: None,
            validations: Vec::new(),
        }
    }

    /// Constrains the type.
    pub fn of_type(mut self, constraint: TypeConstraint) -> Self {
        self.of_type = Some(constraint);
        self
    }

    /// Says what the variable is for, in which unit.
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The value where none is given.
    pub fn default(mut self, value: impl Into<Expression>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Hides the value in output.
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Keeps the value out of plan and state.
    pub fn ephemeral(mut self) -> Self {
        self.ephemeral = true;
        self
    }

    /// Whether `null` may be given.
    pub fn nullable(mut self, nullable: bool) -> Self {
        self.nullable = Some(nullable);
        self
    }

    /// Checks the value before anything else happens.
    pub fn validation(mut self, condition: Condition) -> Self {
        self.validations.push(condition);
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What values it takes.
    pub fn type_constraint(&self) -> Option<&TypeConstraint> {
        self.of_type.as_ref()
    }

    /// What it is for.
    pub fn description_text(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Its value where none is given.
    pub fn default_value(&self) -> Option<&Expression> {
        self.default.as_ref()
    }

    /// What a reference to it evaluates to; for conditions in its own validations.
    pub fn reference<T>(name: impl Into<Cow<'static, str>>) -> Value<T> {
        let address = super::address::Address::Variable(name.into());
        Value::new(Expression::reference(std::sync::Arc::new(address), Vec::new()))
    }
}
