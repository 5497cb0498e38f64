//! The JSON of `data.aws_iam_policy_document`, as far as grants are read from it.

use serde_json::{Map, Value, json};

use super::node::Node;

/// The document that the block makes; an unknown value where a part that matters is not known.
pub(crate) fn json_of(values: &Node) -> Node {
    let mut statements = Vec::new();
    for name in ["source_policy_documents", "override_policy_documents"] {
        for document in values.at(name).items() {
            match document {
                Node::Text(text) => statements.extend(statements_of(text)),
                Node::Unknown(reason) => return Node::Unknown(reason.clone()),
                _ => {}
            }
        }
    }
    for block in values.blocks("statement") {
        match statement(block) {
            Ok(value) => statements.push(value),
            Err(reason) => return Node::Unknown(reason),
        }
    }
    Node::Text(json!({"Version": "2012-10-17", "Statement": statements}).to_string())
}

fn statements_of(text: &str) -> Vec<Value> {
    let parsed: Value = serde_json::from_str(text).unwrap_or_default();
    match &parsed["Statement"] {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn statement(block: &Node) -> Result<Value, String> {
    if let Node::Unknown(reason) = block {
        return Err(reason.clone());
    }
    let mut statement = Map::new();
    let effect = block.at("effect").text().get().unwrap_or_else(|| "Allow".to_owned());
    statement.insert("Effect".to_owned(), effect.into());
    for (argument, member) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        let texts = texts(block.at(argument))?;
        if !texts.is_empty() {
            statement.insert(member.to_owned(), texts.into());
        }
    }
    for (argument, member) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(principals) = principals(&block.blocks(argument))? {
            statement.insert(member.to_owned(), principals);
        }
    }
    let mut conditions = Map::new();
    for condition in block.blocks("condition") {
        let test = condition.at("test").text().get().unwrap_or_default();
        let variable = condition.at("variable").text().get().unwrap_or_default();
        let of_test = conditions.entry(test).or_insert_with(|| json!({}));
        of_test[variable] = texts(condition.at("values"))?.into();
    }
    if !conditions.is_empty() {
        statement.insert("Condition".to_owned(), conditions.into());
    }
    Ok(statement.into())
}

fn principals(blocks: &[&Node]) -> Result<Option<Value>, String> {
    let mut all: Map<String, Value> = Map::new();
    for block in blocks {
        let kind = block.at("type").text().get().unwrap_or_default();
        let names = texts(block.at("identifiers"))?;
        if kind == "*" {
            return Ok(Some("*".into()));
        }
        let of_kind = all.entry(kind).or_insert_with(|| json!([]));
        if let Value::Array(items) = of_kind {
            items.extend(names.into_iter().map(Value::from));
        }
    }
    Ok((!all.is_empty()).then(|| all.into()))
}

fn texts(node: &Node) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for item in node.items() {
        match item {
            Node::Unknown(reason) => return Err(reason.clone()),
            other => all.extend(other.text().get()),
        }
    }
    Ok(all)
}
