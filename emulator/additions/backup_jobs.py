"""REAL: jobs of AWS Backup ask for the permissions of their role: backups, copies, restores. ECHO: the jobs themselves.

A job that may do everything that AWS Backup does has ended as soon as it is started; another one has failed, with the
first action that is not allowed. Nothing is backed up, copied or restored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid, request_scope
from ministack.services import backup, rds

from additions import restore_jobs
from server.json_services import Data, ServiceError, add_routes
from server.permissions import backup_needs, follow_ups, principals
from server.permissions.actions import Need, Place
from server.permissions.backup_needs import Backup
from server.permissions.enforcement import Permissions

# What AWS Backup names what a restore test makes.
RESTORED = "awsbackup-restore-test-0123456789abcdef"

_backups = AccountRegionScopedDict()
_copies = AccountRegionScopedDict()


def install(permissions: Permissions) -> None:
    """Judge jobs that are started."""
    start = backup._start_job

    def start_and_judge(body: Data) -> Any:
        response = start(body)
        if response[0] == 200:
            _judge_backup(permissions, backup._jobs[json.loads(response[2])["BackupJobId"]])
        return response

    backup._start_job = start_and_judge
    backup.handle_request = add_routes(
        [
            ("PUT", "/copy-jobs", lambda data: _copy(permissions, data)),
            ("GET", "/copy-jobs/([^/]+)", _describe_copy),
            ("PUT", "/restore-jobs", lambda data: _restore(permissions, data)),
        ],
        backup.handle_request,
    )


def _here() -> Place:
    return Place(get_region(), get_account_id())


def _judge_backup(permissions: Permissions, job: Data) -> None:
    made = _backup_of(job["ResourceArn"], job["BackupVaultName"])
    job["RecoveryPointArn"] = made.recovery_point
    _backups[made.recovery_point] = made
    needs = [(_here(), need) for need in backup_needs.of_backup(made)]
    job["State"], job["StatusMessage"] = _verdict(permissions, job["IamRoleArn"], needs)


def _copy(permissions: Permissions, data: Data) -> Data:
    made = _find(data["RecoveryPointArn"])
    destination = data["DestinationBackupVaultArn"]
    region, name = destination.split(":")[3], destination.rpartition(":")[2]
    with request_scope(get_account_id(), region):
        copied = _backup_of(made.resource, name)
    state, message = _verdict(permissions, data["IamRoleArn"], backup_needs.of_copy(made, copied))
    identity = new_uuid()
    _copies[identity] = {
        "CopyJobId": identity,
        "DestinationBackupVaultArn": destination,
        "DestinationRecoveryPointArn": copied.recovery_point,
        "IamRoleArn": data["IamRoleArn"],
        "State": state,
        "StatusMessage": message,
    }
    return {"CopyJobId": identity}


def _describe_copy(_: Data, identity: str) -> Data:
    if identity not in _copies:
        raise ServiceError("ResourceNotFoundException", f"Copy job {identity} not found")
    return {"CopyJob": _copies[identity]}


def _restore(permissions: Permissions, data: Data) -> Data:
    made, metadata, place = _find(data["RecoveryPointArn"]), data.get("Metadata") or {}, _here()
    kind = made.resource.split(":")[2]
    prefix = f"arn:aws:{kind}:{place.region}:{place.account}:"
    restored = {"rds": f"{prefix}cluster:{RESTORED}", "dynamodb": f"{prefix}table/{RESTORED}"}
    arn = restored.get(kind, f"arn:aws:s3:::{RESTORED}")
    key = metadata.get("kmsMasterKeyArn") or metadata.get("kmsKey")
    subnets = f"{prefix}subgrp:{metadata.get('dbSubnetGroupName', 'default')}"
    needs = [(place, need) for need in backup_needs.of_restore(made, arn, subnets, key)]
    state, message = _verdict(permissions, data["IamRoleArn"], needs)
    identity = restore_jobs.keep(state, message, data.get("ResourceType", ""), arn, data["IamRoleArn"])
    return {"RestoreJobId": identity}


def _find(recovery_point: str) -> Backup:
    if recovery_point not in _backups:
        raise ServiceError("ResourceNotFoundException", f"Recovery point {recovery_point} not found")
    found: Backup = _backups[recovery_point]
    return found


def _backup_of(resource: str, vault: str) -> Backup:
    """A new backup in a vault of this region."""
    if vault not in backup._vaults:
        raise ServiceError("ResourceNotFoundException", f"Backup vault {vault} not found")
    record, place = backup._vaults[vault], _here()
    identity = new_uuid()
    is_cluster = resource.startswith("arn:aws:rds:")
    point = f"arn:aws:rds:{place.region}:{place.account}:cluster-snapshot:awsbackup:job-{identity}"
    if not is_cluster:
        point = f"arn:aws:backup:{place.region}:{place.account}:recovery-point:{identity}"
    key = follow_ups.key_arn(record.get("EncryptionKeyArn"), place)
    return Backup(place, resource, _key_of(resource, place), point, record["BackupVaultArn"], key)


def _key_of(resource: str, place: Place) -> str | None:
    if resource.startswith("arn:aws:rds:"):
        cluster = rds._clusters.get(resource.rpartition(":")[2]) or {}
        return follow_ups.key_arn(cluster.get("KmsKeyId"), place)
    return follow_ups.key_of(resource, place)


def _verdict(permissions: Permissions, role_arn: str, needs: Iterable[tuple[Place, Need]]) -> tuple[str, str]:
    """How a job ends, and what it says."""
    role = principals.session(role_arn, "AWSBackup")
    for place, need in needs:
        if not permissions.may(role, need, place, "AWS Backup"):
            return "FAILED", permissions.message(role, need)
    return "COMPLETED", ""
