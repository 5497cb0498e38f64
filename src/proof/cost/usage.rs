//! How much is used in a month: entries with patterns of objects, of which later ones win.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::bill::Basis;
use crate::proof::model::Model;
use crate::terraform::nearest::nearest;

/// What is assumed where nothing else is said; the example of a usage file.
const DEFAULTS: &str = include_str!("../../../examples/usage.toml");

/// The quantities that each type has.
const KEYS: [(&str, &[&str]); 24] = [
    ("aws_alb", &["capacity_units"]),
    ("aws_api_gateway_rest_api", &["requests"]),
    ("aws_api_gateway_stage", &["traces"]),
    ("aws_cloudwatch_log_group", &["ingested_gb", "stored_gb"]),
    ("aws_config_config_rule", &["evaluations"]),
    ("aws_config_configuration_recorder", &["items"]),
    ("aws_dynamodb_table", &["storage_gb", "writes", "reads"]),
    ("aws_dynamodb_table_replica", &["storage_gb", "writes"]),
    ("aws_kms_key", &["requests"]),
    ("aws_kms_replica_key", &["requests"]),
    ("aws_lambda_function", &["requests", "seconds", "own_metrics"]),
    ("aws_lb", &["capacity_units"]),
    ("aws_nat_gateway", &["data_gb"]),
    ("aws_rds_cluster", &["storage_gb", "io_requests", "replicated_writes", "data_api_requests"]),
    ("aws_rds_cluster_instance", &["capacity_units"]),
    ("aws_route53_record", &["queries"]),
    ("aws_s3_bucket", &["storage_gb", "puts", "backup_gb"]),
    ("aws_s3_bucket_replication_configuration", &["replicated_gb"]),
    ("aws_secretsmanager_secret", &["requests"]),
    ("aws_sfn_state_machine", &["transitions"]),
    ("aws_sns_topic", &["requests", "emails"]),
    ("aws_vpc_endpoint", &["data_gb"]),
    ("aws_vpc_peering_connection", &["transfer_gb"]),
    ("aws_wafv2_web_acl", &["requests"]),
];

/// More than anything in a month, and far from what floating point cannot add up.
const MOST: f64 = 1e15;

/// Quantities by type, the last word last.
#[derive(Debug, Clone)]
pub struct Usage {
    entries: HashMap<String, Vec<Entry>>,
}

#[derive(Debug, Clone)]
struct Entry {
    /// Empty where all objects of the type are meant.
    address: String,
    quantities: Vec<(String, f64)>,
    basis: Basis,
}

/// What is wrong with a usage file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageError {
    /// What is wrong, one sentence.
    pub message: String,
    /// Where in the text.
    pub place: Range<usize>,
    /// The nearest valid names, best first.
    pub nearest: Vec<String>,
}

impl Default for Usage {
    fn default() -> Self {
        let mut usage = Self { entries: HashMap::new() };
        // A test reads it; nobody else can change it.
        let _ = usage.read(DEFAULTS, Basis::Default);
        usage
    }
}

