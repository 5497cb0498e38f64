"""Whether this region can take a payment right now, answered within two seconds.

A region that is about to become the writer as planned counts as one that can: DNS goes ahead of the
writer, so that callers wait for the switchover only (see `epoch.py`).

Route 53 gives an endpoint two seconds for its answer after the connection stands, and calls
one that takes longer unhealthy without learning why. So the checks run side by side, and the
one that has not come back in time is reported by name.
(Route 53 developer guide, "How Route 53 determines whether a health check is healthy")
"""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import concurrently
from deadline import Deadline
from epoch import SUPERSEDED, Epoch
from failures import Unavailable
from ledger import NOT_SET_UP, Ledger
from receipts import Receipts
from region_settings import RegionSettings

BUDGET_SECONDS = 1.5
# A written receipt vouches for the bucket for as long as one checker waits between two probes, so
# that a probe of every checker does not cost a write.
RECEIPT_SECONDS = 10.0
OK = "ok"
# What only the writer has, in the region that is about to become it.
ANNOUNCED = "announced"

Check = Callable[[], str]

# No item has this key, so a write that is only done to an item that is there is never done.
_PROBE_ID = "health#none"


class Health:
    """The checks of this region, one for each step that an acknowledged payment needs."""

    def __init__(
        self,
        ledger: Ledger,
        epoch: Epoch,
        session_client: Any,
        receipts: Receipts,
        settings: RegionSettings,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._ledger = ledger
        self._epoch = epoch
        self._session_client = session_client
        self._receipts = receipts
        self._settings = settings
        self._clock = clock
        self._receipt_written: float | None = None

    def states(self) -> dict[str, str]:
        """The state of each check: "ok", "announced", or a short reason."""
        checks = {
            "database": self._database,
            "epoch": self._current,
            "session_table": self._session_table,
            "receipts": self._receipt,
        }
        return run_side_by_side(checks, BUDGET_SECONDS)

    def _database(self) -> str:
        deadline = Deadline(BUDGET_SECONDS)
        try:
            state = self._ledger.writer_state(deadline)
            if state.writable:
                return OK if state.usable else NOT_SET_UP
        except Unavailable:
            # A standby cannot be asked: the Data API refuses it everything, with whatever code.
            if self._epoch.is_announced(deadline):
                return ANNOUNCED
            raise
        return ANNOUNCED if self._epoch.is_announced(deadline) else "read_only"

    def _current(self) -> str:
        deadline = Deadline(BUDGET_SECONDS)
        try:
            self._epoch.current(deadline)
        except Unavailable as failure:
            if failure.reason == SUPERSEDED and self._epoch.is_announced(deadline):
                return ANNOUNCED
            raise
        return OK

    def _session_table(self) -> str:
        # A write that is refused by its condition has passed everything else that a claim needs.
        try:
            self._session_client.put_item(
                TableName=self._settings.session_table,
                Item={"session_id": {"S": _PROBE_ID}},
                ConditionExpression="attribute_exists(session_id)",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
        return OK

    def _receipt(self) -> str:
        now = self._clock()
        written = self._receipt_written
        if written is None or now - written >= RECEIPT_SECONDS:
            self._receipts.probe(self._settings.region, Deadline(BUDGET_SECONDS))
            self._receipt_written = now
        return OK


def run_side_by_side(checks: dict[str, Check], budget_seconds: float) -> dict[str, str]:
    """What the checks say by the end of the budget."""
    return concurrently.run(checks, budget_seconds, _reason, "timeout")


def _reason(name: str, error: Exception) -> str:
    if isinstance(error, Unavailable):
        return error.reason
    if isinstance(error, (ClientError, BotoCoreError)):
        return Unavailable.because_of(name, error).reason
    # A defect in a check is a failing check.
    return type(error).__name__
