"""The life of a payment: once, again, differently, on the standby, and after a crash."""

import json
from decimal import Decimal

from claims import Claims
from deadline import Deadline
from epoch import Epoch
from failures import Unavailable
from ledger import Ledger
from processing import Processor
from receipts import Receipts
from tests.fakes import Crash, Region, aws_error, timed_out
from tests.support import FunctionTestCase
from validation import Payment


class OnePayment(FunctionTestCase):
    def test_is_answered_with_id_status_and_region(self):
        region = Region("us-east-2")
        answer = self.pay(region)
        self.assert_status(answer, 200)
        self.assertEqual(
            answer["body"],
            '{"payment_id":"test-123","status":"processed","region":"us-east-2"}',
        )
        self.assertEqual(answer["headers"]["Content-Type"], "application/json")

    def test_is_a_row_a_receipt_and_a_settled_claim(self):
        region = Region()
        self.pay(region, amount="99.5")
        self.assertEqual(region.database.rows["test-123"][:4], ("test-123", "99.50", "processed", "us-east-1"))
        self.assertEqual(
            json.loads(region.bucket.objects["receipts/test-123.json"]),
            {
                "payment_id": "test-123",
                "amount": "99.50",
                "status": "processed",
                "region": "us-east-1",
                "processed_at": "2026-11-23T08:00:00.000000Z",
            },
        )
        self.assertEqual(region.table.claim("test-123")["claim_state"], {"S": "settled"})

    def test_the_writer_is_asked_before_the_claim_and_the_row_precedes_the_receipt(self):
        region = Region()
        order = []
        for service in (region.database, region.table, region.bucket):
            service.calls = order
        self.pay(region)
        self.assertEqual(order, ["probe", "epoch", "take", "insert", "put", "epoch", "settle"])

    def test_input_reaches_the_database_as_parameters_only(self):
        region = Region()
        self.pay(region, "needle-1", "31337")
        for sql, _values in region.database.statements:
            self.assertNotIn("needle-1", sql)
            self.assertNotIn("31337", sql)


class Repetition(FunctionTestCase):
    def test_gets_the_same_bytes(self):
        region = Region()
        first = self.pay(region, amount="100")
        receipt = region.bucket.objects["receipts/test-123.json"]
        for amount in ("100", "100.00", "1e2"):
            self.assertEqual(self.pay(region, amount=amount), first)
        self.assertEqual(len(region.database.rows), 1)
        self.assertEqual(region.bucket.objects, {"receipts/test-123.json": receipt})
        self.assertEqual([line["outcome"] for line in self.log], ["processed"] + ["repeated"] * 3)

    def test_in_the_other_region_names_the_region_that_processed_it(self):
        first_region, second_region = Region("us-east-1"), Region("us-east-2")
        first = self.pay(first_region)
        second_region.database.rows = first_region.database.rows
        self.assertEqual(self.pay(second_region), first)
        self.assertEqual(second_region.bucket.objects, first_region.bucket.objects)

    def test_of_a_payment_that_a_failover_lost_is_processed_again(self):
        # Replication of the database is asynchronous; the claim may outlive the row.
        region, other = Region("us-east-1"), Region("us-east-2")
        self.pay(region)
        other.table.items = dict(region.table.items)
        answer = self.pay(other)
        self.assert_status(answer, 200)
        self.assertIn("test-123", other.database.rows)
        self.assertEqual(json.loads(answer["body"])["region"], "us-east-2")


