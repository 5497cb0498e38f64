//! What identities may do, and who may use a resource: read from the policies as AWS will read them.

use std::collections::BTreeSet;

use dr_synth::aws::policies::{ACCOUNT, Policy, policies};
use dr_synth::settings::{Features, Settings};
use dr_synth::stack;
use serde_json::Value;

/// The actions that AWS ties to no resource (service authorization reference, action by action).
const ABOUT_EVERYTHING: [&str; 24] = [
    "backup:DescribeRestoreJob",
    "backup:PutRestoreValidationResult",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "events:ListRules",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "s3:ListAllMyBuckets",
    "tag:GetResources",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// With one of these an identity gives itself, or code that it runs, permissions that it does not have.
const ESCALATIONS: [&str; 15] = [
    "cloudformation:CreateStack",
    "ec2:RunInstances",
    "iam:AddUserToGroup",
    "iam:AttachRolePolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "kms:PutKeyPolicy",
    "lambda:AddPermission",
    "lambda:CreateFunction",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "s3:PutBucketPolicy",
    "sts:AssumeRole",
];

/// Services whose requests for a role do not say whom they act for: a condition on the account would shut them out.
/// Nobody knows it of AWS Backup: AWS's own default role has no condition, and a role that is not taken on backs up nothing.
const TELL_NO_ACCOUNT: [&str; 4] =
    ["apigateway.amazonaws.com", "backup.amazonaws.com", "lambda.amazonaws.com", "s3.amazonaws.com"];

/// The policies of the default document and of the one with every feature.
fn all_policies() -> Vec<Policy> {
    [Features::default(), Features::all()]
        .into_iter()
        .flat_map(|features| {
            let stack = stack::build(&Settings { features, ..Settings::default() });
            policies(stack.module()).unwrap_or_else(|unread| panic!("{unread}"))
        })
        .collect()
}

fn of_type(type_name: &str) -> Vec<Policy> {
    let address = format!("{type_name}.");
    let found: Vec<_> =
        all_policies().into_iter().filter(|policy| policy.resource.to_string().starts_with(&address)).collect();
    assert!(!found.is_empty(), "there is no policy of a {type_name}");
    found
}

/// Where it stands and each statement of policies.
fn statements(policies: &[Policy]) -> impl Iterator<Item = (String, &Value)> {
    policies.iter().flat_map(|policy| {
        let statements = policy.document["Statement"].as_array().unwrap().iter();
        statements.map(|statement| (format!("{} {}", policy.resource, statement["Sid"]), statement))
    })
}

/// IAM takes one value bare.
fn many(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The condition keys of a statement with their values.
fn conditions(statement: &Value) -> Vec<(&str, Vec<&str>)> {
    let operators = statement["Condition"].as_object().into_iter().flat_map(serde_json::Map::values);
    operators.flat_map(|tests| tests.as_object().unwrap()).map(|(key, value)| (key.as_str(), many(value))).collect()
}

fn services(statement: &Value) -> Vec<&str> {
    many(&statement["Principal"]["Service"])
}

#[test]
fn every_statement_has_a_name_that_no_other_of_its_policy_has() {
    for policy in all_policies() {
        let statements = policy.document["Statement"].as_array().unwrap();
        let names: BTreeSet<_> = statements.iter().filter_map(|statement| statement["Sid"].as_str()).collect();
        assert_eq!(names.len(), statements.len(), "{}: {names:?}", policy.resource);
        // IAM takes letters and digits only.
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_alphanumeric())), "{names:?}");
    }
}

#[test]
fn only_what_aws_ties_to_no_resource_is_about_everything() {
    for (place, statement) in statements(&of_type("aws_iam_role_policy")) {
        let actions = many(&statement["Action"]);
        if statement["Effect"] == "Allow" && many(&statement["Resource"]).contains(&"*") {
            let wide: Vec<_> = actions.iter().filter(|action| !ABOUT_EVERYTHING.contains(action)).collect();
            assert!(wide.is_empty(), "{place} allows {wide:?} on everything");
        }
    }
}

/// Lambda asks for these before an interface is there, and makes no function for whom they are bound to interfaces or
/// conditions (hashicorp/terraform-provider-aws issue 20698).
#[test]
fn functions_in_a_network_may_handle_all_interfaces() {
    let mut found = 0;
    for (place, statement) in statements(&of_type("aws_iam_role_policy")) {
        let handles = many(&statement["Action"]).contains(&"ec2:DeleteNetworkInterface");
        if statement["Effect"] == "Allow" && handles {
            let resources = many(&statement["Resource"]);
            let all = |resource: &&str| resource.ends_with(&format!(":{ACCOUNT}:*/*"));
            assert!(!resources.is_empty() && resources.iter().all(all), "{place} is about {resources:?}");
            assert!(statement["Condition"].is_null(), "{place}");
            found += 1;
        }
    }
    assert_eq!(found, 8, "two functions in two regions of two documents");
}

