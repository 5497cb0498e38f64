//! The names of an instance in the ARNs that its type needs.

use crate::proof::model::{Node, Resource};

/// At the end of a template: the roles that an instance names.
const ROLES: &str = "{roles}";
/// What a model writes for the account that Terraform runs in.
const AMBIENT_ACCOUNT: &str = "000000000000";

/// The ARNs with the instance's region, account and arguments; `*` for what only an apply knows. They are several where a
/// need is for the roles that an instance names.
pub(super) fn fill(template: &str, resource: Option<&Resource>, account: Option<&str>) -> Vec<String> {
    if let Some(before) = template.strip_suffix(ROLES) {
        let before = one(before, resource, account);
        let names = resource.map(|resource| roles(&resource.values)).filter(|names| !names.is_empty());
        return names.unwrap_or_else(|| vec!["*".to_owned()]).iter().map(|name| format!("{before}{name}")).collect();
    }
    vec![one(template, resource, account)]
}

/// A text with the instance's values.
pub(super) fn one(template: &str, resource: Option<&Resource>, account: Option<&str>) -> String {
    let account = account.unwrap_or("*");
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        match name {
            "region" => filled.push_str(resource.map_or("*", region)),
            "account" => filled.push_str(account),
            argument => filled.push_str(&named(argument, resource).replace(AMBIENT_ACCOUNT, account)),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The value of an argument; with a slash behind the argument, the name in the ARN that it holds.
fn named(argument: &str, resource: Option<&Resource>) -> String {
    let Some(resource) = resource else { return "*".to_owned() };
    match argument.strip_suffix('/') {
        Some(argument) => value(resource.at(argument)).rsplit('/').next().unwrap_or("*").to_owned(),
        None => value(resource.at(argument)),
    }
}

/// The names of the roles whose ARNs stand in an instance. One that is not known may be any.
fn roles(values: &Node) -> Vec<String> {
    let mut found = Vec::new();
    collect_roles("", values, &mut found);
    found.sort();
    found.dedup();
    found
}

fn collect_roles(name: &str, node: &Node, found: &mut Vec<String>) {
    match node {
        Node::Text(text) => {
            let role = text.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/"));
            // A policy that speaks of a role hands it to nobody.
            found.extend(role.filter(|_| name.contains("role")).map(|(_, name)| name.to_owned()));
        }
        Node::Unknown(_) if name.contains("role") => found.push("*".to_owned()),
        Node::List(items) => items.iter().for_each(|item| collect_roles(name, item, found)),
        Node::Map(entries) => entries.iter().for_each(|(name, item)| collect_roles(name, item, found)),
        _ => {}
    }
}

fn region(resource: &Resource) -> &str {
    match &resource.region {
        Node::Text(region) => region,
        _ => "*",
    }
}

fn value(node: &Node) -> String {
    match node {
        // What would be a pattern in a policy is one character to whoever named it so.
        Node::Text(text) if !text.is_empty() && !text.contains(['*', '?', '$']) => text.clone(),
        Node::Number(number) => number.to_string(),
        _ => "*".to_owned(),
    }
}
