//! Which provider configurations there are, and that the document suits both majors of the provider.

use std::collections::BTreeSet;

use dr_synth::settings::{Features, ProviderVersion, Settings};
use serde_json::Value;

use super::{document, resources};

fn aliases(document: &Value) -> Vec<(&str, &str)> {
    let providers = document["provider"]["aws"].as_array().unwrap();
    providers.iter().map(|one| (one["alias"].as_str().unwrap(), one["region"].as_str().unwrap())).collect()
}

fn settings(primary: &str, dr: &str) -> Settings {
    Settings { primary_region: primary.parse().unwrap(), dr_region: dr.parse().unwrap(), ..Settings::default() }
}

#[test]
fn there_are_two_configurations_and_no_default() {
    let document = document(&Settings::default());
    assert_eq!(aliases(&document), [("primary", "us-east-1"), ("dr", "us-east-2")]);
    for (type_name, name, body) in resources(&document) {
        let expected = if name.starts_with("primary_") { "aws.primary" } else { "aws.dr" };
        assert_eq!(body["provider"], expected, "{type_name}.{name}");
    }
}

#[test]
fn what_belongs_to_route_53_stands_in_us_east_1_wherever_the_stack_is() {
    for (primary, dr, prefix, count) in [
        ("us-east-1", "eu-west-1", "primary", 2),
        ("eu-west-1", "us-east-1", "dr", 2),
        ("eu-west-1", "eu-central-1", "route53_metrics", 3),
    ] {
        let document = document(&settings(primary, dr));
        assert_eq!(aliases(&document).len(), count, "{primary} and {dr}");
        for (type_name, name) in [
            ("aws_cloudwatch_metric_alarm", "endpoint_health"),
            ("aws_cloudwatch_metric_alarm", "dnssec_failure"),
            ("aws_kms_key", "dnssec"),
            ("aws_route53_key_signing_key", "payments"),
        ] {
            let body = &document["resource"][type_name][format!("{prefix}_{name}")];
            let alias = body["provider"].as_str().unwrap().trim_start_matches("aws.");
            assert!(aliases(&document).contains(&(alias, "us-east-1")), "{primary} and {dr}: {name}");
        }
    }
}

#[test]
fn terraform_signs_in_through_the_dr_region() {
    let document = document(&settings("eu-west-1", "eu-central-1"));
    for provider in document["provider"]["aws"].as_array().unwrap() {
        assert_eq!(provider["sts_region"], "eu-central-1");
    }
}

/// Documents are held to the types of the version that they are for, so this checks every block of every feature against 6.66.
#[test]
fn the_document_for_version_6_requires_it_and_has_what_only_it_has() {
    let for_version = |provider| document(&Settings { provider, features: Features::all(), ..Settings::default() });
    let (five, six) = (for_version(ProviderVersion::Five), for_version(ProviderVersion::Six));
    let required = |document: &Value| document["terraform"]["required_providers"]["aws"]["version"].clone();
    assert_eq!([required(&five), required(&six)], [">= 5.100.0, < 7.0.0", ">= 6.66.0, < 7.0.0"]);
    let zone = |document: &Value| document["resource"]["aws_route53_zone"]["primary_payments"].clone();
    assert_eq!(zone(&six)["enable_accelerated_recovery"], true);
    assert!(zone(&five)["enable_accelerated_recovery"].is_null());
}

/// Arguments that version 6 of the provider removed or renamed, of the types in use (provider's version 6 upgrade guide).
const REMOVED_IN_6: [(&str, &[&str]); 8] = [
    ("aws_api_gateway_account", &["reset_on_delete"]),
    ("aws_api_gateway_deployment", &["canary_settings", "stage_description", "stage_name"]),
    ("aws_flow_log", &["log_group_name"]),
    ("aws_lambda_function", &["replace_security_groups_on_destroy", "replacement_security_group_ids"]),
    (
        "aws_s3_bucket",
        &[
            "acceleration_status",
            "acl",
            "cors_rule",
            "grant",
            "lifecycle_rule",
            "logging",
            "policy",
            "replication_configuration",
            "request_payer",
            "server_side_encryption_configuration",
            "versioning",
            "website",
        ],
    ),
    ("aws_s3_bucket_lifecycle_configuration", &["prefix"]),
    ("aws_iam_role", &["inline_policy", "managed_policy_arns"]),
    ("aws_dynamodb_table", &["replica"]),
];

#[test]
fn nothing_is_used_that_version_6_of_the_provider_dropped() {
    let document = document(&Settings::default());
    let dropped = |type_name: &str| {
        REMOVED_IN_6.iter().find(|(dropped, _)| *dropped == type_name).map_or(&[][..], |(_, arguments)| *arguments)
    };
    let mut types = BTreeSet::new();
    for (type_name, name, body) in resources(&document) {
        for argument in dropped(type_name) {
            assert!(body[argument].is_null(), "{type_name}.{name} has {argument}");
        }
        types.insert(type_name);
    }
    for (type_name, _) in REMOVED_IN_6 {
        assert!(types.contains(type_name), "{type_name} is not in the document, so this test says nothing about it");
    }
}
