"""The epoch: which region may acknowledge payments, in the DynamoDB session table.

Aurora fences the writer of a region that is lost on a best effort, and a region that was only cut
off may go on writing to a database that nobody will ever read again. So an unplanned failover
writes into the global session table that from this epoch on only one region acknowledges; the way
back opens the epoch to whoever is the writer. In ordinary times it is open, because planned moves
fence the old writer for certain. (Aurora user guide, "Performing managed failovers")

The same item announces a planned move: the region that is about to become the writer. It answers
`/health` as healthy from then on, so that DNS can go ahead of the writer, and takes no payment
before it is the writer. An announcement is over when the move is, or after `ANNOUNCED_SECONDS`.

The table is replicated, usually within a second. A region that is cut off altogether does not hear
of it: what its own callers send it meanwhile, it takes, and the list of lost payments names it once
the region is back. That is what remains.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deadline import Deadline
from failures import Unavailable
from region_settings import RegionSettings

STEP = "epoch"
# Written by the state machines of the failover; '#' cannot occur in a payment_id.
EPOCH_ID = "failover#epoch"
SUPERSEDED = "superseded"
# A minute and a half until DNS has gone ahead, and a switchover that takes three times as long as
# AWS's usual minute. A state machine that ended on the way leaves an announcement for as long.
ANNOUNCED_SECONDS = 300


@dataclass(frozen=True)
class _Item:
    """The item as this region sees it."""

    number: str
    is_superseded: bool
    is_announced: bool


class Epoch:
    """The epoch as this region's replica of the session table has it."""

    def __init__(self, client: Any, settings: RegionSettings, clock: Callable[[], float] = time.time):
        self._client = client
        self._settings = settings
        self._clock = clock

    def current(self, deadline: Deadline) -> str:
        """The number of the epoch, in which this region may acknowledge payments. Raises
        `Unavailable` where another region does, or nobody knows."""
        item = self._read(deadline)
        if item.is_superseded:
            raise Unavailable(STEP, SUPERSEDED)
        return item.number

    def is_announced(self, deadline: Deadline) -> bool:
        """Whether this region is known to be about to become the writer as planned. Where nobody knows,
        the epoch's own check says why."""
        try:
            return self._read(deadline).is_announced
        except Unavailable:
            return False

    def _read(self, deadline: Deadline) -> _Item:
        deadline.check(STEP)
        try:
            answer = self._client.get_item(
                TableName=self._settings.session_table,
                Key={"session_id": {"S": EPOCH_ID}},
                ConsistentRead=True,
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable.because_of(STEP, error) from error
        item = answer.get("Item", {})
        holder = item.get("writer_region", {}).get("S")
        announced = item.get("announced_region", {}).get("S") == self._settings.region
        since = item.get("announced_at", {}).get("S", "")
        return _Item(
            number=item.get("epoch", {}).get("N", "0"),
            is_superseded=holder not in (None, self._settings.region),
            is_announced=announced and self._is_recent(since),
        )

    def _is_recent(self, instant: str) -> bool:
        try:
            since = datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp()
        except ValueError:
            return False
        return self._clock() - since <= ANNOUNCED_SECONDS

    def check_still(self, epoch: str, deadline: Deadline) -> None:
        """Raises `Unavailable` unless it is still the same epoch: the row that was written in
        another one may be gone with its writer."""
        if self.current(deadline) != epoch:
            raise Unavailable(STEP, "changed")
