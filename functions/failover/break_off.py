"""When a drill or a failback has to end at once: in the middle of it the primary region is lost, or
an operator's failover has taken the lock, which cannot wait.

Looked at whenever the drill would have to wait. A primary that hands its role over answers 503, which
is an answer; only silence is a loss, and only twice in a row.
"""

import lock
from endpoint import Endpoint
from failures import LockLost, PrimaryLost, Unknown
from surroundings import Surroundings

_PROBES = 2


def check(here: Surroundings, execution: str) -> None:
    """Raises `LockLost` or `PrimaryLost` if this execution must not go on."""
    owner = here.table.read(lock.ITEM).get("locked_by")
    if owner != execution:
        raise LockLost(f"the lock belongs to {owner or 'no execution'}")
    reason = _silence(here.primary.endpoint)
    if reason is not None:
        raise PrimaryLost(f"{here.primary.name} does not answer: {reason}")


def _silence(endpoint: Endpoint) -> str | None:
    reason = ""
    for _ in range(_PROBES):
        try:
            endpoint.health()
        except Unknown as error:
            reason = str(error)
        else:
            return None
    return reason
