use serde_json::Value;

use super::pack::{MOST_CHARACTERS, MOST_POLICIES};
use super::{Permissions, Purpose, actions, permissions};
use crate::proof::model::from_configuration;
use crate::terraform::Configuration;
use crate::terraform::evaluation::Inputs;

const ACCOUNT: &str = "123456789012";
const EVERYTHING: [Purpose; 3] = [Purpose::Plan, Purpose::Apply, Purpose::Destroy];

fn of(document: &str, purposes: &[Purpose]) -> Permissions {
    let module = crate::terraform::parse::document(document).unwrap();
    let configuration = Configuration::from(module);
    let model = from_configuration(&configuration, &Inputs::default());
    permissions(&configuration, &model, purposes, Some(ACCOUNT)).unwrap()
}

fn resources_of<'a>(found: &'a Permissions, action: &str) -> Vec<&'a str> {
    let statements = found.policies.iter().filter_map(|policy| policy["Statement"].as_array()).flatten();
    let having = statements.filter(|statement| statement["Action"].as_array().unwrap().iter().any(|one| one == action));
    having.flat_map(|statement| statement["Resource"].as_array().unwrap().iter().filter_map(Value::as_str)).collect()
}

const TABLE: &str = r#"{
    "provider": {"aws": {"region": "eu-west-1"}},
    "resource": {"aws_dynamodb_table": {"orders": {"name": "orders", "hash_key": "id", "billing_mode": "PAY_PER_REQUEST",
        "attribute": [{"name": "id", "type": "S"}]}}}
}"#;

#[test]
fn permissions_reach_the_names_in_the_configuration_and_no_others() {
    let found = of(TABLE, &EVERYTHING);
    let table = format!("arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders");
    assert_eq!(resources_of(&found, "dynamodb:CreateTable"), [table.as_str()]);
    assert_eq!(resources_of(&found, "dynamodb:DeleteTable"), [table.as_str()]);
}

#[test]
fn a_plan_may_change_nothing() {
    let found = of(TABLE, &[Purpose::Plan]);
    let all = actions(&found.policies);
    assert!(all.contains("dynamodb:DescribeTable"), "{all:?}");
    let reading = ["Describe", "Get", "List", "View", "Head"];
    for action in all {
        let name = action.split_once(':').unwrap().1;
        assert!(reading.iter().any(|word| name.starts_with(word)), "{action}");
    }
    assert!(!actions(&of(TABLE, &[Purpose::Apply]).policies).contains("dynamodb:DeleteTable"));
}

#[test]
fn a_type_without_a_record_is_named() {
    let found = of(r#"{"resource": {"aws_groundstation_antenna": {"it": {}}}}"#, &EVERYTHING);
    assert_eq!(found.unrecorded["aws_groundstation_antenna"], ["aws_groundstation_antenna.it"]);
    assert!(found.policies.is_empty());
}

#[test]
fn ephemeral_resources_are_asked_for_too() {
    let found = of(r#"{"ephemeral": {"aws_secretsmanager_random_password": {"it": {}}}}"#, &[Purpose::Apply]);
    assert_eq!(resources_of(&found, "secretsmanager:GetRandomPassword"), ["*"]);
}

#[test]
fn a_name_with_an_id_that_only_an_apply_knows_is_a_pattern() {
    let found = of(
        r#"{"resource": {"aws_api_gateway_rest_api": {"it": {"name": "orders"}}, "aws_cloudwatch_log_group": {"it": {
            "name": "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.it.id}/live"}}},
            "provider": {"aws": {"region": "eu-west-1"}}}"#,
        &[Purpose::Plan],
    );
    let group = format!("arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:API-Gateway-Execution-Logs_*/live");
    assert_eq!(resources_of(&found, "logs:ListTagsForResource"), [group.as_str()]);
}

