"""The lock of the three state machines: which execution moves payments.

It stands in the item `latch`, as `locked_by` and `locked_until`, and is written by the machines only
(src/components/failover/lock.rs). The guards say whether it may be taken, and from whom: an execution
that was stopped or has timed out gives nothing back, and whether an owner still runs, Step Functions
knows. The write is then conditional on that owner.
"""

from dataclasses import dataclass

from conditions import Reason
from executions import Executions
from side_by_side import Answer
from state_table import StateTable

ITEM = "latch"
# No execution's ARN, so that a condition on it never holds.
NOBODY = "nobody"


@dataclass(frozen=True)
class Lock:
    """The lock as it was seen."""

    owner: str | None
    until: int
    owner_runs: bool

    def is_free(self, now: int) -> bool:
        """Whether nobody who holds it can go on."""
        return self.owner is None or not self.owner_runs or self.until < now

    def belongs_to(self, machine_arn: str) -> bool:
        """Whether its owner is an execution of this machine."""
        return self.owner is not None and _machine_of(self.owner) == machine_arn.rsplit(":", 1)[-1]

    def held(self, now: int) -> Reason:
        """Nobody holds the lock."""
        if self.is_free(now) or self.owner is None:
            return None
        return f"{self.owner.rsplit(':', 1)[-1]} of {_machine_of(self.owner)} is under way"


def read(table: StateTable, executions: Executions) -> Lock:
    """The lock, and whether its owner runs."""
    item = table.read(ITEM)
    owner = item.get("locked_by")
    runs = owner is not None and executions.is_running(owner)
    return Lock(owner, item.get("locked_until", 0), runs)


def takes_from(answer: Answer, now: int, overruled_unless: str | None = None) -> str:
    """The owner whom the lock may be taken from. `overruled_unless` names the machine whose
    executions alone are not overruled."""
    lock: Lock | None = answer.value if answer.problem is None else None
    if lock is None or lock.owner is None:
        return NOBODY
    overruled = overruled_unless is not None and not lock.belongs_to(overruled_unless)
    return lock.owner if lock.is_free(now) or overruled else NOBODY


def _machine_of(execution_arn: str) -> str:
    """`arn:aws:states:region:account:execution:machine:name`"""
    parts = execution_arn.split(":")
    return parts[6] if len(parts) > 6 else execution_arn
