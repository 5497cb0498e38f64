"""The ASGI front: the emulator's own endpoints, the regions that are down, everything else to ministack.

What comes over TLS came through the internet proxy, to API Gateway of one region.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from server import edge, request_region
from server.connections import Address, Connections
from server.faults import OverloadedApis, RequestDrops
from server.internet_proxy import InternetProxy
from server.models.catalog import Call
from server.models.gate import Gate
from server.models.refusals import Refusal
from server.models.request import Request
from server.outage import Outages
from server.own_endpoints import OwnEndpoints
from server.permissions.enforcement import Permissions

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/_emulator/"
# Of a request that names none.
DEFAULT_REGION = "us-east-1"


class Front:
    """The application that the HTTP server runs."""

    def __init__(
        self,
        application: Application,
        endpoints: OwnEndpoints,
        connections: Connections,
        outages: Outages,
        drops: RequestDrops,
        overload: OverloadedApis,
        proxy: InternetProxy,
        gate: Gate,
        permissions: Permissions | None,
        on_ready: Callable[[], None],
    ) -> None:
        self._application = application
        self._endpoints = endpoints
        self._connections = connections
        self._outages = outages
        self._drops = drops
        self._overload = overload
        self._proxy = proxy
        self._gate = gate
        self._permissions = permissions
        self._on_ready = on_ready
        self._in_flight: set[tuple[str | None, Address]] = set()
        self._loop = asyncio.get_running_loop()
        outages.on_change(when_lost=self._lose)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection scope."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, self._announcing(send))
        elif scope["type"] != "http":
            await self._application(scope, receive, send)
        else:
            with contextlib.suppress(_ClientGone):
                await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["scheme"] == "https":
            await self._from_the_internet(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await self._own_endpoint(scope, receive, send)
        else:
            region = request_region.of(scope, edge.region_of_api)
            await self._serve(region, scope, receive, send)

    def _announcing(self, send: Send) -> Send:
        async def announcing(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._on_ready()

        return announcing

    async def _own_endpoint(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, body = scope["path"].removeprefix(PREFIX), await _read(receive)
        status, answer = await asyncio.to_thread(self._endpoints.answer, scope["method"], name, body)
        await _respond(send, status, json.dumps(answer, default=str).encode())

    async def _from_the_internet(self, scope: Scope, receive: Receive, send: Send) -> None:
        region = self._proxy.region_of(scope["client"])
        routed = edge.route(scope, region) if region else None
        if routed:
            await self._serve(region, routed, receive, send)
        else:
            await _read(receive)
            await _respond(send, 403, edge.FORBIDDEN)

    async def _serve(self, region: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless nothing of its region may answer."""
        client: Address = tuple(scope["client"][:2])
        user_agent = request_region.header(scope, b"user-agent")
        if self._outages.is_down(region) or self._drops.take(region, scope["path"], user_agent):
            self._connections.reset(client)
            return
        if self._overload.turns_away(region, scope["path"]):
            await _read(receive)
            await _respond(send, 429, OverloadedApis.ANSWER)
            return

        async def send_while_up(message: Message) -> None:
            if self._outages.is_down(region):
                self._connections.reset(client)
            else:
                await send(message)

        under_way = (region, client)
        self._in_flight.add(under_way)
        try:
            await self._answer(region, scope, receive, send_while_up)
        finally:
            self._in_flight.discard(under_way)

    async def _answer(self, region: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Let ministack answer, unless AWS's own model of the operation or the sender's permissions refuse the request."""
        body = await _read(receive)
        refused = await asyncio.to_thread(self._refusal, region, scope, body)
        if refused:
            status, headers, content = refused
            raw = [(name.encode(), value.encode()) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": status, "headers": raw})
            await send({"type": "http.response.body", "body": content})
            return
        await self._application(scope, _replayed(body, receive), send)

    def _refusal(self, region: str | None, scope: Scope, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        request = Request.of(scope, body)
        if request is None:
            return None

        def granted(call: Call | None, given: Any) -> Refusal | None:
            return (
                self._permissions.examine(call, given, request, region or DEFAULT_REGION) if self._permissions else None
            )

        return self._gate.examine(request, granted)

    def _lose(self, region: str) -> None:
        """Break the connections with a request of this region under way."""
        self._loop.call_soon_threadsafe(self._reset, region)

    def _reset(self, region: str) -> None:
        for in_region, client in list(self._in_flight):
            if in_region == region:
                self._connections.reset(client)


async def _respond(send: Send, status: int, content: bytes) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read, as it is received; then whatever comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


class _ClientGone(Exception):
    """The client went before it had sent all of its request: nothing is done, as on AWS."""


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientGone
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body
