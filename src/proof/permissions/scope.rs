//! The names of an instance in the ARNs that its type needs.

use std::collections::BTreeSet;

use crate::proof::model::{Model, Node, Resource, STAND_IN_DIGITS, stand_in_of};

/// At the end of a template: the roles that an instance names.
const ROLES: &str = "{roles}";
/// What a model writes for the account that Terraform runs in.
const AMBIENT_ACCOUNT: &str = "000000000000";

/// How the names of a model are written into ARNs.
pub(super) struct Names<'a> {
    /// The account; without a number it stays `*`.
    account: &'a str,
    /// What stands in the model for the ids that AWS gives at the apply.
    stand_ins: BTreeSet<String>,
}

impl<'a> Names<'a> {
    pub(super) fn of(model: &Model, account: Option<&'a str>) -> Self {
        let stand_ins = model.resources().iter().map(|resource| stand_in_of(&resource.address)).collect();
        Self { account: account.unwrap_or("*"), stand_ins }
    }

    /// The ARNs with the instance's region, account and arguments; `*` for what only an apply knows. They are several where a
    /// need is for the roles that an instance names.
    pub(super) fn fill(&self, template: &str, resource: Option<&Resource>) -> Vec<String> {
        if let Some(before) = template.strip_suffix(ROLES) {
            let before = self.one(before, resource);
            let names = resource.map(|resource| roles(&resource.values)).filter(|names| !names.is_empty());
            return names
                .unwrap_or_else(|| vec!["*".to_owned()])
                .iter()
                .map(|name| format!("{before}{}", self.known(name)))
                .collect();
        }
        vec![self.one(template, resource)]
    }

    /// A text with the instance's values.
    pub(super) fn one(&self, template: &str, resource: Option<&Resource>) -> String {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            match name {
                "region" => filled.push_str(resource.map_or("*", region)),
                "account" => filled.push_str(self.account),
                argument => filled.push_str(&self.known(&named(argument, resource))),
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// A value without what only stands for something.
    fn known(&self, value: &str) -> String {
        let value = value.replace(AMBIENT_ACCOUNT, self.account);
        let mut found: Vec<&str> = value.split(|letter: char| !letter.is_ascii_digit()).collect();
        found.retain(|digits| digits.len() == STAND_IN_DIGITS && self.stand_ins.contains(*digits));
        found.into_iter().fold(value.clone(), |text, digits| text.replace(digits, "*"))
    }
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
