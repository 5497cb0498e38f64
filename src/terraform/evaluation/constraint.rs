//! What a variable's type says of its value: the type, and the defaults of optional attributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::types::{ObjectType, Type};
use super::value::{Content, Entries, Value};
use crate::terraform::variable::TypeConstraint;

/// Evaluates the default of an attribute, which is an expression without references.
pub(super) type EvaluateDefault<'f> = &'f dyn Fn(&str) -> Option<Value>;

/// The defaults of optional attributes in a type.
#[derive(Debug, Clone, Default)]
pub(super) struct Defaults {
    /// Of the attributes of this object.
    values: BTreeMap<Arc<str>, Value>,
    /// Of what is in each attribute, or in each element under the empty name.
    children: BTreeMap<Arc<str>, Defaults>,
}

/// The type of a constraint.
pub(super) fn type_of(constraint: &TypeConstraint) -> Type {
    match constraint {
        TypeConstraint::Any => Type::Dynamic,
        TypeConstraint::String => Type::String,
        TypeConstraint::Number => Type::Number,
        TypeConstraint::Bool => Type::Bool,
        TypeConstraint::List(element) => Type::list(type_of(element)),
        TypeConstraint::Set(element) => Type::set(type_of(element)),
        TypeConstraint::Map(element) => Type::map(type_of(element)),
        TypeConstraint::Tuple(elements) => Type::tuple(elements.iter().map(type_of)),
        TypeConstraint::Object(attributes) => Type::Object(Arc::new(ObjectType {
            attributes: attributes.iter().map(|it| (it.name.as_str().into(), type_of(&it.of_type))).collect(),
            optional: attributes.iter().filter(|it| it.optional).map(|it| it.name.as_str().into()).collect(),
            is_open: false,
        })),
    }
}

impl Defaults {
    /// The defaults in a constraint.
    pub(super) fn of(constraint: &TypeConstraint, evaluate: EvaluateDefault<'_>) -> Self {
        let mut defaults = Self::default();
        match constraint {
            TypeConstraint::List(element) | TypeConstraint::Set(element) | TypeConstraint::Map(element) => {
                defaults.add_child("".into(), Self::of(element, evaluate));
            }
            TypeConstraint::Tuple(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    defaults.add_child(index.to_string().into(), Self::of(element, evaluate));
                }
            }
            TypeConstraint::Object(attributes) => {
                for attribute in attributes {
                    let name: Arc<str> = attribute.name.as_str().into();
                    defaults.add_child(name.clone(), Self::of(&attribute.of_type, evaluate));
                    let default = attribute.default.as_deref().and_then(evaluate);
                    let of_type = type_of(&attribute.of_type);
                    let default = default.and_then(|default| default.convert(&of_type).ok());
                    defaults.values.extend(default.map(|default| (name, default)));
                }
            }
            TypeConstraint::Any | TypeConstraint::String | TypeConstraint::Number | TypeConstraint::Bool => {}
        }
        defaults
    }

    fn add_child(&mut self, name: Arc<str>, child: Self) {
        if !child.is_empty() {
            self.children.insert(name, child);
        }
    }

    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.children.is_empty()
    }

    /// The value with defaults where optional attributes are missing or null.
    pub(super) fn apply(&self, value: &Value) -> Value {
        if self.is_empty() {
            return value.clone();
        }
        let (inner, marks) = value.unmarked();
        let applied = match &inner.content {
            Content::Mapping(entries) if self.children.contains_key("") => {
                rebuilt_mapping(&inner, entries.iter().map(|(key, it)| (key.clone(), self.child("", it))).collect())
            }
            Content::Mapping(entries) => rebuilt_mapping(&inner, self.attributes(entries)),
            Content::Sequence(items) => {
                let item = |(index, item): (usize, &Value)| {
                    let every = self.children.contains_key("");
                    if every { self.child("", item) } else { self.child(&index.to_string(), item) }
                };
                let items: Vec<_> = items.iter().enumerate().map(item).collect();
                rebuilt_sequence(&inner, items)
            }
            _ => inner,
        };
        applied.with_marks(marks)
    }

    fn child(&self, name: &str, value: &Value) -> Value {
        self.children.get(name).map_or_else(|| value.clone(), |child| child.apply(value))
    }

    fn attributes(&self, entries: &Entries) -> Entries {
        let mut attributes = entries.clone();
        for (name, default) in &self.values {
            if attributes.get(name).is_none_or(Value::is_null) {
                attributes.insert(name.clone(), default.clone());
            }
        }
        for (name, child) in &self.children {
            if let Some(value) = attributes.get(name) {
                let applied = child.apply(value);
                attributes.insert(name.clone(), applied);
            }
        }
        attributes
    }
}

fn rebuilt_mapping(value: &Value, entries: Entries) -> Value {
    match &value.of_type {
        Type::Map(element) if entries.values().all(|it| it.of_type == **element) => {
            Value::map(Type::clone(element), entries)
        }
        _ => Value::object(entries),
    }
}

/// Elements that got attributes are of different types now: what converts them makes one type of them again.
fn rebuilt_sequence(value: &Value, items: Vec<Value>) -> Value {
    match &value.of_type {
        Type::List(element) if items.iter().all(|it| it.of_type == **element) => {
            Value::list(Type::clone(element), items)
        }
        Type::Set(element) if items.iter().all(|it| it.of_type == **element) => Value::set(Type::clone(element), items),
        _ => Value::tuple(items),
    }
}
