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

from hypercorn.asyncio import run
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Event, RawData

Address = tuple[str, int]

# Linger on, for no time: closing sends a reset instead of an orderly end (socket(7), SO_LINGER).
RESET_ON_CLOSE = struct.pack("ii", 1, 0)

# What is held back at most, so that an answer of any length still goes out as fast as it is read.
MOST_HELD = 65_536


class Connections:
    """The connections that clients have to this server."""

    def __init__(self) -> None:
        self._writers: dict[Address, asyncio.StreamWriter] = {}

    def install(self) -> None:
        """Make the HTTP server tell this object about its connections."""
        writers = self._writers

        class RememberedServer(TCPServer):
            """The HTTP server's connection, entered and removed; what it writes at once goes out as one."""

            held = b""

            async def run(self) -> None:
                """Serve the connection."""
                client = _client(self.writer)
                writers[client] = self.writer
                try:
                    await super().run()
                finally:
                    writers.pop(client, None)

            async def protocol_send(self, event: Event) -> None:
                """Hold bytes back until the application waits for something, or is done.

                The protocol writes the head of an answer and its body one after the other. In two
                segments, the second within a quarter of a millisecond, they now and then made Terraform's
                HTTP client give up in between and repeat the request (a capture showed its FIN there).
                """
                if isinstance(event, RawData) and len(self.held) + len(event.data) < MOST_HELD:
                    if not self.held:
                        self.loop.call_soon(self.flush)
                    self.held += event.data
                    return
                self.flush()
                await super().protocol_send(event)

            def flush(self) -> None:
                """Write what was held back."""
                held, self.held = self.held, b""
                if held and not self.writer.is_closing():
                    self.writer.write(held)

        run.TCPServer = RememberedServer

    def reset(self, client: Address) -> None:
        """Break the connection: the client reads 'connection reset by peer'."""
        writer = self._writers.get(tuple(client[:2]))
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
