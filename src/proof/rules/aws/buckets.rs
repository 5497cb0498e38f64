//! Replication of buckets.

use super::super::instance::Opinion;
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Model, Resource, Target};
use crate::proof::refusal::replication::{DELETE_MARKERS, METRICS, MINUTES, REPLICA_KEY, Refusal};

const KIND: &[&str] = &["aws_s3_bucket_replication_configuration"];

pub(super) const RULES: [Rule; 5] = [
    Rule {
        id: "AWS020",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a rule with a filter says whether delete markers are replicated",
        reason: "S3 refuses a rule of the second version without delete_marker_replication",
        source: "hashicorp/terraform-provider-aws#19323",
        examine: Examine::Instances(KIND, delete_markers),
    },
    Rule {
        id: "AWS021",
        group: Group::Aws,
        severity: Severity::Error,
        title: "replication time control means fifteen minutes",
        reason: "S3 knows no other time, and the provider lets others pass",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationTime.html",
        examine: Examine::Instances(KIND, minutes),
    },
    Rule {
        id: "AWS022",
        group: Group::Aws,
        severity: Severity::Error,
        title: "replication time control comes with metrics",
        reason: "S3 refuses time control without metrics",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
        examine: Examine::Instances(KIND, metrics),
    },
    Rule {
        id: "AWS023",
        group: Group::Aws,
        severity: Severity::Error,
        title: "both buckets of a replication are versioned",
        reason: "S3 refuses a replication between buckets without versions",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html",
        examine: Examine::Instances(KIND, versions),
    },
    Rule {
        id: "AWS024",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a rule for objects under a KMS key names the key of the replicas",
        reason: "S3 refuses sse_kms_encrypted_objects without replica_kms_key_id",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
        examine: Examine::Instances(KIND, replica_key),
    },
];

fn broken_rule(replication: &Resource, refusal: &Refusal, fix: &'static str) -> Opinion {
    let broken = replication.values.blocks("rule").into_iter().find(|rule| (refusal.is)(rule));
    broken.map_or(Opinion::Fine, |rule| {
        let name = rule.at("id").text().get().map(|id| format!("rule {id}: ")).unwrap_or_default();
        Opinion::Broken(format!("{name}{}", refusal.because), fix)
    })
}

fn delete_markers(_: &Model, replication: &Resource) -> Opinion {
    broken_rule(replication, &DELETE_MARKERS, "add delete_marker_replication with a status")
}

fn minutes(_: &Model, replication: &Resource) -> Opinion {
    broken_rule(replication, &MINUTES, "set minutes to 15")
}

fn metrics(_: &Model, replication: &Resource) -> Opinion {
    broken_rule(replication, &METRICS, "add metrics with status Enabled and an event_threshold of 15 minutes")
}

/// Whether a bucket has versions, as far as the configuration says.
fn versioned(model: &Model, bucket: &Resource) -> bool {
    let apart = model.referring("aws_s3_bucket_versioning", "bucket", bucket);
    let status = |one: &&Resource| {
        let status = one.at("versioning_configuration.status");
        status.unknown().is_some() || status.is_text("Enabled")
    };
    apart.iter().any(status)
        || bucket.at("versioning.enabled").flag().get() == Some(true)
        || bucket.at("object_lock_enabled").flag().get() == Some(true)
        || model.undecided("aws_s3_bucket_versioning", "bucket", bucket).is_some()
}

fn versions(model: &Model, replication: &Resource) -> Opinion {
    let mut buckets = vec![replication.at("bucket")];
    buckets.extend(replication.values.blocks("rule").into_iter().map(|rule| rule.at("destination.bucket")));
    for value in buckets {
        if let Target::Found(bucket) = model.resolve(&["aws_s3_bucket"], value, replication)
            && !versioned(model, bucket)
        {
            let message = format!("{} has no versions", bucket.address);
            return Opinion::Broken(message, "add an aws_s3_bucket_versioning with status Enabled, and wait for it");
        }
    }
    Opinion::Fine
}

fn replica_key(_: &Model, replication: &Resource) -> Opinion {
    broken_rule(replication, &REPLICA_KEY, "name a key of the destination's region in encryption_configuration")
}
