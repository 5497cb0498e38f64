import json
import unittest

import latch
from aws_clients import TimeLimits
from failover_tests.fakes import FakeTable, aws_error, unreachable
from shared_tests.logged_test_case import LoggedTestCase
from state_table import StateTable


class Latch(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.table = FakeTable()

    def ask(self):
        answer = latch.answer(StateTable(self.table, "failover"))
        self.assertEqual(answer["headers"]["Cache-Control"], "no-store")
        return answer["statusCode"], json.loads(answer["body"])

    def test_active(self):
        self.table.put("latch", active=True, since="2026-11-24T17:00:00Z", by="operator")
        self.assertEqual(self.ask(), (200, {"active": True}))

    def test_not_active(self):
        self.assertEqual(self.ask(), (404, {"active": False}))
        for value in (False, "true", 1):
            self.table.put("latch", active=value)
            self.assertEqual(self.ask(), (404, {"active": False}))

    def test_a_planned_move_sends_dns_ahead(self):
        self.table.put("latch", active=True, dns_ahead=True)
        self.assertEqual(self.ask(), (404, {"active": False}))
        self.table.put("latch", active=True, dns_ahead=False)
        self.assertEqual(self.ask(), (200, {"active": True}))

    def test_every_error_is_503(self):
        for error in (aws_error("AccessDeniedException"), unreachable(), KeyError("a defect")):
            self.table.fail("get_item", error)
            status, body = self.ask()
            self.assertEqual(status, 503)
            self.assertNotIn("active", body)
        self.assertEqual(len(self.logged("latch_unknown")), 3)

    def test_it_answers_within_route_53s_two_seconds(self):
        self.assertLess(latch.LIMITS.worst_call_seconds(), 2)
        self.assertIsInstance(latch.LIMITS, TimeLimits)


if __name__ == "__main__":
    unittest.main()
