import unittest

from endpoint import Health
from executions import Executions
from failover_tests.fakes import (
    HEALTHY,
    NO_ANSWER,
    STANDBY,
    FakeClient,
    FakeEndpoint,
    aws_error,
    unreachable,
)
from failover_tests.support import (
    DRILL_EXECUTION,
    MACHINE,
    OWN,
    OWN_CLUSTER,
    PRIMARY,
    PRIMARY_CLUSTER,
    RUNBOOK,
    World,
)
from failures import Unknown
from metrics import Metrics
from notices import Notices
from shared_tests.logged_test_case import LoggedTestCase
from state_table import StateTable
from watcher import Watcher

SET, NOT_SET = Health(200), Health(404)
FAILBACK = "arn:aws:states:us-east-2:123456789012:stateMachine:payments-failover-failback-use2-dev"


class WatcherTestCase(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.world = World()
        self.latch = FakeEndpoint(NOT_SET)
        self.sns = FakeClient("sns", publish=lambda **_: {})
        self.cloudwatch = FakeClient("cloudwatch", put_metric_data=lambda **_: {})

    def fail_over(self):
        self.world.fail_over()
        self.latch.answers = [SET]

    def run_minute(self):
        """One run, and what it found; a minute passes."""
        world = self.world
        watcher = Watcher(
            primary_region=PRIMARY,
            own_region=OWN,
            own_cluster_arn=OWN_CLUSTER,
            table=StateTable(world.table, "failover"),
            executions=Executions(world.states, MACHINE),
            aurora=world.own.seen(None).aurora,
            witness=world.witness,
            latch_endpoint=self.latch,
            own_endpoint=world.own_endpoint,
            notices=Notices(self.sns, "arn:aws:sns:us-east-2:123456789012:alerts", RUNBOOK),
            metrics=Metrics(self.cloudwatch, "Payments/Failover", "dev"),
            failback_machine_arn=FAILBACK,
            clock=world.clock,
        )
        try:
            return watcher.run()["disagreement"]
        finally:
            world.clock.now += 60

    @property
    def metric(self):
        _, parameters = self.cloudwatch.calls[-1]
        (datum,) = parameters["MetricData"]
        self.assertEqual(datum["MetricName"], "RolesDisagree")
        return datum["Value"]

    def assert_found(self, name, *words):
        """It is found and measured at once, and told once, after three minutes."""
        for minute in range(6):
            self.assertEqual(self.run_minute(), name)
            self.assertEqual(self.metric, 1.0)
            self.assertEqual(len(self.sns.calls), int(minute >= 3), minute)
        ((_, notice),) = self.sns.calls
        self.assertLessEqual(len(notice["Subject"]), 100)
        self.assertTrue(notice["Message"].endswith(f"\n\nRunbook: {RUNBOOK}#watch\n"), notice["Message"])
        for word in words:
            self.assertIn(word, notice["Message"])


class Agreeing(WatcherTestCase):
    def test_in_ordinary_times(self):
        for _ in range(5):
            self.assertIsNone(self.run_minute())
        self.assertEqual(self.metric, 0.0)
        self.assertEqual(self.sns.calls, [])

    def test_after_a_failover(self):
        self.fail_over()
        self.assertIsNone(self.run_minute())

    def test_dns_that_follows_a_primary_that_fails_is_the_detectors_business(self):
        self.world.witness.region = OWN
        self.world.table.put("detector", failures=3)
        self.assertIsNone(self.run_minute())

    def test_while_a_machine_moves_payments_nothing_has_to_agree(self):
        self.world.lock(DRILL_EXECUTION, active=True)
        self.assertIsNone(self.run_minute())
        self.assertEqual(self.metric, 0.0)
        self.world.lock(DRILL_EXECUTION, status="ABORTED", active=True)
        self.assertEqual(self.run_minute(), "latch_without_writer")

    def test_while_roles_change_nothing_has_to_agree(self):
        self.world.table.put("latch", active=True)
        self.world.moving_to = OWN_CLUSTER
        self.assertIsNone(self.run_minute())


class Disagreeing(WatcherTestCase):
    def test_the_latch_without_the_writer(self):
        self.world.table.put("latch", active=True)
        self.latch.answers = [SET]
        self.assert_found("latch_without_writer", FAILBACK, MACHINE, "accept_data_loss")

    def test_the_writer_without_the_latch(self):
        self.world.writer = OWN_CLUSTER
        self.world.own_endpoint.answers = [HEALTHY]
        self.world.witness.region = OWN
        self.assert_found("writer_without_latch", MACHINE, '"requested_by":"operator"')

    def test_a_region_that_has_the_payments_and_cannot_take_them(self):
        for answer, word in ((STANDBY, "503"), (NO_ANSWER, "does not answer")):
            self.setUp()
            self.fail_over()
            self.world.own_endpoint.answers = [answer]
            self.assert_found("writer_fails", word, FAILBACK)

    def test_an_api_that_does_not_tell_the_latch(self):
        for answer, word in ((Health(503), "status 503"), (NO_ANSWER, "no answer"), (NOT_SET, "404")):
            self.setUp()
            self.fail_over()
            self.latch.answers = [answer]
            self.assert_found("latch_untold", word)
        self.setUp()
        self.latch.answers = [SET]
        self.assert_found("latch_untold", "200")

    def test_dns_in_the_other_region_while_the_primary_is_well(self):
        self.world.witness.region = OWN
        self.assert_found("dns_astray", "get-health-check-status")

    def test_dns_that_does_not_follow_the_latch(self):
        self.fail_over()
        self.world.witness.region = PRIMARY
        self.assert_found("dns_astray", PRIMARY)

    def test_a_standby_that_was_taken_out_of_the_global_database(self):
        self.fail_over()
        self.world.writer, self.world.members = PRIMARY_CLUSTER, [PRIMARY_CLUSTER]
        self.assert_found("detached", "latch", "do not fail back", "docs/upgrade.md")
        self.assert_no_way_back()

    def test_a_standby_that_takes_payments_outside_the_global_database_without_the_latch(self):
        self.world.members = [PRIMARY_CLUSTER]
        self.world.own_endpoint.answers = [HEALTHY]
        self.assert_found("detached", "takes payments", "set the latch")
        self.assert_no_way_back()

    def test_a_detached_standby_and_no_writer_at_all(self):
        self.fail_over()
        self.world.members = []
        self.assertEqual(self.run_minute(), "detached")

    def test_a_standby_that_is_not_built_yet_disagrees_with_nothing(self):
        for members in ([], [PRIMARY_CLUSTER]):
            self.world.members = members
            for _ in range(30):
                self.assertIsNone(self.run_minute())

    def assert_no_way_back(self):
        ((_, notice),) = self.sns.calls
        self.assertNotIn(FAILBACK, notice["Message"])
        self.assertNotIn("start-execution", notice["Message"])


class Moving(WatcherTestCase):
    """While something moves payments nothing has to agree, for as long as a machine may take."""

    def test_a_lock_that_is_held_for_longer_than_any_machine_needs(self):
        self.world.lock(DRILL_EXECUTION, until=9300, active=True)
        for minute in range(25):
            found = self.run_minute()
            self.assertEqual(found, "moves_too_long" if minute >= 20 else None, minute)
            self.assertEqual(self.metric, float(minute >= 20))
            self.assertEqual(len(self.sns.calls), int(minute >= 20), minute)
        ((_, notice),) = self.sns.calls
        for words in ("for 20 minutes", "monthly", f"stop-execution --region {OWN} --execution-arn {DRILL_EXECUTION}"):
            self.assertIn(words, notice["Message"])
        self.assertNotIn("start-execution", notice["Message"])

    def test_roles_that_do_not_come_to_rest(self):
        self.world.moving_to, self.world.status = OWN_CLUSTER, "failing-over"
        for minute in range(21):
            self.assertEqual(self.run_minute(), "moves_too_long" if minute >= 20 else None, minute)
        ((_, notice),) = self.sns.calls
        for words in ("failing-over", "support case"):
            self.assertIn(words, notice["Message"])

    def test_a_lock_and_then_roles_are_one_move(self):
        self.world.lock(DRILL_EXECUTION, active=True)
        for _ in range(15):
            self.assertIsNone(self.run_minute())
        self.world.lock(DRILL_EXECUTION, status="ABORTED", active=True)
        self.world.moving_to = OWN_CLUSTER
        for _ in range(5):
            self.assertIsNone(self.run_minute())
        self.assertEqual(self.run_minute(), "moves_too_long")

    def test_a_move_that_ends_in_time_leaves_nothing_for_the_next_one(self):
        for _ in range(2):
            self.world.lock(DRILL_EXECUTION)
            for _ in range(19):
                self.assertIsNone(self.run_minute())
            self.world.lock(DRILL_EXECUTION, status="SUCCEEDED")
            self.assertIsNone(self.run_minute())
        self.assertEqual(self.sns.calls, [])

    def test_what_is_left_after_a_move_is_told_after_its_own_three_minutes(self):
        self.world.lock(DRILL_EXECUTION, until=9300, active=True)
        for _ in range(22):
            self.run_minute()
        self.world.lock(DRILL_EXECUTION, status="ABORTED", active=True)
        self.latch.answers = [SET]
        for minute in range(5):
            self.assertEqual(self.run_minute(), "latch_without_writer")
            self.assertEqual(len(self.sns.calls), 1 + int(minute >= 3), minute)


class Telling(WatcherTestCase):
    def setUp(self):
        super().setUp()
        self.world.witness.region = OWN

    def minutes(self, number):
        for _ in range(number):
            self.run_minute()

    def test_what_passes_is_not_told(self):
        self.minutes(3)
        self.world.witness.region = PRIMARY
        self.minutes(1)
        self.world.witness.region = OWN
        self.minutes(3)
        self.assertEqual(self.sns.calls, [])

    def test_what_comes_again_is_told_again(self):
        self.minutes(5)
        self.world.witness.region = PRIMARY
        self.minutes(1)
        self.world.witness.region = OWN
        self.minutes(5)
        self.assertEqual(len(self.sns.calls), 2)

    def test_another_disagreement_is_told_too(self):
        self.minutes(5)
        self.world.table.put("latch", active=True)
        self.latch.answers = [SET]
        self.minutes(5)
        self.assertEqual(len(self.sns.calls), 2)

    def test_a_notice_that_could_not_be_given_is_given_a_minute_later(self):
        self.minutes(3)
        self.sns.fail("publish", aws_error("InternalErrorException"))
        with self.assertRaises(Exception):
            self.run_minute()
        self.minutes(2)
        self.assertEqual([name for name, _ in self.sns.calls], ["publish", "publish"])

    def test_who_sees_nothing_says_nothing(self):
        for blind in (
            lambda: self.world.own.rds.broken.update(describe_global_clusters=unreachable()),
            lambda: self.world.table.broken.update(get_item=unreachable()),
            lambda: setattr(self.world.witness, "region", Unknown("dns: timeout")),
        ):
            self.setUp()
            blind()
            with self.assertRaises(Unknown):
                self.run_minute()
            self.assertEqual(self.cloudwatch.calls, [])


if __name__ == "__main__":
    unittest.main()
