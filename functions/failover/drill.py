"""Entry point of the drill's steps: `drill.handle`, `{"step": S, ...}`. The state machine has the
order; what it cannot do itself is done here.

    pay_once     pay before anything moves, or there would be nothing to measure
    begin        register the drill
    payments     pay once a second until the drill is finished, and report
    switch_over  hand the writer's role to this region, asked where the writer is
    finish       end the payments
    verify       compare the ledger with what was acknowledged
    evidence     write the record, publish the metrics, and say whether the drill passed

A step may be told the `drill`; without it, it is the current one's.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import cold_start
import drill_ledger
import evidence
import log
from aurora import Aurora
from authorization import authorization_of
from aws_clients import TimeLimits, client
from data_api import Database, databases_of
from dns_text import TextRecords
from drill_ids import Registry
from drill_payments import DrillPayments
from drill_record import DrillRecord
from evidence import Findings
from failures import NotYet, PrimaryLost, reason_of
from instants import iso
from metrics import Metric, Metrics
from payment_client import PaymentClient
from settings import Settings
from state_table import StateTable
from witness import Witness

LIMITS = TimeLimits(connect=2.0, read=10.0, attempts=3)
# Asked once a second beside the payments, which must not wait for it.
RECORD_LIMITS = TimeLimits(connect=1.0, read=2.0, attempts=1)


@dataclass(frozen=True)
class Drill:
    """A drill of one pair of regions."""

    primary_region: str
    own_region: str
    own_cluster_arn: str
    record: DrillRecord
    registry: Registry
    payments: DrillPayments
    primary_aurora: Aurora
    own_aurora: Aurora
    databases: Mapping[str, Database]
    evidence_client: Any
    evidence_bucket: str
    metrics: Metrics
    recovery_limit_seconds: int
    clock: Callable[[], float] = time.time

    def pay_once(self, _event: dict[str, Any]) -> dict[str, Any]:
        """Pays one payment, wherever DNS leads."""
        return self.payments.once()

    def begin(self, _event: dict[str, Any]) -> dict[str, Any]:
        """Registers the drill, and lets its payments be taken."""
        begun = self.record.begin()
        self.registry.register(begun["drill"])
        return begun

    def pay(self, event: dict[str, Any]) -> dict[str, Any]:
        """Pays until the drill is finished."""
        return self.payments.run(self._identity(event))

    def switch_over(self, _event: dict[str, Any]) -> dict[str, Any]:
        """Hands the role over. A repetition finds it on its way, which is fine. A region that does not
        answer has no role to hand over."""
        answer = {"requested_at": iso(self.clock())}
        try:
            self.primary_aurora.switch_over_to(self.own_cluster_arn)
        except ClientError:
            if not self._is_on_its_way():
                raise
        except BotoCoreError as error:
            if not self._is_on_its_way():
                raise PrimaryLost(reason_of(error)) from error
        return answer

    def finish(self, event: dict[str, Any]) -> dict[str, Any]:
        """Ends the drill's payments."""
        return self.record.finish(self._identity(event))

    def verify(self, event: dict[str, Any]) -> dict[str, Any]:
        """Checks the ledger, wherever the writer is now."""
        region = self.own_aurora.global_database().writer_region
        if region is None:
            raise NotYet("no region is the writer now")
        result = drill_ledger.verify(self.databases[region], self._identity(event), event.get("payments"))
        return {"writer_region": region, **result}

    def conclude(self, event: dict[str, Any]) -> dict[str, Any]:
        """Writes the evidence first: what it says is then noted and measured."""
        identity, now = self._identity(event), int(self.clock())
        findings = Findings(
            event.get("payments"),
            event.get("verification"),
            event.get("error"),
            event.get("timeline"),
            self.recovery_limit_seconds,
        )
        failures = findings.failures(self.own_region, self.primary_region)
        started_at = self.record.read().get("started_at", now)
        key = evidence.key(identity, started_at)
        self.evidence_client.put_object(
            Bucket=self.evidence_bucket,
            Key=key,
            Body=evidence.document(identity, started_at, now, findings, failures),
            ContentType="application/json",
        )
        self.record.conclude(identity, key, None if failures else now)
        self._measure(findings, not failures)
        return {"passed": not failures, "key": key, "reasons": failures}

    def _identity(self, event: dict[str, Any]) -> str:
        identity = event.get("drill") or self.record.read().get("id_of_drill")
        if not identity:
            raise ValueError("there is no drill")
        return identity

    def _is_on_its_way(self) -> bool:
        database = self.own_aurora.global_database()
        return self.own_cluster_arn in (database.moving_to, database.writer)

    def _measure(self, findings: Findings, passed: bool) -> None:
        payments, verification = findings.payments or {}, findings.verification or {}
        values = {
            "DrillPassed": (int(passed), "Count"),
            "DrillLongestGapSeconds": (payments.get("longest_gap_seconds"), "Seconds"),
            "DrillLostPayments": (verification.get("lost"), "Count"),
            "DrillDuplicatedPayments": (verification.get("duplicated"), "Count"),
        }
        known = [Metric(name, value, unit) for name, (value, unit) in values.items() if value is not None]
        try:
            self.metrics.put(known)
        except (ClientError, BotoCoreError) as error:
            # The record stands; a drill does not fail for want of its picture.
            log.write("metrics_lost", reason=reason_of(error))


