//! Walking an expression: every traversal and every call in it, with the names that are bound where it stands.
//!
//! Nothing is allocated on the way: bound names are a chain of frames on the stack.

use super::{Call, Expression, For, Key, Object, Step, TemplatePart, Traversal};

/// What is told of every traversal and call.
pub trait Visitor<'e> {
    /// A traversal. Expressions inside its indices are walked after it.
    fn traversal(&mut self, traversal: &'e Traversal, names: &Names<'_>);

    /// A function call. Its arguments are walked after it.
    fn call(&mut self, call: &'e Call, names: &Names<'_>) {
        let _ = (call, names);
    }
}

/// The names that enclosing `for`s and dynamic blocks bind, innermost first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Names<'a> {
    outer: Option<&'a Names<'a>>,
    key: Option<&'a str>,
    value: Option<&'a str>,
}

impl<'a> Names<'a> {
    /// No name is bound.
    pub fn none() -> Self {
        Self::default()
    }

    /// One more name, such as the iterator of a dynamic block.
    pub fn with(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), key: None, value: Some(name) }
    }

    pub(super) fn with_pair(&'a self, key: Option<&'a str>, value: &'a str) -> Self {
        Self { outer: Some(self), key, value: Some(value) }
    }

    /// Whether `name` is bound here.
    pub fn binds(&self, name: &str) -> bool {
        self.key == Some(name) || self.value == Some(name) || self.outer.is_some_and(|outer| outer.binds(name))
    }

    /// The bound names, innermost first.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        std::iter::successors(Some(*self), |names| names.outer.copied())
            .flat_map(|names| [names.value, names.key])
            .flatten()
    }
}

impl Expression {
    /// Walks the expression, `names` being bound around it.
    pub fn walk<'e>(&'e self, names: &Names<'_>, visitor: &mut impl Visitor<'e>) {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => {}
            Self::Template(parts) => walk_parts(parts, names, visitor),
            Self::List(items) => items.iter().for_each(|item| item.walk(names, visitor)),
            Self::Object(object) => object.walk(names, visitor),
            Self::Traversal(traversal) => {
                visitor.traversal(traversal, names);
                walk_steps(&traversal.steps, names, visitor);
            }
            Self::Call(call) => {
                visitor.call(call, names);
                call.arguments.iter().for_each(|argument| argument.walk(names, visitor));
            }
            Self::Attribute(value, _) | Self::Unary(_, value) => value.walk(names, visitor),
            Self::Splat(value, steps) => {
                value.walk(names, visitor);
                walk_steps(steps, names, visitor);
            }
            Self::Index(left, right) | Self::Binary(left, _, right) => {
                left.walk(names, visitor);
                right.walk(names, visitor);
            }
            Self::Conditional(condition, then, otherwise) => {
                condition.walk(names, visitor);
                then.walk(names, visitor);
                otherwise.walk(names, visitor);
            }
            Self::For(expression) => walk_for(expression, names, visitor),
        }
    }
}

impl Object {
    /// Walks computed keys and all values.
    pub fn walk<'e>(&'e self, names: &Names<'_>, visitor: &mut impl Visitor<'e>) {
        for (key, value) in self.entries() {
            if let Key::Computed(key) = key {
                key.walk(names, visitor);
            }
            value.walk(names, visitor);
        }
    }
}

fn walk_steps<'e>(steps: &'e [Step], names: &Names<'_>, visitor: &mut impl Visitor<'e>) {
    for step in steps {
        if let Step::Index(key) = step {
            key.walk(names, visitor);
        }
    }
}

fn walk_for<'e>(expression: &'e For, names: &Names<'_>, visitor: &mut impl Visitor<'e>) {
    expression.collection.walk(names, visitor);
    let inner = names.with_pair(expression.key.as_deref(), &expression.value);
    let results = [expression.result_key.as_ref(), Some(&expression.result), expression.condition.as_ref()];
    results.into_iter().flatten().for_each(|result| result.walk(&inner, visitor));
}

fn walk_parts<'e>(parts: &'e [TemplatePart], names: &Names<'_>, visitor: &mut impl Visitor<'e>) {
    for part in parts {
        match part {
            TemplatePart::Literal(_) => {}
            TemplatePart::Interpolation(expression) => expression.walk(names, visitor),
            TemplatePart::If { condition, then, otherwise } => {
                condition.walk(names, visitor);
                walk_parts(then, names, visitor);
                walk_parts(otherwise, names, visitor);
            }
            TemplatePart::For { key, value, collection, body } => {
                collection.walk(names, visitor);
                walk_parts(body, &names.with_pair(key.as_deref(), value), visitor);
            }
        }
    }
}
