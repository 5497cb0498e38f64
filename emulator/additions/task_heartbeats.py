"""REAL: a task that waits for its token fails with States.HeartbeatTimeout when nothing is heard of it for too long.

Amazon States Language, "HeartbeatSeconds" and "HeartbeatSecondsPath", in a Task's state: SendTaskHeartbeat begins the time
anew. ministack keeps the time of the last heartbeat and does not look at it.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

Data = dict[str, Any]
LOOKING_SECONDS = 0.2


def install() -> None:
    """Wrap what waits for a token."""
    stepfunctions._invoke_with_callback = _with_heartbeat(stepfunctions._invoke_with_callback)


def _with_heartbeat(invoke: Callable[..., Any]) -> Callable[..., Any]:
    def invoke_with_heartbeat(resource: str, given: Any, token: str, state: Data) -> Any:
        limit = state.get("HeartbeatSeconds")
        if not isinstance(limit, (int, float)):
            return invoke(resource, given, token, state)
        ended = threading.Event()
        # Tokens belong to an account and region, which the context holds.
        context = contextvars.copy_context()
        watch = threading.Thread(target=context.run, args=(_watch, token, float(limit), ended), daemon=True)
        watch.start()
        try:
            return invoke(resource, given, token, state)
        finally:
            ended.set()

    return invoke_with_heartbeat


def _watch(token: str, limit: float, ended: threading.Event) -> None:
    """Fail the task when its last sign of life is too old."""
    last, heard = None, time.monotonic()
    while not ended.wait(LOOKING_SECONDS):
        info = stepfunctions._task_tokens.get(token)
        if info is None or info["event"].is_set():
            continue
        if info.get("heartbeat") != last:
            last, heard = info.get("heartbeat"), time.monotonic()
        if time.monotonic() - heard > limit:
            info["error"] = {
                "Error": "States.HeartbeatTimeout",
                "Cause": f"The task sent no heartbeat for {limit:g} seconds",
            }
            info["event"].set()
            return