class DifferentAmount(FunctionTestCase):
    def test_is_a_conflict(self):
        region = Region()
        self.pay(region, amount="100")
        answer = self.pay(region, amount="100.01")
        self.assert_status(answer, 409)
        self.assertIn("different amount", json.loads(answer["body"])["message"])
        self.assertEqual(region.database.rows["test-123"][1], "100.00")
        self.assert_status(self.pay(region, amount="100"), 200)

    def test_is_a_conflict_when_the_claim_is_gone(self):
        region = Region()
        first = self.pay(region, amount="100")
        region.table.items.clear()
        self.assert_status(self.pay(region, amount="200"), 409)
        self.assertEqual(region.table.items, {}, "the wrong amount must not keep the claim")
        self.assertEqual(self.pay(region, amount="100"), first)

    def test_is_a_conflict_when_the_claim_has_expired(self):
        region = Region()
        self.pay(region, amount="100")
        region.table.claim("test-123")["expires_at"] = {"N": "1"}
        self.assert_status(self.pay(region, amount="200"), 409)
        self.assertEqual(region.database.rows["test-123"][1], "100.00")

    def test_while_the_first_amount_is_being_processed_is_asked_to_wait(self):
        region = Region()
        region.database.fail("insert", Crash())
        self.crash(region, amount="100")
        # Nothing stands yet, and the first request may still come to its end.
        self.assert_retry_later(self.pay(region, amount="200"), "session_table")
        self.assertEqual(region.database.rows, {})
        self.assert_status(self.pay(region, amount="100"), 200)
        self.assert_status(self.pay(region, amount="200"), 409)

    def test_of_a_request_that_died_is_forgotten_with_its_lease(self):
        region = Region()
        region.database.fail("insert", Crash())
        self.crash(region, amount="100")
        region.table.claim("test-123")["expires_at"] = {"N": "1"}
        self.assert_status(self.pay(region, amount="200"), 200)

    def test_in_a_claim_does_not_stop_the_owner_of_the_row(self):
        # The claim expired, a request for another amount took it and died: the row still decides.
        region = Region()
        first = self.pay(region, amount="100")
        region.table.items.clear()
        region.database.fail("insert", Crash())
        self.crash(region, amount="200")
        self.assertEqual(self.pay(region, amount="100"), first)


class LostPayment(FunctionTestCase):
    """A failover has lost the row; the settled claim remembers the payment for a week."""

    def lose(self):
        region, other = Region("us-east-1"), Region("us-east-2")
        self.assert_status(self.pay(region, amount="100"), 200)
        other.table.items = dict(region.table.items)
        other.bucket.objects = dict(region.bucket.objects)
        return other

    def test_does_not_stop_another_amount(self):
        other = self.lose()
        self.assert_status(self.pay(other, amount="200"), 200)
        self.assertEqual(other.database.rows["test-123"][1], "200.00")
        self.assertEqual(json.loads(other.bucket.objects["receipts/test-123.json"])["amount"], "200.00")
        self.assertEqual(other.table.claim("test-123")["amount"], {"S": "200.00"})
        self.assert_status(self.pay(other, amount="200"), 200)
        self.assert_status(self.pay(other, amount="100"), 409)

    def test_is_remembered_as_lost_when_its_id_is_taken_for_another_amount(self):
        other = self.lose()
        settled = dict(other.table.claim("test-123"))
        for step in ("insert", "put"):
            service = other.database if step == "insert" else other.bucket
            service.fail(step, Crash())
            self.crash(other, amount="200")
        self.assert_status(self.pay(other, amount="200"), 200)
        identity = "lost#test-123#100.00"
        lost = {**settled, "session_id": {"S": identity}, "claim_state": {"S": "lost"}}
        self.assertEqual(other.table.items[identity], lost, "a receipt does not outweigh a claim")

    def test_of_which_only_the_receipt_knows_is_remembered_too(self):
        region, other = Region("us-east-1"), Region("us-east-2")
        region.table.fail("settle", aws_error("InternalServerError"))
        self.assert_status(self.pay(region, amount="100"), 200)
        other.bucket.objects = dict(region.bucket.objects)
        other.bucket.fail("put", lambda: None, Crash())
        self.crash(other, amount="200")
        self.assertIn("lost#test-123#100.00", other.table.items)
        self.assert_status(self.pay(other, amount="200"), 200)
        lost = other.table.items["lost#test-123#100.00"]
        self.assertEqual(lost["claim_region"], {"S": "us-east-1"})
        self.assertEqual(lost["known_from"], {"S": "receipt"})

    def test_is_taken_for_one_of_two_other_amounts(self):
        other = self.lose()
        second = []
        other.database.lose_answer("select", lambda: second.append(self.pay(other, amount="300")))
        self.assert_retry_later(self.pay(other, amount="200"), "session_table")
        self.assert_status(second[0], 200)
        self.assert_status(self.pay(other, amount="200"), 409)

    def test_whose_loss_cannot_be_noted_waits(self):
        other = self.lose()
        other.table.fail("note_loss", aws_error("InternalServerError"))
        self.assert_retry_later(self.pay(other, amount="200"), "session_table")
        self.assertEqual(other.database.rows, {})

    def test_with_the_same_amount_gets_the_receipt_of_its_new_row(self):
        other = self.lose()
        self.assert_status(self.pay(other, amount="100"), 200)
        receipt = json.loads(other.bucket.objects["receipts/test-123.json"])
        self.assertEqual(receipt["region"], "us-east-2")
        self.assertEqual(list(other.table.items), ["payment#test-123"])


