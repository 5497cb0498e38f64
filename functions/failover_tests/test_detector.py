import unittest

import detector
from aws_clients import TimeLimits
from detector import (
    LIMITS,
    METRIC_LIMITS,
    RESERVE_SECONDS,
    Detector,
    NothingCounted,
    Pair,
    Services,
)
from endpoint import Health
from executions import Executions
from failover_tests.fakes import (
    HEALTHY,
    NO_ANSWER,
    OVERLOADED,
    STANDBY,
    Crash,
    FakeClient,
    FakeEndpoint,
    aws_error,
    unreachable,
)
from failover_tests.support import MACHINE, OWN, PRIMARY, RUNBOOK, World
from failures import Unknown
from metrics import Metrics
from notices import Notices
from shared_tests.logged_test_case import LoggedTestCase
from state_table import StateTable
from time_budget import TimeBudget

BAD, GOOD = NO_ANSWER, HEALTHY
LAMBDA_SECONDS = 60
# Three probes, but for those whose matter it is.
PATIENCE = 20


class DetectorTestCase(LoggedTestCase):
    patience = PATIENCE

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
            notices=Notices(self.sns, "arn:aws:sns:us-east-2:123456789012:alerts", RUNBOOK),
            metrics=Metrics(self.cloudwatch, "Payments/Failover", "dev"),
        )
        pair = Pair(PRIMARY, OWN, self.patience, f"aws stepfunctions start-execution {MACHINE}")
        return Detector(services, pair, clock or self.world.clock)

    def run_and_die_after_the_start(self, *answers):
        """A run that ends without a word in the moment in which it has started an execution."""
        start = self.world.states.operations["start_execution"]

        def start_and_die(**parameters):
            start(**parameters)
            raise Crash

        self.world.states.operations["start_execution"] = start_and_die
        with self.assertRaises(Crash):
            self.run_minute(*answers)
        self.world.states.operations["start_execution"] = start

    def run_minute(self, *answers):
        """One run whose probes end like this, and the pause to the next one."""
        self.endpoint.answers = list(answers)
        started = self.world.clock.now
        budget = TimeBudget(lambda: started + LAMBDA_SECONDS - self.world.clock.now, RESERVE_SECONDS)
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
        self.world.witness.endpoint = OWN
        answer = self.run_minute(GOOD, BAD, GOOD, BAD, BAD)
        self.assertEqual(answer["outcomes"], ["healthy", "failing", "healthy", "failing", "failing"])
        self.assertEqual(self.item["failures"], 2)
        self.assertEqual(self.world.started, {})

    def test_every_answer_but_200_is_a_failure(self):
        for answer in (STANDBY, NO_ANSWER, Unknown("ConnectionRefusedError")):
            with self.subTest(str(answer)):
                self.world.table.items.clear()
                self.run_minute(answer)
                self.assertEqual(self.item["failures"], 5)

    def test_the_streak_goes_on_in_the_next_run(self):
        self.world.witness.endpoint = OWN
        self.run_minute(GOOD, GOOD, GOOD, BAD, BAD)
        incident = self.item["incident"]
        answer = self.run_minute(BAD, BAD, GOOD)
        self.assertEqual(answer["outcomes"][:2], ["started", "attempted"])
        self.assertEqual(list(self.world.started), [f"failover-{incident}-1"])

    def test_a_streak_from_long_ago_does_not_go_on(self):
        self.world.witness.endpoint = OWN
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
        self.world.witness.endpoint = OWN

    def test_three_failures_and_the_second_witness_start_the_failover(self):
        answer = self.run_minute(GOOD, BAD, BAD, BAD, BAD)
        self.assertEqual(answer["outcomes"], ["healthy", "failing", "failing", "started", "attempted"])
        ((name, request),) = self.world.started.items()
        self.assertRegex(name, r"^failover-\d{8}T\d{6}Z-1$")
        self.assertEqual(request["requested_by"], "detector")
        self.assertEqual(name, f"failover-{request['incident']}-1")
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
        self.assertEqual(answer["outcomes"], ["latch_holds"] * 5)
        self.assertEqual(self.world.started, {})

    def test_a_latch_that_was_released_does_not_hinder(self):
        self.world.table.put("latch", active=False)
        self.run_minute(BAD)
        self.assertEqual(len(self.world.started), 1)

    def test_a_refused_start_is_tried_again_ten_seconds_later(self):
        self.world.states.fail("start_execution", aws_error("ThrottlingException"))
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][2:], ["failed: ThrottlingException", "started", "attempted"])


