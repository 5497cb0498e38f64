"""Answers for a client that asks again because the first answer did not reach it.

Terraform's HTTP client now and then closes a connection between the head and the body of an answer that
came within a quarter of a millisecond (seen in a capture: its FIN stands between the two), faster than any
network. Its SDK repeats the request under the same `amz-sdk-invocation-id`. When the first attempt has
created something, the second is a conflict, and the apply fails. So a repeated attempt of Terraform's gets
the answer of the first one. Functions do not: how they live through a repeated write is what is tested.
"""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from server.request_region import header

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# More than are under way between a broken connection and the SDK's next attempt.
REMEMBERED = 2000


class Attempt:
    """What became of the first attempt of a request."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.messages: list[Message] = []

    @property
    def status(self) -> int | None:
        """The status of a whole answer."""
        whole = self.messages and not self.messages[-1].get("more_body", False)
        start = self.messages[0] if whole and self.messages[-1]["type"].endswith("body") else {}
        return start.get("status")


class RepeatedRequests:
    """An application that remembers what it answered to Terraform."""

    def __init__(self, application: Application, say: Callable[[str], None] | None = None) -> None:
        self._application = application
        self._say = say or _say
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, a repeated one with the answer of its first attempt if that succeeded."""
        invocation = _invocation(scope)
        if not invocation:
            await self._application(scope, receive, send)
            return
        first = self._attempts.get(invocation)
        if first:
            await first.ended.wait()
            what = f"{scope['method']} {scope['path']}, first answered {first.status}"
            self._say(f"Terraform repeats a request: {what}")
            if first.status and first.status < 300:
                await _send_again(first, receive, send)
                return
        await self._serve(self._remember(invocation), scope, receive, send)

    def _remember(self, invocation: str) -> Attempt:
        attempt = self._attempts[invocation] = Attempt()
        if len(self._attempts) > REMEMBERED:
            self._attempts.popitem(last=False)
        return attempt

    async def _serve(self, attempt: Attempt, scope: Scope, receive: Receive, send: Send) -> None:
        async def remembering(message: Message) -> None:
            attempt.messages.append(message)
            await send(message)

        try:
            await self._application(scope, receive, remembering)
        finally:
            attempt.ended.set()


def _invocation(scope: Scope) -> str:
    """The identity of Terraform's request, empty for anybody else's."""
    if scope["type"] != "http" or "Terraform" not in header(scope, b"user-agent"):
        return ""
    return header(scope, b"amz-sdk-invocation-id")


async def _send_again(attempt: Attempt, receive: Receive, send: Send) -> None:
    # A server closes a connection whose request was not read.
    while (await receive()).get("more_body"):
        pass
    for message in attempt.messages:
        await send(message)


def _say(words: str) -> None:
    print(f"emulator: {words}", file=sys.stderr, flush=True)
