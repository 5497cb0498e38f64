"""The guards over every row of the protocol model's table: what the model believes of them is so.

`tests/protocol/guards.json` is written by the model (`cargo test --package dr-synth-protocol` says
when it is stale). Each row deviates from a world in which all is well in at most two conditions.
"""

import json
import unittest
from pathlib import Path

import guards
from endpoint import Health
from failover_tests.fakes import NO_ANSWER, unreachable
from failover_tests.support import (
    DRILL_EXECUTION,
    FAILOVER_EXECUTION,
    OWN,
    OWN_CLUSTER,
    PRIMARY,
    PRIMARY_CLUSTER,
    World,
)
from shared_tests.logged_test_case import LoggedTestCase

TABLE = Path(__file__).resolve().parents[2] / "tests" / "protocol" / "guards.json"
BROKEN = Health(503, ["database", "receipts"])


class Setting:
    """A world in which a procedure may begin, and what can be wrong with it."""

    def __init__(self, check):
        self.check = check
        self.world = World()
        self.silent_items = set()
        now = int(self.world.clock.now)
        if check == "failover":
            self.world.witness.region = self.world.witness.endpoint = OWN
            self.world.table.put("detector", failures=9, first_failed_at=now - 100, last_probe_at=now - 5, incident="i")
        if check == "failback":
            self.world.fail_over()
        back = check == "failback"
        self.target = self.world.primary if back else self.world.own
        self.target_endpoint = self.world.primary_endpoint if back else self.world.own_endpoint
        self._read = self.world.table.operations["get_item"]
        self.world.table.operations["get_item"] = self._get

    def _get(self, **parameters):
        if parameters["Key"]["id"]["S"] in self.silent_items:
            raise unreachable()
        return self._read(**parameters)

    def spoil(self, condition, how):
        """Lets a condition be wrong, or nobody know of it."""
        getattr(self, f"_{how}_{condition}")()

    def _wrong_kill_switch(self):
        self.world.switch = "stopped"

    def _unknown_kill_switch(self):
        self.world.ssm.broken["get_parameter"] = unreachable()

    def _wrong_database_member(self):
        target = PRIMARY_CLUSTER if self.check == "failback" else OWN_CLUSTER
        self.world.members.remove(target)

    def _unknown_database_member(self):
        self.world.own.rds.broken["describe_global_clusters"] = unreachable()

    _unknown_global_cluster = _unknown_writer = _unknown_database_member

    def _wrong_global_cluster(self):
        self.world.status = "switching-over"

    def _wrong_writer(self):
        self.world.writer = OWN_CLUSTER

    def _wrong_database_instance(self):
        self.target.instances = ["creating"]

    def _unknown_database_instance(self):
        self.target.rds.broken["describe_db_instances"] = unreachable()

    def _wrong_versions(self):
        self.target.version = "17.5"

    def _unknown_versions(self):
        self.target.rds.broken["describe_db_clusters"] = unreachable()

    def _wrong_lock(self):
        item = self.world.table.plain("latch")
        self.world.lock(FAILOVER_EXECUTION, **{name: item[name] for name in item if name == "active"})

    def _unknown_lock(self):
        self._wrong_lock()
        self.world.states.broken["describe_execution"] = unreachable()

    def _wrong_latch(self):
        self.world.table.put("latch", active=self.check != "failback")

    def _unknown_latch(self):
        self.silent_items.add("latch")

    def _wrong_cool_down(self):
        self.world.table.put("failover", started_at=int(self.world.clock.now) - 60)

    def _unknown_cool_down(self):
        self.silent_items.add("failover")

    def _wrong_standby_endpoint(self):
        self.world.own_endpoint.answers = [BROKEN]

    def _unknown_standby_endpoint(self):
        self.world.own_endpoint.answers = [NO_ANSWER]

    def _wrong_primary_endpoint(self):
        self.world.primary_endpoint.answers = [BROKEN]

    def _unknown_primary_endpoint(self):
        self.world.primary_endpoint.answers = [NO_ANSWER]

    def _wrong_replication_lag(self):
        self.target.lag_points = [(self.world.clock.now - 130, 70_000.0)]

    def _unknown_replication_lag(self):
        self.target.cloudwatch.broken["get_metric_data"] = unreachable()

    def _wrong_quorum(self):
        self.world.witness.endpoint = PRIMARY

    def _unknown_quorum(self):
        self.world.witness.endpoint = NO_ANSWER

    def _wrong_dns(self):
        self.world.witness.region = OWN

    def _unknown_dns(self):
        self.world.witness.region = NO_ANSWER

    def _wrong_failover_execution(self):
        self.world.running = [{"name": FAILOVER_EXECUTION.rsplit(":", 1)[1]}]

    def _unknown_failover_execution(self):
        self.world.states.broken["list_executions"] = unreachable()


