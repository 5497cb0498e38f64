"""The last drill, in the item `drill`: which one, whether it runs, and when one passed last."""

import time
from collections.abc import Callable
from typing import Any

from drill_ids import new_name
from failures import DrillRunning
from instants import iso
from state_table import Condition, Item, StateTable

_ITEM = "drill"
_RUNNING = "running"
# As long as Lambda lets anything run: payments of a drill that was cut off have ended by then.
# (AWS Lambda quotas, "Function timeout")
ABANDONED_SECONDS = 900


class DrillRecord:
    """The item, as its drill goes on."""

    def __init__(self, table: StateTable, clock: Callable[[], float] = time.time):
        self._table = table
        self._clock = clock

    def begin(self) -> dict[str, Any]:
        """Registers a new drill; raises `DrillRunning` while there is another."""
        now = int(self._clock())
        identity = new_name(now)
        begun = self._table.update(
            _ITEM,
            {"id_of_drill": identity, "state": _RUNNING, "started_at": now},
            only_if=Condition(
                "attribute_not_exists(#state) OR #state <> :running OR #started_at < :abandoned",
                {"running": _RUNNING, "abandoned": now - ABANDONED_SECONDS},
            ),
        )
        if not begun:
            raise DrillRunning("a drill began less than 15 minutes ago and has not finished")
        return {"drill": identity, "started_at": iso(now)}

    def read(self) -> Item:
        """The item as it stands."""
        return self._table.read(_ITEM)

    def is_running(self, identity: str) -> bool:
        """Whether this drill is the current one and goes on."""
        item = self.read()
        return item.get("id_of_drill") == identity and item.get("state") == _RUNNING

    def finish(self, identity: str) -> dict[str, Any]:
        """Ends this drill. Another one that has begun meanwhile is left alone."""
        self._table.update(_ITEM, {"state": "finished"}, only_if=_is(identity))
        return {"finished_at": iso(self._clock())}

    def conclude(self, identity: str, evidence: str, passed_at: int | None) -> None:
        """Notes where the evidence is, and when the drill passed if it did."""
        passed = {} if passed_at is None else {"passed_at": passed_at}
        self._table.update(_ITEM, {"evidence": evidence, **passed}, only_if=_is(identity))


def _is(identity: str) -> Condition:
    return Condition("#id_of_drill = :id_of_drill_now", {"id_of_drill_now": identity})
