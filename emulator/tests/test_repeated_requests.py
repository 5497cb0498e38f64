"""A request that Terraform's SDK repeats because the answer did not reach it."""

from __future__ import annotations

import asyncio
import unittest
from typing import Any

from server.repeated_requests import RepeatedRequests

TERRAFORM = b"APN/1.0 HashiCorp/1.0 Terraform/1.11.4 aws-sdk-go-v2/1.36.3"


class Account:
    """Creates one thing of a name, and refuses to create it twice."""

    def __init__(self) -> None:
        self.created = 0
        self.failures = 0

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            status = 500
        else:
            status = 409 if self.created else 200
            self.created += status == 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"role", "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class RepeatedRequestsTest(unittest.IsolatedAsyncioTestCase):
    """The same invocation, once more."""

    def setUp(self) -> None:
        self.account = Account()
        self.said: list[str] = []
        self.server = RepeatedRequests(self.account, self.said.append)

    async def request(
        self, invocation: bytes, agent: bytes = TERRAFORM, lose_answer: bool = False
    ) -> tuple[int | None, bytes]:
        headers = [(b"User-Agent", agent), (b"amz-sdk-invocation-id", invocation)]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
        unread = [{"more_body": True}, {"more_body": False}]
        sent: list[dict] = []

        async def receive() -> dict:
            return unread.pop(0)

        async def send(message: dict) -> None:
            if not lose_answer:
                sent.append(message)

        await self.server(scope, receive, send)
        self.assertEqual(unread, [], "the request's body was not read")
        status = sent[0]["status"] if sent else None
        return status, b"".join(message.get("body", b"") for message in sent)

    async def test_a_lost_answer_is_sent_again(self) -> None:
        await self.request(b"one", lose_answer=True)
        self.assertEqual(await self.request(b"one"), (200, b"role"))
        self.assertEqual(self.account.created, 1)
        self.assertIn("first answered 200", self.said[0])

    async def test_an_attempt_under_way_is_waited_for(self) -> None:
        answers = await asyncio.gather(self.request(b"one", lose_answer=True), self.request(b"one"))
        self.assertEqual(answers[1], (200, b"role"))
        self.assertEqual(self.account.created, 1)

    async def test_another_request_is_a_conflict(self) -> None:
        await self.request(b"one")
        self.assertEqual((await self.request(b"two"))[0], 409)
        self.assertEqual(self.said, [])

    async def test_an_error_is_tried_again(self) -> None:
        self.account.failures = 1
        self.assertEqual((await self.request(b"one"))[0], 500)
        self.assertEqual((await self.request(b"one"))[0], 200)
        self.assertIn("first answered 500", self.said[0])

    async def test_functions_see_what_they_would_see_on_aws(self) -> None:
        await self.request(b"one", agent=b"Boto3/1.43", lose_answer=True)
        self.assertEqual((await self.request(b"one", agent=b"Boto3/1.43"))[0], 409)


if __name__ == "__main__":
    unittest.main()
