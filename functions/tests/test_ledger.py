import json
import unittest
from decimal import Decimal

from deadline import Deadline
from failures import Unavailable
from ledger import Entry, Ledger, WriterState
from tests.fakes import Region
from tests.wire import Wire, reply
from validation import Payment

ROW = [{"stringValue": text} for text in ("p-1", "100.00", "processed", "us-east-2", "2026-11-23 08:09:10.123456")]
ENTRY = Entry("p-1", Decimal("100.00"), "processed", "us-east-2", "2026-11-23T08:09:10.123456Z", True)


def ledger_on(*answers):
    wire = Wire("rds-data", *answers)
    return Ledger(wire.client, Region().settings), wire


def sent(wire):
    return [json.loads(request.body) for request in wire.requests]


class Requests(unittest.TestCase):
    """What goes over the wire to the Data API, and what is made of its answers."""

    def test_an_insert_carries_parameters_and_returns_the_row(self):
        ledger, wire = ledger_on(reply({"records": [ROW]}))
        self.assertEqual(ledger.record(Payment("p-1", Decimal("100.00")), Deadline()), ENTRY)
        (request,) = sent(wire)
        settings = Region().settings
        self.assertEqual(request["resourceArn"], settings.cluster_arn)
        self.assertEqual(request["secretArn"], settings.secret_arn)
        self.assertEqual(request["database"], "payments")
        self.assertNotIn("transactionId", request)
        self.assertEqual(
            request["parameters"],
            [
                {"name": "payment_id", "value": {"stringValue": "p-1"}},
                {"name": "amount", "value": {"stringValue": "100.00"}, "typeHint": "DECIMAL"},
                {"name": "status", "value": {"stringValue": "processed"}},
                {"name": "region", "value": {"stringValue": "us-east-1"}},
            ],
        )
        self.assertIn("ON CONFLICT (payment_id) DO NOTHING", request["sql"])

    def test_a_taken_id_is_looked_up(self):
        ledger, wire = ledger_on(reply({"records": []}), reply({"records": [ROW]}))
        entry = ledger.record(Payment("p-1", Decimal("1.00")), Deadline())
        self.assertEqual((entry.amount, entry.created), (Decimal("100.00"), False))
        parameters = [{"name": "payment_id", "value": {"stringValue": "p-1"}}]
        self.assertEqual(sent(wire)[1]["parameters"], parameters)

    def test_a_row_that_is_not_there(self):
        ledger, _wire = ledger_on(reply({"records": []}))
        self.assertIsNone(ledger.find("p-1", Deadline()))

    def test_each_word_behind_a_colon_is_a_parameter(self):
        # The Data API reads :word as a parameter wherever it stands, also inside a literal.
        ledger, wire = ledger_on(
            reply({"records": [[{"booleanValue": False}, {"booleanValue": False}, {"booleanValue": True}]]}),
            reply({"records": []}),
            reply({"records": [ROW]}),
        )
        ledger.prepare(Deadline())
        ledger.record(Payment("p-1", Decimal("1.00")), Deadline())
        for request in sent(wire):
            names = {parameter["name"] for parameter in request.get("parameters", [])}
            words = {word for word in request["sql"].replace(",", " ").split() if ":" in word}
            self.assertEqual({word.split(":")[1].strip(")") for word in words}, names)

    def test_the_state_of_the_writer(self):
        for values, writable in (
            ((False, False, True), True),
            ((True, True, True), False),
            ((False, True, True), False),
            ((True, False, True), False),
        ):
            ledger, _wire = ledger_on(reply({"records": [[{"booleanValue": v} for v in values]]}))
            state = ledger.writer_state(Deadline())
            self.assertEqual(state, WriterState(*values))
            self.assertIs(state.writable, writable)

    def test_errors_are_named_by_their_code_and_never_by_their_message(self):
        for code, message, reason in (
            ("BadRequestException", "no writer, amount 100.00", "BadRequestException"),
            ("DatabaseNotFoundException", "", "DatabaseNotFoundException"),
            (
                "DatabaseErrorException",
                "ERROR: cannot execute INSERT in a read-only transaction; SQLState: 25006",
                "read_only",
            ),
        ):
            with self.subTest(code):
                answer = reply({"message": message}, status=400, x_amzn_errortype=code)
                ledger, _wire = ledger_on(answer)
                with self.assertRaises(Unavailable) as caught:
                    ledger.find("p-1", Deadline())
                self.assertEqual(caught.exception.step, "database")
                self.assertEqual(caught.exception.reason, reason)
                self.assertNotIn("100.00", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
