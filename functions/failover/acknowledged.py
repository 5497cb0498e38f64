"""What the other region has acknowledged of late, as this region's replica of the session table has it.

The payment function leaves a claim for each payment (functions/payments/claims.py): settled, once it
was acknowledged, or taken, while its request was under way. Nothing lists them by time, so the table
is read through, a page at a time, one page after the other: payments need its capacity too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from time_budget import OutOfTime, TimeBudget

# As the payment function writes them; a test holds both together.
RETENTION_SECONDS = 7 * 24 * 3600
LEASE_SECONDS = 60
PAYMENT, LOST = "payment#", "lost#"
SETTLED, TAKEN = "settled", "taken"
# How far before the last acknowledgement the search looks. A standby that is further behind is no
# standby: its alarm rings at the objective, which is an hour at the most.
WINDOW_SECONDS = 3600
# What fits into the function's memory, and is compared within its time. The latest are kept.
MOST = 50_000


# Who knows that a payment was made: a claim, which is settled once it was acknowledged; a receipt, which
# is written before that; nobody, while its request was under way.
CLAIM, RECEIPT, NOBODY = "claim", "receipt", "nobody"


class Acknowledgement(NamedTuple):
    """What the session table remembers of a payment."""

    at: int
    payment_id: str
    amount: str
    known_from: str


@dataclass(frozen=True)
class Sight:
    """What was found, the latest first, and whether the table was read to its end."""

    found: list[Acknowledgement]
    newest: int | None
    pages: int
    complete: bool


class SessionTable:
    """This region's replica."""

    def __init__(self, client: Any, name: str, call_seconds: float):
        self._client = client
        self._name = name
        self._call_seconds = call_seconds

    def acknowledged_in(self, region: str, budget: TimeBudget) -> Sight:
        """What this region has acknowledged in the last hour in which it did so."""
        window = _Window()
        pages, complete = 0, True
        start: dict[str, Any] = {}
        while True:
            try:
                budget.require(self._call_seconds)
            except OutOfTime:
                complete = False
                break
            page = self._page(region, start)
            pages += 1
            for item in page.get("Items", []):
                window.add(_read(item))
            start = page.get("LastEvaluatedKey") or {}
            if not start:
                break
        return Sight(window.latest_first(), window.newest, pages, complete and not window.overflowed)

    def _page(self, region: str, start: dict[str, Any]) -> dict[str, Any]:
        beginning = {"ExclusiveStartKey": start} if start else {}
        return self._client.scan(
            TableName=self._name,
            FilterExpression="claim_region = :region",
            ExpressionAttributeValues={":region": {"S": region}},
            **beginning,
        )


class _Window:
    """The acknowledgements of the last hour before the newest, and the newest of these if they are
    too many."""

    def __init__(self) -> None:
        self._found: list[Acknowledgement] = []
        self.newest: int | None = None
        self.overflowed = False

    def add(self, entry: Acknowledgement | None) -> None:
        """Takes one more; an item that is no claim of a payment is none."""
        if entry is None:
            return
        if entry.known_from == CLAIM:
            self.newest = max(entry.at, self.newest or 0)
        self._found.append(entry)
        if len(self._found) >= 2 * MOST:
            self._shrink()

    def latest_first(self) -> list[Acknowledgement]:
        """What is in the window."""
        self._shrink()
        return self._found

    def _shrink(self) -> None:
        latest = max((entry.at for entry in self._found), default=0)
        begin = (self.newest or latest) - WINDOW_SECONDS
        within = sorted((entry for entry in self._found if entry.at >= begin), reverse=True)
        self.overflowed = self.overflowed or len(within) > MOST
        self._found = within[:MOST]


def _read(item: dict[str, Any]) -> Acknowledgement | None:
    identity, state = _text(item, "session_id"), _text(item, "claim_state")
    amount, expires_at = _text(item, "amount"), int(item.get("expires_at", {}).get("N", "0"))
    if identity.startswith(LOST):
        # Its id was taken for another amount since: `lost#ID#AMOUNT`. Where a receipt told it, the
        # time is that of the finding.
        payment_id = identity[len(LOST) :].rsplit("#", 1)[0]
        known_from = RECEIPT if "known_from" in item else CLAIM
        return Acknowledgement(expires_at - RETENTION_SECONDS, payment_id, amount, known_from)
    if not identity.startswith(PAYMENT) or state not in (SETTLED, TAKEN):
        return None
    payment_id = identity[len(PAYMENT) :]
    if state == SETTLED:
        return Acknowledgement(expires_at - RETENTION_SECONDS, payment_id, amount, CLAIM)
    return Acknowledgement(expires_at - LEASE_SECONDS, payment_id, amount, NOBODY)


def _text(item: dict[str, Any], name: str) -> str:
    return item.get(name, {}).get("S", "")


def batches(entries: list[Acknowledgement], size: int) -> Iterator[list[Acknowledgement]]:
    """The entries, so many at a time."""
    for start in range(0, len(entries), size):
        yield entries[start : start + size]