_STEPS: dict[str, Callable[[Drill, dict[str, Any]], dict[str, Any]]] = {
    "pay_once": Drill.pay_once,
    "begin": Drill.begin,
    "payments": Drill.pay,
    "switch_over": Drill.switch_over,
    "finish": Drill.finish,
    "verify": Drill.verify,
    "evidence": Drill.conclude,
}


def step(drill: Drill, event: dict[str, Any]) -> dict[str, Any]:
    """Takes one step, and logs what came of it."""
    name = event.get("step")
    if name not in _STEPS:
        raise ValueError(f"there is no step {str(name)[:40]!r}")
    answer = _STEPS[name](drill, event)
    log.write("step", step=name, answer=answer)
    return answer


def build(settings: Settings) -> Drill:
    """The drill as this environment describes it."""
    own, primary = settings.text("AWS_REGION"), settings.text("PRIMARY_REGION")
    global_cluster = settings.text("GLOBAL_CLUSTER_ID")
    own_cluster = settings.text("DR_CLUSTER_ARN")
    primary_cluster = settings.text("PRIMARY_CLUSTER_ARN")
    table, domain = settings.text("STATE_TABLE"), settings.text("FAILOVER_DOMAIN")
    witness = Witness(TextRecords(settings.optional("RESOLVER_ADDRESS")), domain)
    authorization = authorization_of(settings, witness, lambda: client("secretsmanager", own, RECORD_LIMITS))
    customer = PaymentClient(domain, authorization=authorization)
    polled = DrillRecord(StateTable(client("dynamodb", own, RECORD_LIMITS), table))
    dynamodb = client("dynamodb", own, LIMITS)
    registry = Registry(dynamodb, settings.text("SESSION_TABLE"))
    return Drill(
        primary_region=primary,
        own_region=own,
        own_cluster_arn=own_cluster,
        record=DrillRecord(StateTable(dynamodb, table)),
        registry=registry,
        payments=DrillPayments(customer, polled, registry, own),
        primary_aurora=Aurora(client("rds", primary, LIMITS), global_cluster, primary_cluster),
        own_aurora=Aurora(client("rds", own, LIMITS), global_cluster, own_cluster),
        databases=databases_of(settings, LIMITS),
        evidence_client=client("s3", own, LIMITS),
        evidence_bucket=settings.text("EVIDENCE_BUCKET"),
        metrics=Metrics(
            client("cloudwatch", own, LIMITS),
            settings.text("METRIC_NAMESPACE"),
            settings.text("ENVIRONMENT"),
        ),
        recovery_limit_seconds=settings.number("RECOVERY_OBJECTIVE_SECONDS"),
    )


@cache
def _drill() -> Drill:
    return build(Settings(os.environ))


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return step(_drill(), event)


cold_start.prepare(_drill)