#[test]
fn no_identity_may_do_whole_families_of_actions_or_raise_itself() {
    for (place, statement) in statements(&of_type("aws_iam_role_policy")) {
        for action in many(&statement["Action"]) {
            assert!(!action.contains('*'), "{place} allows {action}");
            assert!(!ESCALATIONS.contains(&action), "{place} allows {action}");
            if action == "kms:CreateGrant" {
                let for_services = ("kms:GrantIsForAWSResource", vec!["true"]);
                assert!(conditions(statement).contains(&for_services), "{place} hands keys to anybody");
            }
            if action == "iam:PassRole" {
                assert!(conditions(statement).iter().any(|(key, _)| *key == "iam:PassedToService"), "{place}");
                assert!(!many(&statement["Resource"]).contains(&"*"), "{place} passes any role");
            }
        }
    }
}

/// A key that stands alone in a statement could decrypt anything that its holder gets hold of.
#[test]
fn the_administrator_of_the_database_is_known_to_its_setup_only() {
    let document = stack::build(&Settings::default()).document().unwrap().to_bytes();
    let document: Value = serde_json::from_slice(&document).unwrap();
    for kind in ["aws_iam_role_policy", "aws_lambda_function"] {
        let blocks = document["resource"][kind].as_object().unwrap().iter();
        let told =
            blocks.filter(|(_, block)| block.to_string().contains("aws_secretsmanager_secret.primary_database."));
        assert_eq!(told.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["primary_database_setup"], "{kind}");
    }
}

#[test]
fn keys_are_used_through_a_service_or_for_what_they_name() {
    for (place, statement) in statements(&of_type("aws_iam_role_policy")) {
        let uses_key =
            many(&statement["Action"]).iter().any(|action| ["kms:Decrypt", "kms:GenerateDataKey"].contains(action));
        let bound = conditions(statement)
            .iter()
            .any(|(key, _)| *key == "kms:ViaService" || key.starts_with("kms:EncryptionContext:"));
        assert!(!uses_key || bound, "{place} uses a key for anything");
    }
}

#[test]
fn roles_are_taken_on_by_services_of_this_account_only() {
    for (place, statement) in statements(&of_type("aws_iam_role")) {
        let of_account = conditions(statement).iter().any(|(key, values)| {
            *key == "aws:SourceAccount" && *values == [ACCOUNT] || key.starts_with("aws:SourceArn")
        });
        let services = services(statement);
        if services.is_empty() {
            // Readers of evidence in other accounts: of the organization, and under one name.
            let keys: BTreeSet<_> = conditions(statement).into_iter().map(|(key, _)| key).collect();
            assert_eq!(keys, BTreeSet::from(["aws:PrincipalArn", "aws:PrincipalOrgID"]), "{place}");
            continue;
        }
        assert!(
            of_account || services.iter().all(|service| TELL_NO_ACCOUNT.contains(service)),
            "{place}: {services:?}"
        );
    }
}

#[test]
fn keys_serve_services_on_behalf_of_this_account_only() {
    for (place, statement) in statements(&of_type("aws_kms_key")) {
        if services(statement).is_empty() {
            assert_eq!(statement["Principal"]["AWS"], format!("arn:aws:iam::{ACCOUNT}:root"), "{place}");
            continue;
        }
        let bound = conditions(statement).iter().any(|(key, values)| {
            let of_account = values.iter().all(|value| value.contains(ACCOUNT));
            of_account && (key.starts_with("aws:Source") || key.starts_with("kms:EncryptionContext:"))
        });
        assert!(bound, "{place} serves any account");
    }
}

/// Whether CloudWatch, Budgets and RDS say for whom they use a topic's key is told in both ways; if they do not, a condition on
/// it makes every alarm mute. Which topic a key is used for, SNS itself says.
#[test]
fn keys_of_topics_ask_publishers_for_the_topic_and_nothing_else() {
    let mut seen = 0;
    for (place, statement) in statements(&of_type("aws_kms_key")) {
        let publishers =
            ["cloudwatch.", "budgets.", "events.rds.", "events."].map(|name| format!("{name}amazonaws.com"));
        if services(statement).iter().any(|service| publishers.iter().any(|one| one == service)) {
            let keys: Vec<_> = conditions(statement).into_iter().map(|(key, _)| key).collect();
            assert_eq!(keys, ["kms:EncryptionContext:aws:sns:topicArn"], "{place}");
            seen += 1;
        }
    }
    assert!(seen >= 16, "only {seen}");
}

