//! What functions take and give.

use super::super::error::EvaluationError;
use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure};

/// A function.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [Parameter],
    /// What further arguments must be, if there may be any.
    pub(super) further: Option<Parameter>,
    /// The type of the result, also where the arguments are not known.
    pub(super) gives: fn(&[Value]) -> Result<Type, Failure>,
    pub(super) is_never_null: bool,
    pub(super) run: fn(&mut Arguments<'_, '_, '_>) -> Result<Value, Failure>,
}

/// A parameter.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) takes: Takes,
}

/// What an argument is converted to.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Any,
    String,
    Number,
    List,
    Strings,
    Bools,
    Set,
    MapOfStrings,
}

/// What a parameter takes besides known values without marks.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "go-cty's five switches of a parameter")]
pub(super) struct Takes {
    pub(super) null: bool,
    pub(super) unknown: bool,
    /// Known values with unknown ones in them.
    pub(super) nested: bool,
    pub(super) dynamic: bool,
    pub(super) marks: bool,
}

/// Known values only.
pub(super) const KNOWN: Takes = Takes { null: false, unknown: false, nested: false, dynamic: false, marks: false };
/// Known values, whatever is in them.
pub(super) const NESTED: Takes = Takes { nested: true, ..KNOWN };
/// Unknown values too.
pub(super) const UNKNOWN: Takes = Takes { unknown: true, dynamic: true, ..NESTED };
/// Marked values as they are, known at least outside.
pub(super) const MARKED: Takes = Takes { marks: true, ..NESTED };
/// Marked values and null.
pub(super) const NULLABLE_MARKED: Takes = Takes { null: true, dynamic: true, ..MARKED };
/// Everything but null.
pub(super) const OPEN: Takes = Takes { marks: true, ..UNKNOWN };
/// Everything.
pub(super) const EVERYTHING: Takes = Takes { null: true, ..OPEN };
/// Unknown values and null, each of a known type.
pub(super) const OF_KNOWN_TYPE: Takes = Takes { dynamic: false, ..UNKNOWN_OR_NULL };
/// Unknown values and null.
pub(super) const UNKNOWN_OR_NULL: Takes = Takes { null: true, ..UNKNOWN };

impl Parameter {
    pub(super) fn of_type(&self) -> Type {
        match self.kind {
            Kind::Any => Type::Dynamic,
            Kind::String => Type::String,
            Kind::Number => Type::Number,
            Kind::List => Type::list(Type::Dynamic),
            Kind::Strings => Type::list(Type::String),
            Kind::Bools => Type::list(Type::Bool),
            Kind::Set => Type::set(Type::Dynamic),
            Kind::MapOfStrings => Type::map(Type::list(Type::String)),
        }
    }
}

impl Function {
    pub(super) fn parameter(&self, position: usize) -> Option<&Parameter> {
        self.parameters.get(position).or(self.further.as_ref())
    }

    pub(super) fn check_count(&self, count: usize) -> Result<(), EvaluationError> {
        let (name, least) = (self.name, self.parameters.len());
        if count < least {
            let at_least = if self.further.is_some() { " at least" } else { "" };
            let missing = self.parameters.get(count).map(|parameter| parameter.name).unwrap_or_default();
            let detail =
                format!("Function \"{name}\" expects{at_least} {least} argument(s). Missing value for \"{missing}\".");
            return Err(EvaluationError::new("Not enough function arguments", detail));
        }
        if count > least && self.further.is_none() {
            let detail = format!("Function \"{name}\" expects only {least} argument(s).");
            return Err(EvaluationError::new("Too many function arguments", detail));
        }
        Ok(())
    }
}

/// The types of results that do not depend on the arguments.
pub(super) mod gives {
    use super::{Failure, Type, Value};

    type Given = Result<Type, Failure>;

    pub(in super::super) fn any(_: &[Value]) -> Given {
        Ok(Type::Dynamic)
    }

    pub(in super::super) fn string(_: &[Value]) -> Given {
        Ok(Type::String)
    }

    pub(in super::super) fn number(_: &[Value]) -> Given {
        Ok(Type::Number)
    }

    pub(in super::super) fn bool(_: &[Value]) -> Given {
        Ok(Type::Bool)
    }

    pub(in super::super) fn strings(_: &[Value]) -> Given {
        Ok(Type::list(Type::String))
    }

    pub(in super::super) fn numbers(_: &[Value]) -> Given {
        Ok(Type::list(Type::Number))
    }

    pub(in super::super) fn set_of_strings(_: &[Value]) -> Given {
        Ok(Type::set(Type::String))
    }

    pub(in super::super) fn map_of_strings(_: &[Value]) -> Given {
        Ok(Type::map(Type::list(Type::String)))
    }

    /// A list of what the first argument is.
    pub(in super::super) fn list_of_same(values: &[Value]) -> Given {
        same(values).map(Type::list)
    }

    /// As the first argument.
    pub(in super::super) fn same(values: &[Value]) -> Given {
        Ok(values.first().map_or(Type::Dynamic, |value| value.of_type().clone()))
    }
}
