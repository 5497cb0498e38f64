"""Calls made at the same time, so that together they take as long as the slowest.

Every call has a result: its value, or what its failure or its lateness stands for.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

Result = TypeVar("Result")


def run(
    calls: Mapping[str, Callable[[], Result]],
    budget_seconds: float,
    failed: Callable[[str, Exception], Result],
    late: Result,
) -> dict[str, Result]:
    """Makes all calls in threads and returns their results by the end of the budget.

    A call that raises results in `failed` of its name and its error; one that has not come back, in
    `late`. The threads are daemons and are not joined: a call that hangs ends with its own time
    limit, not with this answer.
    """
    deadline = time.monotonic() + budget_seconds
    found: queue.SimpleQueue[tuple[str, Result]] = queue.SimpleQueue()

    def make(name: str, call: Callable[[], Result]) -> None:
        try:
            result = call()
        except Exception as error:  # A defect in a call is its result, not a silent thread.
            result = failed(name, error)
        found.put((name, result))

    for name, call in calls.items():
        threading.Thread(target=make, args=(name, call), name=name, daemon=True).start()
    results = dict.fromkeys(calls, late)
    for _ in calls:
        try:
            name, result = found.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        results[name] = result
    return results
