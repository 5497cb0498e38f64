"""Entry point of the detector: `detector.handle`, once a minute.

A run probes the primary region's health five times, ten seconds apart, and counts failures in a
row (see `streak`). From the third on it asks the second witness (see `witness`); if both say that
the primary is gone, it starts the failover state machine, which checks everything again and acts.

    A failed probe alone starts nothing, and neither does Route 53 alone.
    A run may die at any moment: what it counted is in the table, and starting is idempotent.
    While the latch is active the failover has been done, and nothing is started.

Every step begins only if its worst case ends before Lambda's limit of 60 seconds.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import Any, Callable

from botocore.exceptions import BotoCoreError, ClientError

import cold_start
import log
import streak as streaks
from aws_clients import TimeLimits, client
from dns_text import TextRecords
from endpoint import TIMEOUT_SECONDS, Endpoint
from executions import Executions
from failures import Unknown, reason_of
from instants import iso
from metrics import Metric, Metrics
from notices import Notices
from settings import Settings
from state_table import StateTable, latch_is_active
from streak import FAILURES_FOR_AN_INCIDENT, Streak
from time_budget import OutOfTime, TimeBudget
from witness import Witness

PROBES = 5
INTERVAL_SECONDS = 10
# Route 53 needs its own three intervals and resolvers keep its old answer for 10 seconds. Before
# that the witnesses do not disagree, one is only slower.
FAILURES_FOR_A_NOTICE = FAILURES_FOR_AN_INCIDENT + 4

LIMITS = TimeLimits(connect=1.0, read=1.0, attempts=2)
# Metrics come last and are not worth waiting for.
METRIC_LIMITS = TimeLimits(connect=0.5, read=1.0, attempts=1)
_CALL_SECONDS = LIMITS.worst_call_seconds()
_PROBE_SECONDS = TIMEOUT_SECONDS + 2 * _CALL_SECONDS
_WITNESS_SECONDS = 4.0
# Reading the latch for the metric may fail for want of time, publishing may not.
RESERVE_SECONDS = METRIC_LIMITS.worst_call_seconds() + 0.5


class NothingCounted(Exception):
    """Not one probe of this run could be counted: the detector is blind."""


@dataclass(frozen=True)
class Services:
    """What the detector asks and tells."""

    primary: Endpoint
    witness: Witness
    table: StateTable
    failover: Executions
    notices: Notices
    metrics: Metrics


@dataclass(frozen=True)
class Clock:
    """Time, replaced in tests."""

    epoch: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Detector:
    """The detector of one pair of regions."""

    def __init__(
        self, services: Services, primary_region: str, own_region: str, clock: Clock = Clock()
    ):
        self._services = services
        self._primary_region = primary_region
        self._own_region = own_region
        self._clock = clock

    def run(self, budget: TimeBudget) -> dict:
        """Probes for most of a minute; raises `NothingCounted` if no probe could be counted."""
        started = self._clock.monotonic()
        outcomes, failures = [], 0
        for number in range(PROBES):
            pause = started + number * INTERVAL_SECONDS - self._clock.monotonic()
            self._clock.sleep(max(0.0, pause))
            try:
                budget.require(_PROBE_SECONDS)
                streak = self._probe()
                outcome = "other_run_counts" if streak is None else self._consider(streak, budget)
                failures = failures if streak is None else streak.failures
            except OutOfTime:
                outcome = "out_of_time"
            except (ClientError, BotoCoreError) as error:
                outcome = f"failed: {reason_of(error)}"
            outcomes.append(outcome)
        self._publish(failures, outcomes, budget)
        log.write("run", failures=failures, outcomes=outcomes)
        if all(outcome.startswith("failed: ") for outcome in outcomes):
            raise NothingCounted(outcomes[-1])
        return {"failures": failures, "outcomes": outcomes}

    def _probe(self) -> Streak | None:
        """Counts one probe; None if another run counts these seconds."""
        now = int(self._clock.epoch())
        seen = streaks.read(self._services.table)
        if not seen.may_count(now):
            return None
        finding = self._ask_primary()
        streak = seen.after(finding is None, now)
        if not streaks.save(self._services.table, streak, seen):
            return None
        if finding is not None:
            log.write(
                "probe_failed",
                reason=finding,
                failures=streak.failures,
                incident=streak.incident,
            )
        return streak

    def _ask_primary(self) -> str | None:
        """What is wrong with the primary, if anything."""
        try:
            health = self._services.primary.health()
        except Unknown as error:
            return str(error)
        return None if health.takes_payments else health.describe()

    def _consider(self, streak: Streak, budget: TimeBudget) -> str:
        if streak.failures == 0:
            return "healthy"
        if streak.failures < FAILURES_FOR_AN_INCIDENT:
            return "failing"
        budget.require(_CALL_SECONDS)
        if latch_is_active(self._services.table):
            return "failed_over"
        budget.require(_WITNESS_SECONDS)
        dissent = self._dissent()
        if dissent is None:
            budget.require(_CALL_SECONDS)
            return self._start(streak)
        return self._report_dissent(streak, dissent, budget)

    def _dissent(self) -> str | None:
        """What the second witness says against a failover; None if it says the same."""
        try:
            region = self._services.witness.active_region()
        except Unknown as error:
            return f"DNS does not answer ({error})"
        if region != self._own_region:
            return f"Route 53 still sends customers to {region}"
        return None

    def _start(self, streak: Streak) -> str:
        name = f"failover-{streak.incident}"
        request = {
            "requested_by": "detector",
            "incident": streak.incident,
            "reason": f"{self._primary_region} has not answered as healthy since"
            f" {iso(streak.first_failed_at or 0)}, and Route 53 agrees",
        }
        if not self._services.failover.start(name, request):
            return "started_before"
        log.write("failover_started", execution=name, failures=streak.failures)
        return "started"

    def _report_dissent(self, streak: Streak, dissent: str, budget: TimeBudget) -> str:
        log.write("no_quorum", reason=dissent, failures=streak.failures)
        if streak.failures < FAILURES_FOR_A_NOTICE or streak.incident is None:
            return "no_quorum"
        # Taking the right to give notice, giving it, and giving the right back if that fails.
        budget.require(3 * _CALL_SECONDS)
        if not streaks.notice_once(self._services.table, streak.incident):
            return "no_quorum"
        try:
            self._services.notices.publish(
                f"{self._primary_region} looks down from {self._own_region} only: no failover",
                f"Incident {streak.incident}: {streak.failures} probes of {self._primary_region}"
                f" in a row have failed since {iso(streak.first_failed_at or 0)}, but {dissent}."
                " Nothing has been started; that takes both witnesses. Look at the primary"
                " region, and at the way to it from here. If it is lost, start the failover"
                " state machine by hand.",
            )
        except (ClientError, BotoCoreError):
            # The next probe tries again.
            streaks.forget_notice(self._services.table)
            raise
        return "notice_given"

    def _publish(self, failures: int, outcomes: list[str], budget: TimeBudget) -> None:
        """Metrics never fail a run: it has done its work by now."""
        metrics = []
        if any(outcome not in ("other_run_counts", "out_of_time") for outcome in outcomes):
            metrics.append(Metric("ProbeFailures", failures))
        try:
            budget.require(_CALL_SECONDS)
            metrics.append(Metric("LatchActive", latch_is_active(self._services.table)))
        except (ClientError, BotoCoreError, OutOfTime) as error:
            log.write("latch_unknown", reason=reason_of(error))
        try:
            if metrics:
                self._services.metrics.put(metrics)
        except (ClientError, BotoCoreError) as error:
            log.write("metrics_lost", reason=reason_of(error))


def build(environment: Settings) -> Detector:
    """The detector as this environment describes it."""
    region = environment.text("AWS_REGION")
    return Detector(
        Services(
            primary=Endpoint(environment.text("PRIMARY_HEALTH_URL")),
            witness=Witness(
                TextRecords(environment.optional("RESOLVER_ADDRESS")),
                environment.text("FAILOVER_DOMAIN"),
            ),
            table=StateTable(client("dynamodb", region, LIMITS), environment.text("STATE_TABLE")),
            failover=Executions(
                client("stepfunctions", region, LIMITS), environment.text("FAILOVER_MACHINE_ARN")
            ),
            notices=Notices(client("sns", region, LIMITS), environment.text("ALERT_TOPIC_ARN")),
            metrics=Metrics(
                client("cloudwatch", region, METRIC_LIMITS),
                environment.text("METRIC_NAMESPACE"),
                environment.text("ENVIRONMENT"),
            ),
        ),
        primary_region=environment.text("PRIMARY_REGION"),
        own_region=region,
    )


@cache
def _detector() -> Detector:
    return build(Settings(os.environ))


def handle(_event: Any, context: Any) -> dict:
    """The Lambda entry point."""
    return _detector().run(TimeBudget.of_invocation(context, RESERVE_SECONDS))


cold_start.prepare(_detector)
