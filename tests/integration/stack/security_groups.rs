//! Who may open connections to whom inside the networks.

use std::collections::{BTreeMap, BTreeSet};

use dr_synth::settings::{Features, Settings};
use serde_json::Value;

use super::{document, resources};

const RULES: [&str; 2] = ["aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"];

fn every_feature() -> Value {
    document(&Settings { features: Features::all(), ..Settings::default() })
}

#[test]
fn nothing_is_open_to_the_world_in_either_direction() {
    let document = every_feature();
    let mut seen = 0;
    for (type_name, name, body) in resources(&document).filter(|(type_name, ..)| RULES.contains(type_name)) {
        seen += 1;
        let place = format!("{type_name}.{name}");
        for wide in ["0.0.0.0/0", "::/0"] {
            assert!(!body.to_string().contains(wide), "{place} is about {wide}");
        }
        assert_eq!(body["ip_protocol"], "tcp", "{place}");
        assert_eq!(body["from_port"], body["to_port"], "{place} is about a range of ports");
        assert!(body["description"].is_string(), "{place} does not say what for");
    }
    assert!(seen >= 12, "only {seen} rules");
}

/// Rules inside of a group and rules beside it undo each other.
#[test]
fn groups_have_no_rules_of_their_own() {
    for (_, name, body) in resources(&every_feature()).filter(|(type_name, ..)| *type_name == "aws_security_group") {
        assert!(body["ingress"].is_null() && body["egress"].is_null(), "{name}");
    }
}

#[test]
fn the_default_group_of_every_network_lets_nothing_through() {
    let document = every_feature();
    let networks = document["resource"]["aws_vpc"].as_object().unwrap();
    let emptied = document["resource"]["aws_default_security_group"].as_object().unwrap();
    let of: BTreeSet<_> = emptied.values().map(|body| body["vpc_id"].as_str().unwrap()).collect();
    for name in networks.keys() {
        assert!(of.contains(format!("${{aws_vpc.{name}.id}}").as_str()), "{name} keeps the rules of its default group");
    }
    for (name, body) in emptied {
        assert!(body["ingress"].is_null() && body["egress"].is_null(), "{name} has rules");
    }
}

/// Only functions open connections: databases and endpoints answer.
#[test]
fn egress_is_where_it_is_needed() {
    let document = every_feature();
    let mut ways: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for (name, body) in document["resource"][RULES[0]].as_object().unwrap() {
        let from = body["security_group_id"].as_str().unwrap();
        assert!(from.contains("_functions.id"), "{name} lets {from} open connections");
        ways.entry(from.to_owned()).or_default().insert(body["from_port"].as_u64().unwrap());
    }
    assert_eq!(ways.len(), 2, "{ways:?}");
    for ports in ways.values() {
        assert_eq!(ports.iter().copied().collect::<Vec<_>>(), [443, 5432]);
    }
}

/// No way out, so no way in: neither gateways nor public addresses.
#[test]
fn networks_have_no_way_to_the_internet() {
    let document = every_feature();
    for type_name in ["aws_internet_gateway", "aws_nat_gateway", "aws_egress_only_internet_gateway", "aws_eip"] {
        assert!(document["resource"][type_name].is_null(), "there is an {type_name}");
    }
    for (name, body) in document["resource"]["aws_subnet"].as_object().unwrap() {
        assert_eq!(body["map_public_ip_on_launch"], false, "{name}");
    }
    for (name, body) in document["resource"]["aws_rds_cluster_instance"].as_object().unwrap() {
        assert_eq!(body["publicly_accessible"], false, "{name}");
    }
}
