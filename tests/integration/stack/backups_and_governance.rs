//! Backups, restore tests, the budget, AWS Config and stack sets: what must hold of them in the document.

use dr_synth::settings::Settings;
use serde_json::{Value, json};

use super::{document, whole_document};

const REGIONS: [(&str, &str, &str); 2] = [("primary", "us-east-1", "us-east-2"), ("dr", "us-east-2", "us-east-1")];

fn body<'a>(document: &'a Value, type_name: &str, name: &str) -> &'a Value {
    let body = &document["resource"][type_name][name];
    assert!(body.is_object(), "there is no {type_name}.{name}");
    body
}

#[test]
fn each_region_copies_to_the_other() {
    let document = whole_document();
    for (prefix, _, other) in REGIONS {
        let rules = body(&document, "aws_backup_plan", &format!("{prefix}_backup"))["rule"].as_array().unwrap();
        let copies: Vec<_> = rules.iter().filter_map(|rule| rule["copy_action"].as_array()).flatten().collect();
        let [copy] = copies[..] else { panic!("{prefix}: {copies:?}") };
        let destination = copy["destination_vault_arn"].as_str().unwrap();
        assert!(destination.starts_with(&format!("arn:aws:backup:{other}:")), "{prefix} copies to {destination}");
        let own = format!("${{aws_backup_vault.{prefix}_backup.name}}");
        assert!(rules.iter().all(|rule| rule["target_vault_name"] == own.as_str()), "{prefix}: {rules:?}");
    }
}

/// How a selection for backups says what a restore test names by its ARN: the database by a reference to its cluster.
fn protected(document: &Value, prefix: &str, what: &str, arns: &Value) -> Value {
    if what != "database" {
        return arns.clone();
    }
    let cluster = format!("{prefix}_database");
    let identifier = &body(document, "aws_rds_cluster", &cluster)["cluster_identifier"];
    assert!(arns[0].as_str().unwrap().ends_with(&format!(":cluster:{}", identifier.as_str().unwrap())), "{arns}");
    json!([format!("${{aws_rds_cluster.{cluster}.arn}}")])
}