class SupersededWriter(FunctionTestCase):
    """A failover has made the other region the writer, and nobody has fenced this one."""

    def test_takes_nothing(self):
        region = Region("us-east-1")
        region.table.hand_epoch_to("us-east-2")
        self.assert_retry_later(self.pay(region), "epoch")
        self.assertEqual(self.log[-1]["reason"], "superseded")
        self.assertEqual(list(region.table.items), ["failover#epoch"])
        self.assertFalse(region.database.rows or region.bucket.objects)

    def test_does_not_acknowledge_what_it_had_begun(self):
        for service, step in (
            ("table", "take"),
            ("database", "insert"),
            ("bucket", "put"),
        ):
            with self.subTest(step):
                region = Region("us-east-1")
                getattr(region, service).lose_answer(step, lambda table=region.table: table.hand_epoch_to("us-east-2"))
                self.assert_retry_later(self.pay(region), "epoch")
                self.assertEqual(region.table.claim("test-123")["claim_state"], {"S": "taken"})

    def test_acknowledges_again_when_the_epoch_is_open_or_its_own(self):
        region = Region("us-east-1")
        for holder in ("us-east-1", None):
            region.table.hand_epoch_to("us-east-2")
            self.assert_retry_later(self.pay(region), "epoch")
            region.table.hand_epoch_to(holder)
            self.assert_status(self.pay(region), 200)

    def test_does_not_acknowledge_across_epochs(self):
        # A failover and the way back, both in the middle of one request.
        region = Region("us-east-1")

        def there_and_back():
            region.table.hand_epoch_to("us-east-2")
            region.table.hand_epoch_to(None)

        region.database.lose_answer("insert", there_and_back)
        self.assert_retry_later(self.pay(region), "epoch")
        self.assertEqual(self.log[-1]["reason"], "changed")
        self.assert_status(self.pay(region), 200)

    def test_that_cannot_find_out_takes_nothing(self):
        region = Region()
        region.table.fail("epoch", timed_out())
        self.assert_retry_later(self.pay(region), "epoch")
        self.assertTrue(region.nothing_written())

    def test_of_the_new_epoch_takes_payments(self):
        region = Region("us-east-2")
        region.table.hand_epoch_to("us-east-2")
        self.assert_status(self.pay(region), 200)


class Receipt(FunctionTestCase):
    def test_of_many_equal_requests_has_one_version(self):
        region = Region()
        for _ in range(101):
            self.assert_status(self.pay(region), 200)
        self.assertEqual(region.bucket.versions, ["receipts/test-123.json"])

    def test_that_is_being_written_by_another_request_is_waited_for(self):
        region = Region()
        region.bucket.fail("put", aws_error("ConditionalRequestConflict"))
        self.assert_retry_later(self.pay(region), "receipt")
        self.assert_status(self.pay(region), 200)
        self.assertEqual(region.bucket.versions, ["receipts/test-123.json"])

    def test_that_cannot_be_compared_is_not_vouched_for(self):
        region = Region()
        self.pay(region)
        region.bucket.fail("read", aws_error("AccessDenied"))
        self.assert_retry_later(self.pay(region), "receipt")


