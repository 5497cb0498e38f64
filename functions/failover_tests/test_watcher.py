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
