"""The streak of failed probes, kept across runs in the item `detector`.

An incident begins with the first failed probe and ends with the first good one. Its id is made of
the time when it began, so it survives a detector that dies: whoever goes on reads it.

Runs may overlap, because a schedule is only precise to the minute. Two runs must not count the
same seconds twice, or three failures would be reached in ten seconds instead of twenty. So a probe
counts only if the last one counted is old enough, and is written only if nobody wrote meanwhile.
(EventBridge Scheduler user guide, "Schedule types": 60-second precision)
"""

from dataclasses import dataclass, replace

from instants import compact
from state_table import Condition, StateTable

# As many as Route 53's health check waits for, so that both witnesses speak at about one time.
FAILURES_FOR_AN_INCIDENT = 3
_ITEM = "detector"
# Probes are 10 seconds apart; what comes earlier is another run's probe of the same seconds.
MINIMUM_SPACING_SECONDS = 8
# Three runs missed: what was seen before says nothing about now.
CONTINUITY_SECONDS = 180


@dataclass(frozen=True)
class Streak:
    """Consecutive failures. Times are epoch seconds."""

    failures: int = 0
    first_failed_at: int | None = None
    last_probe_at: int | None = None
    last_ok_at: int | None = None
    incident: str | None = None

    def may_count(self, now: int) -> bool:
        """Whether a probe at this time is one of its own."""
        return (
            self.last_probe_at is None or abs(now - self.last_probe_at) >= MINIMUM_SPACING_SECONDS
        )

    def is_current(self, now: int, seconds: int = CONTINUITY_SECONDS) -> bool:
        """Whether the last probe is recent. One in the future comes from a clock gone wrong."""
        return self.last_probe_at is not None and 0 <= now - self.last_probe_at <= seconds

    def after(self, answered: bool, now: int) -> "Streak":
        """The streak once this probe is counted."""
        if answered:
            return Streak(last_probe_at=now, last_ok_at=now)
        if self.failures == 0 or not self.is_current(now):
            return Streak(1, now, now, self.last_ok_at, compact(now))
        return replace(self, failures=self.failures + 1, last_probe_at=now)


def read(table: StateTable) -> Streak:
    """The streak as it stands."""
    item = table.read(_ITEM)
    return Streak(**{name: item[name] for name in Streak.__dataclass_fields__ if name in item})


def save(table: StateTable, streak: Streak, seen: Streak) -> bool:
    """Writes the streak; returns False if another run has counted since `seen` was read."""
    attributes = vars(streak)
    return table.update(
        _ITEM,
        {name: value for name, value in attributes.items() if value is not None},
        remove=tuple(name for name, value in attributes.items() if value is None),
        only_if=_unchanged(seen),
    )


def notice_once(table: StateTable, incident: str) -> bool:
    """Takes the right to give notice of this incident; returns False if it is taken."""
    free = Condition("attribute_not_exists(#noticed) OR #noticed <> :noticed")
    return table.update(_ITEM, {"noticed": incident}, only_if=free)


def forget_notice(table: StateTable) -> None:
    """Gives the right back, where giving notice has failed."""
    table.update(_ITEM, {}, remove=("noticed",))


def _unchanged(seen: Streak) -> Condition:
    if seen.last_probe_at is None:
        return Condition("attribute_not_exists(#last_probe_at)")
    return Condition("#last_probe_at = :seen", {"seen": seen.last_probe_at})
