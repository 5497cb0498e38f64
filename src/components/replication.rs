//! Replication of receipts from one region's bucket to the other's. The stack has one of these in each direction, so
//! that what is written after a failover comes back by itself.

use super::bucket::Bucket;
use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::{cloudwatch, iam, kms, s3, sns};
use crate::settings::Region;
use crate::terraform::{Handle, Resource, concat};

/// One end of a replication.
#[derive(Debug, Clone, Copy)]
pub struct ReplicationEnd<'a> {
    /// Its region.
    pub region: Region,
    /// Its bucket.
    pub bucket: &'a Bucket,
    /// The key of its bucket.
    pub key: &'a Handle<kms::Key>,
}

/// The replication rule's name, which its metrics carry.
const RULE: &str = "receipts";

/// Replicates what is written to `source`, in the scope of the source's region, to `destination`, and tells `topic` of
/// receipts that did not arrive.
pub fn replication(
    region: &mut RegionScope<'_>,
    source: ReplicationEnd<'_>,
    destination: ReplicationEnd<'_>,
    topic: &Handle<sns::Topic>,
) {
    use s3::bucket_replication_configuration as replication;
    let role = replication_role(region, source, destination);
    let target = replication::RuleDestination::new(destination.bucket.arn())
        .encryption_configuration(replication::RuleDestinationEncryptionConfiguration::new(destination.key.arn()))
        .metrics(replication::RuleDestinationMetrics::new("Enabled"));
    let criteria = replication::RuleSourceSelectionCriteria::new()
        // Objects encrypted with a customer key are skipped in silence without this.
        .sse_kms_encrypted_objects(replication::RuleSourceSelectionCriteriaSseKmsEncryptedObjects::new("Enabled"))
        .replica_modifications(replication::RuleSourceSelectionCriteriaReplicaModifications::new("Enabled"));
    let receipts = replication::Rule::new("Enabled", target)
        .id(RULE)
        .priority(0)
        .filter(replication::RuleFilter::new())
        // A rule with a filter must say this, which S3 alone checks (terraform-provider-aws pull request 19323).
        .delete_marker_replication(replication::RuleDeleteMarkerReplication::new("Enabled"))
        .source_selection_criteria(criteria);
    region.add(
        s3::BucketReplicationConfiguration::new("receipts", source.bucket.bucket.id(), role.arn(), receipts)
            .depends_on(&source.bucket.versioning)
            .depends_on(&destination.bucket.versioning),
    );
    failure_alarm(region, source, destination, topic);
}

/// A receipt that failed to replicate stays behind for good: S3 does not try again (S3 user guide, "Getting replication
/// status information").
fn failure_alarm(
    region: &mut RegionScope<'_>,
    source: ReplicationEnd<'_>,
    destination: ReplicationEnd<'_>,
    topic: &Handle<sns::Topic>,
) {
    let name = region.name(NameKind::Alarm, "receipt-replication");
    region.add(
        cloudwatch::MetricAlarm::new("receipt_replication", name, "GreaterThanThreshold", 1)
            .alarm_description(
                "A receipt was not replicated to the other region. Batch Replication copies what failed.",
            )
            .namespace("AWS/S3")
            .metric_name("OperationsFailedReplication")
            .dimensions([
                ("SourceBucket", source.bucket.name.clone()),
                ("DestinationBucket", destination.bucket.name.clone()),
                ("RuleId", RULE.into()),
            ])
            .statistic("Maximum")
            .period(60)
            .threshold(0)
            .treat_missing_data("notBreaching")
            .alarm_actions([topic.arn()])
            .ok_actions([topic.arn()]),
    );
}

fn replication_role(
    region: &mut RegionScope<'_>,
    source: ReplicationEnd<'_>,
    destination: ReplicationEnd<'_>,
) -> Handle<iam::Role> {
    let name = region.name(NameKind::Role, "replication");
    let role = region.add(
        iam::Role::new("replication", PolicyDocument::assumed_by_service("s3.amazonaws.com").to_json())
            .name(name)
            .description("Copies receipts to the other region"),
    );
    let objects = |bucket: &Bucket| concat([bucket.arn(), "/*".into()]);
    let via = |end: ReplicationEnd<'_>| format!("s3.{}.amazonaws.com", end.region.name());
    let policy = PolicyDocument::new([
        Statement::allow("ReadSourceConfiguration")
            .actions(["s3:GetReplicationConfiguration", "s3:ListBucket"])
            .resource(source.bucket.arn()),
        Statement::allow("ReadSourceObjects")
            .actions(["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"])
            .resource(objects(source.bucket)),
        Statement::allow("WriteReplicas")
            .actions(["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"])
            .resource(objects(destination.bucket)),
        Statement::allow("DecryptSource").action("kms:Decrypt").resource(source.key.arn()).when(
            "StringEquals",
            "kms:ViaService",
            via(source),
        ),
        Statement::allow("EncryptReplicas")
            .actions(["kms:Encrypt", "kms:GenerateDataKey"])
            .resource(destination.key.arn())
            .when("StringEquals", "kms:ViaService", via(destination)),
    ]);
    region.add(iam::RolePolicy::new("replication", policy.to_json(), role.id()).name("replicate-receipts"));
    role
}
