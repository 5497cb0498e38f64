import ast
import io
import json
import re
import unittest
from unittest import mock

import acknowledged
import lost_payments
from acknowledged import LEASE_SECONDS, RETENTION_SECONDS, SessionTable
from data_api import Database
from failover_tests import FUNCTIONS
from failover_tests.fakes import Clock, FakeClient, aws_error, unreachable
from failover_tests.support import FAILOVER_EXECUTION, OWN, OWN_CLUSTER, PRIMARY
from failures import NotYet
from instants import iso
from lost_payments import Search
from metrics import Metrics
from shared_tests.logged_test_case import LoggedTestCase
from time_budget import TimeBudget

CALL_SECONDS = 1.0


class LostPayments(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.clock = Clock()
        self.cut = int(self.clock.now) - 120
        self.items = []
        self.rows = {}
        self.objects = {}
        self.written = {}
        self.left = 1000.0
        self.page_size = 3
        self.dynamodb = FakeClient("dynamodb", scan=self.scan)
        self.rds = FakeClient("rds-data", execute_statement=self.execute)
        self.s3 = FakeClient("s3", get_object=self.get, put_object=self.put)
        self.cloudwatch = FakeClient("cloudwatch", put_metric_data=lambda **_: {})
        self.search = Search(
            region=PRIMARY,
            own_region=OWN,
            sessions=SessionTable(self.dynamodb, "sessions", CALL_SECONDS),
            ledger=Database(self.rds, OWN_CLUSTER, "arn:aws:secret", "payments"),
            receipts=self.s3,
            receipts_bucket="receipts-2",
            evidence=self.s3,
            evidence_bucket="evidence-2",
            metrics=Metrics(self.cloudwatch, "Payments/Failover", "dev"),
            clock=self.clock,
        )

    # The stores, as the payment function leaves them.

    def claim(self, payment_id, seconds_before_cut=0, amount="1.00", state="settled", region=PRIMARY):
        keeps = RETENTION_SECONDS if state == "settled" else LEASE_SECONDS
        self.items.append(
            {
                "session_id": {"S": f"payment#{payment_id}"},
                "amount": {"S": amount},
                "claim_state": {"S": state},
                "claim_region": {"S": region},
                "expires_at": {"N": str(self.cut - seconds_before_cut + keeps)},
            }
        )

    def note(self, payment_id, amount, **more):
        self.claim(payment_id, 5, amount)
        self.items[-1] |= {"session_id": {"S": f"lost#{payment_id}#{amount}"}, **more}
        self.items[-1]["claim_state"] = {"S": "lost"}

    def receipt(self, payment_id, amount="1.00", region=PRIMARY):
        document = json.dumps({"payment_id": payment_id, "amount": amount, "region": region})
        self.objects[f"receipts/{payment_id}.json"] = document.encode()

    def scan(self, TableName, FilterExpression, ExpressionAttributeValues, ExclusiveStartKey=None):
        self.assertEqual((TableName, FilterExpression), ("sessions", "claim_region = :region"))
        self.left -= CALL_SECONDS
        start = int(ExclusiveStartKey["session_id"]["S"]) if ExclusiveStartKey else 0
        end = start + self.page_size
        wanted = ExpressionAttributeValues[":region"]
        page = [item for item in self.items[start:end] if item.get("claim_region") == wanted]
        more = {"LastEvaluatedKey": {"session_id": {"S": str(end)}}} if end < len(self.items) else {}
        return {"Items": page, **more}

    def execute(self, resourceArn, secretArn, database, sql, parameters):
        self.left -= CALL_SECONDS
        (ids,) = [entry["value"]["stringValue"] for entry in parameters]
        found = [(name, self.rows[name]) for name in ids.split(",") if name in self.rows]
        return {"records": [[{"stringValue": field} for field in row] for row in found]}

    def get(self, Bucket, Key):
        self.assertEqual(Bucket, "receipts-2")
        self.left -= CALL_SECONDS
        if Key not in self.objects:
            raise aws_error("NoSuchKey", 404)
        return {"Body": io.BytesIO(self.objects[Key])}

    def put(self, Bucket, Key, Body, ContentType):
        self.assertEqual((Bucket, ContentType), ("evidence-2", "application/json"))
        self.written[Key] = json.loads(Body)
        return {}

    def look(self, execution=FAILOVER_EXECUTION):
        return self.search.run({"execution": execution}, TimeBudget(lambda: self.left))

    @property
    def evidence(self):
        (document,) = self.written.values()
        return document

    def lost(self):
        return [(entry["payment_id"], entry["amount"]) for entry in self.evidence["payments"]]

    # What it finds.

    def test_what_was_acknowledged_and_is_not_in_the_ledger_is_named(self):
        for number, seconds in enumerate((50, 40, 12, 7, 0)):
            self.claim(f"p-{number}", seconds)
            self.rows[f"p-{number}"] = "1.00"
        del self.rows["p-2"], self.rows["p-3"]
        self.receipt("p-2")
        answer = self.look()
        self.assertEqual((answer["lost"], answer["seconds"], answer["complete"]), (2, 12, True))
        self.assertEqual(self.lost(), [("p-3", "1.00"), ("p-2", "1.00")])
        newest, oldest = self.evidence["payments"]
        self.assertEqual(newest["acknowledged_at"], iso(self.cut - 7))
        self.assertEqual((newest["receipt"], oldest["receipt"]), ("none", "same"))
        self.assertEqual(self.evidence["last_acknowledged_at"], iso(self.cut))
        self.assertEqual(self.evidence["compared"], 5)
        self.assertIn("2 of 5 payments that us-east-1 acknowledged", answer["told"])
        self.assertIn("the first from 12 s before that", answer["told"])
        self.assertIn(f"s3://evidence-2/{answer['key']}", answer["told"])
        self.assertRegex(answer["key"], r"^evidence/losses/\d{4}-\d\d-\d\d-failover-i-1\.json$")
        self.assertEqual([answer["key"]], list(self.written))

    def test_it_is_measured(self):
        self.claim("p", 9)
        self.claim("q", 0)
        self.rows["q"] = "1.00"
        self.look()
        ((_, parameters),) = self.cloudwatch.calls
        values = {datum["MetricName"]: datum["Value"] for datum in parameters["MetricData"]}
        self.assertEqual(values, {"LostPayments": 1.0, "LostSeconds": 9.0})

    def test_nothing_lost_is_said_with_what_was_compared(self):
        self.claim("p")
        self.rows["p"] = "1.00"
        answer = self.look()
        self.assertEqual((answer["lost"], self.lost()), (0, []))
        self.assertIn("none of 1 payments that us-east-1 acknowledged", answer["told"])

    def test_nothing_remembered_is_not_called_nothing_lost(self):
        self.claim("p", region=OWN)
        answer = self.look()
        self.assertEqual(answer["lost"], 0)
        self.assertIn("the session table has no payment", answer["told"])

    def test_a_row_of_another_amount_is_another_payment(self):
        self.claim("p", amount="1.00")
        self.rows["p"] = "2.00"
        self.look()
        self.assertEqual(self.lost(), [("p", "1.00")])

    def test_amounts_are_compared_as_numbers(self):
        self.claim("p", amount="100.00")
        self.rows["p"] = "100"
        self.assertEqual(self.look()["lost"], 0)

    def test_an_id_that_was_taken_for_another_amount_since_is_named_with_its_first_one(self):
        self.claim("p", amount="2.00", region=OWN)
        self.note("p", "1.00")
        self.rows["p"] = "2.00"
        self.look()
        self.assertEqual(self.lost(), [("p", "1.00")])

    def test_what_a_receipt_alone_has_told_is_named_and_says_nothing_of_the_time(self):
        self.claim("q")
        self.rows["q"] = "1.00"
        self.note("p", "1.00", known_from={"S": "receipt"})
        answer = self.look()
        self.assertEqual(self.lost(), [("p", "1.00")])
        self.assertEqual(self.evidence["payments"][0]["known_from"], "receipt")
        self.assertEqual(answer["seconds"], 0)

    def test_a_request_that_was_under_way_is_lost_if_its_receipt_is_there(self):
        self.claim("p", state="taken")
        self.receipt("p")
        self.look()
        self.assertEqual(self.lost(), [("p", "1.00")])
        self.assertEqual(self.evidence["payments"][0]["known_from"], "receipt")

    def test_a_request_that_was_under_way_without_a_receipt_is_undecided(self):
        self.claim("q")
        self.rows["q"] = "1.00"
        self.claim("p", state="taken")
        self.receipt("p", amount="3.00")
        answer = self.look()
        self.assertEqual((answer["lost"], self.evidence["undecided"]), (0, ["p"]))
        self.assertIn("unknown whether they were acknowledged: 1", answer["told"])

    def test_only_the_last_hour_in_which_payments_were_acknowledged_counts(self):
        # The failover may come days after the cut: what counts is when payments were acknowledged.
        self.cut -= 3 * 24 * 3600
        self.claim("old", 3601)
        self.claim("young", 3599)
        self.claim("last", 0)
        self.look()
        self.assertEqual([name for name, _ in self.lost()], ["last", "young"])

    def test_items_of_others_are_none_of_its_business(self):
        self.claim("p")
        self.items[0]["session_id"] = {"S": "failover#epoch"}
        self.assertIn("the session table has no payment", self.look()["told"])

    # What it could not look at.

    def test_a_table_that_is_too_long_is_said(self):
        for number in range(30):
            self.claim(f"p-{number}", number)
        self.left = 6 * CALL_SECONDS
        answer = self.look()
        self.assertFalse(answer["complete"])
        self.assertIn("THE SEARCH IS INCOMPLETE: the session table", answer["told"])

    def test_the_latest_are_compared_first(self):
        for number in range(6):
            self.claim(f"p-{number}", number)
        self.page_size, self.left = 10, 2 * CALL_SECONDS
        with mock.patch.object(lost_payments, "BATCH", 2):
            with mock.patch.object(lost_payments, "_CALL_SECONDS", CALL_SECONDS):
                answer = self.look()
        self.assertEqual([name for name, _ in self.lost()], ["p-0", "p-1"])
        self.assertEqual(self.evidence["checked_back_to"], iso(self.cut - 1))
        self.assertIn(f"what was acknowledged before {iso(self.cut - 2)}", answer["told"])

    def test_more_than_fit_are_said_and_the_latest_are_kept(self):
        with mock.patch.object(acknowledged, "MOST", 2):
            for number in range(9):
                self.claim(f"p-{number}", number)
            answer = self.look()
        self.assertEqual([name for name, _ in self.lost()], ["p-0", "p-1"])
        self.assertFalse(answer["complete"])

    def test_receipts_that_are_not_read_are_said(self):
        for number in range(3):
            self.claim(f"p-{number}", number)
        self.s3.fail("get_object", aws_error("AccessDenied", 403))
        self.objects["receipts/p-1.json"] = b"no JSON"
        answer = self.look()
        states = [entry["receipt"] for entry in self.evidence["payments"]]
        self.assertEqual(states, ["not read", "not read", "none"])
        self.assertEqual(self.evidence["gaps"], ["2 receipts"])
        self.assertEqual(answer["lost"], 3)

    def test_stores_that_do_not_answer_are_errors(self):
        self.claim("p")
        for client, operation, error in (
            (self.dynamodb, "scan", aws_error("InternalServerError", 500)),
            (self.s3, "put_object", unreachable()),
        ):
            client.fail(operation, error)
            with self.assertRaises(type(error)):
                self.look()
        self.rds.fail("execute_statement", unreachable())
        with self.assertRaises(NotYet):
            self.look()
        self.assertEqual(self.cloudwatch.calls, [], "nothing is measured that is not known")

    def test_metrics_that_are_lost_lose_no_evidence(self):
        self.claim("p")
        self.cloudwatch.fail("put_metric_data", unreachable())
        self.assertEqual(self.look()["lost"], 1)
        self.assertEqual(len(self.logged("metrics_lost")), 1)

    def test_by_hand_it_has_a_name_of_its_own(self):
        self.assertIn("-by-hand-", self.look(execution=None)["key"])


class StoresOfThePayments(unittest.TestCase):
    """The payment function's stores are read here without its code."""

    def constants(self, module):
        source = (FUNCTIONS / "payments" / f"{module}.py").read_text("utf-8")
        nodes = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
        return source, {node.targets[0].id: ast.unparse(node.value) for node in nodes}

    def test_claims(self):
        source, claims = self.constants("claims")
        self.assertEqual(ast.literal_eval(claims["LEASE_SECONDS"]), acknowledged.LEASE_SECONDS)
        self.assertEqual(eval(claims["RETENTION_SECONDS"]), acknowledged.RETENTION_SECONDS)
        self.assertEqual(ast.literal_eval(claims["_SETTLED"]), acknowledged.SETTLED)
        self.assertEqual(ast.literal_eval(claims["_TAKEN"]), acknowledged.TAKEN)
        self.assertIn('f"payment#{payment_id}"', source)
        self.assertIn("""f"lost#{payment_id}#{memory['amount']['S']}\"""", source)
        for attribute in ("claim_state", "claim_region", "amount", "expires_at", "known_from"):
            self.assertIn(f'"{attribute}"', source)

    def test_ids_have_no_comma(self):
        _, validation = self.constants("validation")
        pattern = re.search(r"'(.*)'", validation["_PAYMENT_ID"])[1]
        self.assertIsNone(re.fullmatch(pattern, "a,b"))
        self.assertIsNone(re.fullmatch(pattern, "a#b"))

    def test_columns(self):
        source = (FUNCTIONS / "database_setup" / "ledger_schema.py").read_text("utf-8")
        self.assertRegex(source, r"CREATE TABLE IF NOT EXISTS payments \(\s+payment_id +text PRIMARY KEY")
        self.assertRegex(source, r"\n    amount +numeric")

    def test_receipts(self):
        source, _ = self.constants("receipts")
        self.assertIn('f"receipts/{entry.payment_id}.json"', source)


if __name__ == "__main__":
    unittest.main()
