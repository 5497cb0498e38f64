//! What references to resources and some data sources give, so that expressions around them have a value.

use std::collections::BTreeMap;

use super::account::Account;
use super::configuration::reference_of;
use super::hosts;
use super::node::Node;
use super::policy_document;
use super::region::region_of;
use super::stand_in::{ATTRIBUTES, Subject, names_of, partition};
use crate::terraform::evaluation::{ComputedAttributes, Value};
use crate::terraform::{ResourceBlock, ResourceMode};

/// Where the blocks of a provider are.
#[derive(Debug, Clone)]
pub(super) struct ProviderScope {
    pub(super) region: Node,
    pub(super) account: Account,
    /// The role that it takes, if it takes one.
    pub(super) role: Node,
    /// The tags that the provider puts on everything.
    pub(super) tags: Node,
}

/// The stand-ins of a configuration.
#[derive(Debug)]
pub(super) struct StandIns {
    places: BTreeMap<(String, String), ProviderScope>,
}

impl StandIns {
    pub(super) fn new(places: BTreeMap<(String, String), ProviderScope>) -> Self {
        Self { places }
    }

    /// The names of the modules in an address, without keys.
    pub(super) fn path(address: &str) -> String {
        let mut path = String::new();
        let (mut depth, mut quoted) = (0_u32, false);
        for character in address.chars() {
            match character {
                '"' => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted => depth = depth.saturating_sub(1),
                _ if depth == 0 => path.push(character),
                _ => {}
            }
        }
        path
    }

    fn place(&self, block: &ResourceBlock, address: &str) -> Option<&ProviderScope> {
        let own = block.address().to_string();
        let path = Self::path(address);
        let prefix = path.strip_suffix(own.as_str()).unwrap_or(&path).to_owned();
        self.places.get(&(prefix, reference_of(block).to_string()))
    }
}

type Entries = BTreeMap<std::sync::Arc<str>, Value>;

impl ComputedAttributes for StandIns {
    fn instance(&self, block: &ResourceBlock, address: &str, mut arguments: Entries) -> Result<Value, String> {
        let values = node_of_entries(&arguments);
        let place = self.place(block, address);
        let of_provider = place.map_or(Node::Null, |place| place.region.clone());
        let region = match region_of((block.mode, block.type_name()), &values, &of_provider) {
            Node::Text(region) => region,
            _ => "a region that is not known".to_owned(),
        };
        let account = place.map(|place| place.account.clone()).unwrap_or_default();
        let kind = block.type_name();
        let subject = Subject::new([address, kind, &region], &values, &account);
        let names = names_of(kind);
        for name in ATTRIBUTES.iter().chain(names) {
            let missing = arguments.get(*name).is_none_or(|value| value.is_null() || !value.is_known());
            if missing && let Some(Node::Text(text)) = subject.attribute(name) {
                arguments.insert((*name).into(), Value::text(text));
            }
        }
        for name in hosts::attributes_of(kind).chain(["website_domain"]) {
            put_host(&subject, name, &mut arguments);
        }
        if block.mode == ResourceMode::Data {
            read(&subject, place, &mut arguments);
        }
        Ok(Value::open_object(arguments))
    }

    fn reads(&self, block: &ResourceBlock) -> bool {
        block.type_name().starts_with("aws_")
    }
}

/// The DNS name that AWS will give, in its attribute or in the blocks that hold it.
fn put_host(subject: &Subject<'_>, path: &str, arguments: &mut Entries) {
    let Some(Node::Text(host)) = subject.attribute(path) else { return };
    let missing =
        |entries: &Entries, name: &str| entries.get(name).is_none_or(|value| value.is_null() || !value.is_known());
    match path.split_once('.') {
        None if missing(arguments, path) => {
            arguments.insert(path.into(), Value::text(host));
        }
        None => {}
        Some((block, member)) => {
            let with_host = |one: &Value| match one.entries() {
                Some(entries) if missing(entries, member) => {
                    let mut entries = entries.clone();
                    entries.insert(member.into(), Value::text(&host));
                    Value::open_object(entries)
                }
                _ => one.clone(),
            };
            let filled = match arguments.get(block) {
                Some(value) => match value.items() {
                    Some(items) => Value::tuple(items.iter().map(with_host)),
                    None => with_host(value),
                },
                None => return,
            };
            arguments.insert(block.into(), filled);
        }
    }
}

/// What data sources say of the run itself, and policy documents, which are made of their arguments alone.
fn read(subject: &Subject<'_>, place: Option<&ProviderScope>, arguments: &mut Entries) {
    let mut put = |name: &str, node: Node| {
        let value = match node {
            Node::Text(text) => Value::text(text),
            Node::Unknown(reason) => Value::unknown(crate::terraform::evaluation::Type::String, reason),
            _ => return,
        };
        arguments.insert(name.into(), value);
    };
    match subject.kind {
        "aws_caller_identity" => {
            put("account_id", Node::Text(subject.account.digits()));
            put("id", Node::Text(subject.account.digits()));
        }
        "aws_region" => {
            let named = ["region", "name"].iter().map(|name| subject.values.at(name)).find(|named| named.is_set());
            let region = named.or(place.map(|place| &place.region)).cloned().unwrap_or_default();
            for name in ["name", "id", "region"] {
                put(name, region.clone());
            }
        }
        "aws_partition" => {
            let partition = partition(subject.region);
            let suffix = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
            put("partition", Node::Text(partition.to_owned()));
            put("dns_suffix", Node::Text(suffix.to_owned()));
        }
        // Three zones of a region's form: which there are, nobody knows.
        "aws_availability_zones" if place.is_some_and(|place| place.region.unknown().is_none()) => {
            let zones = ["a", "b", "c"].map(|letter| format!("{}{letter}", subject.region));
            arguments.insert("names".into(), Value::texts(zones));
        }
        "aws_iam_policy_document" => put("json", policy_document::json_of(subject.values)),
        _ => {}
    }
}

impl ProviderScope {
    /// Puts the provider's tags beside the block's own, which win.
    pub(super) fn add_tags(&self, values: &mut Node) {
        let all = match (&self.tags, values.at("tags")) {
            (Node::Map(defaults), Node::Map(own)) => {
                Node::Map(defaults.iter().chain(own).map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            (Node::Null, _) => return,
            (tags, Node::Null) => tags.clone(),
            (Node::Unknown(reason), _) | (_, Node::Unknown(reason)) => Node::Unknown(reason.clone()),
            _ => return,
        };
        if let Node::Map(entries) = values {
            entries.insert("tags_all", all);
        }
    }
}

/// A value of the evaluator as one of the model.
pub(super) fn node_of(value: &Value) -> Node {
    if value.is_null() {
        return Node::Null;
    }
    if !value.is_known() {
        return Node::Unknown(
            value.unknown_reason().map_or_else(|| "it is not known".to_owned(), |reason| reason.to_string()),
        );
    }
    if let Some(text) = value.as_text() {
        return Node::Text(text.to_owned());
    }
    if let Some(flag) = value.as_bool() {
        return Node::Bool(flag);
    }
    if let Some(number) = value.as_number() {
        return Node::Number(number.as_f64());
    }
    if let Some(items) = value.items() {
        return Node::List(items.iter().map(node_of).collect());
    }
    value.entries().map_or_else(Node::default, node_of_entries)
}

fn node_of_entries(entries: &Entries) -> Node {
    Node::Map(entries.iter().map(|(name, inner)| (name.clone(), node_of(inner))).collect())
}
