//! What a resource policy lets another account do.

use serde_json::Value;

use crate::proof::model::{Account, Node, Truth};

/// Whether the policy of something of `owner`'s allows another account any of these actions. No policy allows nobody anything.
pub(super) fn grants(policy: &Node, owner: &Account, account: &Account, actions: &[&str]) -> Truth {
    let text = match policy {
        Node::Unknown(reason) => return Truth::Unknown(reason.clone()),
        Node::Text(text) => text,
        _ => return Truth::No,
    };
    let Ok(document) = serde_json::from_str::<Value>(text) else { return Truth::No };
    let statements = match &document["Statement"] {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let concerns = |statement: &Value, all: bool| {
        let principal = &statement["Principal"];
        let action = &statement["Action"];
        let meets =
            |wanted: &&str| texts(action).iter().any(|pattern| glob(&pattern.to_lowercase(), &wanted.to_lowercase()));
        let met = if all { actions.iter().all(&meets) } else { actions.iter().any(&meets) };
        meant(principal, owner, account) && met
    };
    let denied = statements.iter().any(|statement| {
        statement["Effect"] == "Deny" && statement["Condition"].is_null() && concerns(statement, true)
    });
    let allowed = statements.iter().any(|statement| statement["Effect"] == "Allow" && concerns(statement, false));
    if allowed && !denied { Truth::Yes } else { Truth::No }
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
