"""Streaming replication, the fence around the standby, and changes of role."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.support import PRIMARY, STANDBY, Emulator, GlobalDatabase, eventually


class ReplicationTest(unittest.TestCase):
    """A fresh global database for each test: roles change here."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())

    def setUp(self) -> None:
        name = self._testMethodName.removeprefix("test_").replace("_", "-")
        self.database = GlobalDatabase(self.emulator, name)
        self.database.execute("CREATE TABLE payments (id text PRIMARY KEY)")
        self.database.execute("INSERT INTO payments VALUES ('first')")

    def rows(self, arn: str) -> list[Any]:
        try:
            return self.database.read(arn, "SELECT id FROM payments ORDER BY id")
        except OSError:
            return []

    def writer(self) -> str | None:
        """ARN of the writer once the global cluster is available."""
        group = self.emulator.client("rds").describe_global_clusters(GlobalClusterIdentifier=self.database.name)[
            "GlobalClusters"
        ][0]
        writers = [m["DBClusterArn"] for m in group["GlobalClusterMembers"] if m["IsWriter"]]
        return writers[0] if group["Status"] == "available" else None

    def role(self, arn: str) -> str:
        return {one["cluster_arn"]: one["role"] for one in self.emulator.own("databases")}[arn]

    def assert_refused(self, code: str, call: Callable[..., Any], *arguments: Any) -> None:
        with self.assertRaises(ClientError) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def test_rows_reach_the_standby(self) -> None:
        self.assertEqual(eventually(lambda: self.rows(self.database.reader_arn)), [["first"]])
        self.assertEqual(self.role(self.database.reader_arn), "reader")

    def test_standby_refuses_the_data_api(self) -> None:
        refused = self.database.execute_in_standby_region
        self.assert_refused("DatabaseUnavailableException", refused, "SELECT 1")

    def test_switchover_loses_nothing(self) -> None:
        database = self.database
        self.emulator.client("rds").switchover_global_cluster(
            GlobalClusterIdentifier=database.name, TargetDbClusterIdentifier=database.reader_arn
        )
        self.assertTrue(eventually(lambda: self.writer() == database.reader_arn))
        database.execute_in_standby_region("INSERT INTO payments VALUES ('second')")
        self.assert_refused("DatabaseUnavailableException", database.execute, "SELECT 1")
        both = [["first"], ["second"]]
        self.assertTrue(eventually(lambda: self.rows(database.writer_arn) == both))

    def test_nothing_leaves_while_the_writer_changes(self) -> None:
        rds, database = self.emulator.client("rds"), self.database
        # Without AllowDataLoss a failover is a switchover.
        rds.failover_global_cluster(
            GlobalClusterIdentifier=database.name, TargetDbClusterIdentifier=database.reader_arn
        )

        def group() -> Any:
            return rds.describe_global_clusters(GlobalClusterIdentifier=database.name)["GlobalClusters"][0]

        seen = group()
        self.assertEqual(seen["Status"], "switching-over")
        self.assertEqual(seen["FailoverState"]["ToDbClusterArn"], database.reader_arn)
        self.assertFalse(seen["FailoverState"]["IsDataLossAllowed"])
        for arn in (database.reader_arn, database.writer_arn):
            self.assert_refused(
                "InvalidGlobalClusterStateFault",
                lambda arn=arn: rds.remove_from_global_cluster(
                    GlobalClusterIdentifier=database.name, DbClusterIdentifier=arn
                ),
            )
        self.assertTrue(eventually(lambda: self.writer() == database.reader_arn))
        self.assertNotIn("ToDbClusterArn", group().get("FailoverState", {}))
        # The writer leaves last.
        self.assert_refused(
            "InvalidGlobalClusterStateFault",
            lambda: rds.remove_from_global_cluster(
                GlobalClusterIdentifier=database.name, DbClusterIdentifier=database.reader_arn
            ),
        )

    def test_failover_after_a_crash(self) -> None:
        database = self.database
        self.assertTrue(eventually(lambda: self.rows(database.reader_arn)))
        self.emulator.client("rds", STANDBY).failover_global_cluster(
            GlobalClusterIdentifier=database.name,
            TargetDbClusterIdentifier=database.reader_arn,
            AllowDataLoss=True,
        )
        self.assertTrue(eventually(lambda: self.writer() == database.reader_arn))
        database.execute_in_standby_region("INSERT INTO payments VALUES ('second')")
        self.assertEqual(self.role(database.writer_arn), "reader")

    def test_deletion_takes_the_servers_along(self) -> None:
        database, name = self.database, self.database.name
        primary, standby = (self.emulator.client("rds", region) for region in (PRIMARY, STANDBY))
        last = f"{name}-{PRIMARY}-1"
        with self.assertRaises(ClientError):
            primary.delete_db_instance(DBInstanceIdentifier=last, SkipFinalSnapshot=True)
        standby.delete_db_instance(DBInstanceIdentifier=f"{name}-{STANDBY}-1", SkipFinalSnapshot=True)
        standby.remove_from_global_cluster(GlobalClusterIdentifier=name, DbClusterIdentifier=database.reader_arn)
        standby.delete_db_cluster(DBClusterIdentifier=f"{name}-{STANDBY}", SkipFinalSnapshot=True)
        primary.delete_db_instance(DBInstanceIdentifier=last, SkipFinalSnapshot=True)
        primary.remove_from_global_cluster(GlobalClusterIdentifier=name, DbClusterIdentifier=database.writer_arn)
        # What is removed already is answered as AWS does: the provider knows a member that is gone by these words.
        with self.assertRaisesRegex(ClientError, "InvalidParameterValue.*is not found in global cluster"):
            standby.remove_from_global_cluster(GlobalClusterIdentifier=name, DbClusterIdentifier=database.reader_arn)
        primary.delete_db_cluster(DBClusterIdentifier=f"{name}-{PRIMARY}", FinalDBSnapshotIdentifier=f"{name}-final")
        left = [one["cluster_arn"] for one in self.emulator.own("databases")]
        self.assertNotIn(database.writer_arn, left)
        self.assertNotIn(database.reader_arn, left)
        snapshots = primary.describe_db_cluster_snapshots()["DBClusterSnapshots"]
        self.assertIn(f"{name}-final", [one["DBClusterSnapshotIdentifier"] for one in snapshots])


if __name__ == "__main__":
    unittest.main()
