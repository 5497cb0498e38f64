"""What a failover has lost, as a record for auditors and as a sentence for whoever is called."""

import json
from dataclasses import asdict, dataclass, field

from instants import iso


@dataclass(frozen=True)
class LostPayment:
    """A payment that is not in the ledger. `receipt` says what the bucket knows of it."""

    payment_id: str
    amount: str
    acknowledged_at: str
    known_from: str
    receipt: str


@dataclass
class Loss:
    """What was compared, and what is lost."""

    region: str
    own_region: str
    now: int
    newest: int | None = None
    compared: int = 0
    checked_back_to: int | None = None
    lost: list[LostPayment] = field(default_factory=list)
    oldest_lost: int | None = None
    undecided: list[str] = field(default_factory=list)
    # What could not be looked at, in words.
    gaps: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> int:
        """How long before the last acknowledgement the first lost one was."""
        if self.oldest_lost is None or self.newest is None:
            return 0
        return max(0, self.newest - self.oldest_lost)

    def record(self, execution: str) -> bytes:
        """The evidence."""
        document = {
            "execution": execution,
            "recorded_at": iso(self.now),
            "region": self.region,
            "complete": not self.gaps,
            "gaps": self.gaps,
            "compared": self.compared,
            "last_acknowledged_at": _instant(self.newest),
            "checked_back_to": _instant(self.checked_back_to),
            "lost": len(self.lost),
            "lost_seconds": self.seconds,
            "payments": [asdict(payment) for payment in self.lost],
            "undecided": self.undecided,
        }
        return json.dumps(document, indent=2).encode("utf-8")

    def told(self, place: str) -> str:
        """In a few sentences, without a full stop behind the last."""
        sentences = [self._count(), *self._doubts(), f"Evidence: {place}"]
        return ". ".join(sentences)

    def _count(self) -> str:
        if self.newest is None:
            return f"the session table has no payment that {self.region} acknowledged in the last week"
        until = iso(self.newest)
        if not self.lost:
            return (
                f"none of {self.compared} payments that {self.region} acknowledged until {until} is missing in"
                f" the database of {self.own_region}"
            )
        return (
            f"{len(self.lost)} of {self.compared} payments that {self.region} acknowledged until {until} are not"
            f" in the database of {self.own_region}, the first from {self.seconds} s before that"
        )

    def _doubts(self) -> list[str]:
        doubts = [f"THE SEARCH IS INCOMPLETE: {'; '.join(self.gaps)}"] if self.gaps else []
        if self.undecided:
            doubts.append(f"Requests in progress, unknown whether they were acknowledged: {len(self.undecided)}")
        return doubts


def _instant(at: int | None) -> str | None:
    return None if at is None else iso(at)


def key(now: int, execution: str) -> str:
    """Where the evidence lies in the bucket."""
    return f"evidence/losses/{iso(now)[:10]}-{execution}.json"
