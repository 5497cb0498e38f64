//! Values of expressions that refer to nothing, as Terraform computes them.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::terraform::evaluation::{Evaluator, Input, Inputs, ModuleId, ModuleTree, NoSchemas, Type, Value};
use crate::terraform::expression::{Call, For, Number};
use crate::terraform::{Expression, Module, TypeConstraint, parse};

static MODULE: LazyLock<Module> = LazyLock::new(Module::new);
static TREE: LazyLock<ModuleTree<'static>> = LazyLock::new(|| ModuleTree::of_root(&MODULE));
static INPUTS: LazyLock<Inputs> = LazyLock::new(Inputs::default);

thread_local! {
    static EVALUATOR: Evaluator<'static> = Evaluator::new(&TREE, &INPUTS, &NoSchemas);
}

/// A number as Terraform writes it into a text: without exponent, without zeros at the end.
pub(super) fn number_text(number: &Number) -> Option<String> {
    if number.is_u64() || number.is_i64() {
        return Some(number.to_string());
    }
    number.as_f64().filter(|number| number.is_finite()).map(|number| number.to_string())
}

/// A text as the number that Terraform converts it to.
pub(super) fn text_number(text: &str) -> Option<Expression> {
    let is_decimal = text.chars().all(|it| it.is_ascii_digit() || matches!(it, '.' | 'e' | 'E' | '+' | '-'));
    if !is_decimal {
        return None;
    }
    let whole = text.parse::<u64>().map(Number::from).or_else(|_| text.parse::<i64>().map(Number::from));
    whole.ok().or_else(|| Number::from_f64(text.parse().ok()?)).map(canonical_number)
}

/// One way of writing each number.
pub(super) fn canonical_number(number: Number) -> Expression {
    let whole = number_text(&number).and_then(|text| text.parse::<i64>().ok());
    Expression::Number(whole.map_or(number, Number::from))
}

/// The value of an expression whose parts are known; nothing if they are not, or Terraform refuses it.
pub(super) fn evaluated(expression: &Expression) -> Option<Expression> {
    if !is_known(expression) {
        return None;
    }
    let bound = with_bound_template(expression);
    let expression = bound.as_ref().unwrap_or(expression);
    let value = EVALUATOR.with(|evaluator| evaluator.evaluate(ModuleId::ROOT, expression)).ok()?;
    if value.is_wholly_known() { literal(&value) } else { None }
}

/// `templatestring` takes a reference, which was resolved: the text gets a name again.
fn with_bound_template(expression: &Expression) -> Option<Expression> {
    const NAME: &str = "template";
    let Expression::Call(call) = expression else { return None };
    if call.name != "templatestring" || !matches!(call.arguments.first(), Some(Expression::Text(_))) {
        return None;
    }
    let mut bound = call.clone();
    let text = std::mem::replace(bound.arguments.first_mut()?, Expression::named(NAME, &[]));
    let all = Expression::For(Box::new(For {
        key: None,
        value: NAME.to_owned(),
        collection: Expression::List(vec![text]),
        result_key: None,
        result: Expression::Call(bound),
        grouping: false,
        condition: None,
    }));
    Some(Expression::Index(Box::new(all), Box::new(Expression::Number(0.into()))))
}

/// The value that is given for a variable: a text stands for itself unless the type says how to read it.
pub(super) fn of_input(input: &Input, wanted: Option<&TypeConstraint>) -> Option<Expression> {
    match input {
        Input::Value(value) => literal(value),
        Input::Text(text) if matches!(wanted, None | Some(TypeConstraint::String)) => {
            Some(Expression::Text(text.clone().into()))
        }
        Input::Text(text) => parse::expression(text).ok().or_else(|| Some(Expression::Text(text.clone().into()))),
    }
}

fn is_known(expression: &Expression) -> bool {
    match expression {
        Expression::Call(call) => call.arguments.iter().all(is_known),
        Expression::Unary(_, value) => is_known(value),
        Expression::Binary(left, _, right) => is_known(left) && is_known(right),
        Expression::List(items) => items.iter().all(is_known),
        other => other.is_literal(),
    }
}

/// The value written out.
fn literal(value: &Value) -> Option<Expression> {
    if value.is_null() {
        return Some(Expression::Null);
    }
    if let Some(text) = value.as_text() {
        return Some(Expression::Text(text.to_owned().into()));
    }
    if let Some(number) = value.as_number() {
        return text_number(&number.to_string());
    }
    if let Some(value) = value.as_bool() {
        return Some(Expression::Bool(value));
    }
    if let Some(items) = value.items() {
        let list = Expression::List(items.iter().map(literal).collect::<Option<_>>()?);
        return Some(match value.of_type() {
            Type::Set(_) => {
                Expression::Call(Call { name: Cow::Borrowed("toset"), arguments: vec![list], expand_final: false })
            }
            _ => list,
        });
    }
    let entries = value.entries()?.iter().map(|(name, value)| Some((name.to_string(), literal(value)?)));
    Some(Expression::Object(entries.collect::<Option<Vec<_>>>()?.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_computed_and_what_is_not_stays() {
        let value = |text: &str| evaluated(&parse::expression(text).unwrap());
        assert_eq!(value("1 + 2"), Some(Expression::Number(3.into())));
        assert_eq!(value("tostring(1.50)"), Some(Expression::Text("1.5".into())));
        assert_eq!(value("tostring(aws_vpc.a.id)"), None);
        assert_eq!(value("templatestring(\"a $${b}\", {b = 1})"), Some(Expression::Text("a 1".into())));
        assert_eq!(value("1 + \"x\""), None, "an error is none of its business");
    }
}
