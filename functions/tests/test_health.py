import json
import threading
import time
from datetime import UTC, datetime

from health import run_side_by_side
from tests.fakes import Region, aws_error, timed_out
from tests.support import FunctionTestCase, event


def now_iso():
    """This moment, as Step Functions writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Health(FunctionTestCase):
    def ask(self, region):
        started = time.monotonic()
        answer = self.invoke(region, event("GET", "/health"))
        self.assertLess(time.monotonic() - started, 2.0)
        return answer, json.loads(answer["body"])

    def assert_failing(self, region, checks):
        answer, body = self.ask(region)
        self.assert_status(answer, 503)
        self.assertEqual(answer["headers"]["Retry-After"], "5")
        self.assertEqual(body["status"], "unavailable")
        self.assertEqual(body["failing"], list(checks))
        self.assertEqual({name: body["checks"][name] for name in checks}, checks)

    def test_is_200_where_a_payment_can_be_taken(self):
        region = Region("us-east-2")
        answer, body = self.ask(region)
        self.assert_status(answer, 200)
        self.assertEqual(
            body,
            {
                "status": "ok",
                "region": "us-east-2",
                "failing": [],
                "checks": {
                    "database": "ok",
                    "epoch": "ok",
                    "session_table": "ok",
                    "receipts": "ok",
                },
            },
        )
        self.assertEqual(answer["headers"]["Cache-Control"], "no-store")
        self.assertFalse(region.table.items or region.database.rows or region.bucket.receipts())

    def test_leaves_one_object_however_often_it_is_asked(self):
        region = Region("us-east-2")
        for _ in range(101):
            answer, _body = self.ask(region)
            self.assert_status(answer, 200)
            region.restart()
        self.assertEqual(region.bucket.versions, ["receipts/health/us-east-2"])

    def test_names_a_bucket_that_takes_no_receipts(self):
        for error, reason in (
            (aws_error("AccessDenied"), "AccessDenied"),
            (aws_error("KMS.DisabledException"), "KMS.DisabledException"),
            (timed_out(), "ReadTimeoutError"),
        ):
            region = Region()
            region.bucket.fail("probe", error)
            self.assert_failing(region, {"receipts": reason})
            answer, _body = self.ask(region)
            self.assert_status(answer, 200)

    def test_names_a_data_api_that_is_off_by_one_name(self):
        """It is told by a code of its own, or by a message, as the Data API did before it had the code."""
        for error in (
            aws_error("HttpEndpointNotEnabledException", "HttpEndpoint is not enabled for cluster x"),
            aws_error("BadRequestException", "HttpEndpoint is not enabled for resource arn:aws:rds:x"),
        ):
            region = Region()
            region.database.fail("probe", error)
            self.assert_failing(region, {"database": "HttpEndpointNotEnabledException"})

    def test_a_written_receipt_counts_for_ten_seconds(self):
        region = Region()
        now = [0.0]
        health = region.health(lambda: now[0])
        for now[0] in (0.0, 9.9, 10.0, 19.9, 20.0):
            self.assertEqual(set(health.states().values()), {"ok"})
        self.assertEqual(region.bucket.calls, ["probe"] * 3)
        region.bucket.fail("probe", timed_out())
        now[0] = 30.0
        self.assertEqual(health.states()["receipts"], "ReadTimeoutError")
        self.assertEqual(health.states()["receipts"], "ok")

    def test_names_the_epoch_of_another_region(self):
        region = Region("us-east-1")
        region.table.hand_epoch_to("us-east-2")
        self.assert_failing(region, {"epoch": "superseded"})
        region.table.hand_epoch_to(None)
        answer, _body = self.ask(region)
        self.assert_status(answer, 200)

    def test_is_200_where_the_writer_is_announced(self):
        region = Region("us-east-1")
        region.database.in_recovery = True
        region.table.hand_epoch_to("us-east-2")
        region.table.announce("us-east-1", now_iso())
        answer, body = self.ask(region)
        self.assert_status(answer, 200)
        self.assertEqual(
            body["checks"],
            {
                "database": "announced",
                "epoch": "announced",
                "session_table": "ok",
                "receipts": "ok",
            },
        )

    def test_a_region_that_is_announced_takes_no_payment_yet(self):
        region = Region("us-east-1")
        region.database.in_recovery = True
        region.table.announce("us-east-1", now_iso())
        self.assert_status(self.pay(region), 503)

    def test_an_announcement_vouches_for_the_writer_alone(self):
        region = Region("us-east-1")
        region.database.in_recovery = True
        region.table.announce("us-east-1", now_iso())
        region.table.fail("probe", aws_error("AccessDeniedException"))
        self.assert_failing(region, {"session_table": "AccessDeniedException"})

    def test_a_standby_that_cannot_be_asked_is_announced_too(self):
        region = Region("us-east-1")
        region.table.announce("us-east-1", now_iso())
        region.database.fail("probe", aws_error("BadRequestException"))
        answer, body = self.ask(region)
        self.assert_status(answer, 200)
        self.assertEqual(body["checks"]["database"], "announced")
        region.table.hand_epoch_to(None)
        region.database.fail("probe", aws_error("BadRequestException"))
        self.assert_failing(region, {"database": "BadRequestException"})

    def test_an_announcement_is_another_regions_or_over(self):
        for announced, instant, now in (
            ("us-east-2", "2026-11-30T10:00:00.000Z", 0.0),
            ("us-east-1", "2026-11-30T10:00:00.000Z", 301.0),
            ("us-east-1", "", 0.0),
            ("us-east-1", "yesterday", 0.0),
        ):
            region = Region("us-east-1")
            region.database.in_recovery = True
            region.table.announce(announced, instant)
            begun = datetime(2026, 11, 30, 10, tzinfo=UTC).timestamp()
            health = region.health(lambda: 0.0, lambda at=begun + now: at)
            self.assertEqual(health.states()["database"], "read_only", (announced, instant, now))

    def test_an_announcement_holds_for_five_minutes(self):
        region = Region("us-east-1")
        region.database.in_recovery = True
        region.table.announce("us-east-1", "2026-11-30T10:00:00.123Z")
        begun = datetime(2026, 11, 30, 10, tzinfo=UTC).timestamp()
        health = region.health(lambda: 0.0, lambda: begun + 300.0)
        self.assertEqual(health.states()["database"], "announced")

    def test_names_a_session_table_that_takes_no_claims(self):
        region = Region()
        region.table.fail("probe", aws_error("AccessDeniedException"))
        self.assert_failing(region, {"session_table": "AccessDeniedException"})

    def test_names_a_database_that_is_not_set_up(self):
        region = Region()
        region.database.usable = False
        self.assert_failing(region, {"database": "not_set_up"})

    def test_names_a_database_that_is_a_reader(self):
        for state in ("in_recovery", "read_only"):
            region = Region()
            setattr(region.database, state, True)
            self.assert_failing(region, {"database": "read_only"})

    def test_names_a_database_that_refuses(self):
        for error, reason in (
            (aws_error("BadRequestException"), "BadRequestException"),
            (aws_error("DatabaseUnavailableException"), "DatabaseUnavailableException"),
            (timed_out(), "ReadTimeoutError"),
            (KeyError("a defect"), "KeyError"),
        ):
            region = Region()
            region.database.fail("probe", error)
            self.assert_failing(region, {"database": reason})

    def test_names_a_session_table_that_refuses(self):
        region = Region()
        region.table.fail("epoch", aws_error("ResourceNotFoundException"))
        region.table.fail("probe", aws_error("ResourceNotFoundException"))
        reason = "ResourceNotFoundException"
        self.assert_failing(region, {"epoch": reason, "session_table": reason})

    def test_is_429_where_services_only_throttle(self):
        """The region is there, and a region that takes over would get the same load."""
        for code in ("ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"):
            region = Region()
            region.table.fail("probe", aws_error(code))
            region.bucket.fail("probe", aws_error("SlowDown"))
            region.database.fail("probe", aws_error("ThrottlingException"))
            answer, body = self.ask(region)
            self.assert_status(answer, 429)
            self.assertEqual(answer["headers"]["Retry-After"], "5")
            self.assertEqual(body["status"], "overloaded")
            self.assertEqual(body["failing"], ["database", "session_table", "receipts"])
            self.assertEqual(body["checks"]["session_table"], code)
            answer, _body = self.ask(region)
            self.assert_status(answer, 200)

    def test_is_503_where_one_fails_for_another_reason(self):
        region = Region()
        region.table.fail("probe", aws_error("ThrottlingException"))
        region.database.in_recovery = True
        self.assert_failing(region, {"database": "read_only", "session_table": "ThrottlingException"})
        region = Region()
        region.table.fail("probe", aws_error("ThrottlingException"))
        region.bucket.fail("probe", aws_error("AccessDenied"))
        self.assert_failing(region, {"session_table": "ThrottlingException", "receipts": "AccessDenied"})

    def test_a_database_is_not_overloaded_because_the_session_table_is(self):
        """Whether the region is announced is asked of the session table, and is not known then."""
        region = Region()
        region.database.fail("probe", aws_error("DatabaseUnavailableException"))
        region.table.fail("epoch", aws_error("ThrottlingException"), aws_error("ThrottlingException"))
        self.assert_failing(region, {"database": "DatabaseUnavailableException", "epoch": "ThrottlingException"})

    def test_names_both(self):
        region = Region()
        region.database.in_recovery = True
        region.table.fail("probe", timed_out())
        self.assert_failing(region, {"database": "read_only", "session_table": "ReadTimeoutError"})

    def test_answers_in_time_when_a_check_hangs_and_recovers_with_it(self):
        for name in ("database", "session_table", "receipts"):
            region = Region()
            released = threading.Event()
            self.addCleanup(released.set)
            service = {
                "database": region.database,
                "session_table": region.table,
                "receipts": region.bucket,
            }[name]
            # The session table's two checks share the fake's lock; its write comes last here.
            service.fail("probe", lambda: released.wait(30))
            self.assert_failing(region, {name: "timeout"})
            released.set()
            answer, _body = self.ask(region)
            self.assert_status(answer, 200)

    def test_answers_in_time_when_everything_hangs(self):
        region = Region()
        released = threading.Event()
        self.addCleanup(released.set)
        region.database.fail("probe", lambda: released.wait(30))
        region.table.fail("epoch", lambda: released.wait(30))
        region.table.fail("probe", lambda: released.wait(30))
        region.bucket.fail("probe", lambda: released.wait(30))
        checks = ("database", "epoch", "session_table", "receipts")
        self.assert_failing(region, dict.fromkeys(checks, "timeout"))

    def test_checks_run_side_by_side(self):
        meeting = threading.Barrier(2, timeout=5)

        def meet():
            meeting.wait()
            return "ok"

        states = run_side_by_side({"a": meet, "b": meet}, 5.0)
        self.assertEqual(states, {"a": "ok", "b": "ok"})

    def test_does_not_wait_out_the_budget_when_all_have_answered(self):
        started = time.monotonic()
        run_side_by_side({"a": lambda: "ok"}, 30.0)
        self.assertLess(time.monotonic() - started, 5.0)
