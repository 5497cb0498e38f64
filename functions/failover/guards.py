"""Entry point of the guards: `guards.handle`, `{"check": C, ...}`. They read and never write.

    failover, failback, drill   a verdict before roles change
    writer, endpoint, dns       wait for one region to have got there
    settled                     wait until roles are at rest, and tell where the writer is
"""

import os
from functools import cache
from typing import Any, Callable

import cold_start
import drill_guard
import failback_guard
import failover_guard
import log
import waits
from failures import NotYet
from settings import Settings
from surroundings import Surroundings, surroundings_of

_CHECKS: dict[str, Callable[[Surroundings, dict], dict]] = {
    "failover": lambda here, event: failover_guard.judge(here, event.get("request")),
    "failback": lambda here, _event: failback_guard.judge(here),
    "drill": lambda here, _event: drill_guard.judge(here),
    "writer": lambda here, event: waits.writer(here, event["region"]),
    "endpoint": lambda here, event: waits.endpoint(here, event["region"]),
    "dns": lambda here, event: waits.dns(here, event["region"]),
    "settled": lambda here, _event: waits.settled(here),
}


def check(here: Surroundings, event: dict) -> dict:
    """Answers one event, and logs the answer."""
    name = event.get("check")
    if name not in _CHECKS:
        raise ValueError(f"there is no check {str(name)[:40]!r}")
    try:
        answer = _CHECKS[name](here, event)
    except NotYet as error:
        log.write("not_yet", check=name, region=event.get("region"), reason=str(error))
        raise
    log.write("checked", check=name, region=event.get("region"), answer=answer)
    return answer


@cache
def _surroundings() -> Surroundings:
    return surroundings_of(Settings(os.environ))


def handle(event: dict, _context: Any) -> dict:
    """The Lambda entry point."""
    return check(_surroundings(), event)


cold_start.prepare(_surroundings)
