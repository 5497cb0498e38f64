"""What AWS Backup does as the role of a backup, a copy or a restore.

The actions are those of AWS's managed policies `AWSBackupServiceRolePolicyForBackup` (version 30), `...ForS3Backup` (5),
`...ForRestores` (36) and `...ForS3Restore` (2), each on what the service authorization reference says it is for; what a policy
has for other kinds of resources is left out. `dynamodb:CreateBackup` and its like are for regions without AWS Backup's
own backups of tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from server.permissions.actions import Need, Place

ITEMS = ("BatchWriteItem", "DeleteItem", "DescribeTable", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
TABLE_KEY = ("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo")
WATCHED_BUCKET = (
    "GetBucketAcl",
    "GetBucketLocation",
    "GetBucketNotification",
    "GetBucketTagging",
    "GetBucketVersioning",
    "GetInventoryConfiguration",
    "ListBucket",
    "ListBucketVersions",
    "ListTagsForResource",
    "PutBucketNotification",
    "PutInventoryConfiguration",
)
READ_OBJECTS = (
    "GetObject",
    "GetObjectAcl",
    "GetObjectTagging",
    "GetObjectVersion",
    "GetObjectVersionAcl",
    "GetObjectVersionTagging",
)
CHANGES_OF_BUCKET = (
    "DeleteRule",
    "DescribeRule",
    "DisableRule",
    "EnableRule",
    "ListTargetsByRule",
    "PutRule",
    "PutTargets",
    "RemoveTargets",
)
RESTORED_BUCKET = (
    "CreateBucket",
    "GetBucketLocation",
    "GetBucketOwnershipControls",
    "GetBucketVersioning",
    "ListBucket",
    "ListBucketVersions",
    "PutBucketOwnershipControls",
    "PutBucketVersioning",
)
RESTORED_OBJECTS = (
    "DeleteObject",
    "GetObject",
    "GetObjectAcl",
    "GetObjectTagging",
    "GetObjectVersion",
    "GetObjectVersionAcl",
    "ListMultipartUploadParts",
    "PutObject",
    "PutObjectAcl",
    "PutObjectTagging",
    "PutObjectVersionAcl",
)


@dataclass(frozen=True)
class Backup:
    """A backup of a resource in a vault, with their keys."""

    place: Place
    resource: str
    resource_key: str | None
    recovery_point: str
    vault: str
    vault_key: str | None


def of_backup(backup: Backup) -> list[Need]:
    """What making a backup asks for, and deleting it when it is old."""
    return list(_by_kind(backup.resource, _cluster_backup, _table_backup, _bucket_backup)(backup))


def of_copy(backup: Backup, copy: Backup) -> list[tuple[Place, Need]]:
    """What copying a backup into another vault asks for, each where it is asked."""
    here = _on("backup", ["CopyFromBackupVault"], backup.recovery_point)
    there = [
        *_on("backup", ["DescribeBackupVault", "CopyIntoBackupVault"], copy.vault),
        *_handed_on(copy.vault_key),
    ]
    if _is_cluster(backup.resource):
        there += [
            *_on("rds", ["CopyDBClusterSnapshot"], backup.recovery_point),
            *_on("rds", ["CopyDBClusterSnapshot", "AddTagsToResource", "DeleteDBClusterSnapshot"], copy.recovery_point),
            *_on("rds", ["DescribeDBClusterSnapshots", "ListTagsForResource"], copy.recovery_point),
        ]
    else:
        there += _on("backup", ["TagResource"], copy.recovery_point)
    return [*((backup.place, need) for need in here), *((copy.place, need) for need in there)]


def of_restore(backup: Backup, restored: str, subnets: str, key: str | None) -> list[Need]:
    """What restoring a backup asks for, with a key for what is restored; a test deletes it, too."""
    if _is_cluster(backup.resource):
        return [
            *_on("rds", ["RestoreDBClusterFromSnapshot"], restored, backup.recovery_point, subnets),
            *_on(
                "rds", ["DescribeDBClusters", "AddTagsToResource", "ListTagsForResource", "DeleteDBCluster"], restored
            ),
            *_on("rds", ["DescribeDBClusterSnapshots", "ListTagsForResource"], backup.recovery_point),
            *_handed_on(backup.resource_key),
        ]
    if _is_table(backup.resource):
        return [
            *_on("dynamodb", ["RestoreTableFromAwsBackup", *ITEMS], restored),
            *_through("dynamodb", TABLE_KEY, key, backup.place),
            *_through("dynamodb", ["Decrypt"], backup.vault_key, backup.place),
            *_handed_on(key),
        ]
    return [
        *_on("s3", RESTORED_BUCKET, restored),
        *_on("s3", RESTORED_OBJECTS, f"{restored}/receipts/one"),
        *_through("s3", ["Decrypt", "GenerateDataKey", "DescribeKey"], key, backup.place),
    ]


def _cluster_backup(backup: Backup) -> Iterator[Need]:
    snapshot = backup.recovery_point
    yield from _on("rds", ["DescribeDBClusters", "ListTagsForResource", "CreateDBClusterSnapshot"], backup.resource)
    yield from _on("rds", ["CreateDBClusterSnapshot", "AddTagsToResource", "ListTagsForResource"], snapshot)
    yield from _on("rds", ["DescribeDBClusterSnapshots"], backup.resource, snapshot)
    yield from _on("rds", ["ModifyDBClusterSnapshotAttribute", "DeleteDBClusterSnapshot"], snapshot)
    yield from _on("tag", ["GetResources"], "*")
    yield from _handed_on(backup.resource_key)


def _table_backup(backup: Backup) -> Iterator[Need]:
    yield from _on("dynamodb", ["DescribeTable", "ListTagsOfResource", "StartAwsBackupJob"], backup.resource)
    yield from _on("backup", ["TagResource"], backup.recovery_point)
    yield from _on("tag", ["GetResources"], "*")
    yield from _through("dynamodb", ["Decrypt"], backup.resource_key, backup.place)
    yield from _through("dynamodb", ["Decrypt", "GenerateDataKey"], backup.vault_key, backup.place)
    yield from _handed_on(backup.resource_key)


def _bucket_backup(backup: Backup) -> Iterator[Need]:
    rule = f"arn:aws:events:{backup.place.region}:{backup.place.account}:rule/AwsBackupManagedRule-{'0' * 32}"
    yield from _on("s3", WATCHED_BUCKET, backup.resource)
    yield from _on("s3", READ_OBJECTS, f"{backup.resource}/receipts/one")
    yield from _on("s3", ["ListAllMyBuckets"], "*")
    yield from _on("events", CHANGES_OF_BUCKET, rule)
    yield from _on("events", ["ListRules"], "*")
    yield from _on("cloudwatch", ["GetMetricData"], "*")
    yield from _on("backup", ["TagResource"], backup.recovery_point)
    yield from _through("s3", ["Decrypt", "DescribeKey"], backup.resource_key, backup.place)


def _on(service: str, actions: Iterable[str], *resources: str) -> list[Need]:
    return [Need(f"{service}:{action}", resource) for resource in resources for action in actions]


def _through(service: str, actions: Iterable[str], key: str | None, place: Place) -> list[Need]:
    """Uses of a key by a service that works for the role."""
    context = {"kms:ViaService": f"{service}.{place.region}.amazonaws.com", "kms:CallerAccount": place.account}
    return [Need(f"kms:{action}", key, context) for action in actions] if key else []


def _handed_on(key: str | None) -> list[Need]:
    """A key is granted to the service that reads and writes with it."""
    if not key:
        return []
    return [*_on("kms", ["DescribeKey"], key), Need("kms:CreateGrant", key, {"kms:GrantIsForAWSResource": "true"})]


def _is_cluster(arn: str) -> bool:
    return arn.startswith("arn:aws:rds:") and ":cluster:" in arn


def _is_table(arn: str) -> bool:
    return arn.startswith("arn:aws:dynamodb:")


Kind = Callable[[Backup], Iterator[Need]]


def _by_kind(arn: str, cluster: Kind, table: Kind, bucket: Kind) -> Kind:
    if _is_cluster(arn):
        return cluster
    return table if _is_table(arn) else bucket
