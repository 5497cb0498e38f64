"""The streak of failed probes, kept across runs in the item `detector`.

An incident begins with the first failed probe and ends with the first good one. Its id is made of
the time when it began, so it survives a detector that dies: whoever goes on reads it. Once it has
lasted for as long as patience goes, it is an outage, and failovers are attempted: the first at
once, each further one after twice the pause of the one before.

Runs may overlap, because a schedule is only precise to the minute. Two runs must not count the
same seconds twice. So a probe counts only if the last one counted is old enough, and is written
only if nobody wrote meanwhile.
(EventBridge Scheduler user guide, "Schedule types": 60-second precision)

A primary that rejects calls (429, 403) is there: that is no failed probe. It is remembered
since when it does so and has not been seen well in between, because a person has to look at it. The
questions to that person have the same pauses as the attempts of an outage.
"""

from dataclasses import dataclass, replace

from instants import compact
from state_table import Condition, StateTable

# As many as Route 53's health check waits for, so that both witnesses speak at about one time.
# However long ago the last good probe was, fewer are no outage.
FAILURES_FOR_AN_OUTAGE = 3
_ITEM = "detector"
# Probes are 10 seconds apart; what comes earlier is another run's probe of the same seconds.
MINIMUM_SPACING_SECONDS = 8
# Between the last probe of a run and the first of the next there are 20 seconds, and the start of
# a function. A good probe that is older says nothing about when the outage began.
LONGEST_SPACING_SECONDS = 30
# Three runs missed: what was seen before says nothing about now.
CONTINUITY_SECONDS = 180
# The pause after the first attempt, which doubles with each one, and the longest that there is:
# every refused attempt is a notice, and an outage of hours needs no more than a few of them.
FIRST_PAUSE_SECONDS = 120
LONGEST_PAUSE_SECONDS = 960
# Between two notices of an overload.
OVERLOAD_NOTICE_SECONDS = 3600


@dataclass(frozen=True)
class Streak:
    """Consecutive failures, and the failovers that were attempted for them. Times are epoch
    seconds."""

    failures: int = 0
    first_failed_at: int | None = None
    last_probe_at: int | None = None
    last_ok_at: int | None = None
    incident: str | None = None
    attempts: int = 0
    attempted_at: int | None = None
    overloaded_since: int | None = None
    overload_attempts: int = 0
    overload_attempted_at: int | None = None

    def may_count(self, now: int) -> bool:
        """Whether a probe at this time is one of its own."""
        return self.last_probe_at is None or abs(now - self.last_probe_at) >= MINIMUM_SPACING_SECONDS

    def is_current(self, now: int, seconds: int = CONTINUITY_SECONDS) -> bool:
        """Whether the last probe is recent. One in the future comes from a clock gone wrong."""
        return self.last_probe_at is not None and 0 <= now - self.last_probe_at <= seconds

    def failing_for(self, now: int) -> int:
        """Seconds for which the primary has not been seen well."""
        if self.failures == 0 or self.first_failed_at is None:
            return 0
        return max(0, now - self._began(self.first_failed_at))

    def lost_at(self, now: int) -> int | None:
        """Since when an outage lasts that may be one; None while there is none."""
        if self.failures < FAILURES_FOR_AN_OUTAGE or self.first_failed_at is None:
            return None
        return min(now, self._began(self.first_failed_at)) if self.is_current(now) else None

    def _began(self, first_failed_at: int) -> int:
        last_ok_at = self.last_ok_at
        if last_ok_at is not None and 0 <= first_failed_at - last_ok_at <= LONGEST_SPACING_SECONDS:
            return last_ok_at
        return first_failed_at

    def is_outage(self, now: int, patience_seconds: int) -> bool:
        """Whether the primary has failed for longer than patience goes."""
        return self.failures >= FAILURES_FOR_AN_OUTAGE and self.failing_for(now) >= patience_seconds

    def may_attempt(self, now: int) -> bool:
        """Whether the pause after the last attempt is over."""
        return _pause_is_over(self.attempts, self.attempted_at, now)

    def may_ask(self, now: int) -> bool:
        """Whether the pause after the last question about an overload is over."""
        return _pause_is_over(self.overload_attempts, self.overload_attempted_at, now)

    def overloaded_for(self, now: int) -> int:
        """Seconds for which the primary has rejected calls, or has not answered either."""
        return 0 if self.overloaded_since is None else max(0, now - self.overloaded_since)

    def after(self, answered: bool, now: int, overloaded: bool = False) -> "Streak":
        """The streak once this probe is counted. An overloaded primary has answered."""
        if answered and overloaded:
            return self._keeping_overload(Streak(last_probe_at=now, last_ok_at=now, overloaded_since=now), now)
        if answered:
            return Streak(last_probe_at=now, last_ok_at=now)
        if self.failures == 0 or not self.is_current(now):
            return self._keeping_overload(Streak(1, now, now, self.last_ok_at, compact(now)), now)
        return replace(self, failures=self.failures + 1, last_probe_at=now)

    def _keeping_overload(self, streak: "Streak", now: int) -> "Streak":
        """A streak that begins within an overload, with what is known of that one."""
        if self.overloaded_since is None or not self.is_current(now):
            return streak
        return replace(
            streak,
            overloaded_since=self.overloaded_since,
            overload_attempts=self.overload_attempts,
            overload_attempted_at=self.overload_attempted_at,
        )

    def forgotten(self) -> "Streak":
        """The streak after a time in which nothing counts."""
        return Streak(last_probe_at=self.last_probe_at, last_ok_at=self.last_ok_at)


