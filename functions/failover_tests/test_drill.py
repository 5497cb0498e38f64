import ast
import json
import unittest

import drill
import drill_ids
import drill_ledger
import drill_payments
from data_api import Database
from drill import Drill
from drill_ids import Registry, payment_id
from drill_payments import DrillPayments
from drill_record import DrillRecord
from failover_tests import FUNCTIONS
from failover_tests.fakes import FakeClient, aws_error, unreachable
from failover_tests.support import (
    OWN,
    OWN_CLUSTER,
    PRIMARY,
    PRIMARY_CLUSTER,
    World,
)
from failures import DrillRunning, NotYet, PaymentRefused, PrimaryLost
from metrics import Metrics
from payment_client import Receipt, _receipt
from shared_tests.logged_test_case import LoggedTestCase
from state_table import StateTable

IN_PRIMARY, IN_OWN = Receipt(region=PRIMARY), Receipt(region=OWN)
REFUSED = Receipt(refusal="status 503")


class Customer:
    """What comes back for each attempt; `after` happens after that many."""

    hint = "look at the key"

    def __init__(self, clock, *receipts):
        self.clock = clock
        self.receipts = list(receipts)
        self.sent = []
        self.seconds = 0.1
        self.after = {}

    def pay(self, identity):
        self.sent.append(identity)
        self.clock.now += self.seconds
        self.after.get(len(self.sent), lambda: None)()
        return self.receipts.pop(0) if len(self.receipts) > 1 else self.receipts[0]


class Ledger:
    """The Data API in front of the payments table, with its one statement."""

    def __init__(self):
        self.counts = {}
        self.client = FakeClient("rds-data", execute_statement=self._execute)

    def database(self):
        return Database(self.client, "arn:cluster", "a-secret-with-a-long-name", "payments")

    def _execute(self, sql, parameters, **_):
        (parameter,) = parameters
        prefix = parameter["value"]["stringValue"]
        assert sql.split()[:2] == ["SELECT", "payment_id,"] and prefix.endswith("%"), sql
        rows = [(key, n) for key, n in self.counts.items() if key.startswith(prefix[:-1])]
        return {"records": [[{"stringValue": key}, {"stringValue": str(n)}] for key, n in rows]}


