//! A stack on networks that exist: it looks at them, puts security groups into them, and makes nothing else of a network.

use std::collections::BTreeSet;

use dr_synth::settings::{Endpoints, Feature, Features, Settings};
use serde_json::{Value, json};

use super::{addresses, document, resources};

/// What belongs to the owner of a network.
const OF_A_NETWORK: [&str; 10] = [
    "aws_vpc",
    "aws_subnet",
    "aws_route_table",
    "aws_route_table_association",
    "aws_route",
    "aws_default_security_group",
    "aws_vpc_endpoint",
    "aws_vpc_peering_connection",
    "aws_vpc_peering_connection_accepter",
    "aws_flow_log",
];

fn existing() -> Settings {
    Settings::defaults_of_network(true)
}

/// With all that can be asked for.
fn existing_with_everything() -> Settings {
    Settings { features: Features::all(), endpoints: Endpoints::Own, ..existing() }
}

fn managed_types(document: &Value) -> BTreeSet<&str> {
    resources(document).map(|(type_name, ..)| type_name).collect()
}

#[test]
fn nothing_of_a_network_is_made_but_security_groups() {
    let document = document(&existing());
    let types = managed_types(&document);
    assert_eq!(OF_A_NETWORK.iter().filter(|name| types.contains(*name)).count(), 0, "{types:?}");
    assert_eq!(document["resource"]["aws_security_group"].as_object().unwrap().len(), 4);
}

#[test]
fn what_is_asked_for_is_made_in_it() {
    let document = document(&existing_with_everything());
    let types = managed_types(&document);
    for made in ["aws_vpc_endpoint", "aws_vpc_peering_connection", "aws_route", "aws_flow_log"] {
        assert!(types.contains(made), "{made}");
    }
    for left in ["aws_vpc", "aws_subnet", "aws_route_table", "aws_default_security_group"] {
        assert!(!types.contains(left), "{left}");
    }
    let route = &document["resource"]["aws_route"]["primary_peer"];
    assert_eq!(route["for_each"], "${toset(var.primary_route_table_ids)}");
    assert_eq!(route["destination_cidr_block"], "${data.aws_vpc.dr_network.cidr_block}");
    let connection = &document["resource"]["aws_vpc_peering_connection"]["primary_peer"];
    assert!(connection["lifecycle"]["precondition"].to_string().contains("overlap"), "{connection}");
}

#[test]
fn the_parts_are_variables_without_defaults() {
    let document = document(&existing());
    let variables = document["variable"].as_object().unwrap();
    for role in ["primary", "dr"] {
        assert!(!variables.contains_key(&format!("{role}_vpc_cidr")));
        for (part, of_type) in
            [("vpc_id", "string"), ("private_subnet_ids", "list(string)"), ("route_table_ids", "list(string)")]
        {
            let variable = &variables[&format!("{role}_{part}")];
            assert_eq!(variable["type"], of_type);
            assert_eq!(variable["nullable"], json!(false));
            assert!(variable["default"].is_null() && variable["validation"].is_array(), "{variable}");
        }
    }
    let required = variables.values().filter(|variable| variable["default"].is_null() && variable["nullable"] == false);
    assert_eq!(required.count(), 6);
}

#[test]
fn what_is_wrong_for_certain_stops_the_plan_and_what_may_be_wrong_is_a_warning() {
    let document = document(&existing());
    for role in ["primary", "dr"] {
        let data = |type_name: &str, name: &str| document["data"][type_name][format!("{role}_{name}")].clone();
        for (block, conditions) in [
            (data("aws_vpc", "network"), 1),
            (data("aws_subnet", "private"), 2),
            (data("aws_route_table", "private"), 2),
            (data("aws_vpc_endpoint", "s3"), 1),
            (data("aws_vpc_endpoint", "dynamodb"), 1),
            (data("aws_vpc_endpoint", "data_api"), 1),
        ] {
            assert_eq!(block["lifecycle"]["postcondition"].as_array().unwrap().len(), conditions, "{block}");
        }
        let group = &document["resource"]["aws_security_group"][format!("{role}_functions")];
        assert!(group["lifecycle"]["precondition"].to_string().contains("availability_zone"), "{group}");
        assert_eq!(document["check"][format!("{role}_network")]["assert"].as_array().unwrap().len(), 4);
    }
}

/// Instances, one for recovery, two for functions; an interface endpoint of the stack's own takes one more.
#[test]
fn the_addresses_that_must_be_free_are_counted() {
    let needed = |settings: &Settings| {
        let check = document(settings)["check"]["primary_network"]["assert"][0]["condition"].to_string();
        check.split(">= ").nth(1).unwrap().trim_end_matches("])}\"").to_owned()
    };
    assert_eq!(needed(&existing()), "var.database_instances_per_region + 3");
    let own = Settings { endpoints: Endpoints::Own, ..existing() };
    assert_eq!(needed(&own), "var.database_instances_per_region + 4");
}

#[test]
fn functions_reach_endpoints_by_the_groups_that_these_have() {
    let document = document(&existing());
    let rule = &document["resource"]["aws_vpc_security_group_egress_rule"]["primary_functions_to_endpoints"];
    assert_eq!(rule["for_each"], "${data.aws_vpc_endpoint.primary_data_api.security_group_ids}");
    assert_eq!(rule["referenced_security_group_id"], "${each.value}");
    assert!(document["output"]["primary_function_security_group_id"].is_object());
    assert!(document["output"]["dr_function_security_group_id"].is_object());
}

/// An owner who takes a network over, or gives it away, must see that only the network changes.
#[test]
fn addresses_outside_of_the_network_are_those_of_a_stack_with_its_own() {
    let of_network =
        |address: &String| OF_A_NETWORK.iter().any(|type_name| address.starts_with(&format!("{type_name}.")));
    let all = |settings: &Settings| -> BTreeSet<String> {
        addresses(&document(settings)).into_iter().filter(|address| !of_network(address)).collect()
    };
    let own = Settings { features: Features::all(), ..Settings::default() };
    assert_eq!(all(&existing_with_everything()), all(&own));
}

#[test]
fn each_feature_stands_on_an_existing_network() {
    for feature in Feature::ALL {
        let settings = Settings { features: Features::none().with(feature), ..existing() };
        assert!(addresses(&document(&settings)).len() > 150, "{feature}");
    }
}
