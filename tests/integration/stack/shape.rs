//! What the shape changes, and what it leaves alone.

use std::collections::BTreeSet;

use dr_synth::settings::{ApiAuthorization, Feature, Settings};

use super::{document, resources};

/// The outputs that scripts and people rely on.
const OUTPUTS: [&str; 20] = [
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
    "route53_ds_record",
    "route53_name_servers",
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
