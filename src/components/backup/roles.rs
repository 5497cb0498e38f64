//! What AWS Backup may do when it makes backups: what its managed policies allow
//! (`AWSBackupServiceRolePolicyForBackup`, `AWSBackupServiceRolePolicyForS3Backup`), for what this stack has and no more.

use super::BackupInputs;
use crate::aws::iam;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::components::encryption::identity_may_use;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::settings::Region;
use crate::terraform::{Handle, Number, Resource, Value, concat};

/// What the names of snapshots begin with that AWS Backup takes of Aurora clusters.
const SNAPSHOTS: &str = "cluster-snapshot:awsbackup:*";

/// The rules by which AWS Backup hears of changes in a bucket.
const MANAGED_RULES: &str = "rule/AwsBackupManagedRule*";

/// Adds the role.
pub fn backup_role(region: &mut RegionScope<'_>, inputs: &BackupInputs<'_>) -> Handle<iam::Role> {
    let name = region.name(NameKind::Role, "backup");
    let role = region.add(
        iam::Role::new("backup", PolicyDocument::assumed_by_service("backup.amazonaws.com").to_json())
            .name(name)
            .description("Backs up the database, the sessions and the receipts"),
    );
    let statements = cluster_statements(region, inputs)
        .into_iter()
        .chain(table_statements(region, inputs))
        .chain(vault_statements(region, inputs));
    region.add(iam::RolePolicy::new("backup", PolicyDocument::new(statements).to_json(), role.id()).name("back-up"));
    let wanted: Value<Number> = Value::from(1).when(inputs.receipts.clone(), 0);
    let receipts = PolicyDocument::new(bucket_statements(region, inputs)).to_json();
    region.add(iam::RolePolicy::new("backup_receipts", receipts, role.id()).name("back-up-receipts").count(wanted));
    role
}

/// The snapshots of AWS Backup in this account and another region.
pub fn snapshots(region: &RegionScope<'_>, of: Region) -> Value<String> {
    crate::aws::arn::Arn::regional("rds", of.name(), region.account_id(), SNAPSHOTS).into()
}

/// Lets AWS Backup hand keys on to the services that read and write with them, and only to those.
pub fn hand_keys_on(keys: &[Value<String>]) -> [Statement; 2] {
    let over_keys = |statement: Statement| keys.iter().fold(statement, Statement::resource);
    [
        over_keys(Statement::allow("KnowKeys").action("kms:DescribeKey")),
        over_keys(Statement::allow("HandKeysToServices").action("kms:CreateGrant")).when(
            "Bool",
            "kms:GrantIsForAWSResource",
            "true",
        ),
    ]
}

fn cluster_statements(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> Vec<Statement> {
    let cluster = &inputs.protected.database.arn;
    let here = snapshots(region, region.region());
    let there = snapshots(region, inputs.other_vault.region);
    vec![
        Statement::allow("SnapshotCluster")
            .actions(["rds:CreateDBClusterSnapshot", "rds:DescribeDBClusters", "rds:ListTagsForResource"])
            .resource(cluster)
            .resource(&here),
        Statement::allow("FindSnapshots")
            .action("rds:DescribeDBClusterSnapshots")
            .resource(cluster)
            .resource(&here)
            .resource(&there),
        Statement::allow("KeepSnapshots")
            .actions([
                "rds:AddTagsToResource",
                "rds:CopyDBClusterSnapshot",
                "rds:DeleteDBClusterSnapshot",
                "rds:ListTagsForResource",
                "rds:ModifyDBClusterSnapshotAttribute",
            ])
            .resource(here)
            .resource(there),
    ]
}

fn table_statements(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> Vec<Statement> {
    vec![
        Statement::allow("BackUpTable")
            .actions(["dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"])
            .resource(inputs.protected.session_table_arn(region)),
        identity_may_use("ReadTable", inputs.protected.sessions_key.arn(), region.service("dynamodb")),
        identity_may_use("EncryptTableBackup", inputs.vault.key.arn(), region.service("dynamodb")),
        // AWS Backup looks up what it selects by its tags, also where a plan names it.
        Statement::allow("FindTagged").action("tag:GetResources").resource("*"),
    ]
}

fn vault_statements(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> Vec<Statement> {
    let recovery_points = |of: Region| -> Value<String> {
        crate::aws::arn::Arn::regional("backup", of.name(), region.account_id(), "recovery-point:*").into()
    };
    let here = recovery_points(region.region());
    let there = recovery_points(inputs.other_vault.region);
    let keys = [
        inputs.protected.database_key.arn(),
        inputs.protected.sessions_key.arn(),
        inputs.vault.key.arn(),
        inputs.other_vault.key.arn(),
    ];
    let mut statements = vec![
        Statement::allow("FillVaults")
            .actions(["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"])
            .resource(&inputs.vault.arn)
            .resource(&inputs.other_vault.arn),
        Statement::allow("CopyBackups")
            .actions(["backup:CopyFromBackupVault", "backup:TagResource"])
            .resource(here)
            .resource(there)
            .resource(snapshots(region, region.region()))
            .resource(snapshots(region, inputs.other_vault.region)),
    ];
    statements.extend(hand_keys_on(&keys));
    statements
}

fn bucket_statements(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> Vec<Statement> {
    let bucket = inputs.protected.receipts.arn();
    vec![
        Statement::allow("WatchBucket")
            .actions([
                "s3:GetBucketAcl",
                "s3:GetBucketLocation",
                "s3:GetBucketNotification",
                "s3:GetBucketTagging",
                "s3:GetBucketVersioning",
                "s3:GetInventoryConfiguration",
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:ListTagsForResource",
                "s3:PutBucketNotification",
                "s3:PutInventoryConfiguration",
            ])
            .resource(&bucket),
        Statement::allow("ReadReceipts")
            .actions([
                "s3:GetObject",
                "s3:GetObjectAcl",
                "s3:GetObjectTagging",
                "s3:GetObjectVersion",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
            ])
            .resource(concat([bucket, "/*".into()])),
        Statement::allow("FindBuckets").actions(["events:ListRules", "s3:ListAllMyBuckets"]).resource("*"),
        Statement::allow("ReadMetrics").action("cloudwatch:GetMetricData").resource("*"),
        Statement::allow("HearOfChanges")
            .actions([
                "events:DeleteRule",
                "events:DescribeRule",
                "events:DisableRule",
                "events:EnableRule",
                "events:ListTargetsByRule",
                "events:PutRule",
                "events:PutTargets",
                "events:RemoveTargets",
            ])
            .resource(region.arn("events", [MANAGED_RULES.into()])),
        identity_may_use("DecryptReceipts", inputs.protected.receipts_key.arn(), region.service("s3")),
        Statement::allow("KnowReceiptsKey").action("kms:DescribeKey").resource(inputs.protected.receipts_key.arn()),
    ]
}