class Standby(FunctionTestCase):
    REFUSALS = (
        aws_error("BadRequestException", "no writer instance"),
        aws_error("DatabaseErrorException", "cannot execute SELECT in a read-only transaction"),
        aws_error("DatabaseUnavailableException"),
        aws_error("DatabaseNotFoundException"),
        aws_error("DatabaseResumingException"),
        aws_error("StatementTimeoutException"),
        aws_error("HttpEndpointNotEnabledException"),
        aws_error("InternalServerErrorException"),
        aws_error("AccessDeniedException"),
        timed_out(),
    )

    def test_that_refuses_even_reads_leaves_nothing_behind(self):
        for refusal in self.REFUSALS:
            with self.subTest(str(refusal)):
                region = Region()
                region.database.fail("probe", refusal)
                self.assert_retry_later(self.pay(region), "database")
                self.assertTrue(region.nothing_written())
                self.assertEqual(region.table.calls, [], "the claim is not even tried")

    def test_that_is_in_recovery_leaves_nothing_behind(self):
        for state in ("in_recovery", "read_only"):
            with self.subTest(state):
                region = Region()
                setattr(region.database, state, True)
                self.assert_retry_later(self.pay(region), "database")
                self.assertTrue(region.nothing_written())
                self.assertEqual(region.table.calls, [])
                self.assertEqual(self.log[-1]["reason"], "read_only")

    def test_takes_the_payment_once_after_promotion(self):
        region = Region()
        region.database.in_recovery = True
        for _ in range(3):
            self.assert_retry_later(self.pay(region), "database")
        region.database.in_recovery = False
        self.assert_status(self.pay(region), 200)
        self.assert_status(self.pay(region), 200)
        self.assertEqual(region.database.calls.count("insert"), 2)
        self.assertEqual(len(region.database.rows), 1)

    def test_that_became_one_after_the_probe_leaves_nothing_behind(self):
        for refusal in self.REFUSALS:
            with self.subTest(str(refusal)):
                region = Region()
                region.database.fail("insert", refusal)
                self.assert_retry_later(self.pay(region), "database")
                self.assertTrue(region.nothing_written())
                self.assert_status(self.pay(region), 200)

    def test_validates_first(self):
        region = Region()
        region.database.in_recovery = True
        self.assert_status(self.pay(region, amount="-1"), 400)


class Failure(FunctionTestCase):
    def test_of_the_claim_leaves_nothing_behind(self):
        region = Region()
        region.table.fail("take", aws_error("ProvisionedThroughputExceededException"))
        self.assert_retry_later(self.pay(region), "session_table")
        self.assertTrue(region.nothing_written())

    def test_of_a_claim_that_was_taken_after_all_leaves_nothing_behind(self):
        region = Region()
        region.table.lose_answer("take", timed_out())
        self.assert_retry_later(self.pay(region), "session_table")
        self.assertTrue(region.nothing_written())

    def test_of_an_insert_that_was_done_after_all_is_resolved_by_the_retry(self):
        region = Region()
        region.database.lose_answer("insert", timed_out())
        self.assert_retry_later(self.pay(region), "database")
        self.assertEqual(len(region.database.rows), 1)
        self.assert_status(self.pay(region, amount="200"), 409)
        self.assert_status(self.pay(region), 200)
        self.assertEqual(len(region.database.rows), 1)

    def test_of_the_receipt_is_completed_by_the_retry(self):
        region = Region()
        region.bucket.fail("put", aws_error("SlowDown"))
        self.assert_retry_later(self.pay(region), "receipt")
        self.assertEqual(len(region.database.rows), 1, "the payment stands")
        self.assertEqual(region.bucket.objects, {})
        self.assert_status(self.pay(region), 200)
        self.assertIn("receipts/test-123.json", region.bucket.objects)
        self.assertEqual(len(region.database.rows), 1)

    def test_of_settling_is_noted_and_not_the_clients_problem(self):
        region = Region()
        region.table.fail("settle", aws_error("InternalServerError"))
        self.assert_status(self.pay(region), 200)
        self.assertIs(self.log[-1]["claim_settled"], False)
        self.assert_status(self.pay(region), 200)
        self.assertNotIn("claim_settled", self.log[-1])

    def test_of_the_release_does_not_block_the_retry(self):
        region = Region()
        region.database.fail("insert", aws_error("DatabaseUnavailableException"))
        region.table.fail("release", timed_out())
        self.assert_retry_later(self.pay(region), "database")
        self.assertIsNotNone(region.table.claim("test-123"))
        self.assert_status(self.pay(region), 200)

    def test_that_nobody_foresaw_gives_the_claim_back(self):
        region = Region()
        region.database.fail("insert", ValueError("a defect"))
        self.assert_status(self.pay(region), 500)
        self.assertTrue(region.nothing_written())

    def test_of_a_row_that_an_operator_deletes_meanwhile(self):
        region = Region()
        self.pay(region)
        region.database.fail("select", region.database.rows.clear)
        self.assert_retry_later(self.pay(region), "database")
        self.assert_status(self.pay(region), 200)


