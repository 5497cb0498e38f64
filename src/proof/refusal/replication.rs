//! Replication of buckets.

use crate::proof::model::{Known, Node, Resource};

/// Why S3 refuses a configuration that has such a rule.
pub(in crate::proof) struct Refusal {
    /// Whether a rule is one.
    pub(in crate::proof) is: fn(&Node) -> bool,
    /// What is wrong with it.
    pub(in crate::proof) because: &'static str,
}

pub(in crate::proof) const DELETE_MARKERS: Refusal = Refusal {
    is: |rule| {
        let filter = rule.at("filter");
        filter.is_set() && filter.unknown().is_none() && !rule.at("delete_marker_replication").is_set()
    },
    because: "there is a filter and no delete_marker_replication",
};

pub(in crate::proof) const MINUTES: Refusal = Refusal {
    is: |rule| {
        let time = rule.at("destination.replication_time");
        [time.at("time.minutes"), time.at("minutes")]
            .iter()
            .any(|minutes| matches!(minutes.number(), Known::Is(minutes) if (minutes - 15.0).abs() > 0.1))
    },
    because: "the time of replication_time is not 15 minutes",
};

pub(in crate::proof) const METRICS: Refusal = Refusal {
    is: |rule| {
        rule.at("destination.replication_time.status").is_text("Enabled") && !rule.at("destination.metrics").is_set()
    },
    because: "there is a replication_time and no metrics",
};

pub(in crate::proof) const REPLICA_KEY: Refusal = Refusal {
    is: |rule| {
        let chosen = rule.at("source_selection_criteria.sse_kms_encrypted_objects");
        let is_chosen = chosen.at("status").is_text("Enabled") || chosen.at("enabled").flag().get() == Some(true);
        is_chosen && !replica_key(rule).is_set()
    },
    because: "objects under a KMS key are chosen, and no key of the replicas",
};

/// The key of the replicas, as a resource of its own says it or a bucket.
pub(in crate::proof) fn replica_key(rule: &Node) -> &Node {
    match rule.at("destination.encryption_configuration.replica_kms_key_id") {
        Node::Null => rule.at("destination.replica_kms_key_id"),
        key => key,
    }
}

/// Why S3 refuses the replication that is in this resource, with all its rules.
pub(in crate::proof) fn of_configuration(owner: &Resource) -> Option<String> {
    let apart = owner.kind == "aws_s3_bucket_replication_configuration";
    // In a bucket's own block the provider says that delete markers are not replicated.
    let all: &[Refusal] =
        if apart { &[DELETE_MARKERS, MINUTES, METRICS, REPLICA_KEY] } else { &[MINUTES, METRICS, REPLICA_KEY] };
    let rules = if apart { owner.values.blocks("rule") } else { owner.at("replication_configuration").blocks("rules") };
    let refusal = all.iter().find(|refusal| rules.iter().any(|rule| (refusal.is)(rule)))?;
    Some(format!("S3 refuses the configuration: {}", refusal.because))
}
