//! The rules: what this stack promises of its resources, in AWS Config's own words (AWS Config developer guide, "List of
//! AWS Config Managed Rules").

use crate::aws::config::{self, config_rule as block};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Handle, Resource};

/// A promise, and the managed rule that checks it.
struct Promise {
    name: &'static str,
    description: &'static str,
    identifier: &'static str,
}

const PROMISES: [Promise; 21] = [
    Promise {
        name: "cluster_encrypted",
        description: "Aurora clusters are encrypted",
        identifier: "RDS_CLUSTER_ENCRYPTED_AT_REST",
    },
    Promise {
        name: "cluster_deletion_protected",
        description: "Aurora clusters refuse to be deleted",
        identifier: "RDS_CLUSTER_DELETION_PROTECTION_ENABLED",
    },
    Promise {
        name: "cluster_backed_up",
        description: "Aurora clusters are in a backup plan",
        identifier: "AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    },
    Promise {
        name: "instances_private",
        description: "Database instances have no public address",
        identifier: "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
    },
    Promise {
        name: "table_encrypted",
        description: "Tables are encrypted with keys in KMS",
        identifier: "DYNAMODB_TABLE_ENCRYPTED_KMS",
    },
    Promise {
        name: "table_point_in_time",
        description: "Tables can be restored to any second",
        identifier: "DYNAMODB_PITR_ENABLED",
    },
    Promise {
        name: "table_deletion_protected",
        description: "Tables refuse to be deleted",
        identifier: "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
    },
    Promise {
        name: "bucket_encrypted",
        description: "Buckets are encrypted",
        identifier: "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
    },
    Promise {
        name: "bucket_versioned",
        description: "Buckets keep former versions",
        identifier: "S3_BUCKET_VERSIONING_ENABLED",
    },
    Promise {
        name: "bucket_private",
        description: "Buckets cannot become public",
        identifier: "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
    },
    Promise {
        name: "bucket_tls",
        description: "Buckets answer over TLS only",
        identifier: "S3_BUCKET_SSL_REQUESTS_ONLY",
    },
    Promise { name: "topic_encrypted", description: "Topics are encrypted", identifier: "SNS_ENCRYPTED_KMS" },
    Promise {
        name: "secret_encrypted",
        description: "Secrets are encrypted with keys of the account",
        identifier: "SECRETSMANAGER_USING_CMK",
    },
    Promise { name: "log_encrypted", description: "Logs are encrypted", identifier: "CLOUDWATCH_LOG_GROUP_ENCRYPTED" },
    Promise { name: "key_rotated", description: "Keys are rotated", identifier: "CMK_BACKING_KEY_ROTATION_ENABLED" },
    Promise {
        name: "key_stays",
        description: "No key waits for its deletion",
        identifier: "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
    },
    Promise {
        name: "function_private",
        description: "Functions cannot be called by anyone",
        identifier: "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
    },
    Promise {
        name: "default_group_closed",
        description: "Default security groups let nothing through",
        identifier: "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
    },
    Promise {
        name: "no_open_ssh",
        description: "No security group lets the world in by SSH",
        identifier: "INCOMING_SSH_DISABLED",
    },
    Promise { name: "flow_logs", description: "Networks write flow logs", identifier: "VPC_FLOW_LOGS_ENABLED" },
    Promise {
        name: "backup_encrypted",
        description: "Backups are encrypted",
        identifier: "BACKUP_RECOVERY_POINT_ENCRYPTED",
    },
];

/// Adds the rules. A rule cannot be made before something records.
pub(super) fn rules(region: &mut RegionScope<'_>, recording: &Handle<config::ConfigurationRecorderStatus>) {
    for promise in PROMISES {
        let name = region.name(NameKind::ConfigRule, &promise.name.replace('_', "-"));
        region.add(
            config::ConfigRule::new(
                format!("config_{}", promise.name),
                name,
                block::Source::new("AWS").source_identifier(promise.identifier),
            )
            .description(promise.description)
            .depends_on(recording),
        );
    }
}
