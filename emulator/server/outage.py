"""Regions that are down.

What answers or acts for a region asks here first: the front for every request, the additions before a
function, a schedule or a state runs. Those that hold something of a region (connections, database
servers, Lambda workers, queued replication) register what to do when it goes and when it returns.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

Reaction = Callable[[str], None]


class RegionDownError(Exception):
    """Something of a region was asked to act while the region is down."""


class Outages:
    """Which regions are down, and what happens when that changes."""

    def __init__(self) -> None:
        self._down: set[str] = set()
        self._changing = threading.Lock()
        self._changed = threading.Condition()
        self._when_lost: list[Reaction] = []
        self._when_back: list[Reaction] = []

    def on_change(self, when_lost: Reaction | None = None, when_back: Reaction | None = None) -> None:
        """Register what to do with a region that goes down or returns, in this order."""
        if when_lost:
            self._when_lost.append(when_lost)
        if when_back:
            self._when_back.append(when_back)

    def is_down(self, region: str | None) -> bool:
        """Whether nothing of this region answers."""
        return region in self._down

    def regions(self) -> list[str]:
        """The regions that are down."""
        return sorted(self._down)

    def set(self, region: str, down: bool) -> None:
        """Cut a region off, or let it return; returns when that has taken effect."""
        with self._changing:
            if down == self.is_down(region):
                return
            if down:
                # First nothing new is let in, then what runs is ended.
                self._down.add(region)
                _run(self._when_lost, region)
                return
            try:
                # Servers and data first: a request that is let in finds them.
                _run(self._when_back, region)
            finally:
                self._down.discard(region)
                with self._changed:
                    self._changed.notify_all()

    def wait_until_up(self, region: str) -> None:
        """Block the calling thread while the region is down, unless it is the one that serves."""
        if threading.current_thread() is threading.main_thread():
            return
        with self._changed:
            self._changed.wait_for(lambda: not self.is_down(region))

    def refuse(self, region: str | None) -> None:
        """Raise for a region that is down."""
        if self.is_down(region):
            raise RegionDownError(f"{region} is down")


def _run(reactions: list[Reaction], region: str) -> None:
    failures: list[Exception] = []
    for reaction in reactions:
        try:
            reaction(region)
        except Exception as error:
            # One that fails must not keep the others from running; the caller hears of it.
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"changing {region}", failures)
