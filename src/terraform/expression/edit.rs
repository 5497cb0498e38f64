//! Changing an expression in place: every traversal in it, with the names that are bound where it stands.

use super::{Call, Expression, For, Key, Names, Object, Step, TemplatePart, Traversal};

/// What may change traversals.
pub(crate) trait Editor {
    /// A traversal. Expressions inside its indices are walked after it.
    fn traversal(&mut self, traversal: &mut Traversal, names: &Names<'_>);

    /// A function call. Its arguments are walked after it.
    fn call(&mut self, call: &Call);
}

impl Expression {
    /// Walks the expression as [`Expression::walk`] does, and lets `editor` change it.
    pub(crate) fn edit(&mut self, names: &Names<'_>, editor: &mut impl Editor) {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => {}
            Self::Template(parts) => edit_parts(parts, names, editor),
            Self::List(items) => items.iter_mut().for_each(|item| item.edit(names, editor)),
            Self::Object(object) => object.edit(names, editor),
            Self::Traversal(traversal) => {
                editor.traversal(traversal, names);
                edit_steps(&mut traversal.steps, names, editor);
            }
            Self::Call(call) => {
                editor.call(call);
                call.arguments.iter_mut().for_each(|argument| argument.edit(names, editor));
            }
            Self::Attribute(value, _) | Self::Unary(_, value) => value.edit(names, editor),
            Self::Splat(value, steps) => {
                let steps = std::mem::take(steps);
                match std::mem::replace(&mut **value, Self::Null) {
                    // The same written in one piece, so that the editor sees all of the way.
                    Self::Traversal(start) => {
                        *self = Self::Traversal(splatted(start, steps));
                        self.edit(names, editor);
                    }
                    mut other => {
                        other.edit(names, editor);
                        let mut steps = steps;
                        edit_steps(&mut steps, names, editor);
                        *self = Self::Splat(Box::new(other), steps);
                    }
                }
            }
            Self::Index(left, right) | Self::Binary(left, _, right) => {
                left.edit(names, editor);
                right.edit(names, editor);
            }
            Self::Conditional(condition, then, otherwise) => {
                condition.edit(names, editor);
                then.edit(names, editor);
                otherwise.edit(names, editor);
            }
            Self::For(expression) => edit_for(expression, names, editor),
        }
    }
}

impl Object {
    /// Walks computed keys and all values.
    pub(crate) fn edit(&mut self, names: &Names<'_>, editor: &mut impl Editor) {
        for (key, value) in &mut self.0 {
            if let Key::Computed(key) = key {
                key.edit(names, editor);
            }
            value.edit(names, editor);
        }
    }
}

fn splatted(mut start: Traversal, rest: Vec<Step>) -> Traversal {
    start.steps.push(Step::Splat);
    start.steps.extend(rest);
    start
}

fn edit_steps(steps: &mut [Step], names: &Names<'_>, editor: &mut impl Editor) {
    for step in steps {
        if let Step::Index(key) = step {
            key.edit(names, editor);
        }
    }
}

fn edit_for(expression: &mut For, names: &Names<'_>, editor: &mut impl Editor) {
    let For { key, value, collection, result_key, result, condition, grouping: _ } = expression;
    collection.edit(names, editor);
    let inner = names.with_pair(key.as_deref(), value);
    for part in result_key.iter_mut().chain([result]).chain(condition.iter_mut()) {
        part.edit(&inner, editor);
    }
}

fn edit_parts(parts: &mut [TemplatePart], names: &Names<'_>, editor: &mut impl Editor) {
    for part in parts {
        match part {
            TemplatePart::Literal(_) => {}
            TemplatePart::Interpolation(expression) => expression.edit(names, editor),
            TemplatePart::If { condition, then, otherwise } => {
                condition.edit(names, editor);
                edit_parts(then, names, editor);
                edit_parts(otherwise, names, editor);
            }
            TemplatePart::For { key, value, collection, body } => {
                collection.edit(names, editor);
                edit_parts(body, &names.with_pair(key.as_deref(), value), editor);
            }
        }
    }
}
