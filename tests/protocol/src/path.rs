//! Paths, rules and payloads of Amazon States Language, evaluated on an execution's data.

use serde_json::{Map, Value};

/// The field that `ResultPath` names, `None` where the result is dropped. A path that is left out means all of the data.
pub(crate) fn kept(result_path: &Value) -> Option<String> {
    result_path.as_str().map(str::to_owned)
}

/// The value at a path, if it is there. `context` is the context object, `$$`.
pub(crate) fn find<'v>(path: &str, data: &'v Value, context: &'v Value) -> Option<&'v Value> {
    let (root, rest) =
        path.strip_prefix("$$").map_or_else(|| (data, path.strip_prefix('$')), |rest| (context, Some(rest)));
    rest?.split(['.', '[']).filter(|step| !step.is_empty()).try_fold(root, |value, step| {
        let step = step.trim_end_matches(']').trim_matches('\'');
        step.parse::<usize>().ok().and_then(|index| value.get(index)).or_else(|| value.get(step))
    })
}

/// A payload with its paths filled in. A formatted text is for people and becomes an empty one.
///
/// # Errors
/// The path that leads nowhere, which ends an execution (`States.ParameterPathFailure`).
pub(crate) fn fill(payload: &Value, data: &Value, context: &Value) -> Result<Value, String> {
    let Value::Object(fields) = payload else { return Ok(payload.clone()) };
    let mut filled = Map::new();
    for (name, value) in fields {
        let (name, value) = match name.strip_suffix(".$") {
            Some(name) => (name, computed(value.as_str().unwrap_or_default(), data, context)?),
            None => (name.as_str(), fill(value, data, context)?),
        };
        filled.insert(name.to_owned(), value);
    }
    Ok(Value::Object(filled))
}

fn computed(text: &str, data: &Value, context: &Value) -> Result<Value, String> {
    if text.starts_with("States.") {
        return Ok(Value::String(String::new()));
    }
    find(text, data, context).cloned().ok_or_else(|| format!("{text} leads nowhere"))
}

/// The data with a result put where `ResultPath` says.
pub(crate) fn put(mut data: Value, keep: Option<&str>, result: Value) -> Value {
    let Some(keep) = keep else { return data };
    let mut place = &mut data;
    for step in keep.trim_start_matches('$').split('.').filter(|step| !step.is_empty()) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[step];
    }
    *place = result;
    data
}

/// Whether a rule of a choice holds.
///
/// # Errors
/// A comparison of a value that is not there, which ends an execution (`States.Runtime`).
pub(crate) fn holds(rule: &Value, data: &Value, context: &Value) -> Result<bool, String> {
    if let Some(rules) = rule["And"].as_array() {
        return rules.iter().try_fold(true, |all, rule| Ok(all && holds(rule, data, context)?));
    }
    if let Some(rules) = rule["Or"].as_array() {
        return rules.iter().try_fold(false, |any, rule| Ok(any || holds(rule, data, context)?));
    }
    if rule["Not"].is_object() {
        return Ok(!holds(&rule["Not"], data, context)?);
    }
    let variable = rule["Variable"].as_str().unwrap_or_default();
    let found = find(variable, data, context);
    if let Some(expected) = rule["IsPresent"].as_bool() {
        return Ok(found.is_some() == expected);
    }
    let found = found.ok_or_else(|| format!("{variable} leads nowhere"))?;
    let operators = ["StringEquals", "BooleanEquals", "NumericEquals"];
    let expected = operators.iter().find_map(|operator| rule.get(*operator));
    if let Some(other) = rule["StringEqualsPath"].as_str() {
        return Ok(find(other, data, context) == Some(found));
    }
    expected.map(|expected| expected == found).ok_or_else(|| format!("the rule {rule} is not modelled"))
}