class Overload(DetectorTestCase):
    """A region that answers with refusals is not lost; a person has to look at it."""

    patience = 90

    def test_is_no_failed_probe(self):
        for answer in (OVERLOADED, Health(403)):
            self.run_minute(answer)
            self.assertEqual(self.item["failures"], 0)
            self.assertEqual(self.metrics["ProbeFailures"], 0.0)

    def minutes_of_questions(self, minutes, *answers):
        """In which of the minutes a person was asked."""
        found = []
        for minute in range(minutes):
            before = len(self.world.started)
            self.run_minute(*(answers or (OVERLOADED,)))
            found += [minute] * (len(self.world.started) - before)
        return found

    def test_asks_a_person_when_it_lasts(self):
        began = self.world.clock.now
        self.world.witness.region = self.world.witness.endpoint = OWN
        self.assertEqual(self.minutes_of_questions(3), [1])
        ((name, request),) = self.world.started.items()
        self.assertRegex(name, r"^failover-overload-\d{8}T\d{6}Z-1$")
        self.assertEqual((request["requested_by"], request["overloaded"]), ("detector", True))
        self.assertEqual(request["attempt"], 1)
        self.assertIn(f"{PRIMARY} rejects calls since", request["reason"])
        self.assertEqual(self.item["overloaded_since"], int(began))

    def test_asks_again_with_the_pauses_of_an_outage(self):
        self.assertEqual(self.minutes_of_questions(33), [1, 3, 7, 15, 31])
        incident = next(iter(self.world.started))[: -len("-1")]
        self.assertEqual(list(self.world.started), [f"{incident}-{n}" for n in range(1, 6)])
        self.assertEqual([request["attempt"] for request in self.world.started.values()], [1, 2, 3, 4, 5])

    def test_asks_nothing_while_a_question_is_open(self):
        self.assertEqual(self.minutes_of_questions(2), [1])
        self.world.running = [{"name": next(iter(self.world.started))}]
        self.assertEqual(self.minutes_of_questions(15), [])
        self.world.running = []
        self.assertEqual(self.minutes_of_questions(3), [0])

    def test_between_answers_that_fail_keeps_its_pauses(self):
        self.assertEqual(self.minutes_of_questions(14, OVERLOADED, BAD, OVERLOADED, BAD, OVERLOADED), [1, 3, 7])

    def test_another_overload_begins_again(self):
        self.minutes_of_questions(4)
        self.run_minute(GOOD)
        self.assertNotIn("overload_attempted_at", self.item)
        self.assertEqual(self.item["overload_attempts"], 0)
        self.assertEqual(self.minutes_of_questions(4), [1, 3])
        self.assertEqual([name[-2:] for name in self.world.started], ["-1", "-2", "-1", "-2"])

    def test_dying_before_a_question_is_noted_asks_the_same_one_again(self):
        self.minutes_of_questions(2)
        item = {name: value for name, value in self.item.items() if not name.startswith("overload_a")}
        self.world.table.items.clear()
        self.world.table.put("detector", **item)
        self.run_minute(OVERLOADED)
        self.assertEqual([name[-2:] for name in self.world.started], ["-1"])
        self.assertEqual(self.item["overload_attempts"], 1)

    def test_that_ends_in_time_asks_nobody(self):
        self.run_minute(OVERLOADED)
        self.run_minute(GOOD)
        self.run_minute(OVERLOADED)
        self.run_minute(GOOD)
        self.assertEqual(self.world.started, {})
        self.assertNotIn("overloaded_since", self.item)

    def test_tells_people_however_short_it_is(self):
        self.run_minute(GOOD, OVERLOADED, GOOD)
        ((_, notice),) = self.sns.calls
        self.assertEqual(notice["Subject"], f"{PRIMARY} rejects calls: no failover")
        self.assertIn("status 429", notice["Message"])
        self.assertTrue(notice["Message"].endswith(f"\n\nRunbook: {RUNBOOK}#watch\n"), notice["Message"])
        self.assertEqual(self.world.started, {})

    def test_that_comes_and_goes_is_no_flood_of_notices(self):
        for _ in range(59):
            self.run_minute(OVERLOADED, GOOD, OVERLOADED, GOOD)
        self.assertEqual(len(self.sns.calls), 1)
        for _ in range(3):
            self.run_minute(OVERLOADED, GOOD)
        self.assertEqual(len(self.sns.calls), 2, "and once an hour it is news again")

    def test_of_which_telling_failed_is_told_at_the_next_probe(self):
        self.sns.fail("publish", unreachable())
        answer = self.run_minute(OVERLOADED)
        self.assertEqual(answer["outcomes"][:3], ["failed: EndpointConnectionError", "notice_given", "overloaded"])
        self.assertEqual(len(self.sns.calls), 2)

    def test_between_answers_that_fail_asks_too(self):
        self.assertEqual(self.minutes_of_questions(3, BAD, OVERLOADED, BAD, OVERLOADED, BAD), [2])
        (name,) = self.world.started
        self.assertIn("overload", name)

    def test_that_becomes_an_outage_is_one(self):
        self.world.witness.region = self.world.witness.endpoint = OWN
        self.run_minute(OVERLOADED)
        for _ in range(3):
            self.run_minute(BAD)
        self.assertTrue(any("overload" not in name for name in self.world.started))


