"""The ASGI front: the emulator's own endpoints, everything else to ministack.

`GET /_emulator/databases` lists the PostgreSQL servers behind the clusters, and
`POST /_emulator/query` reads from one of them as administrator. AWS has nothing
of the kind: a standby cannot be read through the Data API, so tests look here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg2

from server.aurora import AuroraFleet

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/_emulator/"


class Front:
    """The application that the HTTP server runs."""

    def __init__(
        self, application: Application, fleet: AuroraFleet, on_ready: Callable[[], None]
    ) -> None:
        self._application = application
        self._fleet = fleet
        self._on_ready = on_ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection scope."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, self._announcing(send))
        elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._own_endpoint(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    def _announcing(self, send: Send) -> Send:
        async def announcing(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._on_ready()

        return announcing

    async def _own_endpoint(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        action = (scope["method"], scope["path"].removeprefix(PREFIX))
        if action == ("GET", "databases"):
            status, answer = await asyncio.to_thread(self._databases)
        elif action == ("POST", "query"):
            status, answer = await asyncio.to_thread(self._query, body)
        else:
            status, answer = 404, {"message": f"no such endpoint: {' '.join(action)}"}
        content = json.dumps(answer, default=str).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _databases(self) -> tuple[int, Any]:
        return 200, [self._describe(arn) for arn in self._fleet.arns()]

    def _describe(self, arn: str) -> dict[str, Any]:
        server = self._fleet.server(arn)
        role = "stopped"
        if server and server.running:
            role = "reader" if server.in_recovery() else "writer"
        return {
            "cluster_arn": arn, "region": arn.split(":")[3], "role": role, "host": "127.0.0.1",
            "port": server.port if server else None, "pid": server.pid if server else None,
        }

    def _query(self, body: bytes) -> tuple[int, Any]:
        try:
            request = json.loads(body)
            server = self._fleet.running(request["cluster_arn"])
            statement, database = request["sql"], request["database"]
        except (ValueError, KeyError, TypeError):
            return 400, {"message": "expected JSON with cluster_arn, database and sql"}
        if not server:
            return 404, {"message": "no running database server for this cluster"}
        try:
            return 200, {"rows": server.query(statement, database)}
        except psycopg2.Error as error:
            return 400, {"message": str(error).strip()}


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body
