import unittest
from unittest import mock

import conditions
import guards
import lookout
from endpoint import Health
from failover_tests.fakes import HEALTHY, NO_ANSWER, STANDBY, aws_error, unreachable
from failover_tests.support import (
    DRILL_EXECUTION,
    FAILBACK_EXECUTION,
    FAILOVER_EXECUTION,
    OWN,
    OWN_CLUSTER,
    PRIMARY,
    PRIMARY_CLUSTER,
    World,
)
from failures import LockLost, NotYet, PrimaryLost, Unknown
from instants import iso
from shared_tests.logged_test_case import LoggedTestCase

BY_DETECTOR = {"requested_by": "detector", "incident": "i", "reason": "r"}
BY_OPERATOR = {"requested_by": "operator"}
ACCEPTING = {"requested_by": "operator", "accept_data_loss": True}


class Versions(unittest.TestCase):
    def test_the_refusal_names_the_way_on(self):
        database = mock.Mock(engine_version="17.7")
        reason = conditions.same_version(database, "17.10")
        for needed in ("17.7", "17.10", "modify-db-cluster", "remove-from-global-cluster"):
            self.assertIn(needed, reason)
        self.assertIsNone(conditions.same_version(database, "17.7"))


class GuardTestCase(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.world = World()

    def check(self, name, **fields):
        return guards.check(self.world.surroundings(), {"check": name, **fields})

    def assert_verdict(self, answer, verdict, check=None, words=""):
        """`check` is the only one that is not fine."""
        wrong = {name: state for name, state in answer["checks"].items() if state != "ok"}
        self.assertEqual(answer["verdict"], verdict, wrong)
        self.assertEqual(list(wrong), [check] if check else [], wrong)
        if check:
            self.assertIn(words, wrong[check])
            self.assertEqual(answer["reasons"], [f"{check}: {wrong[check]}"])


class Failover(GuardTestCase):
    def setUp(self):
        super().setUp()
        self.world.witness.region = self.world.witness.endpoint = OWN
        now = int(self.world.clock.now)
        self.lost_at = now - 100
        self.streak(failures=9, last_probe_at=now - 5)
        self.world.own.lag_points = [(self.lost_at - 30, 400.0)]
        # The primary region is lost: whoever asks it fails the test.
        for service in (self.world.primary.rds, self.world.primary.cloudwatch):
            service.operations.clear()
        self.world.primary_endpoint.answers = [AssertionError("the primary was asked")]

    def judge(self, request=BY_DETECTOR):
        return self.check("failover", request=request)

    def streak(self, **fields):
        """What the detector has counted of an outage that began 100 seconds ago."""
        began = int(self.world.clock.now) - 100
        self.world.table.put("detector", **{"first_failed_at": began, "incident": "i", **fields})

    def test_proceeds_if_all_is_known_and_well(self):
        answer = self.judge()
        self.assert_verdict(answer, "proceed")
        self.assertEqual(answer["reasons"], [])
        self.assertEqual((answer["lag_milliseconds"], answer["lag_age_seconds"]), (400, 30))
        self.assertEqual(
            list(answer["checks"]),
            [
                "kill_switch",
                "database_member",
                "global_cluster",
                "database_instance",
                "versions",
                "lock",
                "cool_down",
                "standby_endpoint",
                "replication_lag",
                "quorum",
            ],
        )

    def test_never_asks_the_primary_region(self):
        self.judge()
        self.assertEqual(self.world.primary.rds.calls, [])
        self.assertEqual(self.world.primary.cloudwatch.calls, [])
        self.assertEqual(self.world.primary_endpoint.asked, 0)

    def test_only_reads(self):
        self.judge()
        writes = [name for name, _ in self.world.table.calls if name != "get_item"]
        self.assertEqual(writes, [])
        self.assertEqual(self.world.started, {})

    def test_carries_the_time_as_dynamodb_wants_it(self):
        self.world.clock.now = 1_764_000_000.7
        for request in (BY_DETECTOR, BY_OPERATOR):
            answer = self.judge(request)
            self.assertEqual(answer["now"], "1764000000")
            self.assertEqual(answer["now_iso"], "2025-11-24T16:00:00Z")
            self.assertEqual(answer["locked_until"], "1764003600")
        answer = self.check("failover", request=BY_OPERATOR, machine_seconds=1800)
        self.assertEqual(answer["locked_until"], "1764001800")

    def test_lag_over_the_objective_asks(self):
        self.world.own.lag_points = [(self.lost_at - 30, 60_001.0)]
        answer = self.judge()
        self.assert_verdict(answer, "ask", "replication_lag", "60001 ms")
        self.assertEqual(answer["lag_milliseconds"], 60_001)

    def test_lag_at_the_objective_proceeds(self):
        self.world.own.lag_points = [(self.lost_at - 300, 60_000.0)]
        self.assert_verdict(self.judge(), "proceed")

    def test_unknown_lag_asks(self):
        self.world.own.lag_points = []
        answer = self.judge()
        self.assert_verdict(answer, "ask", "replication_lag", "unknown")
        self.assertIsNone(answer["lag_milliseconds"])
        self.assertIsNone(answer["lag_age_seconds"])

    def test_lag_that_cannot_be_read_asks(self):
        for error in (aws_error("InternalServiceFault"), unreachable()):
            self.world.own.cloudwatch.fail("get_metric_data", error)
            self.assert_verdict(self.judge(), "ask", "replication_lag", "unknown")

    def test_stale_lag_asks_and_tells_its_age(self):
        self.world.own.lag_points = [(self.lost_at - 301, 10.0)]
        answer = self.judge()
        self.assert_verdict(answer, "ask", "replication_lag", "stale")
        self.assertEqual(answer["lag_age_seconds"], 301)

    def test_the_newest_lag_counts(self):
        self.world.own.lag_points = [(self.lost_at - 20, 90_000.0), (self.lost_at - 200, 5.0)]
        self.assert_verdict(self.judge(), "ask", "replication_lag", "90000 ms")

    def test_the_lag_of_the_outage_itself_says_nothing(self):
        during = [(self.lost_at + seconds, 1_000.0 * seconds) for seconds in (30, 90, 600)]
        self.world.own.lag_points = [(self.lost_at - 30, 400.0), *during]
        answer = self.judge()
        self.assert_verdict(answer, "proceed")
        self.assertEqual((answer["lag_milliseconds"], answer["lag_age_seconds"]), (400, 30))

    def test_a_failover_that_was_refused_for_minutes_is_not_asked_for_because_of_the_lag(self):
        now = int(self.world.clock.now)
        for minutes in (8, 70):
            lost_at = now - 60 * minutes
            self.streak(failures=90, first_failed_at=lost_at, last_probe_at=now - 5)
            self.world.own.lag_points = [(lost_at - 60, 400.0)]
            for request in (BY_DETECTOR, BY_OPERATOR):
                self.assert_verdict(self.judge(request), "proceed")

    def test_without_an_outage_the_lag_is_that_of_now(self):
        now = int(self.world.clock.now)
        self.world.own.lag_points = [(now - 400, 400.0)]
        for fields in ({"failures": 2}, {"failures": 9, "last_probe_at": now - 181}, {"failures": 0}):
            self.streak(**{"first_failed_at": now - 390, "last_probe_at": now - 5, **fields})
            self.assert_verdict(self.judge(BY_OPERATOR), "ask", "replication_lag", "stale: 400 s")

    def test_an_operator_may_accept_the_loss(self):
        cases = ([], [(self.lost_at - 30, 90_000.0)], [(self.lost_at - 900, 1.0)])
        for points in cases:
            self.world.own.lag_points = points
            self.assert_verdict(self.judge(BY_OPERATOR), "ask", "replication_lag")
            self.assert_verdict(self.judge(ACCEPTING), "proceed", "replication_lag")

    def test_nobody_else_may_accept_it_and_nothing_like_true_will_do(self):
        self.world.own.lag_points = []
        for request in (
            {**BY_DETECTOR, "accept_data_loss": True},
            {**BY_OPERATOR, "accept_data_loss": "true"},
            {**BY_OPERATOR, "accept_data_loss": 1},
        ):
            self.assert_verdict(self.judge(request), "ask", "replication_lag")

    def test_accepting_the_loss_accepts_nothing_else(self):
        self.world.switch = "stopped"
        self.assert_verdict(self.judge(ACCEPTING), "refuse", "kill_switch")
        self.world.switch = "armed"
        self.world.ssm.broken["get_parameter"] = unreachable()
        self.assert_verdict(self.judge(ACCEPTING), "ask", "kill_switch")

    def test_the_kill_switch_refuses_whoever_asks(self):
        for value in ("stopped", "", "Armed", "armed ", " armed", "on", "true"):
            self.world.switch = value
            for request in (BY_DETECTOR, BY_OPERATOR, ACCEPTING):
                self.assert_verdict(self.judge(request), "refuse", "kill_switch", "not armed")

    def test_an_unreadable_kill_switch_asks(self):
        for error in (aws_error("ParameterNotFound"), aws_error("AccessDenied"), unreachable()):
            self.world.ssm.fail("get_parameter", error)
            self.assert_verdict(self.judge(), "ask", "kill_switch", "unknown")

    def test_other_versions_refuse(self):
        self.world.own.version = "17.5"
        self.assert_verdict(self.judge(), "refuse", "versions", "17.7 and 17.5")

    def test_no_available_instance_refuses(self):
        for instances in ([], ["creating"], ["failed", "deleting"], ["incompatible-network"]):
            self.world.own.instances = instances
            self.assert_verdict(self.judge(), "refuse", "database_instance")

    def test_one_available_instance_is_enough(self):
        self.world.own.instances = ["creating", "available"]
        self.assert_verdict(self.judge(), "proceed")

    def test_an_instance_that_serves_whatever_is_done_to_it_is_enough(self):
        for state in ("configuring-log-exports", "backing-up", "modifying", "rebooting"):
            self.world.own.instances = [state]
            self.assert_verdict(self.judge(), "proceed")

    def test_a_standby_that_could_take_no_payment_asks(self):
        for answer in (
            Health(503, ["database", "session_table"]),
            Health(503, ["session_table"]),
            Health(503, []),
            Health(502),
            Health(429),
            NO_ANSWER,
        ):
            self.world.own_endpoint.answers = [answer]
            self.assert_verdict(self.judge(), "ask", "standby_endpoint")
            self.assert_verdict(self.judge(BY_OPERATOR), "ask", "standby_endpoint")
            self.assert_verdict(self.judge(ACCEPTING), "proceed", "standby_endpoint")

    def test_a_standby_that_lacks_what_only_the_writer_has_is_well(self):
        for failing in (["database"], ["database", "epoch"], ["epoch", "database"]):
            self.world.own_endpoint.answers = [Health(503, failing)]
            self.assert_verdict(self.judge(), "proceed")
        self.world.own_endpoint.answers = [HEALTHY]
        self.assert_verdict(self.judge(), "proceed")

    def test_a_standby_that_has_slept_is_asked_again(self):
        self.world.own_endpoint.answers = [NO_ANSWER, NO_ANSWER, STANDBY]
        self.assert_verdict(self.judge(), "proceed")

    def test_a_standby_whose_database_no_promotion_makes_usable_asks(self):
        for reason in ("SecretsErrorException", "AccessDeniedException", "HttpEndpointNotEnabledException"):
            self.world.own_endpoint.answers = [Health(503, ["database"], {"database": reason})]
            self.assert_verdict(self.judge(), "ask", "standby_endpoint", reason)
            self.assert_verdict(self.judge(ACCEPTING), "proceed", "standby_endpoint")
        self.world.own_endpoint.answers = [Health(503, ["database"], {"database": "DatabaseUnavailableException"})]
        self.assert_verdict(self.judge(), "proceed")

    def test_one_bad_answer_of_the_standby_does_not_ask(self):
        """A question costs the minutes that a person needs."""
        unreachable = Health(503, ["database"], {"database": "ConnectTimeoutError"})
        for bad in (unreachable, Health(429), Health(503, ["database", "session_table"])):
            self.world.own_endpoint.answers = [bad, bad, STANDBY]
            self.assert_verdict(self.judge(), "proceed")
            self.world.own_endpoint.answers = [bad, bad, bad, STANDBY]
            self.assert_verdict(self.judge(), "ask", "standby_endpoint")

    def test_an_operator_who_accepts_the_loss_is_obeyed_where_rds_can_obey(self):
        now = int(self.world.clock.now)
        for check, change in (
            ("global_cluster", lambda world: setattr(world, "moving_to", OWN_CLUSTER)),
            ("global_cluster", lambda world: setattr(world, "status", "switching-over")),
            ("database_instance", lambda world: setattr(world.own, "instances", [])),
            ("versions", lambda world: setattr(world.own, "version", "17.5")),
            ("cool_down", lambda world: world.table.put("failover", started_at=now - 9, by="x")),
        ):
            self.setUp()
            change(self.world)
            with self.subTest(check):
                self.assert_verdict(self.judge(BY_OPERATOR), "refuse", check)
                self.assert_verdict(self.judge(ACCEPTING), "proceed", check)

    def test_what_rds_does_not_tell_does_not_stop_who_has_decided(self):
        for operation in list(self.world.own.rds.operations):
            self.world.own.rds.broken[operation] = aws_error("Throttling")
        self.assertEqual(self.judge(ACCEPTING)["verdict"], "proceed")

    def test_a_cluster_that_is_no_member_refuses(self):
        self.world.members = [PRIMARY_CLUSTER]
        for request in (BY_DETECTOR, BY_OPERATOR, ACCEPTING):
            self.assert_verdict(self.judge(request), "refuse", "database_member")

    def test_roles_that_are_changing_refuse(self):
        self.world.moving_to = OWN_CLUSTER
        self.assert_verdict(self.judge(), "refuse", "global_cluster")
        self.world.moving_to, self.world.status = None, "failing-over"
        self.assert_verdict(self.judge(), "refuse", "global_cluster")

    def test_done_or_not_the_kill_switch_refuses(self):
        self.world.writer, self.world.switch = OWN_CLUSTER, "stopped"
        self.assertEqual(self.judge()["verdict"], "refuse")

    def test_another_writer_already_is_already_done(self):
        self.world.writer = OWN_CLUSTER
        self.world.own.lag_points = []
        for request in (BY_DETECTOR, BY_OPERATOR):
            self.assertEqual(self.judge(request)["verdict"], "already_done")

    def test_another_cluster_of_this_region_as_the_writer_is_not_done(self):
        """The functions of this region write to their own cluster, which is no member here."""
        restored = f"{OWN_CLUSTER}-restored"
        self.world.members, self.world.writer = [PRIMARY_CLUSTER, restored], restored
        self.assert_verdict(self.judge(), "refuse", "database_member")
        self.world.members = [OWN_CLUSTER, restored]
        self.assertNotEqual(self.judge()["verdict"], "already_done")

    def test_a_writer_that_is_only_about_to_be_is_not_done(self):
        self.world.writer, self.world.moving_to = OWN_CLUSTER, OWN_CLUSTER
        self.assert_verdict(self.judge(), "refuse", "global_cluster")

    def test_a_failover_within_the_cool_down_refuses(self):
        now = int(self.world.clock.now)
        for age, verdict in ((0, "refuse"), (1800, "refuse"), (1801, "proceed")):
            self.world.table.put("failover", started_at=now - age, by="other")
            for request in (BY_DETECTOR, BY_OPERATOR):
                self.assertEqual(self.judge(request)["verdict"], verdict, age)

    def test_what_rds_does_not_tell_asks(self):
        for operation, checks in (
            ("describe_global_clusters", ["database_member", "global_cluster", "versions"]),
            ("describe_db_clusters", ["versions"]),
            ("describe_db_instances", ["database_instance"]),
        ):
            self.world.own.rds.fail(operation, aws_error("Throttling"))
            answer = self.judge()
            self.assertEqual(answer["verdict"], "ask", operation)
            wrong = [name for name, state in answer["checks"].items() if state != "ok"]
            self.assertEqual(wrong, checks)
            self.assertNotIn("secret words", str(answer))

    def test_the_gravest_finding_decides(self):
        self.world.own.lag_points = []
        self.world.own.version = "16.1"
        answer = self.judge()
        self.assertEqual(answer["verdict"], "refuse")
        self.assertEqual(len(answer["reasons"]), 2)

    def test_a_detector_needs_the_second_witness(self):
        for witness in (PRIMARY, Unknown("dns: timeout"), Unknown("dns: NXDOMAIN")):
            self.world.witness.endpoint = witness
            self.assert_verdict(self.judge(), "refuse", "quorum")
            self.assert_verdict(self.judge(BY_OPERATOR), "proceed")

    def test_a_detector_needs_its_streak(self):
        now = int(self.world.clock.now)
        for failures, age in ((0, 5), (2, 5), (9, 121)):
            self.streak(failures=failures, last_probe_at=now - age)
            self.assert_verdict(self.judge(), "refuse", "quorum")
        self.world.table.items.clear()
        self.assert_verdict(self.judge(), "refuse", "quorum")

    def test_a_detector_needs_an_outage_of_the_patience(self):
        now = int(self.world.clock.now)
        for seconds, verdict in ((50, "refuse"), (89, "refuse"), (90, "proceed")):
            self.streak(failures=5, first_failed_at=now - seconds, last_probe_at=now - 5)
            self.assertEqual(self.judge()["verdict"], verdict, seconds)

    def test_an_overloaded_primary_asks_a_person(self):
        now = int(self.world.clock.now)
        request = {**BY_DETECTOR, "overloaded": True}
        self.world.witness.endpoint = PRIMARY
        self.streak(failures=0, last_probe_at=now - 5, overloaded_since=now - 120)
        self.assert_verdict(self.judge(request), "ask", "overload", "for 120 s")
        for streak in (
            {"last_probe_at": now - 5},
            {"last_probe_at": now - 121, "overloaded_since": now - 300},
            {},
        ):
            self.world.table.items.clear()
            self.streak(failures=0, **streak)
            self.assert_verdict(self.judge(request), "refuse", "overload")
        self.world.table.broken["get_item"] = aws_error("Throttling")
        self.assertEqual(self.judge(request)["verdict"], "refuse")

    def test_an_answer_about_an_overload_that_comes_late(self):
        """The guards look again once a person has answered: what has happened meanwhile decides."""
        now = int(self.world.clock.now)
        request = {**BY_DETECTOR, "overloaded": True}
        self.streak(failures=0, last_probe_at=now - 5, overloaded_since=now - 900)
        # A failover has been done: nothing is moved, and the epoch and the latch are written again.
        self.world.fail_over()
        self.assertEqual(self.judge(request)["verdict"], "already_done")
        # It is under way.
        self.world.lock(FAILOVER_EXECUTION, active=True)
        self.assertEqual(self.judge(request)["verdict"], "refuse")
        # It was done, and has been taken back.
        self.setUp()
        self.world.table.put("failover", started_at=now - 600)
        self.streak(failures=0, last_probe_at=now - 5)
        self.assertEqual(self.judge(request)["verdict"], "refuse")
        # The region that was overloaded has been lost: the approval still holds.
        self.setUp()
        self.streak(failures=9, last_probe_at=now - 5, overloaded_since=now - 900)
        self.assertEqual(self.judge(request)["verdict"], "ask")

    def test_an_answer_about_an_interruption_that_is_over_comes_late(self):
        now = int(self.world.clock.now)
        self.world.witness.endpoint = PRIMARY
        self.streak(failures=0, last_probe_at=now - 5)
        self.assertEqual(self.judge()["verdict"], "refuse")

    def test_a_streak_that_cannot_be_read_is_no_quorum(self):
        self.world.table.broken["get_item"] = unreachable()
        answer = self.judge()
        self.assertEqual(answer["verdict"], "refuse")
        self.assertIn("unknown", answer["checks"]["quorum"])
        self.assertEqual(answer["takes_lock_from"], "nobody")
        self.assertEqual(self.judge(BY_OPERATOR)["verdict"], "ask")

    def test_an_operator_needs_no_quorum(self):
        self.world.table.items.clear()
        self.world.witness.endpoint = PRIMARY
        answer = self.judge(BY_OPERATOR)
        self.assert_verdict(answer, "proceed")
        self.assertNotIn("quorum", answer["checks"])

    def test_a_request_of_any_shape_gets_a_verdict(self):
        for request in (None, "x", [], {}):
            self.assert_verdict(self.judge(request), "proceed")


class Locked(GuardTestCase):
    """One lock for all three machines."""

    def setUp(self):
        super().setUp()
        self.world.witness.endpoint = OWN
        now = int(self.world.clock.now)
        self.world.table.put("detector", failures=9, first_failed_at=now - 100, last_probe_at=now - 5, incident="i")

    def judge(self, request=BY_DETECTOR):
        return self.check("failover", request=request)

    def test_who_holds_it_is_waited_for_and_named(self):
        for owner in (FAILOVER_EXECUTION, DRILL_EXECUTION, FAILBACK_EXECUTION):
            self.world.lock(owner)
            for request in (BY_DETECTOR, BY_OPERATOR):
                answer = self.judge(request)
                self.assert_verdict(answer, "refuse", "lock", owner.rsplit(":", 1)[1])
                self.assertEqual(answer["takes_lock_from"], "nobody")

    def test_an_owner_that_has_ended_without_giving_it_back_loses_it(self):
        for status in ("ABORTED", "TIMED_OUT", "FAILED", "SUCCEEDED"):
            self.world.lock(DRILL_EXECUTION, status=status)
            answer = self.judge()
            self.assert_verdict(answer, "proceed")
            self.assertEqual(answer["takes_lock_from"], DRILL_EXECUTION)

    def test_an_owner_that_nobody_knows_loses_it(self):
        self.world.lock(DRILL_EXECUTION)
        self.world.statuses.clear()
        self.assertEqual(self.judge()["takes_lock_from"], DRILL_EXECUTION)

    def test_a_lock_that_is_over_is_free(self):
        self.world.lock(DRILL_EXECUTION, until=-1)
        self.assert_verdict(self.judge(), "proceed")

    def test_who_accepts_the_loss_does_not_wait_for_a_planned_move(self):
        for owner in (DRILL_EXECUTION, FAILBACK_EXECUTION):
            self.world.lock(owner)
            answer = self.judge(ACCEPTING)
            self.assert_verdict(answer, "proceed", "lock")
            self.assertEqual(answer["takes_lock_from"], owner)

    def test_but_does_for_a_failover(self):
        self.world.lock(FAILOVER_EXECUTION)
        answer = self.judge(ACCEPTING)
        self.assert_verdict(answer, "refuse", "lock", "failover-i-1")
        self.assertEqual(answer["takes_lock_from"], "nobody")

    def test_the_primary_lost_in_the_middle_of_a_drill(self):
        self.world.lock(DRILL_EXECUTION, active=True)
        self.world.moving_to, self.world.status = OWN_CLUSTER, "switching-over"
        self.assertEqual(self.judge()["verdict"], "refuse")
        self.assertEqual(self.judge(BY_OPERATOR)["verdict"], "refuse")
        answer = self.judge(ACCEPTING)
        self.assertEqual(answer["verdict"], "proceed")
        self.assertEqual(answer["takes_lock_from"], DRILL_EXECUTION)

    def test_a_failover_that_is_done_waits_for_the_lock_too(self):
        self.world.writer = OWN_CLUSTER
        self.world.lock(DRILL_EXECUTION)
        self.assertEqual(self.judge(BY_OPERATOR)["verdict"], "refuse")
        self.world.lock(DRILL_EXECUTION, status="ABORTED")
        self.assertEqual(self.judge(BY_OPERATOR)["verdict"], "already_done")

    def test_an_owner_that_cannot_be_looked_at_asks(self):
        self.world.lock(DRILL_EXECUTION)
        self.world.states.broken["describe_execution"] = unreachable()
        for request in (BY_DETECTOR, ACCEPTING):
            self.assert_verdict(self.judge(request), "ask", "lock", "unknown")

    def test_planned_moves_wait_for_whoever_holds_it(self):
        for owner in (FAILOVER_EXECUTION, DRILL_EXECUTION, FAILBACK_EXECUTION):
            self.world = World()
            self.world.lock(owner)
            self.assert_verdict(self.check("drill"), "refuse", "lock")
            self.world = World()
            self.world.fail_over()
            self.world.lock(owner, active=True)
            self.assert_verdict(self.check("failback"), "refuse", "lock")
            self.world.writer = PRIMARY_CLUSTER
            self.assertEqual(self.check("failback")["verdict"], "refuse")


class Failback(GuardTestCase):
    def setUp(self):
        super().setUp()
        self.world.fail_over()

    def judge(self):
        return self.check("failback")

    def test_proceeds_once_the_old_primary_is_a_good_standby(self):
        answer = self.judge()
        self.assert_verdict(answer, "proceed")
        self.assertEqual(answer["lag_milliseconds"], 400)

    def test_a_primary_that_takes_payments_may_get_the_role(self):
        self.world.primary_endpoint.answers = [HEALTHY]
        self.assert_verdict(self.judge(), "proceed")

    def test_there_is_nothing_to_do_without_the_latch(self):
        for latch in ({}, {"active": False}):
            self.world.table.items.clear()
            if latch:
                self.world.table.put("latch", **latch)
            answer = self.judge()
            self.assertEqual(answer["verdict"], "nothing_to_do")
            self.assertIn("latch: the latch is not active", answer["reasons"])

    def test_a_switchover_that_is_done_leaves_the_end(self):
        self.world.writer = PRIMARY_CLUSTER
        self.world.primary.lag_points = []
        self.assertEqual(self.judge()["verdict"], "already_back")
        self.world.switch = "stopped"
        self.assertEqual(self.judge()["verdict"], "refuse")

    def test_a_detached_cluster_is_never_back(self):
        """The old primary is the writer of the global database, and has nothing of what this region has taken."""
        self.world.writer, self.world.members = PRIMARY_CLUSTER, [PRIMARY_CLUSTER]
        answer = self.judge()
        self.assertEqual(answer["verdict"], "refuse")
        for words in ("global database", "left behind", "docs/upgrade.md"):
            self.assertIn(words, answer["checks"]["standby_member"])

    def test_another_cluster_of_the_primary_region_as_the_writer_is_not_back(self):
        restored = f"{PRIMARY_CLUSTER}-restored"
        self.world.members, self.world.writer = [OWN_CLUSTER, restored], restored
        answer = self.judge()
        self.assertEqual(answer["verdict"], "refuse")
        self.assertIn("no member", answer["checks"]["database_member"])

    def test_who_is_in_the_global_database_must_be_known(self):
        self.world.own.rds.fail("describe_global_clusters", unreachable())
        answer = self.judge()
        self.assertEqual(answer["verdict"], "refuse")
        self.assertIn("unknown", answer["checks"]["standby_member"])

    def test_a_latch_that_cannot_be_read_refuses(self):
        self.world.table.broken["get_item"] = unreachable()
        answer = self.judge()
        self.assertEqual(answer["verdict"], "refuse")
        self.assertIn("unknown", answer["checks"]["latch"])

    def test_refuses_by_name(self):
        def world(**fields):
            return lambda: vars(self.world).update(fields)

        def primary(**fields):
            return lambda: vars(self.world.primary).update(fields)

        def endpoint(answer):
            return lambda: setattr(self.world.primary_endpoint, "answers", [answer])

        late = [(self.world.clock.now - 30, 60_001.0)]
        old = [(self.world.clock.now - 400, 1.0)]
        for check, change in (
            ("kill_switch", world(switch="stopped")),
            ("global_cluster", world(status="upgrading")),
            ("global_cluster", world(moving_to=PRIMARY_CLUSTER)),
            ("database_instance", primary(instances=["starting"])),
            ("versions", primary(version="17.5")),
            ("replication_lag", primary(lag_points=late)),
            ("replication_lag", primary(lag_points=old)),
            ("replication_lag", primary(lag_points=[])),
            ("primary_endpoint", endpoint(NO_ANSWER)),
            ("primary_endpoint", endpoint(Health(503, ["database", "session_table"]))),
            ("primary_endpoint", endpoint(Health(503, []))),
            ("primary_endpoint", endpoint(Health(503, ["database"], {"database": "AccessDeniedException"}))),
            ("primary_endpoint", endpoint(Health(502))),
        ):
            self.world = World()
            self.world.fail_over()
            change()
            with self.subTest(check):
                self.assert_verdict(self.judge(), "refuse", check)

    def test_a_primary_region_that_does_not_answer_refuses(self):
        for service in (self.world.primary.rds, self.world.primary.cloudwatch):
            for operation in list(service.operations):
                service.broken[operation] = unreachable()
        self.world.primary_endpoint.answers = [NO_ANSWER]
        answer = self.judge()
        self.assertEqual(answer["verdict"], "refuse")
        self.assertEqual(len(answer["reasons"]), 4)

    def test_an_unreadable_kill_switch_refuses(self):
        self.world.ssm.fail("get_parameter", unreachable())
        self.assert_verdict(self.judge(), "refuse", "kill_switch", "unknown")


class Drill(GuardTestCase):
    def judge(self):
        return self.check("drill")

    def test_proceeds_if_all_is_well(self):
        answer = self.judge()
        self.assert_verdict(answer, "proceed")
        self.assertEqual(answer["now"], str(int(self.world.clock.now)))

    def test_refuses_by_name(self):
        def put(target, **fields):
            return lambda world: vars(getattr(world, target) if target else world).update(fields)

        now = self.world.clock.now
        for check, change in (
            ("latch", lambda world: world.table.put("latch", active=True)),
            ("kill_switch", put("", switch="stopped")),
            ("global_cluster", put("", status="modifying")),
            ("writer", put("", writer=OWN_CLUSTER)),
            ("database_instance", put("own", instances=[])),
            ("versions", put("own", version="17.8")),
            ("replication_lag", put("own", lag_points=[(now - 30, 5001.0)])),
            ("replication_lag", put("own", lag_points=[(now - 301, 1.0)])),
            ("replication_lag", put("own", lag_points=[])),
            ("primary_endpoint", put("primary_endpoint", answers=[STANDBY])),
            ("primary_endpoint", put("primary_endpoint", answers=[NO_ANSWER])),
            ("standby_endpoint", put("own_endpoint", answers=[HEALTHY])),
            ("standby_endpoint", put("own_endpoint", answers=[Health(503, ["session_table"])])),
            ("dns", put("witness", region=OWN)),
            ("dns", put("witness", region=Unknown("dns: timeout"))),
            ("failover_execution", put("", running=[{"name": "failover-overload-20251124T155000Z-1"}])),
        ):
            self.world = World()
            change(self.world)
            with self.subTest(check):
                self.assert_verdict(self.judge(), "refuse", check)

    def test_what_cannot_be_read_refuses(self):
        for service, operation, check in (
            ("ssm", "get_parameter", "kill_switch"),
            ("table", "get_item", "latch"),
            ("table", "get_item", "lock"),
            ("states", "list_executions", "failover_execution"),
        ):
            self.world = World()
            getattr(self.world, service).broken[operation] = unreachable()
            answer = self.judge()
            self.assertEqual(answer["verdict"], "refuse")
            self.assertIn("unknown", answer["checks"][check])

    def test_a_cluster_that_is_no_member_refuses(self):
        self.world.members = [PRIMARY_CLUSTER]
        self.assert_verdict(self.judge(), "refuse", "database_member")


class Waits(GuardTestCase):
    def check(self, name, **fields):
        return lookout.look(self.world.surroundings(), {"check": name, **fields})

    def assert_not_yet(self, name, words, **fields):
        with self.assertRaisesRegex(NotYet, words):
            self.check(name, **fields)

    def test_step_functions_sees_the_name(self):
        self.assertEqual(NotYet.__name__, "NotYet")

    def test_the_writer(self):
        self.assertEqual(self.check("writer", region=PRIMARY), {"writer": True})
        self.assert_not_yet("writer", f"in {PRIMARY}", region=OWN)
        self.world.writer = OWN_CLUSTER
        self.assertEqual(self.check("writer", region=OWN), {"writer": True})

    def test_the_writer_while_roles_change(self):
        self.world.writer, self.world.moving_to = OWN_CLUSTER, OWN_CLUSTER
        self.assert_not_yet("writer", "available", region=OWN)
        self.world.moving_to, self.world.status = None, "failing-over"
        self.assert_not_yet("writer", "failing-over", region=OWN)

    def test_the_writer_while_rds_does_not_answer(self):
        self.world.own.rds.fail("describe_global_clusters", unreachable())
        self.assert_not_yet("writer", "EndpointConnectionError", region=OWN)

    def test_the_endpoint(self):
        self.assertEqual(self.check("endpoint", region=PRIMARY), {"endpoint": True})
        self.assert_not_yet("endpoint", "database", region=OWN)
        self.world.primary_endpoint.answers = [NO_ANSWER]
        self.assert_not_yet("endpoint", "timeout", region=PRIMARY)

    def test_dns(self):
        self.assertEqual(self.check("dns", region=PRIMARY), {"dns": True})
        self.assert_not_yet("dns", PRIMARY, region=OWN)
        self.world.witness.region = Unknown("dns: timeout")
        self.assert_not_yet("dns", "timeout", region=PRIMARY)

    def test_settled(self):
        self.assertEqual(self.check("settled"), {"writer_region": PRIMARY})
        self.world.writer = OWN_CLUSTER
        self.assertEqual(self.check("settled"), {"writer_region": OWN})
        self.world.writer = None
        self.assert_not_yet("settled", "available")

    def test_roles_that_have_changed(self):
        since = iso(self.world.clock.now)
        self.world.writer = OWN_CLUSTER
        self.assertEqual(self.check("roles", region=OWN, since=since), {"writer_region": OWN})

    def test_roles_that_are_changing(self):
        since = iso(self.world.clock.now)
        self.world.clock.now += 100
        self.world.moving_to = OWN_CLUSTER
        self.assert_not_yet("roles", "available", region=OWN, since=since)

    def test_roles_that_nothing_has_changed(self):
        since = iso(self.world.clock.now)
        self.world.clock.now += 29
        self.assert_not_yet("roles", f"in {PRIMARY}", region=OWN, since=since)
        self.world.clock.now += 1
        self.assertEqual(
            self.check("roles", region=OWN, since=since.replace("Z", ".000Z")),
            {"writer_region": PRIMARY},
        )

    def test_a_drill_goes_on_while_the_primary_answers_anything(self):
        self.world.lock(DRILL_EXECUTION)
        for answers in ([STANDBY], [HEALTHY], [NO_ANSWER, STANDBY], [Health(429)]):
            self.world.primary_endpoint.answers = answers
            self.assert_not_yet("writer", PRIMARY, region=OWN, execution=DRILL_EXECUTION)

    def test_a_drill_breaks_off_when_the_primary_is_lost(self):
        self.world.lock(DRILL_EXECUTION)
        self.world.primary_endpoint.answers = [NO_ANSWER]
        for check in ("writer", "settled", "dns"):
            self.world.moving_to = OWN_CLUSTER
            with self.assertRaises(PrimaryLost):
                self.check(check, region=OWN, execution=DRILL_EXECUTION)

    def test_a_drill_breaks_off_when_somebody_has_taken_the_lock(self):
        for owner in (FAILOVER_EXECUTION, None):
            self.world.table.items.clear()
            if owner:
                self.world.lock(owner)
            with self.assertRaises(LockLost):
                self.check("writer", region=OWN, execution=DRILL_EXECUTION)

    def test_what_has_come_about_breaks_nothing_off(self):
        self.world.writer = OWN_CLUSTER
        self.world.primary_endpoint.answers = [NO_ANSWER]
        answer = self.check("writer", region=OWN, execution=DRILL_EXECUTION)
        self.assertEqual(answer, {"writer": True})

    def test_waiting_leaves_a_line(self):
        self.assert_not_yet("dns", "", region=OWN)
        (line,) = self.logged("not_yet")
        self.assertEqual((line["check"], line["region"]), ("dns", OWN))

    def test_what_is_no_check(self):
        for name in (None, "", "failover "):
            with self.assertRaises(ValueError):
                guards.check(self.world.surroundings(), {"check": name})
            with self.assertRaises(ValueError):
                lookout.look(self.world.surroundings(), {"check": name})


if __name__ == "__main__":
    unittest.main()