class DrillTestCase(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.world = World()
        self.clock = self.world.clock
        self.ledgers = {PRIMARY: Ledger(), OWN: Ledger()}
        self.objects = {}
        self.s3 = FakeClient("s3", put_object=self._put)
        self.cloudwatch = FakeClient("cloudwatch", put_metric_data=lambda **_: {})
        self.customer = Customer(self.clock, IN_PRIMARY)
        self.record = DrillRecord(StateTable(self.world.table, "failover"), self.clock)
        self.registered = {}
        self.sessions = FakeClient("dynamodb", put_item=self._register)
        registry = Registry(self.sessions, "sessions", self.clock)
        self.drill = Drill(
            primary_region=PRIMARY,
            own_region=OWN,
            own_cluster_arn=OWN_CLUSTER,
            record=self.record,
            registry=registry,
            payments=DrillPayments(self.customer, self.record, registry, OWN, self.clock, self.clock.sleep),
            primary_aurora=self.world.primary.seen(None).aurora,
            own_aurora=self.world.own.seen(None).aurora,
            databases={region: ledger.database() for region, ledger in self.ledgers.items()},
            evidence_client=self.s3,
            evidence_bucket="receipts",
            metrics=Metrics(self.cloudwatch, "Payments/Failover", "dev"),
            recovery_limit_seconds=300,
            clock=self.clock,
        )

    def _put(self, Bucket, Key, Body, ContentType):
        self.assertEqual((Bucket, ContentType), ("receipts", "application/json"))
        self.objects[Key] = json.loads(Body)
        return {}

    def _register(self, TableName, Item):
        self.assertEqual(TableName, "sessions")
        kind, _, name = Item["session_id"]["S"].partition("#")
        self.assertEqual(kind, "drill")
        self.registered[name] = int(Item["expires_at"]["N"])
        return {}

    def step(self, name, **fields):
        return drill.step(self.drill, {"step": name, **fields})

    @property
    def item(self):
        return self.world.table.plain("drill")


class Trying(DrillTestCase):
    def test_one_payment_is_made_before_anything_moves(self):
        answer = self.step("pay_once")
        self.assertEqual(answer["region"], PRIMARY)
        self.assertEqual(self.customer.sent, [answer["payment"]])
        self.assertEqual(self.item, {})

    def test_a_refusal_may_be_chance(self):
        self.customer.receipts = [REFUSED, REFUSED, IN_PRIMARY]
        self.step("pay_once")
        self.assertEqual(len(set(self.customer.sent)), 1)

    def test_a_drill_whose_payments_are_refused_does_not_begin(self):
        self.customer.receipts = [Receipt(refusal="status 403")]
        with self.assertRaisesRegex(PaymentRefused, "status 403; look at the key"):
            self.step("pay_once")
        self.assertEqual(len(self.customer.sent), drill_payments.TRIALS)
        self.assertEqual(self.item, {})

    def test_no_ledger_of_a_drill_counts_it(self):
        trial = self.step("pay_once")["payment"]
        drill = self.step("begin")["drill"]
        self.assertFalse(trial.startswith(payment_id(drill, 1)[:-1]))


class Registering(DrillTestCase):
    def test_begin(self):
        answer = self.step("begin")
        self.assertRegex(answer["drill"], r"^\d{8}T\d{6}Z-[0-9a-f]{16}$")
        self.assertEqual(answer["started_at"], "2025-11-24T16:00:00Z")
        self.assertEqual(
            self.item,
            {"id_of_drill": answer["drill"], "state": "running", "started_at": 1_764_000_000},
        )

    def test_only_what_is_registered_is_paid(self):
        # The payment function takes such an id of a registered drill only.
        self.step("pay_once")
        begun = self.step("begin")["drill"]
        self.customer.after[3] = lambda: self.record.finish(begun)
        self.step("payments", drill=begun)
        names = {paid.removeprefix("failover-drill-").rpartition("-")[0] for paid in self.customer.sent}
        self.assertEqual(names, set(self.registered))
        self.assertEqual(set(self.registered.values()), {1_764_000_000 + 3600})

    def test_a_second_drill_waits_for_the_first(self):
        first = self.step("begin")
        self.clock.now += 899
        with self.assertRaises(DrillRunning):
            self.step("begin")
        self.step("finish", drill=first["drill"])
        self.step("begin")

    def test_an_abandoned_drill_does_not_block_for_ever(self):
        self.step("begin")
        self.clock.now += 901
        self.step("begin")

    def test_what_the_last_drill_has_left_stays(self):
        self.world.table.put("drill", state="finished", passed_at=5, evidence="key")
        self.step("begin")
        self.assertEqual((self.item["passed_at"], self.item["evidence"]), (5, "key"))

    def test_finish_can_be_repeated(self):
        identity = self.step("begin")["drill"]
        for _ in range(2):
            self.step("finish", drill=identity)
        self.assertEqual(self.item["state"], "finished")

    def test_finish_leaves_another_drill_alone(self):
        self.step("begin")
        self.step("finish", drill="an-older-one")
        self.assertEqual(self.item["state"], "running")

    def test_the_current_drill_needs_no_naming(self):
        self.step("begin")
        self.step("finish")
        self.assertEqual(self.item["state"], "finished")

    def test_without_any_drill_there_is_nothing_to_finish(self):
        with self.assertRaises(ValueError):
            self.step("finish")

    def test_what_is_no_step(self):
        with self.assertRaises(ValueError):
            self.step("end")


class SwitchingOver(DrillTestCase):
    def test_it_is_asked_where_the_writer_is(self):
        answer = self.step("switch_over")
        self.assertEqual(answer, {"requested_at": "2025-11-24T16:00:00Z"})
        ((name, parameters),) = self.world.primary.rds.calls
        self.assertEqual(name, "switchover_global_cluster")
        self.assertEqual(parameters["TargetDbClusterIdentifier"], OWN_CLUSTER)

    def test_a_repetition_is_fine(self):
        refusal = aws_error("InvalidGlobalClusterStateFault")
        self.step("switch_over")
        self.world.primary.rds.fail("switchover_global_cluster", refusal)
        self.step("switch_over")
        self.world.writer, self.world.moving_to = OWN_CLUSTER, None
        self.world.primary.rds.fail("switchover_global_cluster", refusal)
        self.step("switch_over")

    def test_a_refusal_is_passed_on(self):
        for moving_to in (None, PRIMARY_CLUSTER):
            self.world.moving_to = moving_to
            error = aws_error("InvalidGlobalClusterStateFault")
            self.world.primary.rds.fail("switchover_global_cluster", error)
            with self.assertRaises(type(error)):
                self.step("switch_over")

    def test_a_primary_that_does_not_answer_is_lost(self):
        self.world.primary.rds.fail("switchover_global_cluster", unreachable())
        with self.assertRaises(PrimaryLost):
            self.step("switch_over")
        self.world.moving_to = OWN_CLUSTER
        self.world.primary.rds.fail("switchover_global_cluster", unreachable())
        self.step("switch_over")


class Paying(DrillTestCase):
    def setUp(self):
        super().setUp()
        self.identity = self.step("begin")["drill"]

    def finish_after(self, attempts):
        self.customer.after[attempts] = lambda: self.record.finish(self.identity)

    def pay(self, *receipts):
        self.customer.receipts = list(receipts)
        return self.step("payments", drill=self.identity)

    def test_one_payment_a_second_until_the_drill_is_finished(self):
        self.finish_after(5)
        report = self.pay(IN_PRIMARY)
        self.assertEqual(self.customer.sent, [payment_id(self.identity, n) for n in range(1, 6)])
        self.assertEqual((report["sent"], report["acknowledged"]), (5, 5))
        self.assertEqual(report["regions"], {PRIMARY: 5})
        self.assertEqual([round(pause, 3) for pause in self.clock.pauses], [0.9] * 5)
        self.assertEqual(report["longest_gap_seconds"], 1.0)
        self.assertIsNone(report["first_in_dr_at"])

    def test_the_same_payment_again_until_it_is_acknowledged(self):
        self.finish_after(6)
        report = self.pay(IN_PRIMARY, REFUSED, REFUSED, REFUSED, IN_OWN, IN_PRIMARY)
        numbers = [int(identity.rsplit("-", 1)[1]) for identity in self.customer.sent]
        self.assertEqual(numbers, [1, 2, 2, 2, 2, 3])
        self.assertEqual(report["attempts"], 6)
        self.assertEqual((report["sent"], report["acknowledged"]), (3, 3))
        self.assertEqual(report["longest_gap_seconds"], 4.0)
        self.assertEqual(report["last_refusal"], "status 503")
        self.assertEqual(len(self.logged("refused")), 1)

    def test_when_payments_went_over_and_came_back(self):
        self.finish_after(5)
        report = self.pay(IN_PRIMARY, REFUSED, IN_OWN, IN_OWN, IN_PRIMARY)
        self.assertEqual(report["regions"], {PRIMARY: 2, OWN: 2})
        self.assertEqual(report["first_in_dr_at"], "2025-11-24T16:00:02Z")
        self.assertEqual(report["back_in_primary_at"], "2025-11-24T16:00:04Z")

    def test_slow_attempts_follow_each_other_at_once(self):
        self.customer.seconds = 5.0
        self.finish_after(3)
        report = self.pay(REFUSED, REFUSED, IN_OWN)
        self.assertEqual(self.clock.pauses, [0.0] * 3)
        self.assertEqual(report["longest_gap_seconds"], 15.0)

    def test_an_open_payment_gets_a_last_chance(self):
        self.finish_after(2)
        report = self.pay(IN_PRIMARY, REFUSED, REFUSED, IN_PRIMARY)
        self.assertEqual((report["sent"], report["acknowledged"]), (2, 2))

    def test_the_last_chance_ends(self):
        self.finish_after(1)
        report = self.pay(REFUSED)
        self.assertEqual((report["sent"], report["acknowledged"]), (1, 0))
        self.assertLess(report["attempts"], 40)
        self.assertGreater(report["longest_gap_seconds"], drill_payments.LAST_CHANCE_SECONDS)

    def test_a_drill_that_never_ends_is_cut_before_lambda_cuts_it(self):
        self.customer.seconds = 5.0
        started = self.clock.now
        self.pay(REFUSED)
        self.assertLess(self.clock.now - started, 850)

    def test_another_drill_ends_this_one(self):
        self.customer.after[2] = lambda: self.world.table.put("drill", id_of_drill="next", state="running")
        self.assertEqual(self.pay(IN_PRIMARY)["sent"], 2)

    def test_a_state_table_that_fails_does_not_end_the_payments(self):
        self.finish_after(3)
        self.world.table.fail("get_item", unreachable(), aws_error("ThrottlingException"))
        self.assertEqual(self.pay(IN_PRIMARY)["sent"], 3)


class Receipts(unittest.TestCase):
    def test_an_acknowledgement_names_the_payment_and_the_region(self):
        body = b'{"payment_id":"p","status":"processed","region":"us-east-2"}'
        self.assertEqual(_receipt("p", body), Receipt(region="us-east-2"))

    def test_other_200s_are_none(self):
        for body in (
            b"",
            b"[]",
            b"<html>",
            b'{"payment_id":"q","status":"processed","region":"us-east-2"}',
            b'{"payment_id":"p","status":"pending","region":"us-east-2"}',
            b'{"payment_id":"p","status":"processed"}',
        ):
            self.assertIsNone(_receipt("p", body).region)


class Verifying(DrillTestCase):
    def verify(self, sent, acknowledged, counts, region=PRIMARY):
        self.ledgers[region].counts = {payment_id("d", n): times for n, times in counts.items()}
        payments = {"sent": sent, "acknowledged": acknowledged}
        return self.step("verify", drill="d", payments=payments)

    def test_all_there_once(self):
        answer = self.verify(3, 3, {1: 1, 2: 1, 3: 1})
        self.assertEqual(
            answer,
            {"writer_region": PRIMARY, "rows": 3, "lost": 0, "duplicated": 0, "reasons": []},
        )

    def test_lost_payments(self):
        answer = self.verify(4, 4, {1: 1, 3: 1})
        self.assertEqual((answer["lost"], answer["duplicated"]), (2, 0))
        self.assertIn("failover-drill-d-2, failover-drill-d-4", answer["reasons"][0])

    def test_duplicated_payments(self):
        answer = self.verify(2, 2, {1: 2, 2: 1})
        self.assertEqual((answer["rows"], answer["lost"], answer["duplicated"]), (3, 0, 1))

    def test_a_payment_that_nobody_acknowledged_may_be_there_or_not(self):
        for counts in ({1: 1}, {1: 1, 2: 1}):
            answer = self.verify(2, 1, counts)
            self.assertEqual((answer["lost"], answer["reasons"]), (0, []))

    def test_a_payment_that_nobody_sent(self):
        answer = self.verify(1, 1, {1: 1, 2: 1})
        self.assertIn("never sent", answer["reasons"][0])

    def test_other_drills_and_customers_are_not_counted(self):
        self.ledgers[PRIMARY].counts = {"failover-drill-dd-1": 1, "test-123": 1, "failover-drill-d-1": 1}
        answer = self.step("verify", drill="d", payments={"sent": 1, "acknowledged": 1})
        self.assertEqual(answer["rows"], 1)

    def test_it_looks_where_the_writer_is(self):
        self.world.writer = OWN_CLUSTER
        answer = self.verify(1, 1, {1: 1}, region=OWN)
        self.assertEqual((answer["writer_region"], answer["lost"]), (OWN, 0))

    def test_without_a_report_nothing_is_claimed(self):
        for payments in ({}, {"payments": None}):
            answer = self.step("verify", drill="d", **payments)
            self.assertEqual((answer["lost"], answer["duplicated"]), (None, None))

    def test_no_writer_or_no_answer_is_not_yet(self):
        self.world.moving_to = OWN_CLUSTER
        with self.assertRaises(NotYet):
            self.verify(1, 1, {})
        self.world.moving_to = None
        self.ledgers[PRIMARY].client.fail("execute_statement", unreachable())
        with self.assertRaises(NotYet):
            self.verify(1, 1, {})


class LedgerOfThePayments(unittest.TestCase):
    """The payment function's ledger is read here without its code."""

    def test_the_table_and_its_key_are_those_that_the_setup_makes(self):
        source = (FUNCTIONS / "database_setup" / "ledger_schema.py").read_text("utf-8")
        sql = {
            target.id: node.value.value
            for node in ast.parse(source).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
        }
        words = sql["_CREATE_PAYMENTS"].split()
        self.assertEqual(words[:5], ["CREATE", "TABLE", "IF", "NOT", "EXISTS"])
        self.assertEqual(words[5], drill_ledger.LEDGER_TABLE)
        self.assertIn(f"{drill_ledger.LEDGER_KEY} text PRIMARY KEY", " ".join(words))

    def test_ids_and_registrations_are_those_that_the_payment_function_looks_for(self):
        source = (FUNCTIONS / "payments" / "drills.py").read_text("utf-8")
        self.assertIn(f'PREFIX = "{drill_ids.PREFIX}"', source)
        self.assertIn('{"session_id": {"S": f"drill#{name}"}}', source)

    def test_the_ids_are_ones_that_the_payment_function_accepts(self):
        identity = payment_id("20251124T160000Z-0123456789abcdef", 800)
        self.assertRegex(identity, r"^[A-Za-z0-9._-]{1,64}$")


class Evidence(DrillTestCase):
    PAYMENTS = {
        "sent": 100,
        "acknowledged": 100,
        "longest_gap_seconds": 41.5,
        "regions": {PRIMARY: 60, OWN: 40},
        "back_in_primary_at": "2025-11-24T16:04:00Z",
    }
    VERIFICATION = {"rows": 100, "lost": 0, "duplicated": 0, "reasons": []}

    def setUp(self):
        super().setUp()
        self.identity = self.step("begin")["drill"]
        self.clock.now += 300

    def conclude(self, payments=None, verification=None, **fields):
        return self.step(
            "evidence",
            drill=self.identity,
            payments=self.PAYMENTS if payments is None else {**self.PAYMENTS, **payments},
            verification=(self.VERIFICATION if verification is None else {**self.VERIFICATION, **verification}),
            **fields,
        )

    def test_a_drill_that_passed(self):
        answer = self.conclude(error=None, timeline={"switch_over": {"requested_at": "then"}})
        key = f"evidence/drills/2025-11-24-{self.identity}.json"
        self.assertEqual(answer, {"passed": True, "key": key, "reasons": []})
        self.assertEqual(self.item["passed_at"], 1_764_000_300)
        self.assertEqual(self.item["evidence"], key)
        record = self.objects[key]
        self.assertEqual(record["recovery"]["rto_seconds"], 41.5)
        self.assertEqual(record["recovery"]["rpo_payments_lost"], 0)
        self.assertEqual(record["recovery"]["payments_sent"], 100)
        self.assertEqual(record["started_at"], "2025-11-24T16:00:00Z")
        self.assertEqual(record["timeline"], {"switch_over": {"requested_at": "then"}})

    def test_its_metrics(self):
        self.conclude()
        ((_, parameters),) = self.cloudwatch.calls
        values = {datum["MetricName"]: datum["Value"] for datum in parameters["MetricData"]}
        self.assertEqual(
            values,
            {
                "DrillPassed": 1,
                "DrillLongestGapSeconds": 41.5,
                "DrillLostPayments": 0,
                "DrillDuplicatedPayments": 0,
            },
        )

    def assert_failed(self, answer, words):
        self.assertFalse(answer["passed"])
        self.assertIn(words, " / ".join(answer["reasons"]))
        self.assertNotIn("passed_at", self.item)
        self.assertEqual(self.item["evidence"], answer["key"])
        self.assertFalse(self.objects[answer["key"]]["passed"])

    def test_anything_lost_fails_it(self):
        self.assert_failed(self.conclude(verification={"lost": 1}), "1 payments lost")

    def test_anything_duplicated_fails_it(self):
        self.assert_failed(self.conclude(verification={"duplicated": 2}), "2 payments duplicated")

    def test_anything_odd_in_the_ledger_fails_it(self):
        self.assert_failed(self.conclude(verification={"reasons": ["odd"]}), "odd")

    def test_a_recovery_over_five_minutes_fails_it(self):
        self.assertTrue(self.conclude(payments={"longest_gap_seconds": 300.0})["passed"])
        self.world.table.items["drill"].pop("passed_at")
        self.assert_failed(self.conclude(payments={"longest_gap_seconds": 300.1}), "300.1 s")

    def test_payments_that_stayed_at_home_fail_it(self):
        self.assert_failed(self.conclude(payments={"regions": {PRIMARY: 100}}), OWN)

    def test_payments_that_never_came_home_fail_it(self):
        self.assert_failed(self.conclude(payments={"back_in_primary_at": None}), "come back")

    def test_a_payment_that_stayed_open_fails_it(self):
        self.assert_failed(self.conclude(payments={"acknowledged": 99}), "never acknowledged")

    def test_a_drill_that_was_broken_off_leaves_a_record_too(self):
        error = {"Error": "NotYet", "Cause": "the writer is in us-east-1"}
        answer = self.conclude(error=error)
        self.assert_failed(answer, "broken off")
        self.assertEqual(self.objects[answer["key"]]["error"], error)

    def test_what_is_missing_fails_it(self):
        answer = self.step("evidence", drill=self.identity, payments=None, verification=None)
        self.assert_failed(answer, "not measured")
        self.assertIn("the ledger was not checked", answer["reasons"])
        ((_, parameters),) = self.cloudwatch.calls
        names = [datum["MetricName"] for datum in parameters["MetricData"]]
        self.assertEqual(names, ["DrillPassed"])

    def test_what_is_unknown_fails_it(self):
        answer = self.conclude(verification={"lost": None, "duplicated": None})
        self.assert_failed(answer, "how many payments were lost is unknown")

    def test_a_record_that_cannot_be_written_is_no_pass(self):
        self.s3.fail("put_object", unreachable())
        with self.assertRaises(type(unreachable())):
            self.conclude()
        self.assertNotIn("passed_at", self.item)

    def test_metrics_that_are_lost_do_not_fail_it(self):
        self.cloudwatch.broken["put_metric_data"] = unreachable()
        self.assertTrue(self.conclude()["passed"])


if __name__ == "__main__":
    unittest.main()
