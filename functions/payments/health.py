"""Whether this region can take a payment right now, answered within two seconds.

Route 53 gives an endpoint two seconds for its answer after the connection stands, and calls
one that takes longer unhealthy without learning why. So the checks run side by side, and the
one that has not come back in time is reported by name.
(Route 53 developer guide, "How Route 53 determines whether a health check is healthy")
"""

import queue
import threading
import time
from typing import Any, Callable

from botocore.exceptions import BotoCoreError, ClientError

from deadline import Deadline
from failures import Unavailable
from ledger import Ledger
from region_settings import RegionSettings

BUDGET_SECONDS = 1.5
OK = "ok"

Check = Callable[[], str]


class Health:
    """The checks of this region: its database is the writer, its session table answers."""

    def __init__(self, ledger: Ledger, session_client: Any, settings: RegionSettings):
        self._ledger = ledger
        self._session_client = session_client
        self._settings = settings

    def states(self) -> dict[str, str]:
        """The state of each check: "ok", or a short reason."""
        checks = {"database": self._database, "session_table": self._session_table}
        return run_side_by_side(checks, BUDGET_SECONDS)

    def _database(self) -> str:
        return OK if self._ledger.writer_state(Deadline(BUDGET_SECONDS)).writable else "read_only"

    def _session_table(self) -> str:
        # An item that does not exist: the cheapest read that shows that reads are served.
        self._session_client.get_item(
            TableName=self._settings.session_table, Key={"session_id": {"S": "health#none"}}
        )
        return OK


def run_side_by_side(checks: dict[str, Check], budget_seconds: float) -> dict[str, str]:
    """Runs the checks in threads and returns what they said by the end of the budget.

    The threads are daemons and are not joined: a call that hangs ends with its own time limit,
    not with this answer.
    """
    deadline = time.monotonic() + budget_seconds
    said: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    for name, check in checks.items():
        arguments = (name, check, said)
        threading.Thread(target=_report, args=arguments, name=name, daemon=True).start()
    states = {name: "timeout" for name in checks}
    for _ in checks:
        try:
            name, state = said.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        states[name] = state
    return states


def _report(name: str, check: Check, said: "queue.SimpleQueue[tuple[str, str]]") -> None:
    try:
        state = check()
    except Unavailable as failure:
        state = failure.reason
    except (ClientError, BotoCoreError) as error:
        state = Unavailable.because_of(name, error).reason
    except Exception as error:  # A defect in a check is a failing check, not a silent thread.
        state = type(error).__name__
    said.put((name, state))
