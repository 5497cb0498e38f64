"""Entry point of the detector: `detector.handle`, once a minute.

A run probes the primary region's health five times, ten seconds apart, and counts failures in a
row (see `streak`). Once they have lasted for as long as patience goes, it asks the second witness
(see `witness`); if both say that the primary is gone, it attempts a failover: it starts the state
machine, which checks everything again and acts. While the outage lasts it attempts it again, after
2, 4, 8 minutes and so on, unless a failover runs. An execution that only waits for a person's answer
about something else (see `attempts`) is no such failover.

    A failed probe alone starts nothing, and neither does Route 53 alone.
    A run may die at any moment: what it counted is in the table, and an attempt has one name.
    While the latch is active nothing counts: payments are elsewhere, because somebody moved them.

Every step begins only if its worst case ends before Lambda's limit of 60 seconds.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import attempts
import cold_start
import commands
import log
import streak as streaks
from aws_clients import TimeLimits, client
from dns_text import TextRecords
from endpoint import TIMEOUT_SECONDS, Endpoint
from executions import Executions
from failures import Unknown, reason_of
from instants import compact, iso
from metrics import Metric, Metrics
from notices import Chapter, Notice, Notices
from settings import Settings
from state_table import StateTable, latch_is_active
from streak import Streak
from time_budget import OutOfTime, TimeBudget
from witness import Witness

PROBES = 5
INTERVAL_SECONDS = 10
# Resolvers keep Route 53's old answer for 10 seconds. Before that the witnesses do not disagree,
# one is only slower.
DISSENT_SECONDS = 40

LIMITS = TimeLimits(connect=0.5, read=1.0, attempts=2)
# Metrics come last and are not worth waiting for.
METRIC_LIMITS = TimeLimits(connect=0.5, read=1.0, attempts=1)
_CALL_SECONDS = LIMITS.worst_call_seconds()
# The latch, what was counted so far, the probe, and what is counted now.
_PROBE_SECONDS = TIMEOUT_SECONDS + 3 * _CALL_SECONDS
# Whether a failover runs, starting one, and remembering that.
_ATTEMPT_SECONDS = 3 * _CALL_SECONDS
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


@dataclass(frozen=True)
class Pair:
    """The two regions, and how long the first may fail before the second takes over."""

    primary_region: str
    own_region: str
    patience_seconds: int
    start_command: str = ""


class Detector:
    """The detector of one pair of regions."""

    def __init__(self, services: Services, pair: Pair, clock: Clock = Clock()):
        self._services = services
        self._pair = pair
        self._clock = clock

    def run(self, budget: TimeBudget) -> dict[str, Any]:
        """Probes for most of a minute; raises `NothingCounted` if no probe could be counted."""
        started = self._clock.monotonic()
        outcomes: list[str] = []
        failures: int | None = None
        for number in range(PROBES):
            pause = started + number * INTERVAL_SECONDS - self._clock.monotonic()
            self._clock.sleep(max(0.0, pause))
            try:
                budget.require(_PROBE_SECONDS)
                outcome, counted = self._look(budget)
                failures = failures if counted is None else counted
            except OutOfTime:
                outcome = "out_of_time"
            except (ClientError, BotoCoreError) as error:
                outcome = f"failed: {reason_of(error)}"
            outcomes.append(outcome)
        self._publish(failures, budget)
        log.write("run", failures=failures, outcomes=outcomes)
        if failures is None and "other_run_counts" not in outcomes:
            raise NothingCounted(outcomes[-1])
        return {"failures": failures, "outcomes": outcomes}

    def _look(self, budget: TimeBudget) -> tuple[str, int | None]:
        """What one probe came to, and the failures in a row if it counts."""
        if latch_is_active(self._services.table):
            self._forget()
            return "latch_holds", 0
        probed = self._probe()
        if probed is None:
            return "other_run_counts", None
        streak, finding = probed
        try:
            return self._consider(streak, finding, budget), streak.failures
        except OutOfTime:
            return "out_of_time", streak.failures
        except (ClientError, BotoCoreError) as error:
            return f"failed: {reason_of(error)}", streak.failures

    def _forget(self) -> None:
        """Ends a streak that a planned move, or a failover, has made meaningless."""
        seen = streaks.read(self._services.table)
        if seen.failures:
            streaks.save(self._services.table, seen.forgotten(), seen)

    def _probe(self) -> tuple[Streak, str | None] | None:
        """Counts one probe, and tells what it found wrong; None if another run counts these
        seconds."""
        now = int(self._clock.epoch())
        seen = streaks.read(self._services.table)
        if not seen.may_count(now):
            return None
        finding, overloaded = self._ask_primary()
        streak = seen.after(finding is None or overloaded, now, overloaded)
        if not streaks.save(self._services.table, streak, seen):
            return None
        if finding is not None:
            log.write(
                "probe_failed",
                reason=finding,
                failures=streak.failures,
                incident=streak.incident,
            )
        return streak, finding

    def _ask_primary(self) -> tuple[str | None, bool]:
        """What is wrong with the primary, if anything, and whether it only rejects calls."""
        try:
            health = self._services.primary.health()
        except Unknown as error:
            return str(error), False
        return None if health.takes_payments else health.describe(), health.is_overloaded

    def _consider(self, streak: Streak, finding: str | None, budget: TimeBudget) -> str:
        now = int(self._clock.epoch())
        if streak.failures == 0:
            return self._consider_overload(streak, now, finding, budget)
        if not streak.is_outage(now, self._pair.patience_seconds):
            return "failing"
        if not streak.may_attempt(now):
            return "attempted"
        budget.require(_WITNESS_SECONDS)
        dissent = self._dissent()
        if dissent is None:
            budget.require(_ATTEMPT_SECONDS)
            return self._attempt(streak, now)
        return self._report_dissent(streak, dissent, budget)

    def _consider_overload(self, streak: Streak, now: int, finding: str | None, budget: TimeBudget) -> str:
        """A region that answers is not lost, whatever it answers: a notification is sent. But once Route 53
        counts its refusals, customers are sent to a region that cannot write: a person is asked,
        and again with the pauses of an outage, unless an answer is waited for."""
        if streak.overloaded_since is None:
            return "healthy"
        if streak.overloaded_for(now) < self._pair.patience_seconds:
            return self._report_overload(finding, now, budget)
        if not streak.may_ask(now):
            return "asked_before"
        budget.require(_ATTEMPT_SECONDS)
        if self._services.failover.running():
            return "failover_runs"
        incident = compact(streak.overloaded_since)
        attempt = streak.overload_attempts + 1
        request = {
            "requested_by": "detector",
            "overloaded": True,
            "incident": incident,
            "attempt": attempt,
            "reason": f"{self._pair.primary_region} rejects calls since {iso(streak.overloaded_since)}",
        }
        name = attempts.of_overload(incident, attempt)
        started = self._services.failover.start(name, request)
        streaks.note_question(self._services.table, streak.overloaded_since, attempt, now)
        if not started:
            return "asked_before"
        log.write("overload_reported", execution=name)
        return "asked"

    def _report_overload(self, finding: str | None, now: int, budget: TimeBudget) -> str:
        """An overload that passes before anybody is asked is told all the same, once an hour."""
        primary, patience = self._pair.primary_region, self._pair.patience_seconds
        notice = Notice(
            f"{primary} rejects calls: no failover",
            f"What happened: {primary} answered a probe of /health with {finding}: too many"
            " requests for the API or for a service behind it, or a firewall that refuses them."
            f"\n\nState now: no failover was started, because {primary} answers."
            f" If the overload lasts for {patience} s, you are asked to approve a failover."
            " If it comes and goes, this notification is sent once an hour."
            "\n\nWhat to do: check the API's throttling, the firewall, the functions'"
            f" concurrency and the services that /health names in {primary}. A failover would bring the same load to"
            f" {self._pair.own_region}.\n",
            Chapter.WATCH,
        )
        table = self._services.table
        is_given = self._give_once(
            notice,
            budget,
            lambda: streaks.notice_overload_once(table, now),
            lambda: streaks.forget_overload_notice(table),
        )
        return "notice_given" if is_given else "overloaded"

    def _give_once(
        self, notice: Notice, budget: TimeBudget, take: Callable[[], bool], give_back: Callable[[], None]
    ) -> bool:
        """Gives a notice if the right to give it is free; tells whether it did. The right is given back if that
        fails, so that the next probe tries again."""
        budget.require(3 * _CALL_SECONDS)
        if not take():
            return False
        try:
            self._services.notices.publish(notice.subject, notice.text, notice.chapter)
        except (ClientError, BotoCoreError):
            give_back()
            raise
        return True

    def _dissent(self) -> str | None:
        """What the second witness says against a failover; None if it says the same."""
        try:
            region = self._services.witness.endpoint_region()
        except Unknown as error:
            return f"DNS does not answer ({error})"
        if region != self._pair.own_region:
            return f"Route 53 finds {region} healthy"
        return None

    def _attempt(self, streak: Streak, now: int) -> str:
        """Starts the failover, unless one runs. The attempt's number is in its name, and is
        remembered afterwards: a run that dies in between makes the same attempt again."""
        incident = streak.incident
        if incident is None:
            return "failover_runs"
        if any(attempts.is_in_the_way(name, incident) for name in self._services.failover.running()):
            return "failover_runs"
        attempt = streak.attempts + 1
        name = attempts.of_outage(incident, attempt)
        request = {
            "requested_by": "detector",
            "incident": incident,
            "attempt": attempt,
            "reason": f"{self._pair.primary_region} has not answered as healthy since"
            f" {iso(streak.first_failed_at or 0)}, and Route 53 agrees",
        }
        started = self._services.failover.start(name, request)
        streaks.note_attempt(self._services.table, incident, attempt, now)
        if not started:
            return "started_before"
        log.write("failover_started", execution=name, failures=streak.failures)
        return "started"

    def _report_dissent(self, streak: Streak, dissent: str, budget: TimeBudget) -> str:
        log.write("no_quorum", reason=dissent, failures=streak.failures)
        patience = self._pair.patience_seconds + DISSENT_SECONDS
        if streak.incident is None or not streak.is_outage(int(self._clock.epoch()), patience):
            return "no_quorum"
        incident, primary, own = streak.incident, self._pair.primary_region, self._pair.own_region
        notice = Notice(
            f"{primary} is unhealthy from {own} only: no failover",
            f"What happened: {streak.failures} probes of {primary} in a row have failed since"
            f" {iso(streak.first_failed_at or 0)} (incident {incident}), but {dissent}."
            "\n\nState now: no failover was started. A failover needs both witnesses: the probes and Route 53."
            f"\n\nWhat to do: check {primary}, and the network path from {own} to it. If {primary} is lost,"
            f" start the failover:\n  {self._pair.start_command}\n",
            Chapter.FAIL_OVER,
        )
        table = self._services.table
        is_given = self._give_once(
            notice, budget, lambda: streaks.notice_once(table, incident), lambda: streaks.forget_notice(table)
        )
        return "notice_given" if is_given else "no_quorum"

    def _publish(self, failures: int | None, budget: TimeBudget) -> None:
        """Metrics never fail a run: it has done its work by now. A run that could count nothing
        says nothing of failures, and the alarm on silence hears it."""
        metrics = [] if failures is None else [Metric("ProbeFailures", failures)]
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
    region, machine = environment.text("AWS_REGION"), environment.text("FAILOVER_MACHINE_ARN")
    return Detector(
        Services(
            primary=Endpoint(environment.text("PRIMARY_HEALTH_URL")),
            witness=Witness(
                TextRecords(environment.optional("RESOLVER_ADDRESS")),
                environment.text("FAILOVER_DOMAIN"),
            ),
            table=StateTable(client("dynamodb", region, LIMITS), environment.text("STATE_TABLE")),
            failover=Executions(client("stepfunctions", region, LIMITS), machine),
            notices=Notices(
                client("sns", region, LIMITS),
                environment.text("ALERT_TOPIC_ARN"),
                environment.optional("RUNBOOK_URL"),
            ),
            metrics=Metrics(
                client("cloudwatch", region, METRIC_LIMITS),
                environment.text("METRIC_NAMESPACE"),
                environment.text("ENVIRONMENT"),
            ),
        ),
        Pair(
            primary_region=environment.text("PRIMARY_REGION"),
            own_region=region,
            patience_seconds=environment.number("PATIENCE_SECONDS"),
            start_command=commands.start_failover(region, machine),
        ),
    )


@cache
def _detector() -> Detector:
    return build(Settings(os.environ))


def handle(_event: Any, context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return _detector().run(TimeBudget.of_invocation(context, RESERVE_SECONDS))


cold_start.prepare(_detector)
