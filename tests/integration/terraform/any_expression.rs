//! Any expression that the public types can hold, in normal form or not.

use std::sync::Arc;

use dr_synth::terraform::expression::{
    BinaryOperator, Call, For, Key, Root, Step, TemplatePart, Traversal, UnaryOperator,
};
use dr_synth::terraform::{Address, Expression, Number, Object, ResourceMode};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::any_text::any_text;

/// Names that `for`s bind. No resource type is called so, for a bound name hides one.
const BOUND: [&str; 3] = ["key", "value", "item"];

pub(super) fn any_name() -> impl Strategy<Value = String> {
    "[a-z_][a-z0-9_-]{0,6}".prop_filter("keywords are no names", |name| {
        !matches!(name.as_str(), "for" | "if" | "in" | "null" | "true" | "false")
    })
}

pub(super) fn any_number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<u64>().prop_map(Number::from),
        any::<i64>().prop_map(Number::from),
        (-20_i64..20).prop_map(Number::from),
        any::<f64>().prop_filter_map("not finite", Number::from_f64),
        select(&[0.0, -0.0, 1.0, -1.5, 1e300, 5e-324, 0.1][..]).prop_filter_map("not finite", Number::from_f64),
    ]
}

pub(super) fn any_address() -> impl Strategy<Value = Address> {
    let mode = select(&[ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral][..]);
    prop_oneof![
        any_name().prop_map(|name| Address::Variable(name.into())),
        any_name().prop_map(|name| Address::Local(name.into())),
        any_name().prop_map(|name| Address::Module(name.into())),
        (mode, any_name(), any_name()).prop_map(|(mode, type_name, name)| Address::Resource {
            mode,
            type_name: format!("aws_{type_name}").into(),
            name: name.into(),
        }),
    ]
}

/// The bare address of something.
pub(super) fn any_reference() -> impl Strategy<Value = Expression> {
    any_address().prop_map(|address| Expression::reference(Arc::new(address), Vec::new()))
}

/// Values that need no evaluation, as defaults of variables are.
pub(super) fn any_literal() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        Just(Expression::Null),
        any::<bool>().prop_map(Expression::Bool),
        any_number().prop_map(Expression::Number),
        any_text().prop_map(|text| Expression::Text(text.into())),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Expression::List),
            vec((any_text(), inner), 0..4).prop_map(|entries| {
                Expression::Object(object(entries.into_iter().map(|(key, value)| (Key::Literal(key.into()), value))))
            }),
        ]
    })
}

pub(super) fn any_expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        2 => any_literal(),
        2 => any_reference(),
        1 => Just(Expression::named("each", &["key"])),
        1 => Just(Expression::named("path", &["module"])),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            traversals(inner.clone()),
            postfix(inner.clone()),
            containers(inner.clone()),
            operations(inner.clone()),
            calls(inner.clone()),
            fors(inner.clone()),
            vec(part(inner), 0..5).prop_map(Expression::Template),
        ]
    })
}

/// An object whose literal keys are all different, as `insert` keeps them; computed keys are told apart by their text.
fn object(entries: impl IntoIterator<Item = (Key, Expression)>) -> Object {
    let mut object = Object::new();
    let mut seen = Vec::new();
    for (key, value) in entries {
        let key = match key {
            Key::Computed(expression) => Key::from_expression(super::normal_form::normal(&expression)),
            literal @ Key::Literal(_) => literal,
        };
        let text = key.to_string();
        if !seen.contains(&text) {
            seen.push(text);
            object.insert(key, value);
        }
    }
    object
}

type Inner = BoxedStrategy<Expression>;

fn step(inner: impl Strategy<Value = Expression>) -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any_name().prop_map(|name| Step::Attribute(name.into())),
        1 => any_text().prop_map(|name| Step::Attribute(name.into())),
        2 => inner.prop_map(Step::Index),
        1 => Just(Step::Splat),
    ]
}

fn traversals(inner: impl Strategy<Value = Expression> + Clone + 'static) -> Inner {
    (any_address(), vec(step(inner), 0..4))
        .prop_map(|(address, steps)| Expression::reference(Arc::new(address), steps))
        .boxed()
}