def _pause_is_over(attempts: int, attempted_at: int | None, now: int) -> bool:
    """An attempt in the future comes from a clock gone wrong."""
    if attempts == 0 or attempted_at is None:
        return True
    return not 0 <= now - attempted_at < pause_seconds(attempts)


def pause_seconds(attempts: int) -> int:
    """How long the attempt after so many waits: 2, 4, 8 and at the most 16 minutes."""
    return min(FIRST_PAUSE_SECONDS << min(attempts - 1, 8), LONGEST_PAUSE_SECONDS)


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


def note_attempt(table: StateTable, incident: str, attempt: int, now: int) -> None:
    """Remembers that a failover was attempted. An incident that has ended meanwhile is let be."""
    table.update(
        _ITEM,
        {"attempts": attempt, "attempted_at": now},
        only_if=Condition("#incident = :seen", {"seen": incident}),
    )


def note_question(table: StateTable, overloaded_since: int, attempt: int, now: int) -> None:
    """Remembers that a person was asked about an overload. One that has ended meanwhile is let be."""
    table.update(
        _ITEM,
        {"overload_attempts": attempt, "overload_attempted_at": now},
        only_if=Condition("#overloaded_since = :seen", {"seen": overloaded_since}),
    )


def notice_once(table: StateTable, incident: str) -> bool:
    """Takes the right to give notice of this incident; returns False if it is taken."""
    free = Condition("attribute_not_exists(#noticed) OR #noticed <> :noticed")
    return table.update(_ITEM, {"noticed": incident}, only_if=free)


def forget_notice(table: StateTable) -> None:
    """Gives the right back, where giving notice has failed."""
    table.update(_ITEM, {}, remove=("noticed",))


def notice_overload_once(table: StateTable, now: int) -> bool:
    """Takes the right to give notice of an overload; returns False if somebody had it within the
    last hour, for an overload that comes and goes is one."""
    free = Condition(
        "attribute_not_exists(#overload_noticed_at) OR #overload_noticed_at < :earlier",
        {"earlier": now - OVERLOAD_NOTICE_SECONDS},
    )
    return table.update(_ITEM, {"overload_noticed_at": now}, only_if=free)


def forget_overload_notice(table: StateTable) -> None:
    """Gives the right back, where giving notice has failed."""
    table.update(_ITEM, {}, remove=("overload_noticed_at",))


def _unchanged(seen: Streak) -> Condition:
    if seen.last_probe_at is None:
        return Condition("attribute_not_exists(#last_probe_at)")
    return Condition("#last_probe_at = :seen", {"seen": seen.last_probe_at})
