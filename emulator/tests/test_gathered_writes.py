"""Writes of one turn of the event loop."""

from __future__ import annotations

import asyncio
import unittest

from server.gathered_writes import MOST_HELD, GatheredWrites


class GatheredWritesTest(unittest.IsolatedAsyncioTestCase):
    """What reaches the socket, and when."""

    def setUp(self) -> None:
        self.sent: list[bytes] = []

    def gathered(self) -> GatheredWrites:
        return GatheredWrites(asyncio.get_running_loop(), self.sent.append)

    async def test_head_and_body_are_sent_as_one(self) -> None:
        writes = self.gathered()
        writes.add(b"head ")
        writes.add(b"body")
        self.assertEqual(self.sent, [])
        await asyncio.sleep(0)
        self.assertEqual(self.sent, [b"head body"])

    async def test_the_next_answer_is_sent_for_itself(self) -> None:
        writes = self.gathered()
        for answer in (b"one", b"two"):
            writes.add(answer)
            await asyncio.sleep(0)
        self.assertEqual(self.sent, [b"one", b"two"])

    async def test_a_long_answer_is_not_held_back(self) -> None:
        writes = self.gathered()
        writes.add(bytes(MOST_HELD))
        self.assertEqual(self.sent, [])
        writes.add(b"more")
        self.assertEqual(self.sent, [bytes(MOST_HELD) + b"more"])
        await asyncio.sleep(0)
        self.assertEqual(len(self.sent), 1)

    async def test_what_is_sent_at_once_is_not_sent_again(self) -> None:
        writes = self.gathered()
        writes.add(b"last words")
        writes.flush()
        await asyncio.sleep(0)
        self.assertEqual(self.sent, [b"last words"])


if __name__ == "__main__":
    unittest.main()
