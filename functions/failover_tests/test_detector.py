import unittest

import detector
from aws_clients import TimeLimits
from detector import LIMITS, METRIC_LIMITS, RESERVE_SECONDS, Detector, NothingCounted, Services
from executions import Executions
from failover_tests.fakes import (
    HEALTHY,
    NO_ANSWER,
    STANDBY,
    Crash,
    FakeClient,
    FakeEndpoint,
    aws_error,
    unreachable,
)
from failover_tests.support import MACHINE, OWN, PRIMARY, World
from failures import Unknown
from metrics import Metrics
from notices import Notices
from shared_tests.logged_test_case import LoggedTestCase
from state_table import StateTable
from time_budget import TimeBudget

BAD, GOOD = NO_ANSWER, HEALTHY
LAMBDA_SECONDS = 60


class DetectorTestCase(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.world = World()
        self.endpoint = FakeEndpoint(GOOD)
        self.sns = FakeClient("sns", publish=lambda **_: {"MessageId": "1"})
        self.cloudwatch = FakeClient("cloudwatch", put_metric_data=lambda **_: {})

    def detector(self, clock=None):
        services = Services(
            primary=self.endpoint,
            witness=self.world.witness,
            table=StateTable(self.world.table, "failover"),
            failover=Executions(self.world.states, MACHINE),
            notices=Notices(self.sns, "arn:aws:sns:us-east-2:123456789012:alerts"),
            metrics=Metrics(self.cloudwatch, "Payments/Failover", "dev"),
        )
        return Detector(services, PRIMARY, OWN, clock or self.world.clock)

    def run_minute(self, *answers):
        """One run whose probes end like this, and the pause to the next one."""
        self.endpoint.answers = list(answers)
        started = self.world.clock.now
        budget = TimeBudget(
            lambda: started + LAMBDA_SECONDS - self.world.clock.now, RESERVE_SECONDS
        )
        try:
            return self.detector().run(budget)
        finally:
            self.world.clock.now = started + 60

    @property
    def item(self):
        return self.world.table.plain("detector")

    @property
    def metrics(self):
        """The values of the last run."""
        _, parameters = self.cloudwatch.calls[-1]
        return {datum["MetricName"]: datum["Value"] for datum in parameters["MetricData"]}


class Probing(DetectorTestCase):
    def test_five_probes_ten_seconds_apart(self):
        times = []
        self.endpoint.meanwhile = lambda: times.append(self.world.clock.now)
        self.run_minute(GOOD)
        self.assertEqual([at - times[0] for at in times], [0, 10, 20, 30, 40])

    def test_slow_answers_do_not_move_the_next_probe(self):
        times = []

        def slow():
            times.append(self.world.clock.now)
            self.world.clock.now += 4

        self.endpoint.meanwhile = slow
        self.run_minute(BAD)
        self.assertEqual([at - times[0] for at in times], [0, 10, 20, 30, 40])

    def test_a_healthy_minute_leaves_no_streak(self):
        answer = self.run_minute(GOOD)
        self.assertEqual(answer["outcomes"], ["healthy"] * 5)
        self.assertEqual(self.item["failures"], 0)
        self.assertEqual(self.item["last_ok_at"], self.item["last_probe_at"])
        for name in ("first_failed_at", "incident"):
            self.assertNotIn(name, self.item)

    def test_one_bad_probe_is_forgotten(self):
        self.world.witness.region = OWN
        answer = self.run_minute(GOOD, BAD, GOOD, BAD, BAD)
        self.assertEqual(
            answer["outcomes"], ["healthy", "failing", "healthy", "failing", "failing"]
        )
        self.assertEqual(self.item["failures"], 2)
        self.assertEqual(self.world.started, {})

    def test_every_answer_but_200_is_a_failure(self):
        for answer in (STANDBY, NO_ANSWER, Unknown("ConnectionRefusedError")):
            with self.subTest(str(answer)):
                self.world.table.items.clear()
                self.run_minute(answer)
                self.assertEqual(self.item["failures"], 5)

    def test_the_streak_goes_on_in_the_next_run(self):
        self.world.witness.region = OWN
        self.run_minute(GOOD, GOOD, GOOD, BAD, BAD)
        incident = self.item["incident"]
        answer = self.run_minute(BAD, BAD, GOOD)
        self.assertEqual(answer["outcomes"][:2], ["started", "started_before"])
        self.assertEqual(list(self.world.started), [f"failover-{incident}"])

    def test_a_streak_from_long_ago_does_not_go_on(self):
        self.world.witness.region = OWN
        self.run_minute(GOOD, GOOD, GOOD, BAD, BAD)
        self.world.clock.now += 200
        first = self.item["incident"]
        self.run_minute(BAD, BAD, GOOD)
        self.assertEqual(self.world.started, {})
        self.run_minute(BAD, GOOD)
        self.assertNotEqual(self.item.get("incident"), first)

    def test_a_clock_that_was_wrong_does_not_blind_the_detector(self):
        self.world.table.put("detector", failures=1, last_probe_at=9_999_999_999, incident="old")
        self.run_minute(BAD)
        self.assertEqual(self.item["failures"], 5)
        self.assertNotEqual(self.item["incident"], "old")


class Starting(DetectorTestCase):
    def setUp(self):
        super().setUp()
        self.world.witness.region = OWN

    def test_three_failures_and_the_second_witness_start_the_failover(self):
        answer = self.run_minute(GOOD, BAD, BAD, BAD, BAD)
        self.assertEqual(
            answer["outcomes"], ["healthy", "failing", "failing", "started", "started_before"]
        )
        ((name, request),) = self.world.started.items()
        self.assertRegex(name, r"^failover-\d{8}T\d{6}Z$")
        self.assertEqual(request["requested_by"], "detector")
        self.assertEqual(name, f"failover-{request['incident']}")
        self.assertIn(PRIMARY, request["reason"])
        self.assertEqual(self.sns.calls, [])

    def test_the_incident_begins_with_the_first_failure(self):
        self.world.clock.now = 1_764_000_000
        self.run_minute(GOOD, BAD)
        self.assertEqual(self.item["first_failed_at"], 1_764_000_010)
        self.assertEqual(self.item["incident"], "20251124T160010Z")

    def test_a_new_incident_after_recovery_has_a_new_id(self):
        self.run_minute(BAD)
        self.run_minute(GOOD)
        self.run_minute(BAD)
        self.assertEqual(len(self.world.started), 2)

    def test_nothing_is_started_while_the_latch_is_active(self):
        self.world.table.put("latch", active=True)
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][2:], ["failed_over"] * 3)
        self.assertEqual(self.world.started, {})

    def test_a_latch_that_was_released_does_not_hinder(self):
        self.world.table.put("latch", active=False)
        self.run_minute(BAD)
        self.assertEqual(len(self.world.started), 1)

    def test_a_refused_start_is_tried_again_ten_seconds_later(self):
        self.world.states.fail("start_execution", aws_error("ThrottlingException"))
        answer = self.run_minute(BAD)
        self.assertEqual(
            answer["outcomes"][2:], ["failed: ThrottlingException", "started", "started_before"]
        )


