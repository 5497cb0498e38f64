"""Payments of drills: their ids begin with words that no other payment's may.

A drill pays real money, the smallest amount there is, into the real ledger. Whoever adds up the
ledger leaves these rows out by their ids, so nobody else may use such an id: it is taken only while
its drill is registered in the session table, under a name that cannot be guessed. The drill registers
itself. (functions/failover/drill_ids.py)
"""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deadline import Deadline
from failures import Unavailable
from region_settings import RegionSettings
from validation import Payment, Rejected

STEP = "drill"
# `failover-drill-NAME-NUMBER`
PREFIX = "failover-drill-"


class Drills:
    """The drills that are registered in this region's replica of the session table."""

    def __init__(self, client: Any, settings: RegionSettings, now: Callable[[], float] = time.time):
        self._client = client
        self._table = settings.session_table
        self._now = now

    def check(self, payment: Payment, deadline: Deadline) -> None:
        """Raises `Rejected` for an id that is kept for drills and belongs to none that goes on."""
        if not payment.payment_id.startswith(PREFIX):
            return
        name = payment.payment_id[len(PREFIX) :].rpartition("-")[0]
        if not self._is_registered(name, deadline):
            raise Rejected("payment_id", f"payment ids that begin with {PREFIX!r} are kept for drills")

    def _is_registered(self, name: str, deadline: Deadline) -> bool:
        deadline.check(STEP)
        try:
            answer = self._client.get_item(
                TableName=self._table,
                Key={"session_id": {"S": f"drill#{name}"}},
                ConsistentRead=True,
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable.because_of(STEP, error) from error
        ends_at = int(answer.get("Item", {}).get("expires_at", {}).get("N", "0"))
        return ends_at >= self._now()
