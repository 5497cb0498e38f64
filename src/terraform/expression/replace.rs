//! The same expression with others in place of some of its traversals.

use super::{Call, Expression, For, Key, Names, Object, Root, Step, TemplatePart, Traversal};

/// What takes the place of a traversal; nothing where it stays.
pub(crate) type Replacement<'f, E> = dyn FnMut(&Traversal) -> Result<Option<Expression>, E> + 'f;

impl Expression {
    /// The expression with replacements. Names that a `for` binds in it are left alone.
    ///
    /// # Errors
    /// The first that there is no replacement for.
    pub(crate) fn replaced<E>(&self, names: &Names<'_>, replace: &mut Replacement<'_, E>) -> Result<Self, E> {
        let boxed = |value: &Self, replace: &mut Replacement<'_, E>| Ok(Box::new(value.replaced(names, replace)?));
        Ok(match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => self.clone(),
            Self::Template(parts) => Self::template(replaced_parts(parts, names, replace)?),
            Self::List(items) => Self::List(all(items, names, replace)?),
            Self::Object(object) => Self::Object(object.replaced(names, replace)?),
            Self::Traversal(traversal) => return replaced_traversal(traversal, names, replace),
            Self::Call(call) => Self::Call(Call { arguments: all(&call.arguments, names, replace)?, ..call.clone() }),
            Self::Index(left, right) => Self::Index(boxed(left, replace)?, boxed(right, replace)?),
            Self::Attribute(value, name) => boxed(value, replace)?.along(&[Step::Attribute(name.clone())]),
            Self::Splat(value, steps) => Self::Splat(boxed(value, replace)?, replaced_steps(steps, names, replace)?),
            Self::Conditional(condition, then, otherwise) => {
                Self::Conditional(boxed(condition, replace)?, boxed(then, replace)?, boxed(otherwise, replace)?)
            }
            Self::Unary(operator, value) => Self::Unary(*operator, boxed(value, replace)?),
            Self::Binary(left, operator, right) => {
                Self::Binary(boxed(left, replace)?, *operator, boxed(right, replace)?)
            }
            Self::For(expression) => Self::For(Box::new(replaced_for(expression, names, replace)?)),
        })
    }

    /// The value at the end of these steps.
    pub(crate) fn along(self, steps: &[Step]) -> Self {
        let Some((step, rest)) = steps.split_first() else { return self };
        let next = match (self, step) {
            (Self::Traversal(mut traversal), _) => {
                traversal.steps.extend_from_slice(steps);
                return Self::Traversal(traversal);
            }
            (Self::Object(object), Step::Attribute(name)) if object.get(name).is_some() => {
                object.get(name).cloned().unwrap_or(Self::Null)
            }
            (other, Step::Attribute(name)) => Self::Attribute(Box::new(other), name.clone()),
            (other, Step::Index(key)) => Self::Index(Box::new(other), Box::new(key.clone())),
            (other, Step::Splat) => return Self::Splat(Box::new(other), rest.to_vec()),
        };
        next.along(rest)
    }
}

impl Object {
    fn replaced<E>(&self, names: &Names<'_>, replace: &mut Replacement<'_, E>) -> Result<Self, E> {
        let entry = |(key, value): &(Key, Expression)| {
            let key = match key {
                Key::Literal(_) => key.clone(),
                Key::Computed(key) => Key::from_expression(key.replaced(names, replace)?),
            };
            Ok((key, value.replaced(names, replace)?))
        };
        Ok(Self(self.0.iter().map(entry).collect::<Result<_, E>>()?))
    }
}

fn all<E>(items: &[Expression], names: &Names<'_>, replace: &mut Replacement<'_, E>) -> Result<Vec<Expression>, E> {
    items.iter().map(|item| item.replaced(names, replace)).collect()
}

fn replaced_traversal<E>(
    traversal: &Traversal,
    names: &Names<'_>,
    replace: &mut Replacement<'_, E>,
) -> Result<Expression, E> {
    let is_bound = matches!(&traversal.root, Root::Name(name) if names.binds(name));
    if let Some(other) = if is_bound { None } else { replace(traversal)? } {
        return Ok(other);
    }
    let steps = replaced_steps(&traversal.steps, names, replace)?;
    Ok(Expression::Traversal(Traversal { root: traversal.root.clone(), steps }))
}

fn replaced_steps<E>(steps: &[Step], names: &Names<'_>, replace: &mut Replacement<'_, E>) -> Result<Vec<Step>, E> {
    let step = |step: &Step| match step {
        Step::Index(key) => Ok(Step::Index(key.replaced(names, replace)?)),
        other => Ok(other.clone()),
    };
    steps.iter().map(step).collect()
}

fn replaced_for<E>(of: &For, names: &Names<'_>, replace: &mut Replacement<'_, E>) -> Result<For, E> {
    let collection = of.collection.replaced(names, replace)?;
    let inner = names.with_pair(of.key.as_deref(), &of.value);
    let mut optional = |part: &Option<Expression>| part.as_ref().map(|it| it.replaced(&inner, replace)).transpose();
    let (result_key, condition) = (optional(&of.result_key)?, optional(&of.condition)?);
    let result = of.result.replaced(&inner, replace)?;
    Ok(For {
        collection,
        result_key,
        result,
        condition,
        key: of.key.clone(),
        value: of.value.clone(),
        grouping: of.grouping,
    })
}

fn replaced_parts<E>(
    parts: &[TemplatePart],
    names: &Names<'_>,
    replace: &mut Replacement<'_, E>,
) -> Result<Vec<TemplatePart>, E> {
    let part = |part: &TemplatePart| {
        Ok(match part {
            TemplatePart::Literal(_) => part.clone(),
            TemplatePart::Interpolation(expression) => match expression.replaced(names, replace)? {
                Expression::Template(parts) => return Ok(parts),
                other => TemplatePart::Interpolation(other),
            },
            TemplatePart::If { condition, then, otherwise } => TemplatePart::If {
                condition: condition.replaced(names, replace)?,
                then: replaced_parts(then, names, replace)?,
                otherwise: replaced_parts(otherwise, names, replace)?,
            },
            TemplatePart::For { key, value, collection, body } => {
                let collection = collection.replaced(names, replace)?;
                let body = replaced_parts(body, &names.with_pair(key.as_deref(), value), replace)?;
                TemplatePart::For { key: key.clone(), value: value.clone(), collection, body }
            }
        })
        .map(|part| vec![part])
    };
    Ok(parts.iter().map(part).collect::<Result<Vec<_>, E>>()?.concat())
}