class UnderTheLatch(DetectorTestCase):
    """While the latch is active payments are elsewhere on purpose."""

    def setUp(self):
        super().setUp()
        self.world.witness.endpoint = OWN
        self.world.table.put("latch", active=True)

    def test_one_slow_probe_after_a_drill_or_failback_starts_nothing(self):
        for _ in range(5):
            self.run_minute(STANDBY)
        self.world.table.put("latch", active=False)
        # DNS follows in a minute. Until then its answer is the latch's, and no witness.
        self.world.witness.region, self.world.witness.endpoint = OWN, PRIMARY
        answer = self.run_minute(BAD, GOOD)
        self.assertEqual(answer["outcomes"], ["failing"] + ["healthy"] * 4)
        self.assertEqual(self.world.started, {})

    def test_what_was_counted_before_is_forgotten(self):
        self.world.table.put("latch", active=False)
        self.run_minute(GOOD, GOOD, GOOD, BAD, BAD)
        self.world.table.put("latch", active=True)
        self.run_minute(BAD)
        self.assertEqual(self.item["failures"], 0)
        self.assertNotIn("incident", self.item)
        self.world.table.put("latch", active=False)
        answer = self.run_minute(BAD, BAD, GOOD)
        self.assertEqual(answer["outcomes"][:2], ["failing", "failing"])
        self.assertEqual(self.world.started, {})

    def test_an_outage_counts_from_when_the_latch_is_cleared(self):
        self.run_minute(BAD)
        self.world.table.put("latch", active=False)
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][:3], ["failing", "failing", "started"])

    def test_customers_that_dns_sends_elsewhere_are_no_witness(self):
        self.world.table.put("latch", active=False)
        self.world.witness.region, self.world.witness.endpoint = OWN, PRIMARY
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][2:], ["no_quorum"] * 3)

    def test_a_latch_that_cannot_be_read_counts_nothing(self):
        self.world.table.broken["get_item"] = unreachable()
        with self.assertRaises(NothingCounted):
            self.run_minute(BAD)


