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