class Crashing(DetectorTestCase):
    def setUp(self):
        super().setUp()
        self.world.witness.region = OWN

    def test_a_detector_that_dies_goes_on_where_it_was(self):
        with self.assertRaises(Crash):
            self.run_minute(BAD, BAD, Crash())
        incident = self.item["incident"]
        self.assertEqual(self.item["failures"], 2)
        self.run_minute(BAD, BAD)
        self.assertEqual(list(self.world.started), [f"failover-{incident}"])

    def test_dying_after_the_start_does_not_start_twice(self):
        start = self.world.states.operations["start_execution"]

        def start_and_die(**parameters):
            start(**parameters)
            raise Crash

        self.world.states.operations["start_execution"] = start_and_die
        with self.assertRaises(Crash):
            self.run_minute(BAD)
        self.world.states.operations["start_execution"] = start
        answer = self.run_minute(BAD)
        self.assertEqual(set(answer["outcomes"]), {"started_before"})
        self.assertEqual(len(self.world.started), 1)

    def test_a_state_table_that_fails_once_costs_one_probe(self):
        self.world.table.fail("get_item", unreachable())
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][0], "failed: EndpointConnectionError")
        self.assertEqual(self.item["failures"], 4)

    def test_a_detector_that_counts_nothing_fails_its_run(self):
        self.world.table.broken["update_item"] = aws_error("AccessDeniedException")
        with self.assertRaisesRegex(NothingCounted, "AccessDeniedException"):
            self.run_minute(BAD)


class Overlapping(DetectorTestCase):
    def setUp(self):
        super().setUp()
        self.world.witness.region = OWN

    def test_probes_of_the_same_seconds_count_once(self):
        first, second = self.detector(), self.detector()
        self.endpoint.answers = [BAD]
        counted = []
        for _ in range(4):
            counted.append(first._probe())
            self.world.clock.now += 3
            counted.append(second._probe())
            self.world.clock.now += 7
        self.assertEqual([streak is None for streak in counted], [False, True] * 4)
        self.assertEqual(self.item["failures"], 4)

    def test_of_two_probes_at_once_one_counts(self):
        first, second = self.detector(), self.detector()
        self.endpoint.answers = [BAD]
        results = []

        def other_run():
            self.endpoint.meanwhile = lambda: None
            results.append(second._probe())

        self.endpoint.meanwhile = other_run
        results.append(first._probe())
        self.assertEqual([streak is None for streak in results], [False, True])
        self.assertEqual(self.item["failures"], 1)

    def test_a_run_that_counts_nothing_beside_another_is_no_failure(self):
        now = int(self.world.clock.now)
        self.endpoint.answers = [BAD]

        def other_run():
            self.world.table.put("detector", failures=1, last_probe_at=now + 1, incident="i")

        self.endpoint.meanwhile = other_run
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][0], "other_run_counts")


