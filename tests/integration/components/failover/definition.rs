//! A state machine's definition as Step Functions reads it, and the rules of the language looked at from there: this
//! reads the JSON and knows nothing of the types that wrote it.

use std::collections::BTreeSet;

use dr_synth::terraform::Expression;
use dr_synth::terraform::expression::Key;
use serde_json::{Map, Value};

/// The value of an expression without references.
pub(super) fn evaluate(expression: &Expression) -> Value {
    match expression {
        Expression::Null => Value::Null,
        Expression::Bool(value) => (*value).into(),
        Expression::Number(value) => Value::Number(value.clone()),
        Expression::Text(text) => text.as_ref().into(),
        Expression::List(items) => items.iter().map(evaluate).collect(),
        Expression::Object(object) => {
            let entries: Map<_, _> = object.entries().map(|(key, value)| (name(key), evaluate(value))).collect();
            entries.into()
        }
        Expression::Call(call) if call.name == "jsonencode" => evaluate(&call.arguments[0]),
        other => panic!("`{other}` is not known before Terraform runs"),
    }
}

fn name(key: &Key) -> String {
    match key {
        Key::Literal(name) => name.clone().into_owned(),
        Key::Computed(expression) => panic!("`{expression}` is not known before Terraform runs"),
    }
}

/// Every state of the definition by name, those of branches too.
pub(super) fn states(flow: &Value) -> Vec<(&str, &Value)> {
    let own = flow["States"].as_object().unwrap().iter().map(|(name, state)| (name.as_str(), state));
    own.flat_map(|(name, state)| [(name, state)].into_iter().chain(branches(state).iter().flat_map(states))).collect()
}

fn branches(state: &Value) -> &[Value] {
    state["Branches"].as_array().map_or(&[], Vec::as_slice)
}

/// Every state that this one names as a next one.
pub(super) fn targets(state: &Value) -> Vec<&str> {
    let lists = ["Choices", "Catch"].into_iter().filter_map(|field| state[field].as_array()).flatten();
    let listed = lists.map(|entry| &entry["Next"]);
    [&state["Next"], &state["Default"]].into_iter().chain(listed).filter_map(Value::as_str).collect()
}

/// Asserts what Step Functions demands of a flow, and that every state is reached.
pub(super) fn assert_sound(flow: &Value) {
    let states = flow["States"].as_object().unwrap();
    let mut reached = BTreeSet::new();
    let mut open = vec![flow["StartAt"].as_str().unwrap()];
    while let Some(name) = open.pop() {
        let state = states.get(name).unwrap_or_else(|| panic!("there is no state {name}"));
        if reached.insert(name) {
            open.extend(targets(state));
        }
    }
    assert_eq!(reached, states.keys().map(String::as_str).collect());
    for (name, state) in states {
        let ways = [&state["Next"], &state["End"]].into_iter().filter(|way| !way.is_null()).count();
        let is_open = ["Task", "Wait", "Pass", "Parallel"].contains(&state["Type"].as_str().unwrap());
        assert_eq!(ways, usize::from(is_open), "{name}");
        assert!(state["Type"] != "Task" || state["TimeoutSeconds"].is_u64(), "{name} has no timeout");
        branches(state).iter().for_each(assert_sound);
    }
}

/// Seconds that a flow takes along its longest way, if every task uses up its time and every attempt.
pub(super) fn longest_seconds(flow: &Value) -> u64 {
    longest_from(flow, flow["StartAt"].as_str().unwrap())
}

fn longest_from(flow: &Value, name: &str) -> u64 {
    let state = &flow["States"][name];
    let after = targets(state).into_iter().map(|target| longest_from(flow, target)).max();
    own_seconds(state) + after.unwrap_or_default()
}

fn own_seconds(state: &Value) -> u64 {
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let in_branches = branches(state).iter().map(longest_seconds).max().unwrap_or_default();
    let once = number(&state["TimeoutSeconds"]) + number(&state["Seconds"]) + in_branches;
    let (mut attempts, mut waiting) = (1, 0);
    for retry in state["Retry"].as_array().into_iter().flatten() {
        attempts += number(&retry["MaxAttempts"]);
        let mut interval = number(&retry["IntervalSeconds"]);
        for _ in 0..number(&retry["MaxAttempts"]) {
            waiting += interval;
            interval *= number(&retry["BackoffRate"]);
            interval = retry["MaxDelaySeconds"].as_u64().map_or(interval, |longest| interval.min(longest));
        }
    }
    attempts * once + waiting
}
