"""What the state machines wait for. Each asks once and raises `NotYet`: how often it is asked, and
when that is enough, the state machine's retries say.
"""

from typing import Any

from failures import NotYet, Unknown, reason_of
from instants import epoch_of
from side_by_side import ask
from surroundings import BUDGET_SECONDS, Region, Surroundings

# RDS may show for some seconds what was before it took a request.
UNMOVED_SECONDS = 30


def writer(here: Surroundings, region: str) -> dict[str, Any]:
    """Waits until this region is the writer and nothing moves any more."""
    found = settled(here)["writer_region"]
    if found != region:
        raise NotYet(f"the writer is in {found}")
    return {"writer": True}


def endpoint(here: Surroundings, region: str) -> dict[str, Any]:
    """Waits until this region takes payments."""
    try:
        health = _region(here, region).endpoint.health()
    except Unknown as error:
        raise NotYet(str(error)) from error
    if not health.takes_payments:
        raise NotYet(health.describe())
    return {"endpoint": True}


def dns(here: Surroundings, region: str) -> dict[str, Any]:
    """Waits until DNS sends customers to this region."""
    try:
        found = here.witness.active_region()
    except Unknown as error:
        raise NotYet(str(error)) from error
    if found != region:
        raise NotYet(f"DNS points to {found}")
    return {"dns": True}


def settled(here: Surroundings) -> dict[str, Any]:
    """Waits until nothing moves, and tells where the writer is."""
    answer = ask({"database": here.own.aurora.global_database}, BUDGET_SECONDS)["database"]
    try:
        database = answer.known()
    except Unknown as error:
        raise NotYet(reason_of(error)) from error
    if database.writer_region is None:
        raise NotYet(f"the global database is {database.status}")
    return {"writer_region": database.writer_region}


def roles(here: Surroundings, region: str, since: str) -> dict[str, Any]:
    """Waits until this region is the writer, or until nothing has moved for a while since the
    database was asked: then whoever asked has to ask again. Tells where the writer is."""
    found = settled(here)["writer_region"]
    waited = here.clock() - epoch_of(since)
    if found != region and waited < UNMOVED_SECONDS:
        raise NotYet(f"the writer is in {found}, {waited:.0f} s after another one was asked for")
    return {"writer_region": found}


def _region(here: Surroundings, name: str) -> Region:
    return {region.name: region for region in (here.primary, here.own)}[name]
