//! The statements of a policy, as far as rules ask about them.

use serde_json::Value;

use crate::proof::model::Node;

/// The statements of a policy that allow something; none of a text that is unknown.
pub(super) fn allowing(policy: &Node) -> Vec<Value> {
    let Node::Text(text) = policy else { return Vec::new() };
    let parsed: Value = serde_json::from_str(text).unwrap_or_default();
    let statements = match &parsed["Statement"] {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    statements.into_iter().filter(|statement| statement["Effect"] == "Allow").collect()
}

/// Whether a member of a statement is a word, or has it in its list.
pub(super) fn has(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(items) => items.iter().any(|item| item == wanted),
        _ => false,
    }
}

/// Whether a statement that allows something may let a service take an action. What its conditions are for is not looked at.
pub(super) fn may_admit(statement: &Value, service: &str, action: &str) -> bool {
    let principal = &statement["Principal"];
    let is_meant = has(principal, "*")
        || has(&principal["AWS"], "*")
        || has(&principal["Service"], service)
        || has(&principal["Service"], "*")
        || !statement["NotPrincipal"].is_null();
    let texts: Vec<&Value> = match &statement["Action"] {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    };
    let covers = |pattern: &str| match pattern.split_once('*') {
        // What follows the first star is not compared.
        Some((start, _)) => action.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)),
        None => pattern.eq_ignore_ascii_case(action),
    };
    let is_allowed = !statement["NotAction"].is_null() || texts.into_iter().filter_map(Value::as_str).any(covers);
    is_meant && is_allowed
}
