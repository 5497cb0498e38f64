//! What things are called in AWS, and what must never be in the document.

use dr_synth::settings::Settings;
use serde_json::Value;

use super::{document, resources};

/// The arguments that name something in AWS.
const NAMES: [&str; 17] = [
    "alarm_name",
    "bucket",
    "cluster_identifier",
    "dashboard_name",
    "description",
    "final_snapshot_identifier",
    "function_name",
    "global_cluster_identifier",
    "identifier",
    "key",
    "name",
    "set_identifier",
    "stage_name",
    "statement_id",
    "tags",
    "alarm_description",
    "comment",
];

/// The text of a name without the references in it, which Terraform replaces.
fn literal_text(value: &Value) -> String {
    let text = value.to_string();
    let mut literal = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        literal.push_str(before);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    literal + rest
}

#[test]
fn nothing_that_is_named_in_aws_says_which_role_it_has() {
    let document = document(&Settings::default());
    let mut seen = 0;
    for (type_name, name, body) in resources(&document) {
        // Route 53's own words for the two answers of a failover record.
        if type_name == "aws_route53_record" {
            continue;
        }
        for argument in
            NAMES.iter().filter(|argument| !["description", "alarm_description", "comment"].contains(argument))
        {
            let text = literal_text(&body[argument]);
            for word in text.split(|c: char| !c.is_alphanumeric()) {
                assert!(
                    !["primary", "secondary", "dr", "standby"].contains(&word.to_lowercase().as_str()),
                    "{type_name}.{name} {argument} = {text}"
                );
            }
            seen += usize::from(!body[argument].is_null());
        }
    }
    assert!(seen > 100, "only {seen} names were looked at");
}

#[test]
fn names_carry_the_suffix() {
    let document = document(&Settings::default());
    for (type_name, argument) in [
        ("aws_rds_cluster", "cluster_identifier"),
        ("aws_rds_global_cluster", "global_cluster_identifier"),
        ("aws_s3_bucket", "bucket"),
        ("aws_lambda_function", "function_name"),
        ("aws_dynamodb_table", "name"),
        ("aws_sns_topic", "name"),
        ("aws_iam_role", "name"),
        ("aws_secretsmanager_secret", "name"),
        ("aws_api_gateway_rest_api", "name"),
        ("aws_cloudwatch_metric_alarm", "alarm_name"),
        ("aws_cloudwatch_log_group", "name"),
        ("aws_kms_alias", "name"),
    ] {
        for (name, body) in document["resource"][type_name].as_object().unwrap() {
            let value = body[argument].as_str().unwrap();
            // API Gateway names this group itself, after the API's id.
            if value.starts_with("API-Gateway-Execution-Logs_") {
                continue;
            }
            assert!(value.contains("${var.environment_suffix}"), "{type_name}.{name} {argument} = {value}");
        }
    }
}

#[test]
fn the_document_holds_no_secret() {
    let document = document(&Settings::default());
    for (type_name, name, body) in resources(&document) {
        for argument in ["password", "master_password", "secret_string", "secret_binary", "manage_master_user_password"]
        {
            assert!(body[argument].is_null(), "{type_name}.{name} has {argument}");
        }
    }
    let cluster = &document["resource"]["aws_rds_cluster"];
    assert!(cluster["primary_database"]["master_password_wo"].as_str().unwrap().contains("ephemeral."));
    for argument in ["master_password_wo", "master_username", "database_name"] {
        assert!(cluster["dr_database"][argument].is_null(), "a replica brings no {argument}");
    }
}

#[test]
fn both_clusters_ignore_what_a_switchover_changes() {
    let document = document(&Settings::default());
    for cluster in ["primary_database", "dr_database"] {
        assert_eq!(
            document["resource"]["aws_rds_cluster"][cluster]["lifecycle"]["ignore_changes"],
            serde_json::json!(["engine_version", "global_cluster_identifier", "replication_source_identifier"]),
        );
    }
}

/// Secrets Manager keeps a deleted secret's name for as long as it can be brought back. A destroy that the database's protection
/// refuses would leave a stack whose next apply cannot make the secret.
#[test]
fn no_secret_is_destroyed_before_the_database_that_is_protected() {
    let document = document(&Settings::default());
    let cluster = &document["resource"]["aws_rds_cluster"]["primary_database"];
    let after = cluster["depends_on"].as_array().unwrap();
    assert!(after.contains(&"aws_secretsmanager_secret.primary_application".into()), "{after:?}");
    // The administrator's comes before the cluster by its password.
    assert!(
        cluster["master_password_wo"].as_str().unwrap().contains("aws_secretsmanager_secret_version.primary_database")
    );
}

/// A version's `secret_id` is known before the version is there: a plan after an apply that ended between the two would read a secret
/// without a value, and fail each time.
#[test]
fn a_secret_of_the_stack_is_read_once_it_has_a_version() {
    let document = document(&Settings::default());
    let read = document["ephemeral"]["aws_secretsmanager_secret_version"].as_object().unwrap();
    assert!(!read.is_empty());
    for (name, body) in read {
        assert_eq!(body["secret_id"], format!("${{aws_secretsmanager_secret_version.{name}.arn}}"));
    }
}
