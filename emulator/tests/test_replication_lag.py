"""The published lag: nearly nothing, growing while replay pauses, absent without a writer."""

from __future__ import annotations

import datetime
import unittest

from tests.support import PRIMARY, STANDBY, Emulator, GlobalDatabase, eventually


class ReplicationLagTest(unittest.TestCase):
    """One global database; the tests leave it as they found it."""

    emulator: Emulator
    database: GlobalDatabase

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.database = GlobalDatabase(cls.emulator)
        cls.database.execute("CREATE TABLE payments (id text PRIMARY KEY)")

    def points(self, region: str = STANDBY) -> list[float]:
        """The latest points of the last minutes, newest first, each of its own second."""
        now = datetime.datetime.now(datetime.UTC)
        metric = {
            "Namespace": "AWS/RDS",
            "MetricName": "AuroraGlobalDBRPOLag",
            "Dimensions": [{"Name": "DBClusterIdentifier", "Value": f"payments-{region}"}],
        }
        query = {"Id": "lag", "MetricStat": {"Metric": metric, "Period": 1, "Stat": "Maximum"}}
        return self.emulator.client("cloudwatch", region).get_metric_data(
            MetricDataQueries=[query],
            StartTime=now - datetime.timedelta(minutes=5),
            EndTime=now + datetime.timedelta(minutes=1),
            ScanBy="TimestampDescending",
        )["MetricDataResults"][0]["Values"]

    def fault(self, name: str, on: bool) -> None:
        self.emulator.own("faults", {"fault": name, "on": on})

    def test_lag_is_the_age_of_what_is_not_replayed(self) -> None:
        self.assertTrue(eventually(self.points))
        self.assertLess(self.points()[0], 1000)
        self.assertEqual(self.points(PRIMARY), [])
        self.addCleanup(self.fault, "replay_paused", False)
        self.fault("replay_paused", True)
        self.database.execute("INSERT INTO payments VALUES ('waiting')")
        self.assertTrue(eventually(lambda: self.points()[0] > 3000))
        self.fault("replay_paused", False)
        self.assertTrue(eventually(lambda: self.points()[0] < 1000))

    def test_unknown_lag_has_no_points(self) -> None:
        self.assertTrue(eventually(self.points))
        self.fault("lag_unknown", True)
        self.assertFalse(eventually(self.points, seconds=6.0))
        self.fault("lag_unknown", False)
        self.assertTrue(eventually(self.points))

    def test_without_a_writer_nothing_is_published(self) -> None:
        self.assertTrue(eventually(self.points))
        self.addCleanup(self.emulator.own, "outage", {"region": PRIMARY, "down": False})
        self.emulator.own("outage", {"region": PRIMARY, "down": True})
        before = len(self.points())
        self.assertFalse(eventually(lambda: len(self.points()) > before + 1, seconds=11.0))
        self.emulator.own("outage", {"region": PRIMARY, "down": False})
        self.assertTrue(eventually(lambda: len(self.points()) > before + 1))


if __name__ == "__main__":
    unittest.main()
