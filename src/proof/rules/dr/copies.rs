//! Copies that are none.

use super::super::instance::{Opinion, broken_if};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Node, Resource, Target};

pub(super) const RULES: [Rule; 7] = [
    Rule {
        id: "DR010",
        group: Group::Dr,
        severity: Severity::Error,
        title: "replication takes objects under a KMS key too",
        reason: "S3 leaves them out in silence unless the rule chooses them",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
        examine: Examine::Instances(REPLICATION, kms_objects),
    },
    Rule {
        id: "DR011",
        group: Group::Dr,
        severity: Severity::Error,
        title: "a bucket has one replication configuration",
        reason: "S3 keeps one for each bucket; two resources overwrite each other at every apply",
        source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_replication_configuration",
        examine: Examine::Instances(REPLICATION, only_one),
    },
    Rule {
        id: "DR012",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "a replication rule is enabled",
        reason: "A disabled rule copies nothing",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html",
        examine: Examine::Instances(REPLICATION, disabled),
    },
    Rule {
        id: "DR013",
        group: Group::Dr,
        severity: Severity::Error,
        title: "a global table declares its stream",
        reason: "DynamoDB switches the stream on for its replicas, and every later plan tries to switch it off",
        source: "hashicorp/terraform-provider-aws#43625",
        examine: Examine::Instances(TABLE, stream),
    },
    Rule {
        id: "DR014",
        group: Group::Dr,
        severity: Severity::Error,
        title: "replicas of a table are blocks or resources, not both",
        reason: "Each takes away what the other has made",
        source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table_replica",
        examine: Examine::Instances(TABLE, both_kinds),
    },
    Rule {
        id: "DR015",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "global tables are of the current version",
        reason: "aws_dynamodb_global_table makes the version of 2017, which has no keys, backups or metrics of its own",
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables.V1.html",
        examine: Examine::Instances(&["aws_dynamodb_global_table"], old_version),
    },
    Rule {
        id: "DR016",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "a table can be restored to a moment",
        reason: "Replication copies a damage within seconds; without recovery nothing is from before it",
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
        examine: Examine::Instances(TABLE, recovery),
    },
];

const REPLICATION: &[&str] = &["aws_s3_bucket_replication_configuration"];
const TABLE: &[&str] = &["aws_dynamodb_table"];

fn kms_objects(model: &Model, replication: &Resource) -> Opinion {
    let Target::Found(bucket) = model.resolve(&["aws_s3_bucket"], replication.at("bucket"), replication) else {
        return Opinion::Fine;
    };
    let encryption = model.referring("aws_s3_bucket_server_side_encryption_configuration", "bucket", bucket);
    let algorithm = encryption
        .first()
        .map_or(&Node::Null, |one| one.at("rule.apply_server_side_encryption_by_default.sse_algorithm"));
    if !matches!(algorithm, Node::Text(algorithm) if algorithm.starts_with("aws:kms")) {
        return Opinion::Fine;
    }
    let chosen =
        |rule: &&Node| rule.at("source_selection_criteria.sse_kms_encrypted_objects.status").is_text("Enabled");
    broken_if(
        !replication.values.blocks("rule").iter().all(chosen),
        || format!("{} is encrypted under a KMS key, and a rule does not choose such objects", bucket.address),
        "add source_selection_criteria with sse_kms_encrypted_objects, and a replica_kms_key_id",
    )
}

fn only_one(model: &Model, replication: &Resource) -> Opinion {
    let Target::Found(bucket) = model.resolve(&["aws_s3_bucket"], replication.at("bucket"), replication) else {
        return Opinion::Fine;
    };
    let all = model.referring(REPLICATION[0], "bucket", bucket);
    let other = all.iter().find(|other| other.address != replication.address);
    other.map_or(Opinion::Fine, |other| {
        Opinion::Broken(format!("{} is about the same bucket", other.address), "put all rules into one resource")
    })
}

fn disabled(_: &Model, replication: &Resource) -> Opinion {
    let disabled = replication.values.blocks("rule").into_iter().any(|rule| rule.at("status").is_text("Disabled"));
    broken_if(disabled, || "a rule is disabled".to_owned(), "enable it, or take it out")
}

fn has_separate(model: &Model, table: &Resource) -> bool {
    !model.referring("aws_dynamodb_table_replica", "global_table_arn", table).is_empty()
}

fn stream(model: &Model, table: &Resource) -> Opinion {
    // A strongly consistent table is not replicated by a stream (DynamoDB developer guide, "How DynamoDB global tables work").
    let is_strong = |block: &&Node| block.at("consistency_mode").is_text("STRONG");
    let replicas = table.values.blocks("replica");
    let all_strong = !replicas.is_empty() && replicas.iter().all(is_strong);
    let replicated = !all_strong && table.at("replica").is_set() || has_separate(model, table);
    broken_if(
        replicated && matches!(table.at("stream_enabled").flag(), Known::Absent | Known::Is(false)),
        || "the table has replicas and no stream_enabled = true".to_owned(),
        "set stream_enabled to true and stream_view_type to NEW_AND_OLD_IMAGES",
    )
}

fn both_kinds(model: &Model, table: &Resource) -> Opinion {
    broken_if(
        table.at("replica").is_set() && has_separate(model, table),
        || "there are replica blocks and an aws_dynamodb_table_replica".to_owned(),
        "keep one kind; beside separate replicas ignore changes of replica",
    )
}

fn old_version(_: &Model, _: &Resource) -> Opinion {
    Opinion::Broken("a global table of 2017".to_owned(), "give the table replica blocks instead")
}

fn recovery(_: &Model, table: &Resource) -> Opinion {
    super::super::instance::wants(
        table.at("point_in_time_recovery.enabled"),
        true,
        false,
        "point-in-time recovery is off",
        "add point_in_time_recovery with enabled = true",
    )
}
