"""Entry point of the search for lost payments: `lost_payments.handle`, `{"execution": ARN}`.

Replication of the database is asynchronous: an unplanned failover may lose the last payments that
the other region has acknowledged. Two stores that are replicated apart from it know them: the claims
in the session table, which say what was acknowledged and when, and the receipts. What they know and
the ledger here does not have is lost, and is named.

    A claim that is settled, and no row of this amount    lost
    A claim that is only taken, no row, but its receipt   lost, if it was acknowledged at all
    A claim that is only taken, no row, no receipt        undecided: the request was under way

A payment that its customer has repeated since is there again, and is not lost. The latest are looked
at first, and what there was no time for is said. Nothing is changed; it may be done again, and should
be when the other region is back: what it acknowledged while it was cut off, it tells only then.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import cold_start
import log
import loss
from acknowledged import (
    CLAIM,
    MOST,
    NOBODY,
    RECEIPT,
    WINDOW_SECONDS,
    Acknowledgement,
    SessionTable,
    batches,
)
from aws_clients import TimeLimits, client
from data_api import Database
from failures import reason_of
from instants import compact, iso
from loss import Loss, LostPayment
from metrics import Metric, Metrics
from settings import Settings
from time_budget import OutOfTime, TimeBudget

LIMITS = TimeLimits(connect=1.0, read=5.0, attempts=2)
_CALL_SECONDS = LIMITS.worst_call_seconds()
# Writing the evidence and the metrics.
RESERVE_SECONDS = 2 * _CALL_SECONDS
# The ids of a statement: 32 KB of text at the most, and an answer far under the limit of 1 MiB.
# (Aurora user guide, "Limitations of RDS Data API")
BATCH = 500
# Receipts are read one by one.
MOST_RECEIPTS = 200

# The table and its columns are the payment function's; a test holds both together. A payment_id has
# no comma.
_ROWS = """
SELECT payment_id, CAST(amount AS text)
FROM payments
WHERE payment_id = ANY(string_to_array(:ids, ','))
"""

# What the bucket knows of a payment.
SAME, OTHER, MISSING, UNREAD = "same", "of another amount", "none", "not read"


@dataclass(frozen=True)
class Search:
    """The search in this region, for what the other one has acknowledged."""

    region: str
    own_region: str
    sessions: SessionTable
    ledger: Database
    receipts: Any
    receipts_bucket: str
    evidence: Any
    evidence_bucket: str
    metrics: Metrics
    clock: Callable[[], float] = time.time

    def run(self, event: dict[str, Any], budget: TimeBudget) -> dict[str, Any]:
        """Looks, writes the evidence, and tells what was found."""
        found = Loss(self.region, self.own_region, int(self.clock()))
        missing = self._missing(found, budget)
        self._decide(found, missing, budget)
        key = self._record(found, event.get("execution"))
        self._measure(found)
        place = f"s3://{self.evidence_bucket}/{key}"
        answer = {
            "lost": len(found.lost),
            "seconds": found.seconds,
            "complete": not found.gaps,
            "key": key,
            "told": found.told(place),
        }
        log.write("searched", **answer)
        return answer

    def _missing(self, found: Loss, budget: TimeBudget) -> list[Acknowledgement]:
        """What the claims know and the ledger has not, the latest first."""
        sight = self.sessions.acknowledged_in(self.region, budget)
        found.newest = sight.newest
        if not sight.complete:
            found.gaps.append(f"the session table was not read to its end, or has more than {MOST}")
        missing: list[Acknowledgement] = []
        for batch in batches(sight.found, BATCH):
            try:
                budget.require(_CALL_SECONDS)
            except OutOfTime:
                found.gaps.append(f"what was acknowledged before {iso(batch[0].at)}")
                break
            rows = self._rows(batch)
            missing += [entry for entry in batch if not _is_in(rows, entry)]
            found.compared += sum(entry.known_from == CLAIM for entry in batch)
            found.checked_back_to = batch[-1].at
        else:
            if found.newest is not None:
                found.checked_back_to = found.newest - WINDOW_SECONDS
        return missing

    def _rows(self, batch: list[Acknowledgement]) -> set[tuple[str, Decimal]]:
        ids = ",".join(sorted({entry.payment_id for entry in batch}))
        return {(row[0], Decimal(row[1])) for row in self.ledger.run(_ROWS, ids=ids)}

    def _decide(self, found: Loss, missing: list[Acknowledgement], budget: TimeBudget) -> None:
        unread = 0
        for number, entry in enumerate(missing):
            receipt = self._receipt(entry, budget) if number < MOST_RECEIPTS else UNREAD
            unread += receipt == UNREAD
            known_from = RECEIPT if receipt == SAME and entry.known_from == NOBODY else entry.known_from
            if known_from == NOBODY:
                found.undecided.append(entry.payment_id)
                continue
            found.lost.append(LostPayment(entry.payment_id, entry.amount, iso(entry.at), known_from, receipt))
            if known_from == CLAIM:
                found.oldest_lost = min(entry.at, found.oldest_lost or entry.at)
        if unread:
            found.gaps.append(f"{unread} receipts")

    def _receipt(self, entry: Acknowledgement, budget: TimeBudget) -> str:
        """What the bucket knows of it. A witness that cannot be heard changes nothing of the rest."""
        try:
            budget.require(_CALL_SECONDS)
            answer = self.receipts.get_object(Bucket=self.receipts_bucket, Key=f"receipts/{entry.payment_id}.json")
            document = json.loads(answer["Body"].read())
            same = _amount(document.get("amount")) == Decimal(entry.amount)
            return SAME if same and document.get("region") == self.region else OTHER
        except OutOfTime:
            return UNREAD
        except ClientError as error:
            return MISSING if reason_of(error) == "NoSuchKey" else UNREAD
        # The body's stream raises errors of urllib3 and of the socket; a receipt may be no JSON.
        except Exception as error:
            log.write("receipt_unread", payment_id=entry.payment_id, reason=reason_of(error))
            return UNREAD

    def _record(self, found: Loss, execution: Any) -> str:
        name = str(execution).rsplit(":", 1)[-1] if execution else f"by-hand-{compact(found.now)}"
        key = loss.key(found.now, name)
        self.evidence.put_object(
            Bucket=self.evidence_bucket,
            Key=key,
            Body=found.record(str(execution or name)),
            ContentType="application/json",
        )
        return key

    def _measure(self, found: Loss) -> None:
        metrics = [
            Metric("LostPayments", len(found.lost)),
            Metric("LostSeconds", found.seconds, "Seconds"),
        ]
        try:
            self.metrics.put(metrics)
        except (ClientError, BotoCoreError) as error:
            # The evidence stands.
            log.write("metrics_lost", reason=reason_of(error))


def _is_in(rows: set[tuple[str, Decimal]], entry: Acknowledgement) -> bool:
    return (entry.payment_id, _amount(entry.amount)) in rows


def _amount(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None


def build(settings: Settings) -> Search:
    """The search as this environment describes it."""
    own = settings.text("AWS_REGION")

    def here(service: str) -> Any:
        return client(service, own, LIMITS)

    buckets = here("s3")
    return Search(
        region=settings.text("PRIMARY_REGION"),
        own_region=own,
        sessions=SessionTable(here("dynamodb"), settings.text("SESSION_TABLE"), _CALL_SECONDS),
        ledger=Database(
            here("rds-data"),
            settings.text("DR_CLUSTER_ARN"),
            settings.text("DR_SECRET_ARN"),
            settings.text("DATABASE_NAME"),
        ),
        receipts=buckets,
        receipts_bucket=settings.text("DR_BUCKET"),
        evidence=buckets,
        evidence_bucket=settings.text("EVIDENCE_BUCKET"),
        metrics=Metrics(here("cloudwatch"), settings.text("METRIC_NAMESPACE"), settings.text("ENVIRONMENT")),
    )


@cache
def _search() -> Search:
    return build(Settings(os.environ))


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    budget = TimeBudget.of_invocation(context, RESERVE_SECONDS)
    return _search().run(event if isinstance(event, dict) else {}, budget)


cold_start.prepare(_search)