class CrashAfterEachStep(FunctionTestCase):
    STEPS = (
        ("database", "fail", "probe"),
        ("table", "fail", "take"),
        ("table", "lose_answer", "take"),
        ("database", "fail", "insert"),
        ("database", "lose_answer", "insert"),
        ("bucket", "fail", "put"),
        ("bucket", "lose_answer", "put"),
        ("table", "fail", "settle"),
        ("table", "lose_answer", "settle"),
    )

    def test_is_resumed_by_the_retry(self):
        undisturbed = self.pay(Region())
        for service, way, step in self.STEPS:
            with self.subTest(f"{way} {step}"):
                region = Region()
                getattr(getattr(region, service), way)(step, Crash())
                self.crash(region)
                self.assertEqual(self.pay(region), undisturbed)
                self.assertEqual(len(region.database.rows), 1)
                self.assertEqual(list(region.bucket.objects), ["receipts/test-123.json"])
                self.assertEqual(region.table.claim("test-123")["claim_state"], {"S": "settled"})

    def test_is_resumed_in_the_other_region(self):
        for service, way, step in self.STEPS:
            with self.subTest(f"{way} {step}"):
                region, other = Region("us-east-1"), Region("us-east-2")
                getattr(getattr(region, service), way)(step, Crash())
                self.crash(region)
                other.table.items = dict(region.table.items)
                other.database.rows = dict(region.database.rows)
                self.assert_status(self.pay(other), 200)
                self.assertEqual(len(other.database.rows), 1)
                self.assertIn("receipts/test-123.json", other.bucket.objects)


class DatabaseThatIsNotSetUp(FunctionTestCase):
    """Tables and permissions are made by another function (functions/database_setup)."""

    def test_takes_nothing_leaves_nothing_and_makes_no_table(self):
        region = Region()
        region.database.usable = False
        self.assert_retry_later(self.pay(region), "database")
        self.assertEqual(self.log[-1]["reason"], "not_set_up")
        self.assertEqual(region.database.calls, ["probe"])
        self.assertTrue(region.nothing_written())

    def test_takes_payments_once_it_is(self):
        region = Region()
        region.database.usable = False
        self.assert_retry_later(self.pay(region), "database")
        region.database.usable = True
        self.assert_status(self.pay(region), 200)


class Time(FunctionTestCase):
    CALLS = ("probe", "epoch", "take", "insert", "put", "epoch")

    def test_no_call_starts_after_the_deadline(self):
        # The sixth call is the last that matters to the client: what it leaves out is settling.
        for count, last in enumerate(self.CALLS, start=1):
            with self.subTest(f"{count} {last}"):
                region = Region()
                now = [0.0]
                deadline = Deadline(seconds=13.0, clock=lambda: now[0])
                made = []
                for service in (region.database, region.table, region.bucket):
                    service.calls = made
                    earlier = self.CALLS[: count - 1].count(last)
                    quick = [lambda: None] * earlier
                    service.lose_answer(last, *quick, lambda: now.__setitem__(0, 13.1))
                self.process(region, deadline, completes=count == len(self.CALLS))
                released = ["release"] if last == "take" else []
                self.assertEqual(made, [*self.CALLS[:count], *released])

    def process(self, region, deadline, completes):
        processor = Processor(
            Ledger(region.database, region.settings),
            Epoch(region.table, region.settings),
            Claims(region.table, region.table, region.settings),
            Receipts(region.bucket, region.settings),
        )
        payment = Payment("test-123", Decimal("100.00"))
        if completes:
            self.assertFalse(processor.process(payment, deadline).settled)
            return
        with self.assertRaises(Unavailable) as caught:
            processor.process(payment, deadline)
        self.assertEqual(caught.exception.reason, "out_of_time")
