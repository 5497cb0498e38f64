"""The words of a failed body validation."""

from __future__ import annotations

import unittest
from typing import Any

from server.schema_reasons import reasons

PAYMENT = {
    "type": "object",
    "required": ["payment_id", "amount"],
    "additionalProperties": False,
    "properties": {
        "payment_id": {"type": "string", "minLength": 1, "maxLength": 8, "pattern": "^[a-z-]+$"},
        "amount": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "currency": {"enum": ["EUR", "USD"]},
    },
}


class SchemaReasonsTest(unittest.TestCase):
    """Each document and the one reason it is refused for."""

    def assert_reason(self, expected: str, **changes: Any) -> None:
        document = {"payment_id": "abc", "amount": 1, **changes}
        self.assertEqual(reasons(PAYMENT, document), [expected])

    def test_good_document(self) -> None:
        self.assertEqual(reasons(PAYMENT, {"payment_id": "abc", "amount": 1.5}), [])

    def test_object(self) -> None:
        self.assertEqual(
            reasons(PAYMENT, {}),
            ['object has missing required properties (["amount","payment_id"])'],
        )
        self.assertIn("(string) does not match", reasons(PAYMENT, "x")[0])
        self.assert_reason('object instance has properties which are not allowed by the schema: ["x"]', x=1)

    def test_values(self) -> None:
        self.assert_reason(
            'instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])',
            amount="1",
        )
        self.assert_reason("numeric instance is not strictly greater than the required minimum 0", amount=0)
        self.assert_reason("numeric instance is lower than the required minimum (minimum: 0, found: -1)", amount=-1)
        self.assert_reason('string "" is too short (length: 0, required minimum: 1)', payment_id="")
        self.assert_reason('string "aaaaaaaaa" is too long (length: 9, maximum allowed: 8)', payment_id="a" * 9)
        self.assert_reason('ECMA 262 regex "^[a-z-]+$" does not match input string "A"', payment_id="A")
        self.assert_reason(
            'instance value ("GBP") not found in enum (possible values: ["EUR","USD"])',
            currency="GBP",
        )


if __name__ == "__main__":
    unittest.main()
