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


class Flag:
    """A fault that is on or off."""

    def __init__(self) -> None:
        self.on = False

    def switch(self, request: Data) -> None:
        """The fault's handler."""
        self.on = request["on"]


class RequestDrops:
    """The next requests of a region that end in a path get their connection dropped: all of them, or
    those of one kind of client, which its `User-Agent` tells."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str, str], int] = {}

    def switch(self, request: Data) -> None:
        """The fault's handler: `region`, `path_suffix`, `count`, and perhaps `user_agent`, with which
        the client's own begins."""
        key = (request["region"], request["path_suffix"], request.get("user_agent", ""))
        if request["on"]:
            self._left[key] = int(request["count"])
        else:
            self._left.pop(key, None)

    def take(self, region: str | None, path: str, user_agent: str) -> bool:
        """Whether this request is to be dropped; it counts."""
        for key, left in self._left.items():
            wanted_region, suffix, prefix = key
            is_wanted = wanted_region == region and path.endswith(suffix)
            if left > 0 and is_wanted and user_agent.startswith(prefix):
                self._left[key] = left - 1
                return True
        return False


class OverloadedApis:
    """The APIs of a region turn every caller away, as API Gateway does when the account's limit is used up."""

    ANSWER = b'{"message":"Too Many Requests"}'

    def __init__(self) -> None:
        self._regions: set[str] = set()

    def switch(self, request: Data) -> None:
        """The fault's handler: `region`."""
        change = self._regions.add if request["on"] else self._regions.discard
        change(request["region"])

    def turns_away(self, region: str | None, path: str) -> bool:
        """Whether this request is one to an API of an overloaded region."""
        return region in self._regions and "/_user_request_" in path
