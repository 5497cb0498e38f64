//! The document as a whole: what must hold in it, whatever component it came from.

mod account;
mod backups_and_governance;
mod callers;
mod certificates;
mod existing_database;
mod existing_network;
mod existing_parts;
mod existing_topics;
mod extension;
mod failover;
mod fargate;
mod features;
mod golden;
mod identity;
mod layouts;
mod logs;
mod maintenance;
mod moves;
mod opentofu;
mod own_function;
mod permissions;
mod providers;
mod security_groups;
mod service_name;
mod shape;
mod tags;
mod upgrades;
mod values;
mod workload;

use std::collections::BTreeSet;

use dr_synth::settings::{Features, Settings};
use dr_synth::stack;
use serde_json::Value;

/// The document that these settings make, as Terraform reads it.
fn document(settings: &Settings) -> Value {
    let document = stack::build(settings).document().unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    serde_json::from_slice(&document.to_bytes()).unwrap()
}

/// The document with every feature.
fn whole_document() -> Value {
    document(&Settings { features: Features::all(), ..Settings::default() })
}

/// Type, name and body of every managed resource.
fn resources(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    document["resource"].as_object().unwrap().iter().flat_map(|(type_name, blocks)| {
        blocks.as_object().unwrap().iter().map(move |(name, body)| (type_name.as_str(), name.as_str(), body))
    })
}

/// The addresses of every managed resource.
fn addresses(document: &Value) -> BTreeSet<String> {
    resources(document).map(|(type_name, name, _)| format!("{type_name}.{name}")).collect()
}
