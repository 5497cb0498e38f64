"""Bytes that are written in one turn of the event loop, sent as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

# What is held back at most, so that a long answer still goes out as fast as it is made.
MOST_HELD = 65_536


class GatheredWrites:
    """Holds bytes back until whoever writes them waits for something, or is done.

    An HTTP server writes the head of an answer and its body one after the other. In two segments, the
    second within a quarter of a millisecond, they now and then made Terraform's HTTP client give up in
    between (a capture shows its FIN there), about once in ten thousand requests. Its SDK repeats the
    request, and a repeated creation is a conflict.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, write: Callable[[bytes], None]) -> None:
        self._loop = loop
        self._write = write
        self._held = bytearray()

    def add(self, data: bytes) -> None:
        """Write these bytes, with those before and after them."""
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held += data
        if len(self._held) > MOST_HELD:
            self.flush()

    def flush(self) -> None:
        """Send what is held back now."""
        held, self._held = bytes(self._held), bytearray()
        if held:
            self._write(held)
