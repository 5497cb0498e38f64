"""From checks to a verdict: the gravest consequence of any check decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conditions import Reason
from failures import Unknown
from instants import iso
from replication_lag import Lag
from side_by_side import Answer

PROCEED = "proceed"
ASK = "ask"
REFUSE = "refuse"
OK = "ok"
# From the mildest to the gravest.
_GRAVITY = (PROCEED, ASK, REFUSE)


@dataclass(frozen=True)
class Finding:
    """The state of one check and what follows from it."""

    state: str = OK
    consequence: str = PROCEED


def weigh(test: Callable[[], Reason], wrong: str = REFUSE, unknown: str = REFUSE) -> Finding:
    """Makes a finding of a test: `wrong` is what follows if its condition does not hold,
    `unknown` if that cannot be found out."""
    try:
        reason = test()
    except Unknown as error:
        return Finding(f"unknown: {error}", unknown)
    return Finding() if reason is None else Finding(reason, wrong)


def gravest(findings: dict[str, Finding]) -> str:
    """The verdict of all findings together."""
    return max((finding.consequence for finding in findings.values()), key=_GRAVITY.index)


def document(verdict: str, findings: dict[str, Finding], lag: Answer, now: int, takes_lock_from: str) -> dict[str, Any]:
    """The answer to the state machine, whatever the verdict. Step Functions hands `now` on to
    DynamoDB, whose numbers are strings."""
    known: Lag | None = lag.value if lag.problem is None else None
    return {
        "verdict": verdict,
        "reasons": [f"{name}: {finding.state}" for name, finding in findings.items() if finding.state != OK],
        "lag_milliseconds": known.milliseconds if known else None,
        "lag_age_seconds": known.age_seconds if known else None,
        "checks": {name: finding.state for name, finding in findings.items()},
        "now": str(now),
        "now_iso": iso(now),
        "takes_lock_from": takes_lock_from,
    }
