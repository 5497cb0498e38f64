"""The names of the executions that the detector starts, one for each attempt.

    failover-INCIDENT-N             the primary is lost
    failover-overload-INCIDENT-N    the primary rejects calls: its guards always ask a person

The state machine takes the lock once it has been decided, and sets the latch with it; while the latch
is set the detector attempts nothing. So what is seen to run without the latch only decides, mostly by
waiting for a person. A question about something else must not hold up the failover of a region that
is lost: the attempt runs beside it, and whoever is answered later looks again, and finds the work
done or the lock taken. A question about the same outage is waited for.
"""

import re

_OVERLOAD = "failover-overload-"
_OUTAGE = re.compile(r"failover-(\d{8}T\d{6}Z)-\d+")


def of_outage(incident: str, attempt: int) -> str:
    """The name of an attempt to fail over."""
    return f"failover-{incident}-{attempt}"


def of_overload(incident: str, attempt: int) -> str:
    """The name of a question about an overload."""
    return f"{_OVERLOAD}{incident}-{attempt}"


def is_in_the_way(name: str, incident: str) -> bool:
    """Whether an attempt for this incident has to wait for a running execution: for one of the same
    incident, and for one of a person."""
    if name.startswith(_OVERLOAD):
        return False
    outage = _OUTAGE.fullmatch(name)
    return outage is None or outage[1] == incident
