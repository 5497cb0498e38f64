import base64
import json
import unittest
from decimal import Decimal

from tests.support import event
from validation import MAX_BODY_BYTES, Payment, Rejected, payment_from_event


def parse(body, **fields):
    return payment_from_event(event("POST", "/payments", body, **fields))


def body(payment_id='"test-123"', amount="100"):
    return f'{{"payment_id": {payment_id}, "amount": {amount}}}'


class Accepted(unittest.TestCase):
    def test_the_plain_payment(self):
        self.assertEqual(parse(body()), Payment("test-123", Decimal("100")))

    def test_spellings_of_one_amount_are_one_amount(self):
        for spelling in ("100", "100.0", "100.00", "100.000", "1e2", "1.0E+2"):
            with self.subTest(spelling):
                self.assertEqual(str(parse(body(amount=spelling)).amount), "100.00")

    def test_amounts_are_exact(self):
        for spelling, text in (
            ("0.01", "0.01"),
            ("0.1", "0.10"),
            ("4.35", "4.35"),
            ("999999999999.99", "999999999999.99"),
            ("1000000000000", "1000000000000.00"),
            ("1e12", "1000000000000.00"),
        ):
            with self.subTest(spelling):
                self.assertEqual(str(parse(body(amount=spelling)).amount), text)

    def test_payment_ids_at_the_edges(self):
        for payment_id in ("a", "9", "-", ".", "..", "A.b_c-D", "x" * 64):
            with self.subTest(payment_id):
                self.assertEqual(parse(body(json.dumps(payment_id))).payment_id, payment_id)

    def test_base64_body(self):
        encoded = base64.b64encode(body().encode()).decode()
        self.assertEqual(parse(encoded, isBase64Encoded=True).payment_id, "test-123")

    def test_body_of_the_largest_size(self):
        self.assertEqual(parse(body().ljust(MAX_BODY_BYTES)).payment_id, "test-123")


class Refused(unittest.TestCase):
    def assert_refused(self, request_body, field, message, status=400, **fields):
        with self.assertRaises(Rejected) as caught:
            parse(request_body, **fields)
        self.assertEqual(caught.exception.field, field)
        self.assertIn(message, caught.exception.message)
        self.assertEqual(caught.exception.status, status)

    def test_bodies_that_are_no_object(self):
        for text, message in (
            (None, "empty"),
            ("", "empty"),
            ({"payment_id": "x"}, "not text"),
            ("{", "not valid JSON"),
            ("payment", "not valid JSON"),
            ("{} {}", "not valid JSON"),
            ("\ufeff{}", "not valid JSON"),
            ("[" * 4000, "not valid JSON"),
            ("[]", "not a JSON object"),
            ("null", "not a JSON object"),
            ('"text"', "not a JSON object"),
            ("1", "not a JSON object"),
            ("\ud800", "not UTF-8"),
        ):
            with self.subTest(text=str(text)[:20].encode("ascii", "replace")):
                self.assert_refused(text, "body", message)

    def test_bad_base64(self):
        for text, message in (
            ("%%%", "base64"),
            ("abc", "base64"),
            ("éé==", "base64"),
            (base64.b64encode(b"\xff\xfe").decode(), "UTF-8"),
        ):
            with self.subTest(text):
                self.assert_refused(text, "body", message, isBase64Encoded=True)

    def test_large_bodies(self):
        for size in (MAX_BODY_BYTES + 1, 10 * MAX_BODY_BYTES):
            self.assert_refused(body().ljust(size), "body", "larger", status=413)
        encoded = base64.b64encode(body().ljust(MAX_BODY_BYTES + 1).encode()).decode()
        self.assert_refused(encoded, "body", "larger", status=413, isBase64Encoded=True)

    def test_size_is_counted_in_bytes(self):
        text = json.dumps({"payment_id": "é" * (MAX_BODY_BYTES // 2)}, ensure_ascii=False)
        self.assertLess(len(text), MAX_BODY_BYTES)
        self.assert_refused(text, "body", "larger", status=413)

    def test_missing_fields(self):
        self.assert_refused("{}", "payment_id", "missing")
        self.assert_refused('{"amount": 1}', "payment_id", "missing")
        self.assert_refused('{"payment_id": "a"}', "amount", "missing")

    def test_unknown_fields(self):
        self.assert_refused('{"payment_id":"a","amount":1,"currency":"USD"}', "currency", "unknown")
        self.assert_refused('{"Amount": 1}', "Amount", "unknown field 'Amount'")
        self.assert_refused(json.dumps({"x" * 500: 1}), "x" * 40, "unknown")

    def test_repeated_fields(self):
        self.assert_refused('{"payment_id":"a","amount":1,"amount":100}', "amount", "appears twice")

    def test_payment_ids(self):
        for text, message in (
            ("123", "string"),
            ("null", "string"),
            ("true", "string"),
            ('["a"]', "string"),
            ('""', "empty"),
            (json.dumps("x" * 65), "longer than 64"),
            ('"a b"', "may only contain"),
            ('"a/b"', "may only contain"),
            ('"a#b"', "may only contain"),
            ('"a\\n"', "may only contain"),
            ('"é"', "may only contain"),
            ('"\N{ARABIC-INDIC DIGIT ONE}"', "may only contain"),
            ('"\\ud800"', "may only contain"),
        ):
            with self.subTest(text):
                self.assert_refused(body(text), "payment_id", message)

    def test_amounts(self):
        for text, message in (
            ('"100"', "JSON number"),
            ("true", "JSON number"),
            ("false", "JSON number"),
            ("null", "JSON number"),
            ("[1]", "JSON number"),
            ("0", "greater than 0"),
            ("-0", "greater than 0"),
            ("0.00", "greater than 0"),
            ("-1", "greater than 0"),
            ("-0.01", "greater than 0"),
            ("1000000000000.01", "at most 1000000000000"),
            ("1e999999", "at most"),
            ("9" * 3000, "at most"),
            ("0.001", "two decimals"),
            ("1.005", "two decimals"),
            ("1e-999999", "two decimals"),
            ("0." + "1" * 3000, "two decimals"),
        ):
            with self.subTest(text[:20]):
                self.assert_refused(body(amount=text), "amount", message)

    def test_numbers_that_are_none(self):
        for text, message in (
            ("NaN", "not a JSON number"),
            ("Infinity", "not a JSON number"),
            ("-Infinity", "not a JSON number"),
            ("1e99999999999999999999", "out of range"),
            ("1e-99999999999999999999", "out of range"),
        ):
            with self.subTest(text):
                self.assert_refused(body(amount=text), "body", message)
        self.assert_refused(body(amount="1."), "body", "not valid JSON")
        self.assert_refused(body(amount="01"), "body", "not valid JSON")


if __name__ == "__main__":
    unittest.main()
