//! The names of an instance in the ARNs that its type needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::proof::model::{Known, Model, Node, Resource, STAND_IN_DIGITS, partition, stand_in_of};

/// At the end of a template: the roles that an instance names.
const ROLES: &str = "{roles}";
/// What a model writes for the account that Terraform runs in.
const AMBIENT_ACCOUNT: &str = "000000000000";

/// How the names of a model are written into ARNs.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    /// The account; without a number it stays `*`.
    account: &'a str,
    /// What stands in the model for the ids that AWS gives at the apply.
    stand_ins: BTreeSet<String>,
    /// The paths of roles by the roles' names, where they have one.
    paths: BTreeMap<String, String>,
}

/// What every ARN in the table begins with.
const PARTITION: &str = "arn:aws:";

impl<'a> Names<'a> {
    pub(super) fn of(model: &Model, account: Option<&'a str>) -> Self {
        let stand_ins = model.resources().iter().map(|resource| stand_in_of(&resource.address)).collect();
        let mut paths = BTreeMap::new();
        for role in model.of_type("aws_iam_role") {
            let path = match role.at("path").text() {
                Known::Is(path) => path.trim_start_matches('/').to_owned(),
                Known::Unknown(_) => "*".to_owned(),
                Known::Absent => continue,
            };
            // As the role itself is asked for, and as others refer to it.
            let reference = role.subject().attribute("name").and_then(|name| name.text().get());
            let names = reference.into_iter().chain([named("name", Some(role))]).filter(|name| name != "*");
            paths.extend(names.map(|name| (name, path.clone())));
        }
        Self { account: account.unwrap_or("*"), stand_ins, paths }
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
                argument => {
                    let name = named(argument, resource);
                    // IAM puts the path of a role before its name.
                    let path = if filled.ends_with(":role/") { self.paths.get(&name) } else { None };
                    filled.extend(path.map(String::as_str));
                    filled.push_str(&self.known(&name));
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        match (filled.strip_prefix(PARTITION), resource.map(|resource| &resource.region)) {
            (Some(name), Some(Node::Text(region))) => format!("arn:{}:{name}", partition(region)),
            _ => filled,
        }
    }

    /// The ARN of a role that a provider takes.
    pub(super) fn of_role(&self, role: &Node) -> String {
        match role.at("role_arn").text() {
            Known::Is(arn) => self.known(&arn),
            _ => "arn:*:iam::*:role/*".to_owned(),
        }
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
        None => match (value(resource.at(argument)), value(resource.at(&format!("{argument}_prefix")))) {
            // AWS's provider puts something of its own behind a prefix.
            (name, prefix) if name == "*" && prefix != "*" => format!("{prefix}*"),
            (name, _) => name,
        },
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
            let role = text.starts_with("arn:").then(|| text.split_once(":role/")).flatten();
            let role = role.filter(|(before, _)| before.contains(":iam::"));
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
