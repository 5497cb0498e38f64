//! Values as the types that they are converted to, as far as they are known.

use std::borrow::Cow;

use super::constant;
use super::resolve::sort;
use crate::terraform::expression::{Call, Key, Object};
use crate::terraform::schema::{BlockNesting, BlockSchema, TypeSchema};
use crate::terraform::{Expression, TypeConstraint};

/// As an attribute of a provider's takes it.
pub(super) fn to_schema(value: Expression, wanted: TypeSchema<'_>) -> Expression {
    match wanted {
        TypeSchema::String => text(value),
        TypeSchema::Number => number(value),
        TypeSchema::Bool => truth(value),
        TypeSchema::List(of) => items(value, |item| to_schema(item, of.resolve())),
        TypeSchema::Set(of) => sorted(items(value, |item| to_schema(item, of.resolve()))),
        TypeSchema::Map(of) => entries(value, |_, item| Some(to_schema(item, of.resolve()))),
        TypeSchema::Object(object) => {
            fields(value, |name, item| object.field(name).map(|field| to_schema(item, field.value_type())))
        }
        TypeSchema::Nested(nesting, block) => nested(value, nesting, block),
        TypeSchema::Tuple(_) | TypeSchema::Dynamic => value,
    }
}

fn nested(value: Expression, nesting: BlockNesting, block: BlockSchema<'_>) -> Expression {
    let one = |value| fields(value, |name, item| block.attribute(name).map(|it| to_schema(item, it.value_type())));
    match nesting {
        BlockNesting::Single | BlockNesting::Group => one(value),
        BlockNesting::List => items(value, one),
        BlockNesting::Set => sorted(items(value, one)),
        BlockNesting::Map => entries(value, |_, item| Some(one(item))),
    }
}

/// As a variable takes it.
pub(super) fn to_constraint(value: Expression, wanted: Option<&TypeConstraint>) -> Expression {
    let Some(wanted) = wanted else { return value };
    let one = |value, of: &TypeConstraint| to_constraint(value, Some(of));
    match wanted {
        TypeConstraint::Any => value,
        TypeConstraint::String => text(value),
        TypeConstraint::Number => number(value),
        TypeConstraint::Bool => truth(value),
        TypeConstraint::List(of) => items(value, |item| one(item, of)),
        TypeConstraint::Set(of) => match sorted(items(value, |item| one(item, of))) {
            list @ Expression::List(_) => {
                let arguments = vec![list];
                Expression::Call(Call { name: Cow::Borrowed("toset"), arguments, expand_final: false })
            }
            other => other,
        },
        TypeConstraint::Map(of) => entries(value, |_, item| Some(one(item, of))),
        TypeConstraint::Tuple(of) => match value {
            Expression::List(list) if list.len() == of.len() => {
                Expression::List(list.into_iter().zip(of).map(|(item, of)| one(item, of)).collect())
            }
            other => other,
        },
        TypeConstraint::Object(attributes) => match value {
            Expression::Object(object) if is_literal(&object) => {
                let mut converted = Object::new();
                for attribute in attributes {
                    let default =
                        || attribute.default.as_ref().and_then(|text| crate::terraform::parse::expression(text).ok());
                    let value = object.get(&attribute.name).filter(|value| **value != Expression::Null).cloned();
                    let value = value.or_else(default).unwrap_or(Expression::Null);
                    converted.set(attribute.name.clone(), one(value, &attribute.of_type));
                }
                Expression::Object(converted)
            }
            other => other,
        },
    }
}

fn text(value: Expression) -> Expression {
    match value {
        Expression::Bool(value) => Expression::Text(Cow::Borrowed(if value { "true" } else { "false" })),
        Expression::Number(number) => match constant::number_text(&number) {
            Some(text) => Expression::Text(text.into()),
            None => Expression::Number(number),
        },
        other => other,
    }
}

fn number(value: Expression) -> Expression {
    match value {
        Expression::Number(number) => constant::canonical_number(number),
        Expression::Text(text) => match constant::text_number(&text) {
            Some(number) => number,
            None => Expression::Text(text),
        },
        other => other,
    }
}

fn truth(value: Expression) -> Expression {
    match &value {
        Expression::Text(text) => match text.as_ref() {
            "true" | "1" => Expression::Bool(true),
            "false" | "0" => Expression::Bool(false),
            _ => value,
        },
        _ => value,
    }
}

/// The items of a list, or of a set that is written as one.
fn items(value: Expression, convert: impl Fn(Expression) -> Expression) -> Expression {
    match value {
        Expression::List(items) => Expression::List(items.into_iter().map(convert).collect()),
        Expression::Call(call)
            if call.name == "toset" && matches!(call.arguments.as_slice(), [Expression::List(_)]) =>
        {
            call.arguments.into_iter().next().map_or(Expression::Null, |list| items(list, convert))
        }
        other => other,
    }
}

fn sorted(value: Expression) -> Expression {
    match value {
        Expression::List(mut items) => {
            sort(&mut items);
            items.dedup();
            Expression::List(items)
        }
        other => other,
    }
}

fn entries(value: Expression, convert: impl Fn(&str, Expression) -> Option<Expression>) -> Expression {
    match value {
        Expression::Object(object) if is_literal(&object) => {
            let mut converted = Object::new();
            for (key, value) in object.sorted() {
                if let Key::Literal(name) = key
                    && let Some(value) = convert(name, value.clone())
                {
                    converted.set(name.clone(), value);
                }
            }
            Expression::Object(converted)
        }
        other => other,
    }
}

/// The entries that the type has; what it has not vanishes, and what is not set is left out.
fn fields(value: Expression, convert: impl Fn(&str, Expression) -> Option<Expression>) -> Expression {
    entries(value, |name, value| convert(name, value).filter(|value| *value != Expression::Null))
}

fn is_literal(object: &Object) -> bool {
    object.entries().all(|(key, _)| matches!(key, Key::Literal(_)))
}