#[test]
fn names_are_drawn_together_only_where_they_do_not_fit() {
    let tables: Vec<String> = (0..3_000).map(|n| format!(r#""t{n}": {{"name": "payments-table-{n}-dev"}}"#)).collect();
    let document = format!(r#"{{"resource": {{"aws_dynamodb_table": {{{}}}}}}}"#, tables.join(","));
    let found = of(&document, &EVERYTHING);
    let resources = resources_of(&found, "dynamodb:CreateTable");
    assert_eq!(resources, [format!("arn:aws:dynamodb:*:{ACCOUNT}:table/payments-table-*-dev").as_str()]);
}

/// A bucket of somebody else's, looked at beside many of the stack's, opens no others.
#[test]
fn names_that_have_nothing_in_common_are_not_drawn_together() {
    let buckets: Vec<String> = (0..300)
        .map(|n| format!(r#""b{n}": {{"bucket": "payments-a-rather-long-name-of-a-bucket-{n}-dev"}}"#))
        .collect();
    let document = format!(
        r#"{{"resource": {{"aws_s3_bucket": {{{}}}}}, "data": {{"aws_s3_bucket": {{"it": {{"bucket": "acme-logs"}}}}}}}}"#,
        buckets.join(",")
    );
    let found = of(&document, &EVERYTHING);
    let own = "arn:aws:s3:::payments-a-rather-long-name-of-a-bucket-*-dev";
    assert_eq!(resources_of(&found, "s3:ListBucket"), ["arn:aws:s3:::acme-logs", own]);
    assert_eq!(resources_of(&found, "s3:CreateBucket"), [own]);
}

#[test]
fn the_stack_fits_into_what_iam_takes() {
    let document = include_str!("../../../tests/integration/stack/main.tf.json");
    for purposes in [&EVERYTHING[..], &EVERYTHING[..1], &EVERYTHING[1..2], &EVERYTHING[2..]] {
        let found = of(document, purposes);
        assert!(found.unrecorded.is_empty(), "{:?}", found.unrecorded);
        assert!((1..=MOST_POLICIES).contains(&found.policies.len()), "{}", found.policies.len());
        assert!(found.policies.iter().all(|policy| policy.to_string().len() <= MOST_CHARACTERS));
    }
}

#[test]
fn what_is_in_the_account_of_a_role_is_not_granted_in_the_own_one() {
    let document = r#"{
        "provider": {"aws": [{"region": "eu-west-1"},
            {"alias": "other", "region": "eu-west-1", "assume_role": [{"role_arn": "arn:aws:iam::222222222222:role/deploy"}]}]},
        "resource": {"aws_sns_topic": {"here": {"name": "here"}, "there": {"name": "there", "provider": "aws.other"}}}
    }"#;
    let found = of(document, &EVERYTHING);
    assert_eq!(resources_of(&found, "sns:CreateTopic"), [format!("arn:aws:sns:eu-west-1:{ACCOUNT}:here")]);
    assert_eq!(found.elsewhere["222222222222"], ["aws_sns_topic.there"]);
}

#[test]
fn a_name_that_begins_with_a_prefix_is_granted_by_it() {
    let document = r#"{
        "provider": {"aws": {"region": "eu-west-1"}},
        "resource": {
            "aws_iam_role": {"it": {"name_prefix": "orders-", "assume_role_policy": "{}"}},
            "aws_iam_role_policy": {"it": {"role": "${aws_iam_role.it.name}", "policy": "{}"}},
            "aws_s3_bucket": {"it": {"bucket_prefix": "orders-"}},
            "aws_s3_bucket_versioning": {"it": {"bucket": "${aws_s3_bucket.it.id}", "versioning_configuration": {"status": "Enabled"}}},
            "aws_rds_cluster": {"it": {"cluster_identifier_prefix": "orders-", "engine": "aurora-postgresql"}},
            "aws_db_instance": {"it": {"identifier_prefix": "orders-"}},
            "aws_cloudwatch_log_group": {"it": {"name_prefix": "/orders/"}},
            "aws_sqs_queue": {"it": {"name_prefix": "orders-"}},
            "aws_secretsmanager_secret": {"it": {"name_prefix": "orders-"}},
            "aws_lambda_function": {"it": {"function_name": "f", "role": "${aws_iam_role.it.arn}"}}
        }
    }"#;
    let found = of(document, &EVERYTHING);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/orders-*");
    for action in ["iam:CreateRole", "iam:PutRolePolicy", "iam:PassRole"] {
        assert_eq!(resources_of(&found, action), [role.as_str()], "{action}");
    }
    for action in ["s3:CreateBucket", "s3:PutBucketVersioning"] {
        assert_eq!(resources_of(&found, action), ["arn:aws:s3:::orders-*"], "{action}");
    }
    let all = serde_json::to_string(&found.policies).unwrap();
    for arn in [":cluster:orders-*", ":log-group:/orders/*", ":secret:orders-*"] {
        assert!(all.contains(arn), "{arn}: {all}");
    }
    assert!(!all.contains(&format!(":{ACCOUNT}:cluster:*")) && !all.contains("log-group:*"), "{all}");
}

#[test]
fn a_path_is_part_of_what_iam_calls_a_role() {
    let document = r#"{
        "provider": {"aws": {"region": "eu-west-1"}},
        "resource": {
            "aws_iam_role": {"it": {"name": "orders", "path": "/apps/", "assume_role_policy": "{}"}},
            "aws_iam_role_policy": {"it": {"role": "${aws_iam_role.it.id}", "policy": "{}"}},
            "aws_lambda_function": {"it": {"function_name": "f", "role": "${aws_iam_role.it.arn}"}}
        }
    }"#;
    let found = of(document, &EVERYTHING);
    for action in ["iam:CreateRole", "iam:PutRolePolicy", "iam:PassRole"] {
        assert_eq!(resources_of(&found, action), [format!("arn:aws:iam::{ACCOUNT}:role/apps/orders")], "{action}");
    }
}

#[test]
fn another_partition_has_arns_of_its_own() {
    let document = r#"{
        "provider": {"aws": {"region": "us-gov-west-1"}},
        "resource": {
            "aws_s3_bucket": {"it": {"bucket": "orders"}},
            "aws_iam_role": {"it": {"name": "orders", "assume_role_policy": "{}"}},
            "aws_lambda_function": {"it": {"function_name": "f", "role": "${aws_iam_role.it.arn}"}}
        }
    }"#;
    let found = of(document, &EVERYTHING);
    let all = serde_json::to_string(&found.policies).unwrap();
    assert!(!all.contains("arn:aws:") && all.contains("arn:aws-us-gov:s3:::orders"), "{all}");
    assert_eq!(resources_of(&found, "iam:PassRole"), [format!("arn:aws-us-gov:iam::{ACCOUNT}:role/orders")]);
}

const ROLES: &str = r#"{
    "provider": {"aws": [{"region": "eu-west-1"},
        {"alias": "other", "region": "eu-west-1", "assume_role": [
            {"role_arn": "arn:aws:iam::222222222222:role/deploy", "tags": {"team": "a"}, "source_identity": "x"},
            {"role_arn": "arn:aws:iam::333333333333:role/second"}]},
        {"alias": "unused", "region": "eu-west-1", "assume_role": [{"role_arn": "arn:aws:iam::222222222222:role/unused"}]}]},
    "resource": {"aws_sns_topic": {"here": {"name": "here"}, "there": {"name": "there", "provider": "aws.other"}}}
}"#;