class Dissent(DetectorTestCase):
    def test_without_the_second_witness_nothing_is_started(self):
        for witness in (PRIMARY, "eu-west-1", Unknown("dns: timeout"), Unknown("dns: SERVFAIL")):
            with self.subTest(str(witness)):
                self.world.table.items.clear()
                self.world.witness.region = witness
                answer = self.run_minute(BAD)
                self.assertEqual(answer["outcomes"][2:], ["no_quorum"] * 3)
                self.assertEqual(self.world.started, {})

    def test_the_second_witness_may_be_later(self):
        self.run_minute(BAD)
        self.world.witness.region = OWN
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][0], "started")
        self.assertEqual(self.sns.calls, [])

    def test_one_notice_for_an_incident(self):
        for _ in range(3):
            self.run_minute(BAD)
        ((_, notice),) = self.sns.calls
        self.assertIn(PRIMARY, notice["Message"])
        self.assertIn(self.item["incident"], notice["Message"])
        self.assertLessEqual(len(notice["Subject"]), 100)

    def test_the_next_incident_gets_a_notice_of_its_own(self):
        for _ in range(2):
            self.run_minute(BAD)
            self.run_minute(BAD)
            self.run_minute(GOOD)
        self.assertEqual(len(self.sns.calls), 2)

    def test_a_notice_that_could_not_be_given_is_given_later(self):
        self.run_minute(BAD)
        self.sns.fail("publish", aws_error("InternalErrorException"))
        answer = self.run_minute(BAD)
        self.assertEqual(
            answer["outcomes"][:4],
            ["no_quorum", "failed: InternalErrorException", "notice_given", "no_quorum"],
        )


class Measuring(DetectorTestCase):
    def test_each_run_publishes_the_streak_and_the_latch(self):
        self.run_minute(GOOD)
        self.assertEqual(self.metrics, {"ProbeFailures": 0, "LatchActive": 0})
        self.world.table.put("latch", active=True)
        self.run_minute(BAD)
        self.assertEqual(self.metrics, {"ProbeFailures": 5, "LatchActive": 1})
        _, parameters = self.cloudwatch.calls[-1]
        self.assertEqual(parameters["Namespace"], "Payments/Failover")
        for datum in parameters["MetricData"]:
            self.assertEqual(datum["Dimensions"], [{"Name": "Environment", "Value": "dev"}])

    def test_metrics_that_are_lost_do_not_fail_the_run(self):
        self.cloudwatch.broken["put_metric_data"] = unreachable()
        self.run_minute(GOOD)
        self.assertEqual(len(self.logged("metrics_lost")), 1)

    def test_one_line_for_each_run(self):
        self.run_minute(GOOD)
        self.assertEqual(
            self.log, [{"happened": "run", "failures": 0, "outcomes": ["healthy"] * 5}]
        )


class InTime(DetectorTestCase):
    def slow(self, service, seconds):
        """Makes every call of this client take its worst."""
        for name, operation in service.operations.items():

            def call(operation=operation, **parameters):
                self.world.clock.now += seconds
                return operation(**parameters)

            service.operations[name] = call

    def seconds_of_the_worst_run(self):
        """Everything takes as long as it can and works at last; until metrics are published."""
        for service in (self.world.table, self.world.states, self.sns):
            self.slow(service, LIMITS.worst_call_seconds())
        self.slow(self.cloudwatch, METRIC_LIMITS.worst_call_seconds())
        started, ended = self.world.clock.now, []
        publish = self.cloudwatch.operations["put_metric_data"]

        def publish_and_look(**parameters):
            answer = publish(**parameters)
            ended.append(self.world.clock.now - started)
            return answer

        self.cloudwatch.operations["put_metric_data"] = publish_and_look
        self.endpoint.meanwhile = lambda: self.pass_time(detector.TIMEOUT_SECONDS)
        ask = self.world.witness.active_region
        self.world.witness.active_region = lambda: (self.pass_time(4.0), ask())[1]
        self.run_minute(BAD)
        return ended[0]

    def pass_time(self, seconds):
        self.world.clock.now += seconds

    def test_the_worst_run_ends_before_lambda_ends_it(self):
        self.world.witness.region = OWN
        self.assertLess(self.seconds_of_the_worst_run(), LAMBDA_SECONDS)

    def test_so_does_the_worst_run_that_gives_notice(self):
        now = int(self.world.clock.now)
        self.world.table.put("detector", failures=20, last_probe_at=now - 20, incident="i")
        self.assertLess(self.seconds_of_the_worst_run(), LAMBDA_SECONDS)
        self.assertEqual(len(self.sns.calls), 1)

    def test_an_incident_in_the_last_probe_is_still_acted_on(self):
        self.world.witness.region = OWN
        self.endpoint.meanwhile = lambda: self.pass_time(detector.TIMEOUT_SECONDS)
        answer = self.run_minute(GOOD, GOOD, BAD, BAD, BAD)
        self.assertEqual(answer["outcomes"][-1], "started")

    def test_the_limits_add_up(self):
        self.assertEqual(TimeLimits(1, 1, 2).worst_call_seconds(), 5)
        self.assertEqual(LIMITS.worst_call_seconds(), 5)


if __name__ == "__main__":
    unittest.main()
