"""The way to the emulated internet: an HTTP proxy that tunnels to the region a host name resolves to.

A client asks for `CONNECT name:443`, as `HTTPS_PROXY` makes it do, and speaks TLS through the tunnel.
The name decides the region when the connection is made, and the connection stays with that region:
that is what DNS failover does to real clients.
"""

from __future__ import annotations

import asyncio
import contextlib
import re

from server import dns_messages
from server.connections import abort
from server.outage import Outages
from server.resolver import LOOPBACK, Resolver

# A stage's own name, or the regional name of a custom domain, which an alias record leads to.
REGIONAL_NAME = re.compile(r".+\.execute-api\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com")
REQUEST = re.compile(rb"CONNECT ([^\s:]+):443 HTTP/1\.[01]\r\n")
HEAD_END = b"\r\n\r\n"
CHUNK = 1 << 16

Address = tuple[str, int]


class InternetProxy:
    """Tunnels to the TLS listener, and remembers which tunnel leads to which region."""

    def __init__(self, resolver: Resolver, outages: Outages, edge: Address) -> None:
        self._resolver = resolver
        self._outages = outages
        self._edge = edge
        self._regions: dict[Address, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> Address:
        """Listen on a free loopback port and return its address."""
        server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        return server.sockets[0].getsockname()

    def region_of(self, client: Address | None) -> str | None:
        """The region that a connection to the TLS listener was tunnelled to."""
        return self._regions.get((client[0], client[1])) if client else None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            name = _requested(await reader.readuntil(HEAD_END))
            region = await self._region(name) if name else None
            if self._outages.is_down(region):
                abort(writer)
            elif region:
                await self._tunnel(reader, writer, region)
            else:
                # The name does not resolve: what a proxy answers when its look-up fails.
                writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            abort(writer)
        finally:
            writer.close()

    async def _region(self, name: str) -> str | None:
        regional = REGIONAL_NAME.fullmatch(name)
        if not regional:
            with contextlib.suppress(dns_messages.MessageError):
                target = await self._resolver.canonical_name(name)
                regional = REGIONAL_NAME.fullmatch((target or "").rstrip(".").lower())
        return regional[1] if regional else None

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, region: str) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(*self._edge)
        address = inner_writer.get_extra_info("sockname")[:2]
        self._regions[address] = region
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            async with asyncio.TaskGroup() as directions:
                directions.create_task(_copy(reader, inner_writer, inner_writer, writer))
                directions.create_task(_copy(inner_reader, writer, inner_writer, writer))
        finally:
            self._regions.pop(address, None)
            inner_writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, *both: asyncio.StreamWriter) -> None:
    """Pass bytes on until one side ends; an end by reset is passed on as a reset."""
    try:
        while data := await source.read(CHUNK):
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()
    except OSError:
        for writer in both:
            abort(writer)


def _requested(head: bytes) -> str | None:
    request = REQUEST.match(head)
    return request[1].decode("latin-1").lower() if request else None
