//! What is granted, as statements: actions on the same resources stand together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// A key and the value that it must have.
type Condition = Option<(&'static str, String)>;

/// Actions, each with the resources that it is granted on.
#[derive(Debug, Clone, Default)]
pub(super) struct Grants(BTreeMap<(&'static str, Condition), BTreeSet<String>>);

/// A statement that allows actions on resources.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    pub(super) actions: Vec<&'static str>,
    pub(super) resources: Vec<String>,
    condition: Condition,
}

/// How exactly resources are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Each by its name.
    Names,
    /// Those of a kind whose names begin with the same word, by what they have in common.
    PatternsOfOneBeginning,
    /// Those of a kind by what their names have in common, which may be nothing.
    Patterns,
    /// Those too that are in different regions.
    PatternsInAllRegions,
}

impl Detail {
    pub(super) const ALL: [Self; 4] =
        [Self::Names, Self::PatternsOfOneBeginning, Self::Patterns, Self::PatternsInAllRegions];
}

impl Grants {
    /// Grants an action on one more resource.
    pub(super) fn add(&mut self, action: &'static str, condition: Condition, resource: String) {
        self.0.entry((action, condition)).or_default().insert(resource);
    }

    /// The statements, one for each set of resources.
    pub(super) fn statements(&self, detail: Detail) -> Vec<Statement> {
        let mut sets: BTreeMap<(Vec<String>, Condition), Vec<&'static str>> = BTreeMap::new();
        for ((action, condition), resources) in &self.0 {
            sets.entry((named(resources, detail), condition.clone())).or_default().push(action);
        }
        let statements = sets.into_iter();
        statements.map(|((resources, condition), actions)| Statement { actions, resources, condition }).collect()
    }
}

impl Statement {
    /// As IAM writes it.
    pub(super) fn to_json(&self) -> Value {
        let mut statement = json!({"Effect": "Allow", "Action": self.actions, "Resource": self.resources});
        if let (Some((key, value)), Some(statement)) = (&self.condition, statement.as_object_mut()) {
            // A value that is not known whole is a pattern.
            let operator = if value.contains('*') { "StringLike" } else { "StringEquals" };
            statement.insert("Condition".to_owned(), json!({operator: {*key: value}}));
        }
        statement
    }

    /// Two that grant together what this one grants; itself alone if it has one action on one resource.
    pub(super) fn halves(self) -> Vec<Self> {
        if self.actions.len() > 1 {
            let (first, second) = self.actions.split_at(self.actions.len() / 2);
            let part = |actions: &[&'static str]| Self { actions: actions.to_vec(), ..self.clone() };
            return vec![part(first), part(second)];
        }
        if self.resources.len() > 1 {
            let (first, second) = self.resources.split_at(self.resources.len() / 2);
            let part = |resources: &[String]| Self { resources: resources.to_vec(), ..self.clone() };
            return vec![part(first), part(second)];
        }
        vec![self]
    }
}

/// The resources of one action. `*` makes all others superfluous.
fn named(resources: &BTreeSet<String>, detail: Detail) -> Vec<String> {
    if resources.contains("*") {
        return vec!["*".to_owned()];
    }
    if detail == Detail::Names {
        return resources.iter().cloned().collect();
    }
    let mut kinds: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for resource in resources {
        kinds.entry(kind_of(resource, detail)).or_default().insert(resource);
    }
    let mut patterns: Vec<String> = kinds.into_values().map(|names| pattern(&names, detail)).collect();
    patterns.dedup();
    patterns
}

/// What resources must share to be named together: service, region and the kind in the last part of an ARN.
fn kind_of(arn: &str, detail: Detail) -> String {
    let mut parts = arn.splitn(6, ':');
    let mut part = || parts.next().unwrap_or_default();
    let (_, _, service, region, _, name) = (part(), part(), part(), part(), part(), part());
    let region = if detail == Detail::PatternsInAllRegions { "*" } else { region };
    // API Gateway's names are paths, S3's have no kind before them.
    let kind = match service {
        "s3" => {
            if name.contains('/') {
                "object"
            } else {
                "bucket"
            }
        }
        "apigateway" => name.split('/').nth(1).unwrap_or_default(),
        _ => name.split([':', '/']).next().unwrap_or_default(),
    };
    // Names of the stack have a beginning in common; beside one of somebody else's, all names of the account would have it.
    let beginning = if detail == Detail::PatternsOfOneBeginning { first_word(name, kind) } else { "" };
    format!("{service}:{region}:{kind}:{beginning}")
}

/// What a name begins with, after its kind.
fn first_word<'n>(name: &'n str, kind: &str) -> &'n str {
    let is_part = |character: char| character.is_ascii_alphanumeric();
    let name = name.strip_prefix(kind).unwrap_or(name).trim_start_matches(|character| !is_part(character));
    name.split(|character| !is_part(character)).next().unwrap_or_default()
}

/// The beginning and the end that all of these have, with `*` between.
fn pattern(arns: &BTreeSet<&str>, detail: Detail) -> String {
    let all: Vec<String> = arns.iter().map(|arn| without_region(arn, detail)).collect();
    let Some(first) = all.first() else { return "*".to_owned() };
    if all.iter().all(|arn| arn == first) {
        return first.clone();
    }
    let begin = all.iter().map(|arn| shared(first.bytes(), arn.bytes())).min().unwrap_or_default();
    let shortest = all.iter().map(String::len).min().unwrap_or_default();
    let end = all.iter().map(|arn| shared(first.bytes().rev(), arn.bytes().rev())).min().unwrap_or_default();
    let end = end.min(shortest - begin);
    match (first.get(..begin), first.get(first.len() - end..)) {
        (Some(begin), Some(end)) => format!("{}*{}", begin.trim_end_matches('*'), end.trim_start_matches('*')),
        // Cut within a character: the kind alone is named.
        _ => "*".to_owned(),
    }
}

fn shared(one: impl Iterator<Item = u8>, other: impl Iterator<Item = u8>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}

fn without_region(arn: &str, detail: Detail) -> String {
    let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
    if detail == Detail::PatternsInAllRegions && parts.get(3).is_some_and(|region| !region.is_empty()) {
        parts[3] = "*";
    }
    parts.join(":")
}
