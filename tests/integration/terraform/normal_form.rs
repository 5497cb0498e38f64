//! The one tree among those that mean and render the same which the parser makes.
//!
//! Rules: neighbouring literals of a template are one, and a literal interpolation is one of them; a step on a traversal
//! or splat belongs to it unless a splat ended before; an attribute whose name is no identifier is an index; a minus
//! before a positive number belongs to the number; entries of an object are sorted, literal keys first; `...` stands
//! only where the language has it.

use dr_synth::terraform::expression::{Call, For, Key, Step, TemplatePart, Traversal, UnaryOperator};
use dr_synth::terraform::identifier::is_identifier;
use dr_synth::terraform::{Expression, Number, Object};

pub(super) fn normal(expression: &Expression) -> Expression {
    match expression {
        Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::Text(_) => expression.clone(),
        Expression::Template(parts) => template(parts),
        Expression::List(items) => Expression::List(items.iter().map(normal).collect()),
        Expression::Object(object) => Expression::Object(normal_object(object)),
        Expression::Traversal(Traversal { root, steps }) => {
            Expression::Traversal(Traversal { root: root.clone(), steps: normal_steps(steps) })
        }
        Expression::Call(Call { name, arguments, expand_final }) => Expression::Call(Call {
            name: name.clone(),
            arguments: arguments.iter().map(normal).collect(),
            expand_final: *expand_final && !arguments.is_empty(),
        }),
        Expression::Index(collection, key) => step_on(normal(collection), Step::Index(normal(key))),
        Expression::Attribute(value, name) => {
            let step = normal_steps(&[Step::Attribute(name.clone())]).remove(0);
            step_on(normal(value), step)
        }
        Expression::Splat(value, steps) => splat(normal(value), normal_steps(steps)),
        Expression::Conditional(condition, then, otherwise) => {
            Expression::Conditional(boxed(condition), boxed(then), boxed(otherwise))
        }
        Expression::Unary(operator, operand) => unary(*operator, normal(operand)),
        Expression::Binary(left, operator, right) => Expression::Binary(boxed(left), *operator, boxed(right)),
        Expression::For(expression) => Expression::For(Box::new(normal_for(expression))),
    }
}

fn boxed(expression: &Expression) -> Box<Expression> {
    Box::new(normal(expression))
}

pub(super) fn normal_object(object: &Object) -> Object {
    let mut entries: Vec<_> = object
        .entries()
        .map(|(key, value)| match key {
            Key::Literal(name) => (Key::Literal(name.clone()), normal(value)),
            Key::Computed(expression) => (Key::from_expression(normal(expression)), normal(value)),
        })
        .collect();
    entries.sort_by_key(|(key, _)| match key {
        Key::Literal(name) => (false, name.to_string()),
        computed @ Key::Computed(_) => (true, computed.to_string()),
    });
    let mut sorted = Object::new();
    for (key, value) in entries {
        sorted.insert(key, value);
    }
    sorted
}

fn normal_steps(steps: &[Step]) -> Vec<Step> {
    let step = |step: &Step| match step {
        Step::Attribute(name) if !is_identifier(name) => Step::Index(Expression::Text(name.clone())),
        Step::Index(key) => Step::Index(normal(key)),
        other => other.clone(),
    };
    steps.iter().map(step).collect()
}

fn step_on(base: Expression, step: Step) -> Expression {
    match (base, step) {
        (Expression::Traversal(mut traversal), step) if !traversal.has_splat() => {
            traversal.steps.push(step);
            Expression::Traversal(traversal)
        }
        (base, Step::Attribute(name)) => Expression::Attribute(Box::new(base), name),
        (base, Step::Index(key)) => Expression::Index(Box::new(base), Box::new(key)),
        (base, Step::Splat) => splat(base, Vec::new()),
    }
}

fn splat(base: Expression, steps: Vec<Step>) -> Expression {
    match base {
        Expression::Traversal(mut traversal) if !traversal.has_splat() => {
            traversal.steps.push(Step::Splat);
            traversal.steps.extend(steps);
            Expression::Traversal(traversal)
        }
        base => Expression::Splat(Box::new(base), steps),
    }
}

fn unary(operator: UnaryOperator, operand: Expression) -> Expression {
    let negative = match &operand {
        Expression::Number(number) if operator == UnaryOperator::Negate => match number.as_u64() {
            Some(0) => None,
            Some(whole) => 0_i64.checked_sub_unsigned(whole).map(Number::from),
            None => number.as_f64().filter(|value| value.is_sign_positive()).and_then(|value| Number::from_f64(-value)),
        },
        _ => None,
    };
    negative.map_or_else(|| Expression::Unary(operator, Box::new(operand)), Expression::Number)
}

fn normal_for(expression: &For) -> For {
    For {
        collection: normal(&expression.collection),
        result_key: expression.result_key.as_ref().map(normal),
        result: normal(&expression.result),
        grouping: expression.grouping && expression.result_key.is_some(),
        condition: expression.condition.as_ref().map(normal),
        ..expression.clone()
    }
}

fn template(parts: &[TemplatePart]) -> Expression {
    let parts = normal_parts(parts);
    match parts.as_slice() {
        [] => Expression::Text("".into()),
        [TemplatePart::Literal(text)] => Expression::Text(text.clone()),
        _ => Expression::Template(parts),
    }
}

fn normal_parts(parts: &[TemplatePart]) -> Vec<TemplatePart> {
    let mut joined: Vec<TemplatePart> = Vec::new();
    for part in parts.iter().map(normal_part) {
        match (joined.last_mut(), part) {
            (_, TemplatePart::Literal(text)) if text.is_empty() => {}
            (Some(TemplatePart::Literal(before)), TemplatePart::Literal(text)) => before.to_mut().push_str(&text),
            (_, part) => joined.push(part),
        }
    }
    joined
}

fn normal_part(part: &TemplatePart) -> TemplatePart {
    match part {
        TemplatePart::Literal(text) => TemplatePart::Literal(text.clone()),
        TemplatePart::Interpolation(expression) => match normal(expression) {
            Expression::Text(text) => TemplatePart::Literal(text),
            other => TemplatePart::Interpolation(other),
        },
        TemplatePart::If { condition, then, otherwise } => TemplatePart::If {
            condition: normal(condition),
            then: normal_parts(then),
            otherwise: normal_parts(otherwise),
        },
        TemplatePart::For { key, value, collection, body } => TemplatePart::For {
            key: key.clone(),
            value: value.clone(),
            collection: normal(collection),
            body: normal_parts(body),
        },
    }
}
