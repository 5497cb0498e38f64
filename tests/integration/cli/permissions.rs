//! `dr-synth permissions`: policies on stdout, what is unknown on stderr.

use serde_json::Value;

use crate::common::dr_synth;

const TABLE: &str = r#"{
    "variable": {"suffix": {"default": "dev"}},
    "provider": {"aws": {"region": "eu-west-1"}},
    "resource": {
        "aws_dynamodb_table": {"it": {"name": "orders-${var.suffix}", "hash_key": "id", "billing_mode": "PAY_PER_REQUEST",
            "attribute": [{"name": "id", "type": "S"}]}}
    }
}"#;

#[test]
fn policies_name_what_is_in_the_configuration() {
    let run = dr_synth("permissions --for apply --account 123456789012 --var suffix=prod");
    let policies: Vec<Value> = serde_json::from_str(&run.file("main.tf.json", TABLE).succeed().stdout()).unwrap();
    assert_eq!(policies.len(), 1);
    let text = policies[0].to_string();
    assert!(text.contains("arn:aws:dynamodb:eu-west-1:123456789012:table/orders-prod"), "{text}");
    assert!(text.contains("dynamodb:CreateTable") && !text.contains("dynamodb:DeleteTable"), "{text}");
}

#[test]
fn without_an_account_the_policies_are_for_any() {
    let found = dr_synth("permissions --for plan").file("main.tf.json", TABLE).succeed().stdout();
    assert!(found.contains("arn:aws:dynamodb:eu-west-1:*:table/orders-dev"), "{found}");
}

#[test]
fn a_type_without_a_record_is_named_and_ends_with_1() {
    let document = r#"{"resource": {"aws_groundstation_antenna": {"it": {}}}}"#;
    let finished = dr_synth("permissions").file("main.tf.json", document).finish();
    assert_eq!(finished.status(), 1);
    assert_eq!(serde_json::from_str::<Value>(&finished.stdout()).unwrap(), serde_json::json!([]));
    assert!(finished.stderr().contains("aws_groundstation_antenna.it"), "{}", finished.stderr());
}

#[test]
fn bad_arguments_are_refused() {
    let refusal = dr_synth("permissions --account 12").refuse();
    assert!(refusal.contains("an account's number has twelve digits"), "{refusal}");
    let refusal = dr_synth("permissions nowhere").refuse();
    assert!(refusal.contains("cannot read the configuration"), "{refusal}");
}
