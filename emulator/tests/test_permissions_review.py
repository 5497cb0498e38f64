"""A permission that is taken away is missed if a request needed it, and named if none did."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from pathlib import Path
from typing import Any

from server.permissions.judge import Judge
from server.permissions.review import BadReasons, Permission, Reason, Review, conclude, granted, owner_of, read_reasons

ROLE = "payments-reader-use1-dev"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Read", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": TABLE},
    ],
}


def report() -> dict[str, Any]:
    """A run in which the role has read one item."""
    request: dict[str, Any] = {
        "sender": "a client",
        "principal": f"arn:aws:sts::123456789012:assumed-role/{ROLE}/s",
        "action": "dynamodb:GetItem",
        "resource": TABLE,
        "account": "123456789012",
        "context": {},
        "identity": [["own", "p"]],
        "resource_policy": None,
        "endpoint": [],
        "verdict": "Allowed",
        "count": 3,
    }
    grant = {"kind": "role", "owner": ROLE, "document": POLICY}
    return {"documents": {"p": POLICY}, "requests": [request], "granted": [grant], "denied": [], "unjudged": {}}


class ReviewTest(unittest.TestCase):
    """Judged by the process that judges the emulator's requests."""

    def setUp(self) -> None:
        options = json.loads(os.environ["EMULATOR_PERMISSIONS"])
        self.judge = Judge(Path(options[1]), Path(options[3]))
        self.addCleanup(self.judge.close)
        self.used = Permission("role", "payments-reader", "Read", "dynamodb:GetItem")
        self.unused = Permission("role", "payments-reader", "Read", "dynamodb:Query")

    def test_what_was_used_is_missed(self) -> None:
        review = Review(self.judge)
        review.of(report())
        self.assertEqual(set(review.needed), {self.used})
        self.assertEqual(set(granted([report()])), {self.used, self.unused})

    def test_what_nobody_used_needs_a_reason_and_a_reason_needs_it(self) -> None:
        permissions = [self.used, self.unused]
        reason = Reason(("role payments-*",), ("Read: dynamodb:Query",), "for a good reason")
        self.assertFalse(conclude(permissions, [self.used], [])[1])
        self.assertTrue(conclude(permissions, [self.used], [reason])[1])
        self.assertFalse(conclude(permissions, permissions, [reason])[1])

    def test_a_reason_names_its_statements(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "unused.toml"
            table = '[[unused]]\nowners = ["role a"]\npermissions = ["%s: *"]\nreason = "' + "long enough " * 5 + '"\n'
            path.write_text(table % "Read", encoding="utf-8")
            self.assertEqual(len(read_reasons(path)), 1)
            path.write_text(table % "*", encoding="utf-8")
            with self.assertRaisesRegex(BadReasons, "names no statement"):
                read_reasons(path)

    def test_owners_have_no_place(self) -> None:
        self.assertEqual(owner_of("payments-failover-detector-use2-blue"), "payments-failover-detector")
        self.assertEqual(owner_of("com.amazonaws.us-east-2.s3"), "com.amazonaws.REGION.s3")


if __name__ == "__main__":
    unittest.main()
