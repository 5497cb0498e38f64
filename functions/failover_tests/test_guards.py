import unittest

import guards
from endpoint import Health
from failover_tests.fakes import HEALTHY, NO_ANSWER, STANDBY, aws_error, unreachable
from failover_tests.support import (
    OWN,
    OWN_CLUSTER,
    PRIMARY,
    PRIMARY_CLUSTER,
    World,
)
from failures import NotYet, Unknown
from shared_tests.logged_test_case import LoggedTestCase

BY_DETECTOR = {"requested_by": "detector", "incident": "i", "reason": "r"}
BY_OPERATOR = {"requested_by": "operator"}
ACCEPTING = {"requested_by": "operator", "accept_data_loss": True}


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
        self.world.witness.region = OWN
        now = int(self.world.clock.now)
        self.world.table.put("detector", failures=3, last_probe_at=now - 5, incident="i")
        # The primary region is lost: whoever asks it fails the test.
        for service in (self.world.primary.rds, self.world.primary.cloudwatch):
            service.operations.clear()
        self.world.primary_endpoint.answers = [AssertionError("the primary was asked")]

    def judge(self, request=BY_DETECTOR):
        return self.check("failover", request=request)

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
                "cool_down",
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
            self.assertEqual(answer["cool_down_ends_before"], "1763998200")

    def test_lag_over_the_objective_asks(self):
        self.world.own.lag_points = [(self.world.clock.now - 30, 60_001.0)]
        answer = self.judge()
        self.assert_verdict(answer, "ask", "replication_lag", "60001 ms")
        self.assertEqual(answer["lag_milliseconds"], 60_001)

    def test_lag_at_the_objective_proceeds(self):
        self.world.own.lag_points = [(self.world.clock.now - 300, 60_000.0)]
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
        self.world.own.lag_points = [(self.world.clock.now - 301, 10.0)]
        answer = self.judge()
        self.assert_verdict(answer, "ask", "replication_lag", "stale")
        self.assertEqual(answer["lag_age_seconds"], 301)

    def test_the_newest_lag_counts(self):
        now = self.world.clock.now
        self.world.own.lag_points = [(now - 20, 90_000.0), (now - 200, 5.0)]
        self.assert_verdict(self.judge(), "ask", "replication_lag", "90000 ms")

    def test_an_operator_may_accept_the_loss(self):
        cases = ([], [(self.world.clock.now - 30, 90_000.0)], [(self.world.clock.now - 900, 1.0)])
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
        for instances in ([], ["creating"], ["failed", "rebooting"]):
            self.world.own.instances = instances
            self.assert_verdict(self.judge(), "refuse", "database_instance")

    def test_one_available_instance_is_enough(self):
        self.world.own.instances = ["rebooting", "available"]
        self.assert_verdict(self.judge(), "proceed")

    def test_a_cluster_that_is_no_member_refuses(self):
        self.world.members = [PRIMARY_CLUSTER]
        self.assert_verdict(self.judge(), "refuse", "database_member")

    def test_roles_that_are_changing_refuse(self):
        self.world.moving_to = OWN_CLUSTER
        self.assert_verdict(self.judge(), "refuse", "global_cluster")
        self.world.moving_to, self.world.status = None, "failing-over"
        self.assert_verdict(self.judge(), "refuse", "global_cluster")

    def test_another_writer_already_is_already_done(self):
        self.world.writer = OWN_CLUSTER
        self.world.own.lag_points = []
        for request in (BY_DETECTOR, BY_OPERATOR):
            self.assertEqual(self.judge(request)["verdict"], "already_done")

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
            self.world.witness.region = witness
            self.assert_verdict(self.judge(), "refuse", "quorum")
            self.assert_verdict(self.judge(BY_OPERATOR), "proceed")

    def test_a_detector_needs_its_streak(self):
        now = int(self.world.clock.now)
        for failures, age in ((0, 5), (2, 5), (3, 121)):
            self.world.table.put("detector", failures=failures, last_probe_at=now - age)
            self.assert_verdict(self.judge(), "refuse", "quorum")
        self.world.table.items.clear()
        self.assert_verdict(self.judge(), "refuse", "quorum")

    def test_a_streak_that_cannot_be_read_is_no_quorum(self):
        self.world.table.broken["get_item"] = unreachable()
        answer = self.judge()
        self.assertEqual(answer["verdict"], "refuse")
        self.assertIn("unknown", answer["checks"]["quorum"])
        self.assertEqual(self.judge(BY_OPERATOR)["verdict"], "ask")

    def test_an_operator_needs_no_quorum(self):
        self.world.table.items.clear()
        self.world.witness.region = PRIMARY
        answer = self.judge(BY_OPERATOR)
        self.assert_verdict(answer, "proceed")
        self.assertNotIn("quorum", answer["checks"])

    def test_a_request_of_any_shape_gets_a_verdict(self):
        for request in (None, "x", [], {}):
            self.assert_verdict(self.judge(request), "proceed")


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

    def test_a_latch_that_cannot_be_read_refuses(self):
        self.world.table.broken["get_item"] = unreachable()
        self.assert_verdict(self.judge(), "refuse", "latch", "unknown")

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
            ("failover_execution", put("", running=[{}])),
        ):
            self.world = World()
            change(self.world)
            with self.subTest(check):
                self.assert_verdict(self.judge(), "refuse", check)

    def test_what_cannot_be_read_refuses(self):
        for service, operation, check in (
            ("ssm", "get_parameter", "kill_switch"),
            ("table", "get_item", "latch"),
            ("states", "list_executions", "failover_execution"),
        ):
            self.world = World()
            getattr(self.world, service).broken[operation] = unreachable()
            self.assert_verdict(self.judge(), "refuse", check, "unknown")

    def test_a_cluster_that_is_no_member_refuses(self):
        self.world.members = [PRIMARY_CLUSTER]
        self.assert_verdict(self.judge(), "refuse", "database_member")


class Waits(GuardTestCase):
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

    def test_waiting_leaves_a_line(self):
        self.assert_not_yet("dns", "", region=OWN)
        (line,) = self.logged("not_yet")
        self.assertEqual((line["check"], line["region"]), ("dns", OWN))

    def test_what_is_no_check(self):
        for name in (None, "", "failover "):
            with self.assertRaises(ValueError):
                guards.check(self.world.surroundings(), {"check": name})


if __name__ == "__main__":
    unittest.main()
