//! The type of a null or unknown value after a conversion to a type with dynamic parts.

use super::super::types::{ObjectType, Type};
use super::unify::unify;

/// `to` with its dynamic parts filled in from `from`.
pub(super) fn dynamic(from: &Type, to: &Type) -> Type {
    if *from == Type::Dynamic {
        return to.clone();
    }
    match to {
        Type::Dynamic => from.clone(),
        Type::Bool | Type::Number | Type::String => to.clone(),
        Type::Map(element) => match from {
            Type::Map(given) => Type::map(dynamic(given, element)),
            Type::Object(object) => {
                let types: Vec<_> = object.attributes.values().cloned().collect();
                Type::map(of_several(&types, element))
            }
            _ => to.clone(),
        },
        Type::Set(element) => match from {
            Type::Set(given) | Type::List(given) => Type::set(dynamic(given, element)),
            Type::Tuple(types) => Type::set(of_several(types, element)),
            _ => to.clone(),
        },
        Type::List(element) => match from {
            Type::Set(given) | Type::List(given) => Type::list(dynamic(given, element)),
            Type::Tuple(types) => Type::list(of_several(types, element)),
            _ => to.clone(),
        },
        Type::Tuple(types) => match from {
            Type::Tuple(given) => Type::tuple(given.iter().zip(types.iter()).map(|(from, to)| dynamic(from, to))),
            _ => to.clone(),
        },
        Type::Object(object) => {
            let attributes = object.attributes.iter().map(|(name, to)| {
                let of_type = match from {
                    Type::Map(given) => dynamic(given, to),
                    Type::Object(given) => given.attributes.get(name).map_or_else(|| to.clone(), |it| dynamic(it, to)),
                    _ => to.clone(),
                };
                (name.clone(), of_type)
            });
            let attributes = attributes.collect();
            Type::Object(ObjectType { attributes, optional: Vec::new(), is_open: object.is_open }.into())
        }
    }
}

fn of_several(types: &[Type], element: &Type) -> Type {
    unify(types).map_or_else(|| element.clone(), |unified| dynamic(&unified.of_type, element))
}