class Attempting(DetectorTestCase):
    """A failover that was refused is tried again while the outage lasts."""

    def setUp(self):
        super().setUp()
        self.world.witness.endpoint = OWN

    def minutes_of_attempts(self, minutes, running=lambda minute: False):
        """In which minutes of an outage an attempt was started."""
        found = []
        for minute in range(minutes):
            self.world.running = [{"name": "a-persons"}] if running(minute) else []
            before = len(self.world.started)
            self.run_minute(BAD)
            found += [minute] * (len(self.world.started) - before)
        return found

    def test_again_after_two_four_eight_and_then_every_sixteen_minutes(self):
        self.assertEqual(self.minutes_of_attempts(48), [0, 2, 6, 14, 30, 46])
        incident = self.item["incident"]
        self.assertEqual(list(self.world.started), [f"failover-{incident}-{n}" for n in range(1, 7)])
        attempts = [request["attempt"] for request in self.world.started.values()]
        self.assertEqual(attempts, [1, 2, 3, 4, 5, 6])

    def test_not_while_a_failover_runs(self):
        found = self.minutes_of_attempts(8, running=lambda minute: 0 < minute < 5)
        self.assertEqual(found, [0, 5])

    def test_beside_questions_about_something_else(self):
        """Who waits for a person moves nothing, and an answer that comes later finds the lock or the work done."""
        for name in ("failover-overload-20251124T155000Z", "failover-overload-20251124T155000Z-2"):
            self.setUp()
            self.world.running = [{"name": name}]
            self.run_minute(BAD)
            self.assertEqual(len(self.world.started), 1, name)
        self.setUp()
        self.world.running = [{"name": "failover-20251124T155000Z-1"}]
        self.run_minute(BAD)
        self.assertEqual(len(self.world.started), 1, "of an incident that is over")

    def test_not_beside_its_own_question_or_a_persons_failover(self):
        self.run_minute(GOOD, GOOD, GOOD, BAD, BAD)
        for name in (f"failover-{self.item['incident']}-1", "b1946ac9-2a6f-4d2e", "failover-now"):
            self.world.running = [{"name": "failover-overload-20251124T155000Z-1"}, {"name": name}]
            answer = self.run_minute(BAD)
            self.assertIn("failover_runs", answer["outcomes"])
            self.assertEqual(self.world.started, {}, name)

    def test_not_while_the_latch_is_active(self):
        self.run_minute(BAD)
        self.world.table.put("latch", active=True)
        self.assertEqual(self.minutes_of_attempts(10), [])

    def test_not_once_the_primary_is_well(self):
        self.run_minute(BAD)
        self.run_minute(GOOD)
        self.assertEqual(self.minutes_of_attempts(1), [0])
        self.assertEqual([name[-2:] for name in self.world.started], ["-1", "-1"])

    def test_dying_before_an_attempt_is_noted_makes_the_same_attempt_again(self):
        self.run_minute(BAD)
        self.world.clock.now += 120
        self.world.table.put(
            "detector",
            **{**self.item, "last_probe_at": int(self.world.clock.now) - 20},
        )
        self.run_and_die_after_the_start(BAD)
        self.run_minute(BAD)
        self.assertEqual([name[-2:] for name in self.world.started], ["-1", "-2"])
        self.assertEqual(self.item["attempts"], 2)

    def test_a_list_of_executions_that_cannot_be_read_starts_nothing(self):
        self.world.states.broken["list_executions"] = aws_error("ThrottlingException")
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][2:], ["failed: ThrottlingException"] * 3)
        self.assertEqual(self.world.started, {})

    def test_a_clock_that_was_wrong_does_not_end_the_attempts(self):
        self.run_minute(BAD)
        item = {**self.item, "attempted_at": 9_999_999_999}
        self.world.table.put("detector", **item)
        self.assertEqual(self.minutes_of_attempts(1), [0])


class Patience(DetectorTestCase):
    """Only an outage that lasts for longer than the objective leaves time for is a reason."""

    patience = 90

    def setUp(self):
        super().setUp()
        self.world.witness.endpoint = OWN
        self.run_minute(GOOD)

    def test_an_interruption_of_less_than_the_patience_starts_nothing(self):
        self.run_minute(BAD)
        answer = self.run_minute(BAD, GOOD)
        self.assertEqual(answer["outcomes"], ["failing"] + ["healthy"] * 4)
        self.assertEqual(self.world.started, {})

    def test_an_outage_of_the_patience_starts_the_failover_and_leaves_time_for_it(self):
        last_good = self.item["last_ok_at"]
        self.run_minute(BAD)
        started = []
        start = self.world.states.operations["start_execution"]

        def note_and_start(**parameters):
            started.append(self.world.clock.now - last_good)
            return start(**parameters)

        self.world.states.operations["start_execution"] = note_and_start
        self.run_minute(BAD)
        (seconds,) = started
        # The patience, and at the most the pause between two runs.
        self.assertTrue(90 <= seconds <= 110, seconds)

    def test_a_good_probe_of_long_ago_does_not_shorten_it(self):
        self.world.clock.now += 600
        self.run_minute(BAD)
        self.assertEqual(self.world.started, {})
        self.run_minute(BAD)
        self.assertEqual(len(self.world.started), 1)

    def test_two_probes_are_no_outage_however_far_apart(self):
        now = int(self.world.clock.now)
        self.world.table.put("detector", failures=1, first_failed_at=now - 170, last_probe_at=now - 170, incident="i")
        answer = self.run_minute(BAD, GOOD)
        self.assertEqual(answer["outcomes"][0], "failing")


