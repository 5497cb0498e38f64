"""A drill's customer: one payment a second, and the same one again until it is acknowledged.

So at any moment at most one payment is open, and those acknowledged are the first ones, without a
hole: payment n is sent when n-1 has been acknowledged. The ledger is checked against that.
The longest time between two acknowledgements is how long customers could not pay.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import log
from drill_ids import Registry, new_name, payment_id
from drill_record import DrillRecord
from failures import PaymentRefused, reason_of
from instants import iso
from payment_client import PaymentClient

INTERVAL_SECONDS = 1.0
# The function has 900.
MAXIMUM_SECONDS = 800.0
# What an open payment gets after the drill has finished; by then the way is clear.
LAST_CHANCE_SECONDS = 30.0
# A single refusal may be chance, DNS in the middle of a change, or a registration on its way.
TRIALS = 5


@dataclass
class Tally:
    """What happened, in the region's own clock."""

    own_region: str
    started: float
    sent: int = 0
    acknowledged: int = 0
    attempts: int = 0
    longest_gap: float = 0.0
    regions: dict[str, int] = field(default_factory=dict)
    first_in_own: float | None = None
    back_in_other: float | None = None
    last_refusal: str | None = None
    last_good: float = 0.0

    def __post_init__(self) -> None:
        self.last_good = self.started

    def acknowledge(self, region: str, now: float) -> None:
        """Counts a payment that went through."""
        self.acknowledged += 1
        self.regions[region] = self.regions.get(region, 0) + 1
        self.gap_until(now)
        self.last_good = now
        if region == self.own_region:
            self.first_in_own = self.first_in_own or now
        elif self.first_in_own is not None:
            self.back_in_other = self.back_in_other or now

    def gap_until(self, now: float) -> None:
        """Takes account of the time since the last payment that went through."""
        self.longest_gap = max(self.longest_gap, now - self.last_good)


class DrillPayments:
    """Pays until the drill is finished."""

    def __init__(
        self,
        client: PaymentClient,
        record: DrillRecord,
        registry: Registry,
        own_region: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._client = client
        self._record = record
        self._registry = registry
        self._own_region = own_region
        self._clock = clock
        self._sleep = sleep

    def once(self) -> dict[str, Any]:
        """Pays before anything moves; raises `PaymentRefused` if it cannot be done.

        The id is no drill's, so no ledger of one counts it.
        """
        name = new_name(self._clock())
        self._registry.register(name)
        trial = payment_id(name, 1)
        refusal = None
        for number in range(TRIALS):
            if number:
                self._sleep(INTERVAL_SECONDS)
            receipt = self._client.pay(trial)
            if receipt.region is not None:
                return {"payment": trial, "region": receipt.region}
            refusal = receipt.refusal
        raise PaymentRefused(f"a payment is refused: {refusal}; {self._client.hint}")

    def run(self, drill: str) -> dict[str, Any]:
        """Pays, and returns what a customer has seen of the drill."""
        tally = Tally(self._own_region, self._clock())
        end = tally.started + MAXIMUM_SECONDS
        finishing = False
        while self._clock() < end:
            slot = self._clock()
            if not finishing and not self._goes_on(drill):
                finishing = True
                end = min(end, slot + LAST_CHANCE_SECONDS)
            is_open = tally.sent > tally.acknowledged
            if finishing and not is_open:
                break
            if not is_open:
                tally.sent += 1
            self._pay(drill, tally)
            self._sleep(max(0.0, slot + INTERVAL_SECONDS - self._clock()))
        if tally.sent > tally.acknowledged:
            tally.gap_until(self._clock())
        return self._report(drill, tally)

    def _goes_on(self, drill: str) -> bool:
        try:
            return self._record.is_running(drill)
        except (ClientError, BotoCoreError) as error:
            # A payment more does no harm; a drill that is measured to its half does.
            log.write("drill_state_unknown", drill=drill, reason=reason_of(error))
            return True

    def _pay(self, drill: str, tally: Tally) -> None:
        tally.attempts += 1
        receipt = self._client.pay(payment_id(drill, tally.sent))
        if receipt.region is not None:
            tally.acknowledge(receipt.region, self._clock())
            return
        if receipt.refusal != tally.last_refusal:
            log.write("refused", drill=drill, number=tally.sent, reason=receipt.refusal)
        tally.last_refusal = receipt.refusal

    def _report(self, drill: str, tally: Tally) -> dict[str, Any]:
        first, back = tally.first_in_own, tally.back_in_other
        return {
            "drill": drill,
            "sent": tally.sent,
            "acknowledged": tally.acknowledged,
            "attempts": tally.attempts,
            "longest_gap_seconds": round(tally.longest_gap, 1),
            "regions": tally.regions,
            "first_in_dr_at": None if first is None else iso(first),
            "back_in_primary_at": None if back is None else iso(back),
            "started_at": iso(tally.started),
            "ended_at": iso(self._clock()),
            "last_refusal": tally.last_refusal,
        }
