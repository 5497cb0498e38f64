"""Entry point of the lookout: `lookout.handle`, `{"check": C, ...}`. The state machines wait with it:
it looks once and raises `NotYet`, which they take as "look again". It only reads.

    writer, endpoint, dns   one region has got there
    settled                 roles are at rest; tells where the writer is
    roles                   a region has become the writer, or nothing came of asking for it

A look that names its `execution` is one of a drill or a failback, which breaks off where waiting is
useless (see `break_off`). Apart from the guards, whose errors are defects: here they are everyday.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import break_off
import cold_start
import log
import waits
from failures import NotYet
from settings import Settings
from surroundings import Surroundings, surroundings_of

_CHECKS: dict[str, Callable[[Surroundings, dict[str, Any]], dict[str, Any]]] = {
    "writer": lambda here, event: waits.writer(here, event["region"]),
    "endpoint": lambda here, event: waits.endpoint(here, event["region"]),
    "dns": lambda here, event: waits.dns(here, event["region"]),
    "settled": lambda here, _event: waits.settled(here),
    "roles": lambda here, event: waits.roles(here, event["region"], event["since"]),
}


def look(here: Surroundings, event: dict[str, Any]) -> dict[str, Any]:
    """Answers one event, and logs the answer."""
    name = event.get("check")
    if name not in _CHECKS:
        raise ValueError(f"there is no check {str(name)[:40]!r}")
    try:
        answer = _CHECKS[name](here, event)
    except NotYet as error:
        log.write("not_yet", check=name, region=event.get("region"), reason=str(error))
        if event.get("execution"):
            break_off.check(here, event["execution"])
        raise
    log.write("seen", check=name, region=event.get("region"), answer=answer)
    return answer


@cache
def _surroundings() -> Surroundings:
    return surroundings_of(Settings(os.environ))


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return look(_surroundings(), event)


cold_start.prepare(_surroundings)
