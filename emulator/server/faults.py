"""Faults that a test switches on and off with `POST /_emulator/faults`.

The parts of the emulator register the faults they can show; a fault's handler gets the whole request,
in which `on` says whether the fault begins or ends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Data = dict[str, Any]
Handler = Callable[[Data], None]


class FaultError(ValueError):
    """The request names no fault that can be shown, or lacks what the fault needs."""


class Faults:
    """The faults by name."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def register(self, name: str, handler: Handler) -> None:
        """Offer a fault."""
        self._handlers[name] = handler

    def set(self, request: Data) -> None:
        """Switch the fault that the request names."""
        handler = self._handlers.get(request.get("fault", ""))
        if not handler or not isinstance(request.get("on", True), bool):
            raise FaultError(f"expected on (true or false) and a fault of: {', '.join(self._handlers)}")
        try:
            handler({"on": True, **request})
        except KeyError as error:
            raise FaultError(f"{request['fault']} needs {error}") from error


class Hold:
    """A gate that a fault closes: who comes by waits until the fault is over."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    def switch(self, request: Data) -> None:
        """The fault's handler."""
        if request["on"]:
            self._open.clear()
        else:
            self._open.set()

    def wait(self) -> None:
        """Block while the fault is on."""
        self._open.wait()


class RequestDrops:
    """The next requests of a region that end in a path get their connection dropped."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], int] = {}

    def switch(self, request: Data) -> None:
        """The fault's handler: `region`, `path_suffix` and `count`."""
        key = (request["region"], request["path_suffix"])
        if request["on"]:
            self._left[key] = int(request["count"])
        else:
            self._left.pop(key, None)

    def take(self, region: str | None, path: str) -> bool:
        """Whether this request is to be dropped; it counts."""
        for key, left in self._left.items():
            if left > 0 and key[0] == region and path.endswith(key[1]):
                self._left[key] = left - 1
                return True
        return False
