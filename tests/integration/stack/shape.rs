//! What the shape changes, and what it leaves alone.

use std::collections::BTreeSet;

use dr_synth::settings::{ApiAuthorization, Feature, Features, Settings};

use super::{addresses, document, resources};

/// The outputs that scripts and people rely on.
const OUTPUTS: [&str; 18] = [
    "dr_api_url",
    "dr_bucket_name",
    "dr_cluster_endpoint",
    "dr_vpc_id",
    "drill_state_machine_arn",
    "dynamodb_table_name",
    "failback_state_machine_arn",
    "failover_domain",
    "failover_state_machine_arn",
    "failover_state_table",
    "failover_switch_parameter",
    "primary_api_url",
    "primary_bucket_name",
    "primary_cluster_endpoint",
    "primary_vpc_id",
    "route53_zone_id",
    "sns_topic_dr_arn",
    "sns_topic_primary_arn",
];

#[test]
fn the_outputs_are_these() {
    let document = document(&Settings::default());
    let outputs: Vec<_> = document["output"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(outputs, OUTPUTS);
}

/// A part of the addresses that belong to a feature; none where it only sets arguments of others' blocks.
fn own_addresses(feature: Feature) -> Option<&'static str> {
    match feature {
        Feature::FlowLogs => Some("flow_log"),
        Feature::DatabaseInsights => Some("database_monitoring"),
        Feature::Dashboard => Some("dashboard"),
        Feature::Experiments => Some("experiment"),
        Feature::Backup => Some("backup"),
        Feature::Budget => Some("budget"),
        Feature::Config => Some("config"),
        Feature::StackSets => Some("stack_sets"),
        _ => None,
    }
}

#[test]
fn a_feature_adds_only_blocks_of_its_own() {
    for feature in Feature::ALL {
        let shape = |features: Features| addresses(&document(&Settings { features, ..Settings::default() }));
        let with = shape(Features::default().with(feature));
        let without = shape(Features::default().without(feature));
        assert!(without.is_subset(&with), "{feature} adds something when it is off");
        let gone: BTreeSet<_> = with.difference(&without).collect();
        let own = |address: &str| own_addresses(feature).is_some_and(|own| address.contains(own));
        assert!(gone.iter().all(|address| own(address)), "{feature} takes {gone:?} along");
        assert_eq!(gone.is_empty(), own_addresses(feature).is_none(), "{feature}");
    }
}

/// Features that leave the blocks of others as they are; tracing and insights are arguments of others' blocks.
const APART: [Feature; 7] = [
    Feature::FlowLogs,
    Feature::Dashboard,
    Feature::Experiments,
    Feature::Backup,
    Feature::Budget,
    Feature::Config,
    Feature::StackSets,
];

#[test]
fn a_feature_of_its_own_changes_nothing_else() {
    for feature in APART {
        let shape = |features: Features| document(&Settings { features, ..Settings::default() });
        let with = shape(Features::default().with(feature));
        let without = shape(Features::default().without(feature));
        for (type_name, name, body) in resources(&without) {
            assert_eq!(body, &with["resource"][type_name][name], "{feature} changes {type_name}.{name}");
        }
        for part in ["variable", "output", "data", "ephemeral", "locals", "provider", "terraform"] {
            assert_eq!(without[part], with[part], "{feature} changes {part}");
        }
    }
}

#[test]
fn data_is_replaced_by_no_feature() {
    let stores = ["aws_rds_cluster", "aws_rds_cluster_instance", "aws_dynamodb_table", "aws_s3_bucket", "aws_kms_key"];
    let none = document(&Settings { features: Features::none(), ..Settings::default() });
    let all = document(&Settings { features: Features::all(), ..Settings::default() });
    for (type_name, name, body) in resources(&none).filter(|(type_name, _, _)| stores.contains(type_name)) {
        let other = &all["resource"][type_name][name];
        // What may differ can be changed in place.
        for (argument, value) in body.as_object().unwrap() {
            let in_place = ["monitoring_interval", "performance_insights_enabled"].contains(&argument.as_str());
            assert!(in_place || value == &other[argument], "{type_name}.{name} {argument}");
        }
    }
}

#[test]
fn three_zones_give_three_subnets_in_each_region() {
    let document = document(&Settings { availability_zones: 3, ..Settings::default() });
    assert_eq!(document["resource"]["aws_subnet"].as_object().unwrap().len(), 6);
    assert_eq!(document["resource"]["aws_route_table_association"].as_object().unwrap().len(), 6);
}

#[test]
fn callers_prove_who_they_are_as_the_shape_says_and_what_checkers_ask_stays_open() {
    for (authorization, type_, key) in [
        (ApiAuthorization::None, "NONE", false),
        (ApiAuthorization::AwsIam, "AWS_IAM", false),
        (ApiAuthorization::ApiKey, "NONE", true),
    ] {
        let document = document(&Settings { api_authorization: authorization, ..Settings::default() });
        let methods = document["resource"]["aws_api_gateway_method"].as_object().unwrap();
        assert_eq!(methods.len(), 7);
        for (name, method) in methods {
            let open = name.ends_with("get_health") || name.ends_with("failover_latch");
            assert_eq!(method["authorization"], if open { "NONE" } else { type_ }, "{name}");
            assert_eq!(method["api_key_required"].as_bool().unwrap_or(false), key && !open, "{name}");
        }
        assert_eq!(document["resource"]["aws_api_gateway_usage_plan"].is_object(), key);
    }
}

#[test]
fn a_new_deployment_is_triggered_by_what_is_deployed_and_by_nothing_else() {
    let trigger = |settings: &Settings| {
        let document = document(settings);
        let deployments = &document["resource"]["aws_api_gateway_deployment"];
        ["primary_payments", "dr_payments"].map(|name| deployments[name]["triggers"]["definition"].to_string())
    };
    let default = trigger(&Settings::default());
    let mut without_dashboard = Settings::default();
    without_dashboard.features.set(Feature::Dashboard, false);
    assert_eq!(default, trigger(&without_dashboard));
    let signed = Settings { api_authorization: ApiAuthorization::AwsIam, ..Settings::default() };
    let changed = trigger(&signed);
    assert!(default[0] != changed[0] && default[1] != changed[1]);
}

#[test]
fn prevent_destroy_guards_every_store_of_data() {
    let document = document(&Settings { prevent_destroy: true, ..Settings::default() });
    let guarded: BTreeSet<_> = resources(&document)
        .filter(|(_, _, body)| body["lifecycle"]["prevent_destroy"] == true)
        .map(|(type_name, name, _)| format!("{type_name}.{name}"))
        .collect();
    for address in [
        "aws_rds_global_cluster.primary_payments",
        "aws_rds_cluster.primary_database",
        "aws_rds_cluster.dr_database",
        "aws_dynamodb_table.primary_sessions",
        "aws_dynamodb_table_replica.dr_sessions",
        "aws_dynamodb_table.dr_failover_state",
        "aws_s3_bucket.primary_receipts",
        "aws_s3_bucket.dr_receipts",
        "aws_kms_key.primary_database",
        "aws_kms_key.dr_storage",
    ] {
        assert!(guarded.contains(address), "{address} can be destroyed");
    }
    let unguarded = super::document(&Settings::default());
    assert!(resources(&unguarded).all(|(_, _, body)| body["lifecycle"]["prevent_destroy"] != true));
}
