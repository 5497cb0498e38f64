//! What a resource policy lets another account do.

use serde_json::Value;

use super::backup_selection::{and, not, or};
use crate::proof::model::{Account, Node, Truth};

/// Whether the policy of something of `owner`'s allows another account any of these actions. No policy allows nobody anything.
pub(super) fn grants(policy: &Node, owner: &Account, account: &Account, actions: &[&str]) -> Truth {
    let text = match policy {
        Node::Unknown(reason) => return Truth::Unknown(reason.clone()),
        Node::Text(text) => text,
        _ => return Truth::No,
    };
    let statements = statements(text);
    let says = |effect: &str, action: &str| {
        let of_effect = statements.iter().filter(|statement| statement["Effect"] == effect);
        of_effect.fold(Truth::No, |answer, statement| or(answer, applies(statement, owner, account, action)))
    };
    // What is denied is not allowed by anything.
    actions.iter().fold(Truth::No, |answer, action| or(answer, and(says("Allow", action), not(says("Deny", action)))))
}

/// The statements of a policy.
pub(super) fn statements(policy: &str) -> Vec<Value> {
    let mut document: Value = serde_json::from_str(policy).unwrap_or_default();
    match document["Statement"].take() {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// Whether a statement is about the account and the action.
fn applies(statement: &Value, owner: &Account, account: &Account, action: &str) -> Truth {
    let is_meant = match (&statement["Principal"], &statement["NotPrincipal"]) {
        (Value::Null, Value::Null) => false,
        (Value::Null, others) => !meant(others, owner, account),
        (principal, _) => meant(principal, owner, account),
    };
    if is_meant && has_action(statement, action) { conditions(statement, owner, account) } else { Truth::No }
}

/// Whether the action is among those of a statement.
pub(super) fn has_action(statement: &Value, action: &str) -> bool {
    let among =
        |patterns: &Value| texts(patterns).iter().any(|pattern| glob(&pattern.to_lowercase(), &action.to_lowercase()));
    match (&statement["Action"], &statement["NotAction"]) {
        (Value::Null, Value::Null) => false,
        (Value::Null, others) => !among(others),
        (actions, _) => among(actions),
    }
}

/// Whether the conditions of a statement are met for requests of the account. Which organization it is in, no configuration says.
fn conditions(statement: &Value, owner: &Account, account: &Account) -> Truth {
    let Value::Object(operators) = &statement["Condition"] else { return Truth::Yes };
    let mut answer = Truth::Yes;
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else { continue };
        for (key, wanted) in keys {
            let one = match key.to_lowercase().as_str() {
                "aws:principalaccount" | "aws:sourceaccount" | "aws:principalarn" => {
                    let is = meant(wanted, owner, account);
                    if is { Truth::Yes } else { Truth::No }
                }
                "aws:securetransport" if texts(wanted).iter().any(|value| value == "true") || *wanted == true => {
                    Truth::Yes
                }
                "aws:securetransport" => Truth::No,
                // A denial under a condition that is not understood is meant for others.
                _ if statement["Effect"] == "Deny" => return Truth::No,
                _ => Truth::Unknown(format!("whether the condition on {key} of a policy is met is not known")),
            };
            let negated = operator.to_lowercase().contains("not");
            answer = and(answer, if negated { not(one) } else { one });
        }
    }
    answer
}

/// Whether a principal is the account, somebody in it, or everybody. Where the configuration does not tell the account's number, any
/// number but the owner's is taken for it.
fn meant(principal: &Value, owner: &Account, account: &Account) -> bool {
    let digits = account.digits();
    let numbered = matches!(account, Account::Number(_));
    let names = match principal {
        Value::Object(kinds) => texts(&kinds.get("AWS").cloned().unwrap_or_default()),
        other => texts(other),
    };
    names.iter().any(|name| {
        let number = name.split(':').nth(4).unwrap_or(name);
        let is_number = number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit());
        name == "*" || number == digits || (!numbered && is_number && number != owner.digits())
    })
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a text matches a pattern with `*` and `?`.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            t = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|character| *character == '*')
}
