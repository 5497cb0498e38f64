"""The ids of a drill's payments, which mark them in the ledger for good.

The payment function takes such an id only of a drill that is registered in the session table
(functions/payments/drills.py); the name of a drill cannot be guessed. The table is replicated, usually
within a second: until then a drill's payment is refused, and sent again.
"""

import os
import time
from collections.abc import Callable
from typing import Any

from instants import compact

PREFIX = "failover-drill-"
# Longer than a drill's payments go on.
REGISTERED_SECONDS = 3600


def payment_id(drill: str, number: int) -> str:
    """The id of a drill's payment, counted from 1."""
    return f"{PREFIX}{drill}-{number}"


def new_name(epoch_seconds: float) -> str:
    """A name that says when, and that nobody guesses."""
    return f"{compact(epoch_seconds)}-{os.urandom(8).hex()}"


class Registry:
    """The session table, of which drills write items of their own only."""

    def __init__(self, client: Any, table: str, clock: Callable[[], float] = time.time):
        self._client = client
        self._table = table
        self._clock = clock

    def register(self, drill: str) -> None:
        """Lets payments of this drill be taken, for an hour."""
        ends_at = int(self._clock()) + REGISTERED_SECONDS
        self._client.put_item(
            TableName=self._table,
            Item={"session_id": {"S": f"drill#{drill}"}, "expires_at": {"N": str(ends_at)}},
        )
