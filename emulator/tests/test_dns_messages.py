"""The DNS codec on bytes written by hand after RFC 1035."""

from __future__ import annotations

import struct
import unittest

from server import dns_messages

# The name a.example as labels, and a pointer to where a question's name begins.
NAME = b"\x01a\x07example\x00"
POINTER = b"\xc0\x0c"


def answer_to(question: bytes, *records: bytes, flags: int = 0x8180) -> bytes:
    """A message with the question's identifier and name, and the given answer records."""
    header = question[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0)
    return header + question[12:] + b"".join(records)


def record(name: bytes, record_type: int, data: bytes) -> bytes:
    """One resource record with a TTL of 60 seconds."""
    return name + struct.pack("!HHIH", record_type, 1, 60, len(data)) + data


class DnsMessagesTest(unittest.TestCase):
    """Queries are for a.example throughout."""

    def setUp(self) -> None:
        self.question = dns_messages.query("a.example.", dns_messages.CNAME)

    def test_query(self) -> None:
        self.assertEqual(self.question[2:], b"\x01\x00\x00\x01" + bytes(6) + NAME + b"\0\5\0\1")

    def test_canonical_name_after_another_record(self) -> None:
        target = b"\x01d" + b"\xc0\x0e"
        answer = answer_to(self.question, record(POINTER, 1, b"\x7f\0\0\1"), record(POINTER, 5, target))
        self.assertEqual(dns_messages.canonical_name(answer, self.question), "d.example")

    def test_no_canonical_name(self) -> None:
        self.assertIsNone(dns_messages.canonical_name(answer_to(self.question), self.question))

    def test_server_failure_is_no_name(self) -> None:
        failure = dns_messages.server_failure(self.question)
        self.assertEqual(failure[:2], self.question[:2])
        self.assertEqual(failure[3] & 0x0F, 2)
        self.assertEqual(failure[12:], self.question[12:])
        self.assertIsNone(dns_messages.canonical_name(failure, self.question))

    def test_rubbish_is_refused(self) -> None:
        good = answer_to(self.question, record(POINTER, 5, NAME))
        other = bytes([good[0] ^ 1]) + good[1:]
        loop = answer_to(self.question, record(POINTER, 5, b"\xc0" + bytes([len(good) - len(NAME)])))
        for message in (b"", good[:20], good[:-4], other, self.question, loop):
            with self.subTest(message), self.assertRaises(dns_messages.MessageError):
                dns_messages.canonical_name(message, self.question)

    def test_long_and_empty_labels_are_refused(self) -> None:
        for name in ("a" * 64 + ".example", "a..example"):
            with self.subTest(name), self.assertRaises(dns_messages.MessageError):
                dns_messages.encode_name(name)


if __name__ == "__main__":
    unittest.main()
