"""Entry point of readiness: `readiness.handle`, every half an hour.

Whether this region could take over now, found out while nobody needs it. Each check has a name
and fails by its name; one that breaks is a failing check. All of them together are the metric
`Ready`. The age of drills is no check: it has a metric and an alarm of its own, and where nobody
drills it would hide what else is wrong.

After a failover this region is no standby. The checks of a standby's links to the writer are left
out then, the endpoint must take payments instead, and the rest goes on.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import cold_start
import log
import side_by_side
from aurora import Aurora
from aws_clients import TimeLimits, client
from conditions import Reason
from dns_text import TextRecords
from endpoint import Endpoint
from failures import Unknown
from kill_switch import KillSwitch
from metrics import Metric, Metrics
from replication_lag import ReplicationLag
from settings import Settings
from side_by_side import Answer
from standby_checks import Check, Names, Services, StandbyChecks
from state_table import StateTable, latch_is_active
from witness import Witness

OK = "ok"
STANDBY = "standby"
FAILED_OVER = "failed_over"
NOT_NOW = "not while failed over"
# The longest check makes four calls of at most 17 seconds; the function has 120.
LIMITS = TimeLimits(connect=2.0, read=6.0, attempts=2)
BUDGET_SECONDS = 90.0
_DAY_SECONDS = 24 * 3600
# Reported, but no reason to be called unready: a primary that does not answer is what a standby is
# for.
_NOT_COUNTED = ("primary_answers",)
# Links from or to a writer elsewhere.
_STANDBY_ONLY = (
    "replication_lag",
    "bucket_replication",
    "table_replica",
    "primary_answers",
)


@dataclass(frozen=True)
class Readiness:
    """The readiness of one standby."""

    checks: StandbyChecks
    table: StateTable
    metrics: Metrics
    clock: Callable[[], float] = time.time

    def report(self) -> dict[str, Any]:
        """Runs all checks, publishes what they found, and returns it."""
        first = side_by_side.ask(
            {"latch": lambda: latch_is_active(self.table), "drill_age": self._drill_age_days},
            BUDGET_SECONDS / 3,
        )
        # A table that does not answer says nothing about roles; the usual ones are assumed.
        failed_over = first["latch"].value is True
        states = self._states(first, failed_over)
        counted = [state for name, state in states.items() if name not in _NOT_COUNTED]
        ready = all(state in (OK, NOT_NOW) for state in counted)
        document = {
            "ready": ready,
            "state": FAILED_OVER if failed_over else STANDBY,
            "checks": states,
        }
        log.write("readiness", **document)
        self._publish(ready, states, first)
        return document

    def _states(self, first: dict[str, Answer], failed_over: bool) -> dict[str, str]:
        checks: dict[str, Check] = {
            **self._standby_checks(failed_over),
            "state_table": lambda: None if first["latch"].known() in (True, False) else "odd",
        }
        left_out = _STANDBY_ONLY if failed_over else ()
        answers = side_by_side.ask(
            {name: check for name, check in checks.items() if name not in left_out},
            BUDGET_SECONDS * 2 / 3,
        )
        return {name: _state(answers[name]) if name in answers else NOT_NOW for name in checks}

    def _standby_checks(self, failed_over: bool) -> dict[str, Check]:
        checks = self.checks
        return {
            "database_member": checks.database_member,
            "database_instance": checks.database_instance,
            "versions": checks.versions,
            "replication_lag": checks.replication_lag,
            "secret": checks.secret,
            "storage_key": checks.storage_key,
            "bucket_replication": checks.bucket_replication,
            "table_replica": checks.table_replica,
            "certificate": checks.certificate,
            "concurrency": checks.concurrency,
            "state_machines": checks.state_machines,
            "kill_switch": checks.kill_switch,
            "dns": checks.dns,
            "standby_endpoint": checks.active_endpoint if failed_over else checks.standby_endpoint,
            "primary_answers": checks.primary_answers,
        }

    def _drill_age_days(self) -> float:
        """Days since a drill passed, or since there has been anything to drill."""
        now = int(self.clock())
        self.table.create("installation", {"at": now})
        installed_at = self.table.read("installation").get("at", now)
        passed_at = self.table.read("drill").get("passed_at", 0)
        return (now - max(installed_at, passed_at)) / _DAY_SECONDS

    def _publish(self, ready: bool, states: dict[str, str], first: dict[str, Answer]) -> None:
        metrics = [Metric("Ready", ready)]
        for name, state in states.items():
            failed = state not in (OK, NOT_NOW)
            metrics.append(Metric("CheckFailed", failed, dimensions={"Check": name}))
        # A value that is unknown is not published: its alarm takes that as missing data.
        if first["drill_age"].problem is None:
            metrics.append(Metric("DrillAgeDays", first["drill_age"].value, "None"))
        if first["latch"].problem is None:
            metrics.append(Metric("LatchActive", first["latch"].value))
        self.metrics.put(metrics)


def _state(answer: Answer) -> str:
    """What a check found: nothing, a reason, or that it broke."""
    try:
        reason: Reason = answer.known()
    except Unknown as error:
        return f"unknown: {error}"
    return OK if reason is None else reason


def build(settings: Settings) -> Readiness:
    """Readiness as this environment describes it."""
    own, primary = settings.text("AWS_REGION"), settings.text("PRIMARY_REGION")
    cluster_arn = settings.text("DR_CLUSTER_ARN")

    def here(service: str) -> Any:
        return client(service, own, LIMITS)

    dynamodb, cloudwatch = here("dynamodb"), here("cloudwatch")
    checks = StandbyChecks(
        names=Names(
            primary_region=primary,
            own_region=own,
            own_cluster_arn=cluster_arn,
            own_secret_arn=settings.text("DR_SECRET_ARN"),
            session_table=settings.text("SESSION_TABLE"),
            primary_bucket=settings.text("PRIMARY_BUCKET"),
            own_bucket=settings.text("DR_BUCKET"),
            certificate_arn=settings.text("CERTIFICATE_ARN"),
            payments_function=settings.text("PAYMENTS_FUNCTION"),
            machine_arns=settings.texts("MACHINE_ARNS"),
        ),
        services=Services(
            aurora=Aurora(here("rds"), settings.text("GLOBAL_CLUSTER_ID"), cluster_arn),
            lag=ReplicationLag(cloudwatch, cluster_arn),
            endpoint=Endpoint(settings.text("DR_HEALTH_URL")),
            witness=Witness(
                TextRecords(settings.optional("RESOLVER_ADDRESS")),
                settings.text("FAILOVER_DOMAIN"),
            ),
            switch=KillSwitch(here("ssm"), settings.text("SWITCH_PARAMETER")),
            secrets=here("secretsmanager"),
            keys=here("kms"),
            buckets=here("s3"),
            primary_buckets=client("s3", primary, LIMITS),
            tables=dynamodb,
            certificates=here("acm"),
            functions=here("lambda"),
            machines=here("stepfunctions"),
        ),
        lag_milliseconds=settings.number("MAXIMUM_LAG_MS"),
        lag_age_seconds=settings.number("MAXIMUM_LAG_AGE_SECONDS"),
        clock=time.time,
    )
    return Readiness(
        checks=checks,
        table=StateTable(dynamodb, settings.text("STATE_TABLE")),
        metrics=Metrics(cloudwatch, settings.text("METRIC_NAMESPACE"), settings.text("ENVIRONMENT")),
    )


@cache
def _readiness() -> Readiness:
    return build(Settings(os.environ))


def handle(_event: Any, _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return _readiness().report()


cold_start.prepare(_readiness)
