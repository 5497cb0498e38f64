//! `EventBridge` patterns: which events a rule is about.

use crate::terraform::functions::jsonencode;
use crate::terraform::{Expression, Object, Value};

/// Events of one source and these kinds whose details have one of the given values each.
pub fn event_pattern(
    source: &'static str,
    detail_types: &[&'static str],
    detail: impl IntoIterator<Item = (&'static str, Expression)>,
) -> Value<String> {
    let detail: Object = detail.into_iter().collect();
    let pattern: Object =
        [("source", words(&[source])), ("detail-type", words(detail_types)), ("detail", Expression::Object(detail))]
            .into_iter()
            .collect();
    jsonencode(pattern)
}

/// Any of these words.
pub fn words(words: &[&'static str]) -> Expression {
    Expression::List(words.iter().copied().map(Expression::from).collect())
}

/// This value and no other.
pub fn only(value: Value<String>) -> Expression {
    Expression::List(vec![value.into()])
}
