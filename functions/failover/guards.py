"""Entry point of the guards: `guards.handle`, `{"check": C, ...}`. They read and never write.

    failover, failback, drill   a verdict before roles change

Every verdict says when the lock would end that the machine takes next: `machine_seconds`, the longest
that it may run, from now.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import cold_start
import drill_guard
import failback_guard
import failover_guard
import log
from settings import Settings
from surroundings import Surroundings, surroundings_of

# For whoever asks without saying how long it may take.
_LONGEST_SECONDS = 3600

_CHECKS: dict[str, Callable[[Surroundings, dict[str, Any]], dict[str, Any]]] = {
    "failover": lambda here, event: failover_guard.judge(here, event.get("request")),
    "failback": lambda here, _event: failback_guard.judge(here),
    "drill": lambda here, _event: drill_guard.judge(here),
}


def check(here: Surroundings, event: dict[str, Any]) -> dict[str, Any]:
    """Answers one event, and logs the answer."""
    name = event.get("check")
    if name not in _CHECKS:
        raise ValueError(f"there is no check {str(name)[:40]!r}")
    answer = _CHECKS[name](here, event)
    until = int(answer["now"]) + int(event.get("machine_seconds", _LONGEST_SECONDS))
    answer = {**answer, "locked_until": str(until)}
    log.write("checked", check=name, answer=answer)
    return answer


@cache
def _surroundings() -> Surroundings:
    return surroundings_of(Settings(os.environ))


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return check(_surroundings(), event)


cold_start.prepare(_surroundings)