# The checks that an answer of its own rests on: whoever knows these needs none of the others.
RESTS_ON = {
    "failover": {"kill_switch", "lock", "database_member", "global_cluster"},
    "failback": {"latch", "kill_switch", "lock", "database_member", "global_cluster", "writer"},
}


class GuardTable(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.rows = json.loads(TABLE.read_text())
        self.assertGreater(len(self.rows), 500)

    def answer(self, row, prepare=lambda setting: None):
        setting = Setting(row["check"])
        for condition, how in row["conditions"].items():
            setting.spoil(condition, how)
        prepare(setting)
        event = {"check": row["check"], "request": row["request"]}
        return guards.check(setting.world.surroundings(), event)

    def rows_of(self, check, *without):
        rows = [row for row in self.rows if row["check"] == check and not set(row["conditions"]) & set(without)]
        self.assertGreater(len(rows), 20)
        return rows

    def test_every_row_is_answered_as_the_model_believes(self):
        for row in self.rows:
            with self.subTest(**row):
                answer = self.answer(row)
                self.assertEqual(answer["verdict"], row["verdict"], answer["checks"])
                # Its owner, if there is one, is a failover that runs, or nobody knows whether it does.
                self.assertEqual(answer["takes_lock_from"], "nobody")

    def test_a_lock_whose_owner_has_ended_changes_no_verdict_and_is_taken(self):
        def leave_locked(setting):
            item = setting.world.table.plain("latch")
            latch = {name: item[name] for name in item if name == "active"}
            setting.world.lock(DRILL_EXECUTION, status="ABORTED", **latch)

        for check in ("failover", "failback", "drill"):
            # A latch that nobody can read is the lock's item too.
            for row in self.rows_of(check, "lock", "latch"):
                with self.subTest(**row):
                    answer = self.answer(row, leave_locked)
                    self.assertEqual(answer["verdict"], row["verdict"], answer["checks"])
                    self.assertEqual(answer["takes_lock_from"], DRILL_EXECUTION)

    def test_what_is_done_already_is_so_whatever_else_is_wrong(self):
        for check, writer, verdict in (
            ("failover", OWN_CLUSTER, "already_done"),
            ("failback", PRIMARY_CLUSTER, "already_back"),
        ):
            for row in self.rows_of(check, *RESTS_ON[check]):
                with self.subTest(**row):
                    answer = self.answer(row, lambda setting, writer=writer: setattr(setting.world, "writer", writer))
                    self.assertEqual(answer["verdict"], verdict, answer["checks"])
                    self.assertEqual(answer["takes_lock_from"], "nobody")

    def test_what_is_not_known_to_be_done_is_not(self):
        for check, writer in (("failover", OWN_CLUSTER), ("failback", PRIMARY_CLUSTER)):
            for condition, how in (
                *(("kill_switch", "wrong"), ("lock", "wrong"), ("global_cluster", "wrong")),
                *(("database_member", "wrong"), ("database_member", "unknown")),
            ):
                row = {"check": check, "request": {"requested_by": "operator"}, "conditions": {condition: how}}
                with self.subTest(**row):
                    answer = self.answer(row, lambda setting, writer=writer: setattr(setting.world, "writer", writer))
                    self.assertIn(answer["verdict"], ("refuse", "ask"), answer["checks"])

    def test_without_the_latch_there_is_no_way_back_whatever_else_is_wrong(self):
        for row in self.rows_of("failback", "latch"):
            with self.subTest(**row):
                answer = self.answer(row, lambda setting: setting.spoil("latch", "wrong"))
                self.assertEqual(answer["verdict"], "nothing_to_do", answer["checks"])


if __name__ == "__main__":
    unittest.main()
