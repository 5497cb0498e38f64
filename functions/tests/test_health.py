import json
import threading
import time

from health import run_side_by_side
from tests.fakes import Region, aws_error, timed_out
from tests.support import FunctionTestCase, event


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
                "checks": {"database": "ok", "session_table": "ok"},
            },
        )
        self.assertEqual(answer["headers"]["Cache-Control"], "no-store")
        self.assertTrue(region.nothing_written())

    def test_is_200_before_the_first_payment_has_created_the_table(self):
        region = Region()
        region.database.table_exists = False
        answer, _body = self.ask(region)
        self.assert_status(answer, 200)
        self.assertNotIn("create", region.database.calls)

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
        region.table.fail("get", aws_error("ResourceNotFoundException"))
        self.assert_failing(region, {"session_table": "ResourceNotFoundException"})

    def test_names_both(self):
        region = Region()
        region.database.in_recovery = True
        region.table.fail("get", timed_out())
        self.assert_failing(
            region, {"database": "read_only", "session_table": "ReadTimeoutError"}
        )

    def test_answers_in_time_when_a_check_hangs_and_recovers_with_it(self):
        for name, check in (("database", "probe"), ("session_table", "get")):
            region = Region()
            released = threading.Event()
            self.addCleanup(released.set)
            service = {"database": region.database, "session_table": region.table}[name]
            service.fail(check, lambda: released.wait(30))
            self.assert_failing(region, {name: "timeout"})
            released.set()
            answer, _body = self.ask(region)
            self.assert_status(answer, 200)

    def test_answers_in_time_when_everything_hangs(self):
        region = Region()
        released = threading.Event()
        self.addCleanup(released.set)
        region.database.fail("probe", lambda: released.wait(30))
        region.table.fail("get", lambda: released.wait(30))
        self.assert_failing(region, {"database": "timeout", "session_table": "timeout"})

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
