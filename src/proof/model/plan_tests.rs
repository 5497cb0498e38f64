use serde_json::{Value, json};

use super::super::{Account, Model, Target};
use super::from_plan;

/// A bucket in the root, one in a module with `for_each`, and a rule of the root that names the module's output.
fn plan() -> Value {
    let bucket = |address: &str, name: &str| json!({"address": address, "mode": "managed", "type": "aws_s3_bucket", "name": "b", "values": {"bucket": name}});
    let unknown = |address: &str| json!({"address": address, "change": {"actions": ["create"], "after_unknown": {"arn": true, "id": true}}});
    json!({
        "variables": {"standby": {"value": "us-west-2"}},
        "planned_values": {"root_module": {
            "resources": [
                bucket("aws_s3_bucket.b", "orders"),
                {"address": "aws_s3_bucket_replication_configuration.r", "mode": "managed",
                 "type": "aws_s3_bucket_replication_configuration", "name": "r",
                 "values": {"rule": [{"status": "Enabled", "destination": [{}]}]}},
            ],
            "child_modules": [
                {"address": "module.copy[\"a\"]", "resources": [bucket("module.copy[\"a\"].aws_s3_bucket.b", "copy-a")]},
                {"address": "module.copy[\"b\"]", "resources": [bucket("module.copy[\"b\"].aws_s3_bucket.b", "copy-b")]},
            ],
        }},
        "resource_changes": [
            unknown("aws_s3_bucket.b"),
            unknown("module.copy[\"a\"].aws_s3_bucket.b"),
            unknown("module.copy[\"b\"].aws_s3_bucket.b"),
            {"address": "aws_s3_bucket_replication_configuration.r", "change": {"after_unknown":
                {"bucket": true, "id": true, "rule": [{"destination": [{"bucket": true}]}]}}},
        ],
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}},
                "aws.dr": {"name": "aws", "alias": "dr", "expressions": {
                    "region": {"references": ["var.standby"]},
                    "assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::222222222222:role/backup"}}],
                }},
            },
            "root_module": {
                "resources": [
                    {"address": "aws_s3_bucket.b", "provider_config_key": "aws"},
                    {"address": "aws_s3_bucket_replication_configuration.r", "provider_config_key": "aws",
                     "depends_on": ["aws_s3_bucket.b"],
                     "expressions": {
                        "bucket": {"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]},
                        "rule": [{"destination": [{"bucket": {"references": ["module.copy[\"a\"].arn", "module.copy[\"a\"]", "module.copy"]}}]}],
                     }},
                ],
                "module_calls": {"copy": {"module": {
                    "resources": [{"address": "aws_s3_bucket.b", "provider_config_key": "aws.dr"}],
                    "outputs": {"arn": {"expression": {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}}},
                }}},
            },
        },
    })
}

fn model() -> Model {
    from_plan(&plan().to_string()).expect("a plan")
}

#[test]
fn instances_have_the_region_and_account_of_their_provider() {
    let model = model();
    let places: Vec<_> = model
        .of_type("aws_s3_bucket")
        .map(|bucket| (bucket.address.as_str(), bucket.region_name(), bucket.account.clone()))
        .collect();
    let other = Account::Number("222222222222".to_owned());
    assert_eq!(
        places,
        [
            ("aws_s3_bucket.b", "us-east-1", Account::Ambient),
            ("module.copy[\"a\"].aws_s3_bucket.b", "us-west-2", other.clone()),
            ("module.copy[\"b\"].aws_s3_bucket.b", "us-west-2", other),
        ]
    );
}

#[test]
fn references_to_what_the_apply_gives_lead_to_instances() {
    let model = model();
    let rule = model.of_type("aws_s3_bucket_replication_configuration").next().expect("the rule");
    assert_eq!(rule.depends_on, ["aws_s3_bucket.b"]);
    let found = |path: &str| match model.resolve(&["aws_s3_bucket"], rule.at(path), rule) {
        Target::Found(found) => found.address.clone(),
        other => format!("{other:?}"),
    };
    assert_eq!(found("bucket"), "aws_s3_bucket.b");
    assert_eq!(found("rule.destination.bucket"), "module.copy[\"a\"].aws_s3_bucket.b");
}

#[test]
fn what_is_no_plan_is_named() {
    for (text, word) in [
        (json!({"values": {}}), "a state"),
        (json!({"resource": {}}), "a configuration"),
        (json!([]), "JSON of another kind"),
        (json!(5), "JSON of another kind"),
    ] {
        let error = from_plan(&text.to_string()).expect_err("no plan").to_string();
        assert!(error.contains(word), "{error}");
    }
    assert!(from_plan("{").is_err());
}