class Crashing(DetectorTestCase):
    def setUp(self):
        super().setUp()
        self.world.witness.endpoint = OWN

    def test_a_detector_that_dies_goes_on_where_it_was(self):
        with self.assertRaises(Crash):
            self.run_minute(BAD, BAD, Crash())
        incident = self.item["incident"]
        self.assertEqual(self.item["failures"], 2)
        self.run_minute(BAD, BAD)
        self.assertEqual(list(self.world.started), [f"failover-{incident}-1"])

    def test_dying_after_the_start_does_not_start_twice(self):
        self.run_and_die_after_the_start(BAD)
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"], ["started_before"] + ["attempted"] * 4)
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
        self.world.witness.endpoint = OWN

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
                self.world.witness.endpoint = witness
                answer = self.run_minute(BAD)
                self.assertEqual(answer["outcomes"][2:], ["no_quorum"] * 3)
                self.assertEqual(self.world.started, {})

    def test_the_second_witness_may_be_later(self):
        self.run_minute(BAD)
        self.world.witness.endpoint = OWN
        answer = self.run_minute(BAD)
        self.assertEqual(answer["outcomes"][0], "started")
        self.assertEqual(self.sns.calls, [])

    def test_one_notice_for_an_incident(self):
        for _ in range(3):
            self.run_minute(BAD)
        ((_, notice),) = self.sns.calls
        self.assertIn(PRIMARY, notice["Message"])
        self.assertIn(self.item["incident"], notice["Message"])
        self.assertTrue(notice["Message"].endswith(f"\n\nRunbook: {RUNBOOK}#fail-over-by-hand\n"), notice["Message"])
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
            ["failed: InternalErrorException", "notice_given", "no_quorum", "no_quorum"],
        )


class Measuring(DetectorTestCase):
    def test_each_run_publishes_the_streak_and_the_latch(self):
        self.run_minute(GOOD)
        self.assertEqual(self.metrics, {"ProbeFailures": 0, "LatchActive": 0})
        self.world.table.put("latch", active=True)
        self.run_minute(BAD)
        self.assertEqual(self.metrics, {"ProbeFailures": 0, "LatchActive": 1})
        _, parameters = self.cloudwatch.calls[-1]
        self.assertEqual(parameters["Namespace"], "Payments/Failover")
        for datum in parameters["MetricData"]:
            self.assertEqual(datum["Dimensions"], [{"Name": "Environment", "Value": "dev"}])

    def test_a_blind_detector_does_not_say_that_nothing_failed(self):
        self.run_minute(BAD)
        self.world.table.broken["update_item"] = aws_error("AccessDeniedException")
        with self.assertRaises(NothingCounted):
            self.run_minute(BAD)
        self.assertEqual(self.metrics, {"LatchActive": 0})

    def test_what_was_counted_is_published_though_acting_on_it_fails(self):
        self.world.witness.endpoint = OWN
        self.world.states.broken["start_execution"] = aws_error("AccessDeniedException")
        self.run_minute(BAD)
        self.assertEqual(self.metrics["ProbeFailures"], 5)

    def test_metrics_that_are_lost_do_not_fail_the_run(self):
        self.cloudwatch.broken["put_metric_data"] = unreachable()
        self.run_minute(GOOD)
        self.assertEqual(len(self.logged("metrics_lost")), 1)

    def test_one_line_for_each_run(self):
        self.run_minute(GOOD)
        self.assertEqual(self.log, [{"happened": "run", "failures": 0, "outcomes": ["healthy"] * 5}])


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
        ask = self.world.witness.endpoint_region
        self.world.witness.endpoint_region = lambda: (self.pass_time(4.0), ask())[1]
        self.run_minute(BAD)
        return ended[0]

    def pass_time(self, seconds):
        self.world.clock.now += seconds

    def test_the_worst_run_ends_before_lambda_ends_it(self):
        self.world.witness.endpoint = OWN
        self.assertLess(self.seconds_of_the_worst_run(), LAMBDA_SECONDS)

    def test_so_does_the_worst_run_that_gives_notice(self):
        now = int(self.world.clock.now)
        self.world.table.put("detector", failures=20, last_probe_at=now - 20, incident="i", first_failed_at=now - 400)
        self.assertLess(self.seconds_of_the_worst_run(), LAMBDA_SECONDS)
        self.assertEqual(len(self.sns.calls), 1)

    def test_an_incident_in_the_last_probe_is_still_acted_on(self):
        self.world.witness.endpoint = OWN
        self.endpoint.meanwhile = lambda: self.pass_time(detector.TIMEOUT_SECONDS)
        answer = self.run_minute(GOOD, GOOD, BAD, BAD, BAD)
        self.assertEqual(answer["outcomes"][-1], "started")

    def test_the_limits_add_up(self):
        self.assertEqual(TimeLimits(1, 1, 2).worst_call_seconds(), 5)
        self.assertEqual(LIMITS.worst_call_seconds(), 4)


if __name__ == "__main__":
    unittest.main()
