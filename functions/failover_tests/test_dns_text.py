"""The DNS client against a resolver on loopback that answers what a test tells it."""

import socket
import struct
import tempfile
import threading
import unittest
from unittest import mock

import dns_text
from dns_text import TextRecords
from failures import Unknown
from witness import Witness

NAME = "_active.pay.example.com"


def text(*strings):
    data = b"".join(bytes([len(part)]) + part.encode() for part in strings)
    return record(16, data)


def record(kind, data, name=b"\xc0\x0c"):
    return name + struct.pack("!HHIH", kind, 1, 10, len(data)) + data


def reply(query, *records, flags=0x8180, identity=None, count=None, question=None):
    number = struct.unpack("!H", query[:2])[0] if identity is None else identity
    answers = len(records) if count is None else count
    header = struct.pack("!HHHHHH", number, flags, 1, answers, 0, 0)
    return header + (query[12:] if question is None else question) + b"".join(records)


class Resolver:
    """Answers the n-th query with the n-th list of messages."""

    def __init__(self, *answers):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.queries = []
        self._answers = list(answers)
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self):
        for answer in self._answers:
            try:
                query, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            self.queries.append(query)
            for message in answer(query):
                self.socket.sendto(message, peer)


class DnsTestCase(unittest.TestCase):
    def resolver(self, *answers):
        resolver = Resolver(*answers)
        self.addCleanup(resolver.socket.close)
        return resolver

    def ask(self, *answers, timeout=2.0, name=NAME):
        self.server = self.resolver(*answers)
        return TextRecords(self.server.address, timeout_seconds=timeout).answer(name)

    def assert_unknown(self, words, *answers, timeout=2.0):
        with self.assertRaisesRegex(Unknown, words):
            self.ask(*answers, timeout=timeout)


class Answers(DnsTestCase):
    def test_one_text(self):
        self.assertEqual(self.ask(lambda query: [reply(query, text("us-east-2"))]), "us-east-2")

    def test_the_question_is_well_formed(self):
        self.ask(lambda query: [reply(query, text("x"))])
        (query,) = self.server.queries
        _, flags, questions, answers, authorities, others = struct.unpack("!HHHHHH", query[:12])
        self.assertEqual((flags, questions, answers, authorities, others), (0x0100, 1, 0, 0, 0))
        self.assertEqual(query[12:], b"\x07_active\x03pay\x07example\x03com\x00\x00\x10\x00\x01")

    def test_the_witness_asks_for_its_name(self):
        server = self.resolver(lambda query: [reply(query, text("us-east-2"))])
        witness = Witness(TextRecords(server.address), "pay.example.com")
        self.assertEqual(witness.active_region(), "us-east-2")
        self.assertIn(b"\x07_active\x03pay", server.queries[0])

    def test_several_strings_are_one_text(self):
        self.assertEqual(self.ask(lambda q: [reply(q, text("us-", "east", "-2"))]), "us-east-2")

    def test_an_alias_before_the_text(self):
        name = b"\x05other\x00"
        alias = record(5, name)
        found = record(16, b"\x09us-east-2", name=name)
        self.assertEqual(self.ask(lambda q: [reply(q, alias, found)]), "us-east-2")

    def test_names_compare_without_case(self):
        self.assertEqual(self.ask(lambda q: [reply(q, text("a"), question=q[12:].upper())]), "a")

    def test_the_same_text_twice(self):
        self.assertEqual(self.ask(lambda q: [reply(q, text("a"), text("a"))]), "a")

    def test_two_texts_are_no_answer(self):
        self.assert_unknown("several", lambda q: [reply(q, text("a"), text("b"))])

    def test_a_name_without_texts(self):
        self.assert_unknown("no TXT", lambda q: [reply(q)])
        self.assert_unknown("no TXT", lambda q: [reply(q, record(1, b"\x7f\0\0\1"))])


