//! What AWS Backup may do when it restores for a test: what its managed policies allow
//! (`AWSBackupServiceRolePolicyForRestores`, `AWSBackupServiceRolePolicyForS3Restore`), and only to resources whose names
//! say that they are of a test. A live resource is out of its reach.

use super::BackupInputs;
use super::roles::{hand_keys_on, snapshots};
use crate::aws::arn::Arn;
use crate::aws::iam;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::components::encryption::identity_may_use;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Handle, Number, Resource, Value, concat};

/// What AWS Backup begins the names of restored resources with (AWS Backup developer guide, "Restore testing inferred
/// metadata", which shows no hyphen after it for clusters).
pub const RESTORED: &str = "awsbackup-restore-test*";

/// Adds the role.
pub fn restore_role(region: &mut RegionScope<'_>, inputs: &BackupInputs<'_>) -> Handle<iam::Role> {
    let name = region.name(NameKind::Role, "backup-restore");
    let role = region.add(
        iam::Role::new("backup_restore", PolicyDocument::assumed_by_service("backup.amazonaws.com").to_json())
            .name(name)
            .description("Restores backups for tests"),
    );
    let protected = &inputs.protected;
    let keys = [protected.database_key.arn(), protected.sessions_key.arn(), inputs.vault.key.arn()];
    let statements = cluster_statements(region, inputs)
        .into_iter()
        .chain(table_statements(region, inputs))
        .chain(hand_keys_on(&keys));
    region.add(
        iam::RolePolicy::new("backup_restore", PolicyDocument::new(statements).to_json(), role.id()).name("restore"),
    );
    let wanted: Value<Number> = Value::from(1).when(inputs.receipts.clone(), 0);
    let receipts = PolicyDocument::new(bucket_statements(region, inputs)).to_json();
    region.add(
        iam::RolePolicy::new("backup_restore_receipts", receipts, role.id()).name("restore-receipts").count(wanted),
    );
    role
}

/// The cluster that a test restores.
pub fn restored_cluster(region: &RegionScope<'_>) -> Value<String> {
    region.arn("rds", ["cluster:".into(), RESTORED.into()])
}

/// The table that a test restores.
pub fn restored_table(region: &RegionScope<'_>) -> Value<String> {
    region.arn("dynamodb", ["table/".into(), RESTORED.into()])
}

/// The bucket that a test restores.
pub fn restored_bucket() -> Value<String> {
    Arn::global("s3", RESTORED).into()
}

/// The objects in it.
pub fn restored_objects() -> Value<String> {
    concat([restored_bucket(), "/*".into()])
}

fn cluster_statements(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> Vec<Statement> {
    let subnets = region.arn("rds", ["subgrp:".into(), inputs.protected.database.subnet_group_name.clone()]);
    let default_parameters = region.arn("rds", ["cluster-pg:default.*".into()]);
    let default_options = region.arn("rds", ["og:default:*".into()]);
    vec![
        Statement::allow("RestoreCluster")
            .action("rds:RestoreDBClusterFromSnapshot")
            .resource(restored_cluster(region))
            .resource(snapshots(region, region.region()))
            .resource(subnets)
            .resource(default_parameters)
            .resource(default_options),
        Statement::allow("HandleRestoredCluster")
            .actions([
                "rds:AddTagsToResource",
                "rds:DeleteDBCluster",
                "rds:DescribeDBClusters",
                "rds:ListTagsForResource",
            ])
            .resource(restored_cluster(region)),
        Statement::allow("FindSnapshots")
            .actions(["rds:DescribeDBClusterSnapshots", "rds:ListTagsForResource"])
            .resource(snapshots(region, region.region())),
    ]
}

fn table_statements(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> Vec<Statement> {
    vec![
        // The service authorization reference does not say whether the source or the target is meant.
        Statement::allow("RestoreTable")
            .action("dynamodb:RestoreTableFromAwsBackup")
            .resource(restored_table(region))
            .resource(inputs.protected.session_table_arn(region)),
        Statement::allow("FillRestoredTable")
            .actions([
                "dynamodb:BatchWriteItem",
                "dynamodb:DeleteItem",
                "dynamodb:DescribeTable",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:Scan",
                "dynamodb:UpdateItem",
            ])
            .resource(restored_table(region)),
        encrypt_restored_table(region, inputs),
    ]
}

/// The backup is encrypted with the vault's key and the table with its own. `DynamoDB` wants all of these of whoever chooses a
/// table's key (`DynamoDB` developer guide, "Encryption at rest: usage notes").
fn encrypt_restored_table(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> Statement {
    Statement::allow("EncryptRestoredTable")
        .actions([
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ])
        .resource(inputs.protected.sessions_key.arn())
        .resource(inputs.vault.key.arn())
        .when("StringEquals", "kms:ViaService", region.service("dynamodb"))
}

fn bucket_statements(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> Vec<Statement> {
    let key = inputs.protected.receipts_key.arn();
    vec![
        Statement::allow("MakeRestoredBucket")
            .actions([
                "s3:CreateBucket",
                "s3:GetBucketLocation",
                "s3:GetBucketOwnershipControls",
                "s3:GetBucketVersioning",
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:PutBucketOwnershipControls",
                "s3:PutBucketVersioning",
            ])
            .resource(restored_bucket()),
        Statement::allow("FillRestoredBucket")
            .actions([
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:GetObjectAcl",
                "s3:GetObjectTagging",
                "s3:GetObjectVersion",
                "s3:GetObjectVersionAcl",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:PutObjectTagging",
                "s3:PutObjectVersionAcl",
            ])
            .resource(restored_objects()),
        identity_may_use("EncryptRestoredReceipts", &key, region.service("s3")),
        Statement::allow("KnowReceiptsKey").action("kms:DescribeKey").resource(key),
    ]
}
