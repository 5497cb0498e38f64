"""A restore job as AWS Backup describes it."""

from dataclasses import dataclass
from typing import Any

COMPLETED = "COMPLETED"
# How a job ends that has restored nothing.
BROKEN = ("FAILED", "ABORTED")
SUCCESSFUL, FAILED = "SUCCESSFUL", "FAILED"


@dataclass(frozen=True)
class RestoreJob:
    """What the validation needs to know of a job."""

    identity: str
    status: str
    testing_plan_arn: str | None
    resource_type: str
    created_arn: str
    backup_bytes: int
    verdict: str | None

    @property
    def created_name(self) -> str:
        """The name of what was restored, the last part of its ARN."""
        return self.created_arn.rpartition(":")[2].rpartition("/")[2]

    @property
    def backup_is_empty(self) -> bool:
        """Whether there was nothing to restore: a table without items, a bucket without objects."""
        return self.backup_bytes == 0


class RestoreJobs:
    """The restore jobs of this region."""

    def __init__(self, client: Any):
        self._client = client

    def describe(self, identity: str) -> RestoreJob:
        """A job by its id."""
        answer = self._client.describe_restore_job(RestoreJobId=identity)
        return RestoreJob(
            identity=identity,
            status=answer["Status"],
            testing_plan_arn=answer.get("CreatedBy", {}).get("RestoreTestingPlanArn"),
            # Tables that AWS Backup manages in full are called `DynamoDB.FullyManaged`.
            resource_type=answer.get("ResourceType", "").partition(".")[0],
            created_arn=answer.get("CreatedResourceArn", ""),
            backup_bytes=answer.get("BackupSizeInBytes", 0),
            verdict=_final(answer.get("ValidationStatus")),
        )

    def put_verdict(self, job: RestoreJob, verdict: str, message: str) -> None:
        """Tells AWS Backup what the validation found. A verdict stands for good."""
        self._client.put_restore_validation_result(
            RestoreJobId=job.identity, ValidationStatus=verdict, ValidationStatusMessage=message
        )


def _final(verdict: str | None) -> str | None:
    return verdict if verdict in (SUCCESSFUL, FAILED) else None
