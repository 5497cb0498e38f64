//! Policies that give too much.

use serde_json::Value;

use super::super::instance::{Opinion, broken_if};
use super::super::statements::{allowing, has};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Model, Node, Resource, Target};

pub(super) const RULES: [Rule; 3] = [
    Rule {
        id: "SEC030",
        group: Group::Security,
        severity: Severity::Error,
        title: "no policy allows everything on everything",
        reason: "Whoever takes the role takes the account",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
        examine: Examine::Instances(IDENTITY, everything),
    },
    Rule {
        id: "SEC031",
        group: Group::Security,
        severity: Severity::Error,
        title: "no policy of a resource lets everybody in",
        reason: "A principal of * without a condition is the whole world",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        examine: Examine::Instances(RESOURCE, everybody),
    },
    Rule {
        id: "SEC032",
        group: Group::Security,
        severity: Severity::Error,
        title: "no role can be taken by everybody",
        reason: "A principal of * without a condition is the whole world",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        examine: Examine::Instances(&["aws_iam_role"], taken),
    },
];

const IDENTITY: &[&str] = &[
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
    "aws_iam_role",
    "aws_iam_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
];

const RESOURCE: &[&str] = &[
    "aws_s3_bucket_policy",
    "aws_sns_topic_policy",
    "aws_sqs_queue_policy",
    "aws_backup_vault_policy",
    "aws_secretsmanager_secret_policy",
    "aws_ecr_repository_policy",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_efs_file_system_policy",
    "aws_opensearch_domain",
    "aws_opensearch_domain_policy",
    "aws_elasticsearch_domain",
    "aws_elasticsearch_domain_policy",
    "aws_dynamodb_resource_policy",
];

fn everything(_: &Model, policy: &Resource) -> Opinion {
    let all = |statement: &Value| {
        let action = &statement["Action"];
        (has(action, "*") || has(action, "*:*")) && has(&statement["Resource"], "*")
    };
    let attached = policy.at("managed_policy_arns").items().into_iter().chain([policy.at("policy_arn")]);
    if attached
        .into_iter()
        .any(|arn| matches!(arn, Node::Text(arn) if arn.ends_with(":aws:policy/AdministratorAccess")))
    {
        return Opinion::Broken("AdministratorAccess is attached".to_owned(), "name the actions and what they are for");
    }
    let inline = policy.values.blocks("inline_policy").into_iter().map(|inline| inline.at("policy"));
    broken_if(
        inline.chain([policy.at("policy")]).any(|text| allowing(text).iter().any(all)),
        || "a statement allows * on *".to_owned(),
        "name the actions and what they are for",
    )
}

/// Whether a statement lets everybody in and says nothing against it.
fn is_open(statement: &Value) -> bool {
    let principal = &statement["Principal"];
    statement["Condition"].is_null() && (has(principal, "*") || has(&principal["AWS"], "*"))
}

fn everybody(model: &Model, policy: &Resource) -> Opinion {
    let domains = ["aws_opensearch_domain", "aws_elasticsearch_domain"];
    let domain = match model.resolve(&domains, policy.at("domain_name"), policy) {
        Target::Found(domain) => domain,
        _ => policy,
    };
    // Who reaches a domain within a network is what its groups say.
    if domain.at("vpc_options").is_set() {
        return Opinion::Fine;
    }
    let texts = [policy.at("policy"), policy.at("access_policies")];
    broken_if(
        texts.into_iter().any(|text| allowing(text).iter().any(is_open)),
        || "a statement lets everybody in".to_owned(),
        "name the principals, or add a condition",
    )
}

fn taken(_: &Model, role: &Resource) -> Opinion {
    broken_if(
        allowing(role.at("assume_role_policy")).iter().any(is_open),
        || "everybody can take the role".to_owned(),
        "name the principals",
    )
}