fn postfix(inner: impl Strategy<Value = Expression> + Clone + 'static) -> Inner {
    prop_oneof![
        (inner.clone(), inner.clone())
            .prop_map(|(collection, key)| Expression::Index(Box::new(collection), Box::new(key))),
        (inner.clone(), any_name()).prop_map(|(value, name)| Expression::Attribute(Box::new(value), name.into())),
        (inner.clone(), vec(step(inner), 0..3)).prop_map(|(value, steps)| Expression::Splat(Box::new(value), steps)),
    ]
    .boxed()
}

fn containers(inner: impl Strategy<Value = Expression> + Clone + 'static) -> Inner {
    let key = prop_oneof![
        3 => any_text().prop_map(|text| Key::Literal(text.into())),
        1 => inner.clone().prop_map(|expression| Key::Computed(Box::new(expression))),
    ];
    prop_oneof![
        vec(inner.clone(), 0..4).prop_map(Expression::List),
        vec((key, inner), 0..4).prop_map(|entries| Expression::Object(object(entries))),
    ]
    .boxed()
}

fn operations(inner: impl Strategy<Value = Expression> + Clone + 'static) -> Inner {
    let unary = select(&[UnaryOperator::Not, UnaryOperator::Negate][..]);
    prop_oneof![
        (unary, inner.clone()).prop_map(|(operator, operand)| Expression::Unary(operator, Box::new(operand))),
        (inner.clone(), select(BinaryOperator::ALL.to_vec()), inner.clone())
            .prop_map(|(left, operator, right)| Expression::Binary(Box::new(left), operator, Box::new(right))),
        (inner.clone(), inner.clone(), inner).prop_map(|(condition, then, otherwise)| Expression::Conditional(
            Box::new(condition),
            Box::new(then),
            Box::new(otherwise)
        )),
    ]
    .boxed()
}

fn calls(inner: impl Strategy<Value = Expression> + 'static) -> Inner {
    let name = prop_oneof![any_name(), Just("provider::aws::arn_parse".to_owned())];
    (name, vec(inner, 0..3), any::<bool>())
        .prop_map(|(name, arguments, expand_final)| {
            Expression::Call(Call { name: name.into(), arguments, expand_final })
        })
        .boxed()
}

/// What a `for` results in: something that uses a bound name, or anything else.
fn within(
    names: (Option<&'static str>, &'static str),
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = Expression> {
    let names: Vec<_> = names.0.into_iter().chain([names.1]).collect();
    let bound = (select(names), vec(step(inner.clone()), 0..2))
        .prop_map(|(name, steps)| Expression::Traversal(Traversal { root: Root::Name(name.into()), steps }));
    prop_oneof![bound, inner]
}

fn bound_names() -> impl Strategy<Value = (Option<&'static str>, &'static str)> {
    (option::of(Just(BOUND[0])), select(&BOUND[1..]))
}

fn fors(inner: impl Strategy<Value = Expression> + Clone + 'static) -> Inner {
    bound_names()
        .prop_flat_map(move |names| {
            let result = within(names, inner.clone());
            let (key, condition) = (option::of(within(names, inner.clone())), option::of(within(names, inner.clone())));
            (inner.clone(), key, result, any::<bool>(), condition).prop_map(
                move |(collection, result_key, result, grouping, condition)| {
                    let (key, value) = (names.0.map(str::to_owned), names.1.to_owned());
                    Expression::For(Box::new(For { key, value, collection, result_key, result, grouping, condition }))
                },
            )
        })
        .boxed()
}

fn part(inner: impl Strategy<Value = Expression> + Clone + 'static) -> BoxedStrategy<TemplatePart> {
    let literal = || any_text().prop_map(|text| TemplatePart::Literal(text.into()));
    let simple = prop_oneof![literal(), inner.clone().prop_map(TemplatePart::Interpolation)].boxed();
    let condition = (inner.clone(), vec(simple.clone(), 0..3), vec(simple.clone(), 0..3))
        .prop_map(|(condition, then, otherwise)| TemplatePart::If { condition, then, otherwise });
    let repetition = bound_names().prop_flat_map(move |names| {
        let bound = within(names, inner.clone()).prop_map(TemplatePart::Interpolation);
        (inner.clone(), vec(prop_oneof![literal(), bound], 0..3)).prop_map(move |(collection, body)| {
            let (key, value) = (names.0.map(str::to_owned), names.1.to_owned());
            TemplatePart::For { key, value, collection, body }
        })
    });
    prop_oneof![3 => simple, 1 => condition, 1 => repetition].boxed()
}
