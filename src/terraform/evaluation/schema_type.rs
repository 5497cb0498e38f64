//! The types of a provider's schema as types of values.

use std::sync::Arc;

use super::types::{ObjectType, Type};
use crate::terraform::schema::{BlockNesting, BlockSchema, TypeSchema};

impl From<TypeSchema<'_>> for Type {
    fn from(schema: TypeSchema<'_>) -> Self {
        match schema {
            TypeSchema::String => Self::String,
            TypeSchema::Number => Self::Number,
            TypeSchema::Bool => Self::Bool,
            TypeSchema::Dynamic => Self::Dynamic,
            TypeSchema::List(element) => Self::list(element.resolve().into()),
            TypeSchema::Set(element) => Self::set(element.resolve().into()),
            TypeSchema::Map(element) => Self::map(element.resolve().into()),
            TypeSchema::Tuple(tuple) => Self::tuple(tuple.elements().map(|element| element.resolve().into())),
            TypeSchema::Object(object) => {
                let fields = object.fields().map(|field| (field.name(), field.value_type(), field.optional()));
                of_fields(fields)
            }
            TypeSchema::Nested(nesting, block) => of_nested(nesting, block),
        }
    }
}

fn of_nested(nesting: BlockNesting, block: BlockSchema<'_>) -> Type {
    let fields = block.attributes().map(|field| (field.name(), field.value_type(), !field.required()));
    let object = of_fields(fields);
    match nesting {
        BlockNesting::Single | BlockNesting::Group => object,
        BlockNesting::List => Type::list(object),
        BlockNesting::Set => Type::set(object),
        BlockNesting::Map => Type::map(object),
    }
}

fn of_fields<'s>(fields: impl Iterator<Item = (&'s str, TypeSchema<'s>, bool)>) -> Type {
    let mut object = ObjectType::default();
    for (name, of_type, is_optional) in fields {
        let name: Arc<str> = name.into();
        if is_optional {
            object.optional.push(name.clone());
        }
        object.attributes.insert(name, of_type.into());
    }
    Type::Object(Arc::new(object))
}
