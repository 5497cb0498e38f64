"""Entry point of the validator: `validator.handle`, whenever a restore job of AWS Backup ends.

Looks at what a restore test has restored, reports the verdict to AWS Backup, which then deletes the
restored resource, and counts it.

A call of AWS that fails is no verdict: the function raises, and Lambda calls it again. A verdict
stands for good, so a passing fault of the network must not become one.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import cold_start
import log
import published
from aws_clients import TimeLimits, client
from findings import Findings
from metrics import Metrics
from restore_job import BROKEN, COMPLETED, FAILED, SUCCESSFUL, RestoreJob, RestoreJobs
from restored_bucket import RestoredBucket
from restored_cluster import RestoredCluster
from restored_table import RestoredTable
from settings import Settings

Check = Callable[[RestoreJob], Findings]
# Eleven calls at most; the function has 180 seconds.
LIMITS = TimeLimits(connect=2.0, read=4.0, attempts=2)
# AWS Backup shows the message in lists.
LONGEST_MESSAGE = 1000


@dataclass(frozen=True)
class Validator:
    """The validation of one restore testing plan."""

    testing_plan_arn: str
    jobs: RestoreJobs
    checks: Mapping[str, Check]
    metrics: Metrics

    def run(self, identity: str) -> dict[str, Any]:
        """Judges one job and says what became of it."""
        job = self.jobs.describe(identity)
        # Every restore of the account in this region is told, also one that a person has started.
        if job.testing_plan_arn != self.testing_plan_arn:
            return {"job": identity, "outcome": "not of this plan"}
        if job.status in BROKEN:
            return self._conclude(job, FAILED, "nothing was restored")
        if job.status != COMPLETED:
            return {"job": identity, "outcome": "under way"}
        # EventBridge may tell an event twice.
        if job.verdict:
            return self._conclude(job, job.verdict, "judged before")
        findings = self._check(job)
        verdict = FAILED if findings.problems else SUCCESSFUL
        self.jobs.put_verdict(job, verdict, findings.message[:LONGEST_MESSAGE])
        return self._conclude(job, verdict, findings.message)

    def _check(self, job: RestoreJob) -> Findings:
        check = self.checks.get(job.resource_type)
        if check is None:
            return Findings(job.resource_type, ("nothing here knows how to check it",))
        return check(job)

    def _conclude(self, job: RestoreJob, verdict: str, message: str) -> dict[str, Any]:
        passed = verdict == SUCCESSFUL
        outcome = {"job": job.identity, "outcome": verdict, "message": message}
        log.write("restore_test", resource_type=job.resource_type, **outcome)
        self.metrics.put([published.passed(job.resource_type) if passed else published.failed()])
        return outcome


def build(settings: Settings) -> Validator:
    """The validator as this environment describes it."""
    region = settings.text("AWS_REGION")

    def here(service: str) -> Any:
        return client(service, region, LIMITS)

    cluster = RestoredCluster(here("rds"), settings.text("DATABASE_CLUSTER"), settings.text("DATABASE_KEY_ARN"))
    table = RestoredTable(here("dynamodb"), settings.text("SESSION_TABLE"), settings.text("SESSIONS_KEY_ARN"))
    bucket = RestoredBucket(here("s3"), settings.text("RECEIPTS_KEY_ARN"))
    return Validator(
        testing_plan_arn=settings.text("TESTING_PLAN_ARN"),
        jobs=RestoreJobs(here("backup")),
        checks={"Aurora": cluster.check, "DynamoDB": table.check, "S3": bucket.check},
        metrics=Metrics(here("cloudwatch"), settings.text("METRIC_NAMESPACE"), settings.text("ENVIRONMENT")),
    )


@cache
def _validator() -> Validator:
    return build(Settings(os.environ))


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return _validator().run(event["detail"]["restoreJobId"])


cold_start.prepare(_validator)
