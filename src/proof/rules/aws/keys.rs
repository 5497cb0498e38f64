//! Keys and secrets.

use super::super::instance::{Opinion, broken_if};
use super::super::{Examine, Group, Rule};
use super::databases::apart;
use crate::proof::finding::Severity;
use crate::proof::model::{Model, Node, Resource, Target, Truth};

pub(super) const RULES: [Rule; 4] = [
    Rule {
        id: "AWS030",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a key is of the region of what it encrypts",
        reason: "A key of KMS works in its own region only",
        source: "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
        examine: Examine::Instances(ENCRYPTED, key_region),
    },
    Rule {
        id: "AWS031",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a replica key is in another region than its primary",
        reason: "KMS refuses a replica in the primary's region, which a plan lets pass",
        source: "https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html",
        examine: Examine::Instances(&["aws_kms_replica_key"], replica_region),
    },
    Rule {
        id: "AWS032",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a replica key is one of a multi-Region key",
        reason: "KMS replicates multi-Region keys only",
        source: "https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html",
        examine: Examine::Instances(&["aws_kms_replica_key"], multi_region),
    },
    Rule {
        id: "AWS033",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a secret's replica is in another region",
        reason: "Secrets Manager refuses a replica in the secret's own region",
        source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html",
        examine: Examine::Instances(&["aws_secretsmanager_secret"], secret_region),
    },
];

/// Types whose key must be of their own region.
const ENCRYPTED: &[&str] = &[
    "aws_backup_vault",
    "aws_cloudwatch_log_group",
    "aws_db_instance",
    "aws_docdb_cluster",
    "aws_dynamodb_table_replica",
    "aws_ebs_volume",
    "aws_efs_file_system",
    "aws_elasticache_replication_group",
    "aws_kinesis_stream",
    "aws_lambda_function",
    "aws_neptune_cluster",
    "aws_rds_cluster",
    "aws_redshift_cluster",
    "aws_secretsmanager_secret",
    "aws_sns_topic",
    "aws_sqs_queue",
];

const KEYS: [&str; 2] = ["aws_kms_key", "aws_kms_replica_key"];

fn key_region(model: &Model, resource: &Resource) -> Opinion {
    for name in ["kms_key_id", "kms_key_arn", "kms_master_key_id"] {
        if let Target::Found(key) = model.resolve(&KEYS, resource.at(name), resource)
            && apart(key, resource) == Truth::Yes
        {
            let message = format!("{name} is {} of {}", key.address, key.region_name());
            return Opinion::Broken(message, "make a key with the provider of the same region, and name that");
        }
    }
    Opinion::Fine
}

fn primary<'m>(model: &'m Model, replica: &Resource) -> Option<&'m Resource> {
    match model.resolve(&["aws_kms_key"], replica.at("primary_key_arn"), replica) {
        Target::Found(key) => Some(key),
        _ => None,
    }
}

fn replica_region(model: &Model, replica: &Resource) -> Opinion {
    let Some(key) = primary(model, replica) else { return Opinion::Fine };
    match apart(key, replica) {
        Truth::Unknown(reason) => Opinion::CannotTell(reason),
        answer => broken_if(
            answer == Truth::No,
            || format!("{} is in the same region", key.address),
            "give the replica the provider of another region",
        ),
    }
}

fn multi_region(model: &Model, replica: &Resource) -> Opinion {
    let Some(key) = primary(model, replica) else { return Opinion::Fine };
    broken_if(
        key.at("multi_region").flag().get() != Some(true) && key.at("multi_region").unknown().is_none(),
        || format!("{} is a key of one region", key.address),
        "set multi_region of the primary to true",
    )
}

fn secret_region(_: &Model, secret: &Resource) -> Opinion {
    let own = secret.values.blocks("replica").into_iter().any(
        |replica| matches!((replica.at("region"), &secret.region), (Node::Text(one), Node::Text(own)) if one == own),
    );
    broken_if(
        own,
        || "a replica in the region where the secret is".to_owned(),
        "name another region, or leave the replica out",
    )
}
