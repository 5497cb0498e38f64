"""The resolver of the emulated internet: a UDP relay to whoever serves the DNS data plane.

Functions ask it by the address in their environment. The tests' Route 53 data plane registers itself
with `POST /_emulator/resolver`; until then every question is answered with SERVFAIL, as a resolver
without a reachable authority does.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket

from server import dns_messages

LOOPBACK = "127.0.0.1"
# Resolvers give an authority a few seconds and then answer SERVFAIL; clients wait about five.
UPSTREAM_TIMEOUT_SECONDS = 3.0
LARGEST_MESSAGE = 4096

Address = tuple[str, int]


class Resolver(asyncio.DatagramProtocol):
    """Forwards each question to the upstream and sends its answer back."""

    def __init__(self) -> None:
        self._transport: asyncio.DatagramTransport | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.upstream: Address | None = None

    async def start(self) -> Address:
        """Listen on a free loopback port and return its address."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(LOOPBACK, 0))
        return self._transport.get_extra_info("sockname")

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """A question arrived; each is answered on its own."""
        task = asyncio.get_running_loop().create_task(self._reply(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def canonical_name(self, name: str) -> str | None:
        """What the data plane answers to a CNAME question, which stands for an alias record too."""
        question = dns_messages.query(name, dns_messages.CNAME)
        return dns_messages.canonical_name(await self._ask(question), question)

    async def _reply(self, question: bytes, client: Address) -> None:
        with contextlib.suppress(dns_messages.MessageError):
            answer = await self._ask(question)
            if self._transport:
                self._transport.sendto(answer, client)

    async def _ask(self, question: bytes) -> bytes:
        """The upstream's answer, SERVFAIL when it gives none."""
        if self.upstream:
            with contextlib.suppress(OSError, TimeoutError):
                return await _exchange(question, self.upstream)
        return dns_messages.server_failure(question)


async def _exchange(question: bytes, upstream: Address) -> bytes:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.setblocking(False)
        channel.connect(upstream)
        await loop.sock_sendall(channel, question)
        async with asyncio.timeout(UPSTREAM_TIMEOUT_SECONDS):
            return await loop.sock_recv(channel, LARGEST_MESSAGE)
