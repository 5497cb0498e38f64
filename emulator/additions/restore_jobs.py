"""REAL: events of restore jobs and verdicts about them. ECHO: the restoring itself.

A test restores something as it likes, and says through the emulator's own endpoint that a restore
job has ended. The job's event goes to EventBridge; who hears it can describe the job and judge it,
once and for good.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, new_uuid, request_scope
from ministack.services import backup, eventbridge

from server.json_services import Data, ServiceError, add_routes

# What a test must say of the job that has ended.
REQUIRED = ("region", "resource_type", "created_resource_arn", "iam_role_arn")
FINAL = ("SUCCESSFUL", "FAILED")

_jobs = AccountRegionScopedDict()


def install() -> None:
    """Answer questions about restore jobs, and take verdicts."""
    job = "/restore-jobs/([^/]+)"
    backup.handle_request = add_routes(
        [("GET", job, _describe), ("PUT", f"{job}/validations", _judge)], backup.handle_request
    )


def end(request: Data) -> tuple[int, Any]:
    """A restore job has ended: keep it, tell EventBridge, and answer with its id."""
    if any(not isinstance(request.get(name), str) for name in REQUIRED):
        return 400, {"message": f"expected JSON with {', '.join(REQUIRED)}"}
    with request_scope(get_account_id(), request["region"]):
        identity = new_uuid()
        _jobs[identity] = {
            "RestoreJobId": identity,
            "Status": request.get("status", "COMPLETED"),
            "ResourceType": request["resource_type"],
            "CreatedResourceArn": request["created_resource_arn"],
            "IamRoleArn": request["iam_role_arn"],
            "BackupSizeInBytes": request.get("backup_bytes", 0),
            "CreatedBy": {"RestoreTestingPlanArn": request.get("testing_plan_arn", "")},
        }
        _tell(_jobs[identity])
    return 200, {"restore_job_id": identity}


def keep(status: str, message: str, resource_type: str, created: str, role: str) -> str:
    """A restore job that has ended already; its id."""
    identity = new_uuid()
    _jobs[identity] = {
        "RestoreJobId": identity,
        "Status": status,
        "StatusMessage": message,
        "ResourceType": resource_type,
        "CreatedResourceArn": created,
        "IamRoleArn": role,
    }
    return identity


def _tell(job: Data) -> None:
    detail = {
        "restoreJobId": job["RestoreJobId"],
        "status": job["Status"],
        "resourceType": job["ResourceType"],
        "createdResourceArn": job["CreatedResourceArn"],
        "iamRoleArn": job["IamRoleArn"],
        "restoreTestingPlanArn": job["CreatedBy"]["RestoreTestingPlanArn"],
    }
    event = {
        "Source": "aws.backup",
        "DetailType": "Restore Job State Change",
        "Detail": json.dumps(detail),
    }
    eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)


def _find(identity: str) -> Data:
    if identity not in _jobs:
        raise ServiceError("ResourceNotFoundException", f"Restore job {identity} not found")
    return _jobs[identity]


def _describe(_: Data, identity: str) -> Data:
    return _find(identity)


def _judge(data: Data, identity: str) -> Data:
    job = _find(identity)
    if job.get("ValidationStatus") in FINAL:
        raise ServiceError("InvalidRequestException", "The job has been judged already")
    fields = ("ValidationStatus", "ValidationStatusMessage")
    job.update({field: data[field] for field in fields if field in data})
    return {}