#[test]
fn roles_of_aws_backup_have_no_condition_that_it_may_not_meet() {
    let mut seen = 0;
    for (place, statement) in statements(&of_type("aws_iam_role")) {
        if services(statement).contains(&"backup.amazonaws.com") {
            assert_eq!(conditions(statement), [], "{place}");
            seen += 1;
        }
    }
    assert!(seen >= 4, "only {seen}");
}

/// With a condition on the account the events would be lost in silence.
#[test]
fn the_event_bus_meets_no_condition_that_it_cannot_meet() {
    let policies = all_policies();
    let of_bus: Vec<_> =
        statements(&policies).filter(|(_, statement)| services(statement).contains(&"events.amazonaws.com")).collect();
    assert!(of_bus.len() >= 4, "{of_bus:?}");
    for (place, statement) in of_bus.iter().filter(|(place, _)| !place.starts_with("aws_sqs_queue_policy")) {
        let keys: Vec<_> = conditions(statement).into_iter().map(|(key, _)| key).collect();
        let known: &[&str] =
            if place.starts_with("aws_kms_key") { &["kms:EncryptionContext:aws:sns:topicArn"] } else { &[] };
        assert_eq!(keys, known, "{place}");
    }
}

#[test]
fn topics_take_messages_of_this_account_only_and_over_tls_only() {
    for policy in of_type("aws_sns_topic_policy") {
        let policy = [policy];
        for (place, statement) in statements(&policy).filter(|(_, statement)| statement["Effect"] == "Allow") {
            let of_account =
                conditions(statement).iter().any(|(key, values)| key.starts_with("aws:Source") && *values == [ACCOUNT]);
            let of_events =
                policy[0].resource.to_string().contains("_events") && services(statement) == ["events.amazonaws.com"];
            assert!(of_account || of_events, "{place}");
        }
        assert!(statements(&policy).any(|(_, statement)| refuses_plain_text(statement)), "{}", policy[0].resource);
    }
}

#[test]
fn buckets_are_reached_over_tls_only_and_by_services_of_this_account_only() {
    let buckets = of_type("aws_s3_bucket_policy");
    for policy in &buckets {
        let refusal =
            policy.document["Statement"].as_array().unwrap().iter().find(|it| refuses_plain_text(it)).unwrap();
        let resources = many(&refusal["Resource"]);
        assert_eq!(
            (refusal["Action"].as_str(), resources.len()),
            (Some("s3:*"), 2),
            "{}: {resources:?}",
            policy.resource
        );
        assert!(resources.iter().any(|arn| arn.ends_with("/*")), "{resources:?}");
    }
    for (place, statement) in statements(&buckets).filter(|(_, statement)| statement["Effect"] == "Allow") {
        assert!(!services(statement).is_empty(), "{place} lets others in");
        assert!(
            conditions(statement).iter().any(|(key, values)| *key == "aws:SourceAccount" && *values == [ACCOUNT]),
            "{place}"
        );
    }
}

fn refuses_plain_text(statement: &Value) -> bool {
    statement["Effect"] == "Deny"
        && statement["Principal"] == "*"
        && conditions(statement) == [("aws:SecureTransport", vec!["false"])]
}

#[test]
fn endpoints_let_identities_of_this_account_through_only() {
    for (place, statement) in statements(&of_type("aws_vpc_endpoint")) {
        let conditions = conditions(statement);
        assert!(conditions.contains(&("aws:PrincipalAccount", vec![ACCOUNT])), "{place}");
        let to_stores = ["_s3", "_dynamodb"].iter().any(|name| place.contains(&format!("{name} ")));
        assert!(!to_stores || conditions.contains(&("aws:ResourceAccount", vec![ACCOUNT])), "{place}");
    }
}

/// Beyond these lengths AWS refuses a policy (IAM, KMS, SNS and S3 quotas), in characters without blanks.
#[test]
fn policies_fit() {
    for policy in all_policies() {
        let address = policy.resource.to_string();
        let limit = match (address.split('.').next().unwrap(), policy.argument.as_str()) {
            ("aws_iam_role", _) => 2048,
            ("aws_iam_role_policy", _) => 10_240,
            ("aws_kms_key", _) => 32_768,
            _ => 20_480,
        };
        let length = policy.document.to_string().len();
        assert!(length <= limit, "{address} {} has {length} characters of {limit}", policy.argument);
    }
}
