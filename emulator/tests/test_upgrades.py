"""Upgrades of a global database, in the order and with the refusals of RDS."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.support import PRIMARY, STANDBY, Emulator, GlobalDatabase


class UpgradeTest(unittest.TestCase):
    """A global database of version 17.7."""

    def setUp(self) -> None:
        self.emulator = self.enterContext(Emulator())
        self.database = GlobalDatabase(self.emulator)

    def upgrade(self, region: str, version: str, **options: bool) -> None:
        options = options or {"ApplyImmediately": True}
        self.emulator.client("rds", region).modify_db_cluster(
            DBClusterIdentifier=f"{self.database.name}-{region}", EngineVersion=version, **options
        )

    def versions(self) -> tuple[str, str, str]:
        """Of the global cluster, the writer and the replica; instances say what their cluster says."""
        found = []
        for region in (PRIMARY, STANDBY):
            rds = self.emulator.client("rds", region)
            cluster = rds.describe_db_clusters()["DBClusters"][0]
            for instance in rds.describe_db_instances()["DBInstances"]:
                self.assertEqual(instance["EngineVersion"], cluster["EngineVersion"])
            found.append(cluster["EngineVersion"])
        group = self.emulator.client("rds").describe_global_clusters()["GlobalClusters"][0]
        return group["EngineVersion"], *found

    def assert_refused(self, code: str, words: str, attempt: Callable[[], Any]) -> None:
        before = self.versions()
        with self.assertRaises(ClientError) as caught:
            attempt()
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        self.assertIn(words, caught.exception.response["Error"]["Message"])
        self.assertEqual(self.versions(), before)

    def test_the_replica_first_then_the_writer(self) -> None:
        self.assert_refused(
            "InvalidParameterValue",
            "Please upgrade global replicas first",
            lambda: self.upgrade(PRIMARY, "17.10"),
        )
        self.upgrade(STANDBY, "17.10")
        self.assertEqual(self.versions(), ("17.7", "17.7", "17.10"))
        self.upgrade(PRIMARY, "17.10")
        self.assertEqual(self.versions(), ("17.10", "17.10", "17.10"))

    def test_the_global_cluster_takes_no_minor_version(self) -> None:
        rds = self.emulator.client("rds")
        name = self.database.name
        self.assert_refused(
            "InvalidParameterValue",
            "doesn't support minor version upgrades",
            lambda: rds.modify_global_cluster(GlobalClusterIdentifier=name, EngineVersion="17.10"),
        )

    def test_one_member_takes_no_major_version(self) -> None:
        self.assert_refused(
            "InvalidParameterCombination",
            "Use ModifyGlobalCluster",
            lambda: self.upgrade(STANDBY, "18.3"),
        )

    def test_what_is_not_immediate_waits(self) -> None:
        self.upgrade(STANDBY, "17.10", ApplyImmediately=False)
        self.assertEqual(self.versions(), ("17.7", "17.7", "17.7"))


if __name__ == "__main__":
    unittest.main()