impl Usage {
    /// The defaults, and what a usage file says otherwise.
    ///
    /// # Errors
    /// The text is no TOML, or something in it is not known: all of it, in the order of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<UsageError>> {
        let mut usage = Self::default();
        usage.read(text, Basis::Usage)?;
        Ok(usage)
    }

    /// How much of something an object uses; none if nobody said.
    pub(super) fn of(&self, kind: &str, address: &str, key: &str) -> Option<(f64, Basis)> {
        let meant = |entry: &&Entry| entry.address.is_empty() || matches(&entry.address, address);
        self.entries.get(kind)?.iter().filter(meant).rev().find_map(|entry| {
            entry.quantities.iter().find(|(name, _)| name == key).map(|(_, number)| (*number, entry.basis))
        })
    }

    /// The entries of a usage file that mean no object of the model, each as a sentence.
    pub fn idle(&self, model: &Model) -> Vec<String> {
        let mut idle = Vec::new();
        for (kind, entries) in &self.entries {
            for entry in entries.iter().filter(|entry| entry.basis == Basis::Usage) {
                let pattern = &entry.address;
                if !model.of_type(kind).any(|object| pattern.is_empty() || matches(pattern, &object.address)) {
                    let named =
                        if pattern.is_empty() { String::new() } else { format!(" with an address like `{pattern}`") };
                    idle.push(format!("the usage file speaks of {kind}{named}, which the configuration does not have"));
                }
            }
        }
        idle.sort();
        idle
    }

    fn read(&mut self, text: &str, basis: Basis) -> Result<(), Vec<UsageError>> {
        let document = DeTable::parse(text).map_err(|error| {
            vec![UsageError::new(format!("not TOML: {}", error.message()), error.span().unwrap_or(0..0))]
        })?;
        let mut errors = Vec::new();
        for (key, item) in document.get_ref() {
            match (key.get_ref().as_ref(), item.get_ref()) {
                ("usage", DeValue::Array(items)) => {
                    for item in items {
                        if let Some((kind, entry)) = entry(item, basis, &mut errors) {
                            self.entries.entry(kind).or_default().push(entry);
                        }
                    }
                }
                ("usage", _) => {
                    errors.push(UsageError::new("expected a list of tables: `[[usage]]`".to_owned(), item.span()));
                }
                (name, _) => errors.push(UsageError::unknown("key", name, key.span(), ["usage"].into_iter())),
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

fn entry(item: &Spanned<DeValue<'_>>, basis: Basis, errors: &mut Vec<UsageError>) -> Option<(String, Entry)> {
    let DeValue::Table(table) = item.get_ref() else {
        errors.push(UsageError::new("expected a table".to_owned(), item.span()));
        return None;
    };
    let text = |name: &str, errors: &mut Vec<UsageError>| match table.get(name).map(|item| (item, item.get_ref())) {
        Some((_, DeValue::String(text))) => Some(text.to_string()),
        Some((item, _)) => {
            errors.push(UsageError::new(format!("`{name}` is not a text"), item.span()));
            None
        }
        None => None,
    };
    let before = errors.len();
    let kind = text("type", errors);
    let address = text("address", errors).unwrap_or_default();
    let Some(kind) = kind else {
        if errors.len() == before {
            errors.push(UsageError::new("an entry names the `type` of its objects".to_owned(), item.span()));
        }
        return None;
    };
    let Some((_, keys)) = KEYS.iter().find(|(name, _)| *name == kind) else {
        let place = table.get("type").map_or(item.span(), Spanned::span);
        errors.push(UsageError::unknown("type with usage", &kind, place, KEYS.iter().map(|(name, _)| *name)));
        return None;
    };
    let mut quantities = Vec::new();
    for (key, item) in table.iter().filter(|(key, _)| !matches!(key.get_ref().as_ref(), "type" | "address")) {
        let name: &str = key.get_ref();
        if !keys.contains(&name) {
            errors.push(UsageError::unknown(&format!("quantity of {kind}"), name, key.span(), keys.iter().copied()));
            continue;
        }
        match number(item.get_ref()) {
            Some(number) if (0.0..=MOST).contains(&number) => quantities.push((name.to_owned(), number)),
            _ => errors.push(UsageError::new(format!("`{name}` is not a number from 0 to {MOST:e}"), item.span())),
        }
    }
    Some((kind, Entry { address, quantities, basis }))
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let text = match value {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return None,
    };
    text.replace('_', "").parse().ok()
}

/// Whether an address fits a pattern in which `*` stands for anything. Linear in the length of the address.
fn matches(pattern: &str, address: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == address };
    let Some(mut address) = address.strip_prefix(start) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return address.ends_with(part);
        }
        match address.find(part) {
            Some(at) => address = &address[at + part.len()..],
            None => return false,
        }
    }
    true
}

impl UsageError {
    fn new(message: String, place: Range<usize>) -> Self {
        Self { message, place, nearest: Vec::new() }
    }

    fn unknown(what: &str, name: &str, place: Range<usize>, known: impl Iterator<Item = &'static str>) -> Self {
        let nearest = nearest(name, known);
        Self { message: format!("there is no {what} `{}`", name.escape_debug()), place, nearest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_can_be_read() {
        let mut usage = Usage { entries: HashMap::new() };
        assert_eq!(usage.read(DEFAULTS, Basis::Default), Ok(()));
    }

    #[test]
    fn later_entries_and_the_users_win_key_by_key() {
        let text = "[[usage]]\ntype = \"aws_dynamodb_table\"\naddress = \"*primary*\"\nwrites = 5\n";
        let usage = Usage::parse(text).unwrap();
        let of = |key| usage.of("aws_dynamodb_table", "aws_dynamodb_table.primary_sessions", key);
        assert_eq!(of("writes"), Some((5.0, Basis::Usage)));
        assert_eq!(of("reads"), Some((34_000_000.0, Basis::Default)));
        assert_eq!(usage.of("aws_dynamodb_table", "aws_dynamodb_table.orders", "reads"), None);
    }

    #[test]
    fn patterns() {
        for (pattern, address, fits) in [
            ("a.b", "a.b", true),
            ("a.b", "a.bc", false),
            ("*payments", "module.primary.aws_x.payments", true),
            ("*primary*payments", "aws_x.primary_payments", true),
            ("*primary*payments", "aws_x.payments_primary", false),
            ("a*a", "a", false),
            ("a*", "abc", true),
            ("*", "", true),
            ("*b*b", "ab", false),
        ] {
            assert_eq!(matches(pattern, address), fits, "{pattern} {address}");
        }
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        let text = "[[usage]]\ntype = \"aws_lambda_functions\"\n\n[[usage]]\ntype = \"aws_kms_key\"\nrequest = 1\nrequests = -1\n\
                    [[usage]]\nrequests = 1\n[other]\n";
        let errors = Usage::parse(text).unwrap_err();
        let said: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(errors.len(), 5, "{said:?}");
        assert!(errors.iter().any(|error| error.nearest.contains(&"aws_lambda_function".to_owned())), "{errors:?}");
        assert!(errors.iter().any(|error| error.nearest.contains(&"requests".to_owned())), "{errors:?}");
        assert!(errors.iter().all(|error| error.place.end <= text.len()));
        assert!(Usage::parse("usage = 1").is_err() && Usage::parse("=").is_err());
        assert!(Usage::parse("[[usage]]\ntype = \"aws_kms_key\"\nrequests = nan").is_err());
    }
}