#[test]
fn a_role_that_a_provider_takes_is_taken_by_the_caller() {
    for purpose in EVERYTHING {
        let found = of(ROLES, &[purpose]);
        for action in ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] {
            // The first role takes the second, and a provider of nothing takes none.
            assert_eq!(resources_of(&found, action), ["arn:aws:iam::222222222222:role/deploy"], "{action}");
        }
    }
}

#[test]
fn the_policies_of_the_role_itself_do_not_take_it_again() {
    let module = crate::terraform::parse::document(ROLES).unwrap();
    let configuration = Configuration::from(module);
    let model = from_configuration(&configuration, &Inputs::default());
    let found = permissions(&configuration, &model, &EVERYTHING, Some("222222222222")).unwrap();
    assert_eq!(resources_of(&found, "sts:AssumeRole"), Vec::<&str>::new());
}

#[test]
fn an_apply_of_a_plan_deletes_what_the_plan_deletes() {
    let change = |address: &str, kind: &str, actions: Value, before: Value| {
        serde_json::json!({"address": address, "mode": "managed", "type": kind, "name": "x",
            "change": {"actions": actions, "before": before, "after": null, "after_unknown": {}}})
    };
    let plan = serde_json::json!({
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [
            {"address": "aws_sns_topic.again", "mode": "managed", "type": "aws_sns_topic", "name": "again", "values": {"name": "new"}},
        ]}},
        "resource_changes": [
            change("aws_sns_topic.again", "aws_sns_topic", serde_json::json!(["delete", "create"]), serde_json::json!({"name": "old"})),
            change("aws_dynamodb_table.gone", "aws_dynamodb_table", serde_json::json!(["delete"]),
                serde_json::json!({"name": "gone", "arn": "arn:aws:dynamodb:eu-central-1:123456789012:table/gone"})),
            change("aws_dynamodb_table.kept", "aws_dynamodb_table", serde_json::json!(["no-op"]), serde_json::json!({"name": "kept"})),
        ],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}},
            "root_module": {"resources": [{"address": "aws_sns_topic.again", "provider_config_key": "aws"}]},
        },
    });
    let model = crate::proof::model::from_plan(&plan.to_string()).unwrap();
    let of = |purpose| permissions(&Configuration::default(), &model, &[purpose], Some(ACCOUNT)).unwrap();
    let found = of(Purpose::Apply);
    let gone = format!("arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/gone");
    assert_eq!(resources_of(&found, "dynamodb:DeleteTable"), [gone.as_str()]);
    assert_eq!(resources_of(&found, "sns:DeleteTopic"), [format!("arn:aws:sns:eu-west-1:{ACCOUNT}:old")]);
    assert_eq!(resources_of(&found, "sns:CreateTopic"), [format!("arn:aws:sns:eu-west-1:{ACCOUNT}:new")]);
    assert!(resources_of(&found, "dynamodb:CreateTable").is_empty());
    let planned = of(Purpose::Plan);
    assert!(resources_of(&planned, "dynamodb:DeleteTable").is_empty());
    assert_eq!(resources_of(&planned, "dynamodb:DescribeTable"), [gone.as_str()]);
}