#[test]
fn what_is_backed_up_is_test_restored() {
    let document = whole_document();
    for (prefix, _, _) in REGIONS {
        for (what, kind) in [("database", "Aurora"), ("sessions", "DynamoDB"), ("receipts", "S3")] {
            let name = format!("{prefix}_backup_{what}");
            let saved = body(&document, "aws_backup_selection", &name);
            let tested = body(&document, "aws_backup_restore_testing_selection", &name);
            assert_eq!(
                saved["resources"],
                protected(&document, prefix, what, &tested["protected_resource_arns"]),
                "{name}"
            );
            assert_eq!(saved["count"], tested["count"], "{name}");
            assert_eq!(tested["protected_resource_type"], kind);
            // AWS Backup takes no hyphens there, which `terraform validate` finds only once the name is known.
            assert!(tested["name"].as_str().unwrap().chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
        }
        let plan = body(&document, "aws_backup_restore_testing_plan", &format!("{prefix}_backup"));
        assert!(plan["name"].as_str().unwrap().contains(r#"replace(var.environment_suffix, "-", "_")"#), "{plan}");
    }
}

#[test]
fn a_vault_is_locked_in_a_mode_that_can_be_undone_and_nobody_deletes_from_it() {
    let document = whole_document();
    for (prefix, _, _) in REGIONS {
        let name = format!("{prefix}_backup");
        let lock = body(&document, "aws_backup_vault_lock_configuration", &name);
        assert!(lock["changeable_for_days"].is_null(), "compliance mode: {lock}");
        let shortest = lock["min_retention_days"].as_u64().unwrap();
        for rule in body(&document, "aws_backup_plan", &name)["rule"].as_array().unwrap() {
            // The weekly rule's days are a variable, whose validation asks for as many.
            let days = rule["lifecycle"]["delete_after"].as_u64();
            assert!(days.is_none_or(|days| days >= shortest), "the lock refuses {rule}");
        }
        let policy = body(&document, "aws_backup_vault_policy", &name)["policy"].as_str().unwrap();
        assert!(policy.contains(r#""Effect" = "Deny""#) && policy.contains("backup:DeleteRecoveryPoint"), "{policy}");
    }
}

/// The role that restores could overwrite what is live, if it were let.
#[test]
fn a_restore_test_writes_and_deletes_only_what_is_named_as_its_own() {
    let document = whole_document();
    let writes = ["Delete", "Put", "BatchWrite", "UpdateItem", "CreateBucket", "AddTags"];
    for (prefix, _, _) in REGIONS {
        for name in ["backup_restore", "backup_restore_receipts"] {
            let policy =
                body(&document, "aws_iam_role_policy", &format!("{prefix}_{name}"))["policy"].as_str().unwrap();
            for statement in policy.split(r#"{"Action" = "#).skip(1) {
                let (actions, rest) = statement.split_once(r#""Effect""#).unwrap();
                if writes.iter().any(|word| actions.contains(word)) {
                    let resources = rest.split_once(r#""Resource" = "#).unwrap().1.split(r#""Sid""#).next().unwrap();
                    let named = resources.matches("awsbackup-restore-test*").count();
                    assert_eq!(named, resources.matches("arn:aws:").count(), "{prefix}_{name}: {statement}");
                }
            }
        }
    }
}

/// What `functions/backup_verification_tests/test_structure.py` says that each function needs.
#[test]
fn the_functions_are_told_what_they_need() {
    let document = document(&Settings::default());
    let shared = ["ENVIRONMENT", "METRIC_NAMESPACE"];
    let own: [(&str, &[&str]); 2] = [
        (
            "backup_validator",
            &[
                "DATABASE_CLUSTER",
                "DATABASE_KEY_ARN",
                "RECEIPTS_KEY_ARN",
                "SESSIONS_KEY_ARN",
                "SESSION_TABLE",
                "TESTING_PLAN_ARN",
            ],
        ),
        ("backup_restore_test_age", &["RESOURCE_TYPES", "TESTING_PLAN"]),
    ];
    for (prefix, _, _) in REGIONS {
        for (function, names) in own {
            let function = body(&document, "aws_lambda_function", &format!("{prefix}_{function}"));
            let variables = function["environment"]["variables"].as_object().unwrap();
            let mut expected: Vec<_> = names.iter().chain(&shared).copied().collect();
            expected.sort_unstable();
            assert_eq!(variables.keys().collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn the_budget_tells_at_80_and_100_percent() {
    let document = document(&Settings::default());
    let budget = body(&document, "aws_budgets_budget", "dr_budget");
    assert_eq!(budget["limit_amount"], "${tostring(var.monthly_budget_usd)}");
    let notices: Vec<_> = budget["notification"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| (notice["notification_type"].as_str().unwrap(), notice["threshold"].as_u64().unwrap()))
        .collect();
    assert_eq!(notices, [("ACTUAL", 80), ("FORECASTED", 100), ("ACTUAL", 100)]);
    let topic = body(&document, "aws_sns_topic_policy", "dr_alerts")["policy"].as_str().unwrap();
    let key = body(&document, "aws_kms_key", "dr_operations")["policy"].as_str().unwrap();
    assert!(
        topic.contains("budgets.amazonaws.com") && key.contains("budgets.amazonaws.com"),
        "the notice would be lost"
    );
}

#[test]
fn recording_begins_in_aws_configs_order_and_records_roles_once() {
    let document = whole_document();
    let mut global = Vec::new();
    for (prefix, _, _) in REGIONS {
        let name = format!("{prefix}_config");
        let recorder = body(&document, "aws_config_configuration_recorder", &name);
        global.push(recorder["recording_group"]["include_global_resource_types"] == true);
        let waits = |type_name: &str, name: &str| body(&document, type_name, name)["depends_on"].clone();
        assert_eq!(
            waits("aws_config_delivery_channel", &name),
            json!([
                format!("aws_config_configuration_recorder.{name}"),
                format!("aws_s3_bucket_policy.{name}"),
                format!("aws_iam_role_policy.{name}"),
            ])
        );
        assert_eq!(
            waits("aws_config_configuration_recorder_status", &name),
            json!([format!("aws_config_delivery_channel.{name}")])
        );
        assert_eq!(
            waits("aws_config_config_rule", &format!("{name}_key_rotated")),
            json!([format!("aws_config_configuration_recorder_status.{name}")])
        );
    }
    assert_eq!(global.iter().filter(|records| **records).count(), 1, "{global:?}");
}

#[test]
fn the_stack_set_leaves_roles_to_aws_and_its_template_is_sound() {
    let document = whole_document();
    let set = body(&document, "aws_cloudformation_stack_set", "dr_stack_sets_baseline");
    assert_eq!(set["permission_model"], "SERVICE_MANAGED");
    assert!(set["administration_role_arn"].is_null() && set["execution_role_name"].is_null());
    let text = set["template_body"].as_str().unwrap().replace("$${", "${");
    let template: Value = serde_json::from_str(&text).unwrap();
    let declared: Vec<_> = template["Parameters"].as_object().unwrap().keys().collect();
    assert_eq!(declared, set["parameters"].as_object().unwrap().keys().collect::<Vec<_>>());
    // EventBridge says of no account whom it acts for (SNS developer guide, "Fanout to encrypted topics").
    let statements =
        ["/Resources/AlertKey/Properties/KeyPolicy", "/Resources/AlertTopicPolicy/Properties/PolicyDocument"]
            .map(|policy| template.pointer(policy).unwrap()["Statement"].as_array().unwrap());
    let of_bus: Vec<_> =
        statements.into_iter().flatten().filter(|it| it["Principal"]["Service"] == "events.amazonaws.com").collect();
    assert_eq!(of_bus.len(), 2);
    assert!(of_bus.iter().all(|statement| !statement.to_string().contains("aws:Source")), "{of_bus:?}");
    for (name, resource) in template["Resources"].as_object().unwrap() {
        let statements = resource.to_string();
        assert!(!statements.contains(r#""Action":"*""#), "{name} allows everything");
    }
}
