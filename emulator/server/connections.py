"""Open client connections, and how to break one the way a lost network does.

ASGI has no way to end a request without an answer: an application that returns early makes the
server answer 500. So the HTTP server's connection objects are remembered here by the client's address;
what is written to one that is broken goes nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Any

from hypercorn.asyncio import run
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Closed, Event, RawData

from server.gathered_writes import GatheredWrites

Address = tuple[str, int]

# Linger on, for no time: closing sends a reset instead of an orderly end (socket(7), SO_LINGER).
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connections:
    """The connections that clients have to this server."""

    def __init__(self) -> None:
        self._writers: dict[Address, asyncio.StreamWriter] = {}

    def install(self) -> None:
        """Make the HTTP server tell this object about its connections."""
        writers = self._writers

        class RememberedServer(TCPServer):  # type: ignore[misc] # It has no types.
            """The HTTP server's connection, entered and removed; what it writes at once goes out as one."""

            def __init__(self, *arguments: Any) -> None:
                super().__init__(*arguments)
                self.gathered = GatheredWrites(self.loop, self.write)

            async def run(self) -> None:
                """Serve the connection."""
                client = _client(self.writer)
                writers[client] = self.writer
                try:
                    await super().run()
                finally:
                    writers.pop(client, None)

            async def protocol_send(self, event: Event) -> None:
                """Send bytes, or close the connection after them."""
                if isinstance(event, RawData):
                    self.gathered.add(event.data)
                    await self.wait_for_the_reader()
                else:
                    self.gathered.flush()
                    await super().protocol_send(event)

            async def wait_for_the_reader(self) -> None:
                """Hold the answer up while a slow client has not taken what was sent."""
                try:
                    await self.writer.drain()
                except (ConnectionError, RuntimeError):
                    await self.protocol.handle(Closed())

            def write(self, data: bytes) -> None:
                """Write to the socket, unless the client is gone."""
                if not self.writer.is_closing():
                    self.writer.write(data)

        run.TCPServer = RememberedServer

    def reset(self, client: Address) -> None:
        """Break the connection: the client reads 'connection reset by peer'."""
        writer = self._writers.get((client[0], client[1]))
        if writer:
            abort(writer)


def abort(writer: asyncio.StreamWriter) -> None:
    """Close a connection with a reset and without sending what is still buffered."""
    with contextlib.suppress(OSError):
        # The socket of a connection that is already lost is closed.
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.transport.abort()


def _client(writer: asyncio.StreamWriter) -> Address:
    return tuple(writer.get_extra_info("peername")[:2])