class Trouble(DnsTestCase):
    def test_a_name_that_does_not_exist_is_not_asked_again(self):
        self.assert_unknown("NXDOMAIN", lambda q: [reply(q, flags=0x8183)], lambda q: [])
        self.assertEqual(len(self.server.queries), 1)

    def test_a_resolver_in_trouble_is_asked_again(self):
        good = lambda q: [reply(q, text("a"))]  # noqa: E731
        for flags in (0x8182, 0x8185, 0x8181):
            self.assertEqual(self.ask(lambda q: [reply(q, flags=flags)], good), "a")

    def test_a_resolver_that_stays_in_trouble(self):
        refuse = lambda q: [reply(q, flags=0x8182)]  # noqa: E731
        self.assert_unknown("SERVFAIL", refuse, refuse)

    def test_a_truncated_answer(self):
        self.assert_unknown("truncated", lambda q: [reply(q, text("us-east-2"), flags=0x8380)])

    def test_foreign_answers_are_passed_over(self):
        def answer(query):
            other = (struct.unpack("!H", query[:2])[0] + 1) % 65536
            return [
                reply(query, text("wrong id"), identity=other),
                reply(query, text("no answer"), flags=0x0100),
                reply(query, text("wrong question"), question=b"\x01x\x00\x00\x10\x00\x01"),
                b"",
                b"junk",
                reply(query, text("right")),
            ]

        self.assertEqual(self.ask(answer), "right")

    def test_only_foreign_answers_are_a_timeout(self):
        foreign = lambda q: [reply(q, text("x"), flags=0x0100)]  # noqa: E731
        self.assert_unknown("timeout", foreign, foreign, timeout=0.05)

    def test_silence_is_asked_twice(self):
        self.assert_unknown("timeout", lambda q: [], lambda q: [], lambda q: [], timeout=0.05)
        self.assertEqual(len(self.server.queries), 2)

    def test_a_lost_datagram(self):
        self.assertEqual(self.ask(lambda q: [], lambda q: [reply(q, text("a"))], timeout=0.2), "a")

    def test_nobody_there(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        with self.assertRaisesRegex(Unknown, "dns: "):
            TextRecords(f"127.0.0.1:{port}", timeout_seconds=0.1).answer(NAME)

    def test_malformed_answers(self):
        for what, records, count in (
            ("records that are missing", (), 1),
            ("data that is cut", (text("us-east-2")[:-3],), 1),
            ("a string longer than its record", (record(16, b"\xffabc"),), 1),
            ("a name without end", (b"\x3fabc",), 1),
            ("a text that is no ASCII", (record(16, b"\x02\xff\xfe"),), 1),
        ):
            with self.subTest(what):
                broken = lambda q: [reply(q, *records, count=count)]  # noqa: E731
                self.assert_unknown("malformed", broken, broken)


class Resolvers(unittest.TestCase):
    def addresses(self, content):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(content)
            file.flush()
            with mock.patch.object(dns_text, "_RESOLVER_FILE", file.name):
                return TextRecords()._resolvers

    def test_those_of_the_network(self):
        content = "# nameserver 1.1.1.1\nsearch x\nnameserver 169.254.78.1\nnameserver fd00::2\n"
        self.assertEqual(self.addresses(content), [("169.254.78.1", 53), ("fd00::2", 53)])

    def test_none(self):
        for content in ("", "nameserver\n"):
            self.assertEqual(self.addresses(content), [])
        with mock.patch.object(dns_text, "_RESOLVER_FILE", "/nowhere/resolv.conf"):
            with self.assertRaisesRegex(Unknown, "no resolver"):
                TextRecords().answer(NAME)

    def test_the_one_that_is_named(self):
        self.assertEqual(TextRecords("127.0.0.1:5353")._resolvers, [("127.0.0.1", 5353)])
        self.assertEqual(TextRecords("[::1]:53")._resolvers, [("::1", 53)])


if __name__ == "__main__":
    unittest.main()
