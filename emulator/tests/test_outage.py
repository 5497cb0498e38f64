"""A region goes down as regions do, and returns."""

from __future__ import annotations

import threading
import unittest
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from tests.functions import create_api, create_function, invoke
from tests.support import PRIMARY, STANDBY, Emulator, GlobalDatabase, eventually

LOST = (ConnectionClosedError, HTTPClientError)
SLOW = """
import os, pathlib, time
def handler(event, context):
    if "sign" in event:
        pathlib.Path(event["sign"]).touch()
        time.sleep(25)
    return os.getpid()
"""
PAGE = "def handler(event, context):\n    return {'statusCode': 200, 'body': '{}'}\n"


class OutageTest(unittest.TestCase):
    """One emulator; every test ends with both regions up."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())

    def outage(self, region: str, down: bool) -> None:
        answer = self.emulator.own("outage", {"region": region, "down": down})
        self.assertEqual(answer["down"], [region] if down else [])

    def lose(self, region: str) -> None:
        self.outage(region, True)
        self.addCleanup(self.emulator.own, "outage", {"region": region, "down": False})

    def bring_back(self, region: str) -> None:
        self.outage(region, False)

    def test_requests_of_the_region_get_no_answer(self) -> None:
        presigned = self.emulator.client("sts").generate_presigned_url("get_caller_identity")
        self.lose(PRIMARY)
        self.assertEqual(self.emulator.own("outage"), {"down": [PRIMARY]})
        for service, call in (("dynamodb", "list_tables"), ("sns", "list_topics")):
            with self.subTest(service), self.assertRaises(LOST):
                getattr(self.emulator.client(service), call)()
            getattr(self.emulator.client(service, STANDBY), call)()
        with self.assertRaises(ConnectionResetError):
            urllib.request.urlopen(presigned, timeout=5)
        self.bring_back(PRIMARY)
        self.emulator.client("dynamodb").list_tables()
        urllib.request.urlopen(presigned, timeout=5).close()

    def test_api_of_the_region_gets_no_answer(self) -> None:
        paths = {}
        for region in (PRIMARY, STANDBY):
            function = create_function(self.emulator, "page", PAGE, region)
            api = create_api(self.emulator, function, "page", region)
            paths[region] = f"{self.emulator.endpoint}/restapis/{api}/live/_user_request_/page"
        self.lose(PRIMARY)
        with self.assertRaises(ConnectionResetError):
            urllib.request.urlopen(paths[PRIMARY], timeout=5)
        urllib.request.urlopen(paths[STANDBY], timeout=10).close()

    def test_work_under_way_dies(self) -> None:
        create_function(self.emulator, "slow", SLOW)
        pid = invoke(self.emulator, "slow", {})
        sign = Path(self.emulator.report["state"]) / "sign"
        errors: list[Exception] = []

        def call() -> None:
            try:
                invoke(self.emulator, "slow", {"sign": str(sign)})
            except Exception as error:
                errors.append(error)

        caller = threading.Thread(target=call)
        caller.start()
        self.assertTrue(eventually(sign.exists))
        self.lose(PRIMARY)
        caller.join(timeout=10)
        self.assertIsInstance(errors[0], LOST)
        self.assertTrue(eventually(lambda: not psutil.pid_exists(pid)))
        self.bring_back(PRIMARY)
        self.assertNotEqual(invoke(self.emulator, "slow", {}), pid)

    def test_what_a_region_missed_arrives_at_its_return(self) -> None:
        dynamodb, s3 = self.emulator.client("dynamodb"), self.emulator.client("s3")
        self.replicate(dynamodb, s3)
        there, copies = (self.emulator.client(name, STANDBY) for name in ("dynamodb", "s3"))
        self.lose(STANDBY)
        dynamodb.put_item(TableName="sessions", Item={"id": {"S": "late"}})
        version = s3.put_object(Bucket="source", Key="late", Body=b"text")["VersionId"]
        head = {"Bucket": "source", "Key": "late", "VersionId": version}
        self.assertEqual(s3.head_object(**head)["ReplicationStatus"], "PENDING")
        self.bring_back(STANDBY)
        item = there.get_item(TableName="sessions", Key={"id": {"S": "late"}})
        self.assertEqual(item["Item"]["id"]["S"], "late")
        copy = copies.get_object(Bucket="target", Key="late")
        self.assertEqual(copy["Body"].read(), b"text")
        self.assertEqual(s3.head_object(**head)["ReplicationStatus"], "COMPLETED")

    def replicate(self, dynamodb: Any, s3: Any) -> None:
        dynamodb.create_table(
            TableName="sessions",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        dynamodb.update_table(TableName="sessions", ReplicaUpdates=[{"Create": {"RegionName": STANDBY}}])
        s3.create_bucket(Bucket="source")
        self.emulator.client("s3", STANDBY).create_bucket(
            Bucket="target", CreateBucketConfiguration={"LocationConstraint": STANDBY}
        )
        for bucket, region in (("source", PRIMARY), ("target", STANDBY)):
            self.emulator.client("s3", region).put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        s3.put_bucket_replication(
            Bucket="source",
            ReplicationConfiguration={
                "Role": "arn:aws:iam::123456789012:role/replication",
                "Rules": [
                    {
                        "ID": "all",
                        "Status": "Enabled",
                        "Priority": 1,
                        "Filter": {},
                        "DeleteMarkerReplication": {"Status": "Enabled"},
                        "Destination": {"Bucket": "arn:aws:s3:::target"},
                    }
                ],
            },
        )

    def test_dropped_requests(self) -> None:
        function = create_function(self.emulator, "dropped", PAGE, STANDBY)
        api = create_api(self.emulator, function, "health", STANDBY)
        url = f"{self.emulator.endpoint}/restapis/{api}/live/_user_request_/health"
        fault = {
            "fault": "drop_next_requests",
            "region": STANDBY,
            "path_suffix": "/health",
            "count": 2,
        }
        self.emulator.own("faults", fault)
        for _ in range(2):
            with self.assertRaises(ConnectionResetError):
                urllib.request.urlopen(url, timeout=5)
        urllib.request.urlopen(url, timeout=10).close()

    def test_dropped_requests_of_one_client(self) -> None:
        function = create_function(self.emulator, "dropped-one", PAGE, STANDBY)
        api = create_api(self.emulator, function, "health", STANDBY)
        url = f"{self.emulator.endpoint}/restapis/{api}/live/_user_request_/health"
        fault = {
            "fault": "drop_next_requests",
            "region": STANDBY,
            "path_suffix": "/health",
            "count": 9,
            "user_agent": "prober",
        }
        self.emulator.own("faults", fault)
        probe = urllib.request.Request(url, headers={"User-Agent": "prober/2 (of a test)"})
        with self.assertRaises(ConnectionResetError):
            urllib.request.urlopen(probe, timeout=5)
        urllib.request.urlopen(url, timeout=10).close()
        self.emulator.own("faults", {**fault, "on": False})
        urllib.request.urlopen(probe, timeout=10).close()

    def test_an_overloaded_api_turns_callers_away(self) -> None:
        function = create_function(self.emulator, "overloaded", PAGE, STANDBY)
        api = create_api(self.emulator, function, "health", STANDBY)
        url = f"{self.emulator.endpoint}/restapis/{api}/live/_user_request_/health"
        fault = {"fault": "api_overloaded", "region": STANDBY}
        self.emulator.own("faults", fault)
        self.addCleanup(self.emulator.own, "faults", {**fault, "on": False})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url, timeout=5)
        self.assertEqual(refused.exception.code, 429)
        self.assertEqual(refused.exception.read(), b'{"message":"Too Many Requests"}')
        refused.exception.close()
        # What is no API's goes on.
        self.emulator.client("dynamodb", STANDBY).list_tables()
        self.emulator.own("faults", {**fault, "on": False})
        urllib.request.urlopen(url, timeout=10).close()

    def test_bad_requests_are_refused(self) -> None:
        for path, body in (
            ("outage", {"region": PRIMARY}),
            ("faults", {"fault": "flood", "on": True}),
            ("faults", {"fault": "drop_next_requests"}),
            ("resolver", {"upstream": "nowhere"}),
        ):
            with self.subTest(path), self.assertRaises(urllib.error.HTTPError) as refused:
                self.emulator.own(path, body)
            self.assertEqual(refused.exception.code, 400)
            refused.exception.close()


class DatabaseOutageTest(unittest.TestCase):
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
        self.assertTrue(eventually(lambda: self.ids(self.database.reader_arn) == ["first"]))

    def outage(self, region: str, down: bool) -> None:
        self.emulator.own("outage", {"region": region, "down": down})

    def tearDown(self) -> None:
        for region in (PRIMARY, STANDBY):
            self.outage(region, False)

    def ids(self, arn: str) -> list[str]:
        try:
            rows = self.database.read(arn, "SELECT id FROM payments ORDER BY id")
        except OSError:
            return []
        return [row[0] for row in rows]

    def roles(self) -> list[str]:
        roles = {one["cluster_arn"]: one["role"] for one in self.emulator.own("databases")}
        return [roles[self.database.writer_arn], roles[self.database.reader_arn]]

    def members(self) -> dict[str, tuple[bool, str]]:
        """Whether each member is the writer, and its synchronization, as the standby region sees it."""
        group = self.emulator.client("rds", STANDBY).describe_global_clusters(
            GlobalClusterIdentifier=self.database.name
        )["GlobalClusters"][0]
        if group["Status"] != "available":
            return {}
        return {
            one["DBClusterArn"]: (one["IsWriter"], one["SynchronizationStatus"])
            for one in group["GlobalClusterMembers"]
        }

    def change_writer(self, call: str, region: str, target: str, **options: Any) -> None:
        getattr(self.emulator.client("rds", region), call)(
            GlobalClusterIdentifier=self.database.name, TargetDbClusterIdentifier=target, **options
        )

    def fail_over(self) -> None:
        """Promote the standby, from its own region."""
        arn = self.database.reader_arn
        self.change_writer("failover_global_cluster", STANDBY, arn, AllowDataLoss=True)
        self.assertTrue(eventually(lambda: self.members().get(arn, [False])[0]))

    def assert_refused(self, code: str, call: Callable[..., Any], *arguments: Any) -> None:
        with self.assertRaises(ClientError) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def test_lost_writer_returns_as_writer(self) -> None:
        self.outage(PRIMARY, True)
        self.assertEqual(self.roles(), ["stopped", "reader"])
        self.assertEqual(self.members()[self.database.writer_arn], (True, "pending-resync"))
        self.outage(PRIMARY, False)
        self.assertEqual(self.roles(), ["writer", "reader"])
        self.database.execute("INSERT INTO payments VALUES ('second')")
        both = ["first", "second"]
        self.assertTrue(eventually(lambda: self.ids(self.database.reader_arn) == both))

    def test_lost_standby_catches_up(self) -> None:
        self.outage(STANDBY, True)
        self.database.execute("INSERT INTO payments VALUES ('second')")
        self.outage(STANDBY, False)
        both = ["first", "second"]
        self.assertTrue(eventually(lambda: self.ids(self.database.reader_arn) == both))
        self.assertEqual(self.members()[self.database.reader_arn], (False, "connected"))

    def test_failover_without_the_old_region(self) -> None:
        database = self.database
        self.outage(PRIMARY, True)
        self.assert_refused(
            "InvalidDBClusterStateFault",
            self.change_writer,
            "switchover_global_cluster",
            STANDBY,
            database.reader_arn,
        )
        self.fail_over()
        self.assertEqual(self.roles(), ["stopped", "writer"])
        self.assertEqual(self.members()[database.writer_arn], (False, "pending-resync"))
        database.execute_in_standby_region("INSERT INTO payments VALUES ('second')")
        self.outage(PRIMARY, False)
        self.assertEqual(self.roles(), ["reader", "writer"])
        self.assertEqual(self.members()[database.writer_arn], (False, "connected"))
        self.assert_refused("DatabaseUnavailableException", database.execute, "SELECT 1")
        self.assertTrue(eventually(lambda: self.ids(database.writer_arn) == ["first", "second"]))
        self.change_writer("switchover_global_cluster", STANDBY, database.writer_arn)
        self.assertTrue(eventually(lambda: self.roles() == ["writer", "reader"]))
        self.assertEqual(self.ids(database.writer_arn), ["first", "second"])

    def test_former_writer_waits_for_the_writer(self) -> None:
        self.outage(PRIMARY, True)
        self.fail_over()
        self.outage(STANDBY, True)
        self.outage(PRIMARY, False)
        self.assertEqual(self.roles(), ["stopped", "stopped"])
        self.outage(STANDBY, False)
        self.assertEqual(self.roles(), ["reader", "writer"])

    def test_promotion_that_hangs(self) -> None:
        self.emulator.own("faults", {"fault": "promotion_hangs", "on": True})
        self.addCleanup(self.emulator.own, "faults", {"fault": "promotion_hangs", "on": False})
        self.outage(PRIMARY, True)
        arn = self.database.reader_arn
        self.change_writer("failover_global_cluster", STANDBY, arn, AllowDataLoss=True)
        self.assertFalse(eventually(self.members, seconds=2.0))
        self.assertEqual(self.roles(), ["stopped", "reader"])
        self.emulator.own("faults", {"fault": "promotion_hangs", "on": False})
        self.assertTrue(eventually(lambda: self.members().get(arn, [False])[0]))

    def assert_standby_lags_during(self, fault: str) -> None:
        self.emulator.own("faults", {"fault": fault, "on": True})
        self.database.execute("INSERT INTO payments VALUES ('second')")
        caught_up = lambda: len(self.ids(self.database.reader_arn)) == 2  # noqa: E731
        self.assertFalse(eventually(caught_up, seconds=1.0))
        self.emulator.own("faults", {"fault": fault, "on": False})
        self.assertTrue(eventually(caught_up))

    def test_replay_that_pauses(self) -> None:
        self.assert_standby_lags_during("replay_paused")

    def test_engine_version_that_differs(self) -> None:
        identifier = self.database.reader_arn.rpartition(":")[2]
        fault = {
            "fault": "engine_version",
            "cluster_arn": self.database.reader_arn,
            "version": "17.5",
        }
        for on, version in ((True, "17.5"), (False, "17.7")):
            self.emulator.own("faults", {**fault, "on": on})
            cluster = self.emulator.client("rds", STANDBY).describe_db_clusters(DBClusterIdentifier=identifier)[
                "DBClusters"
            ][0]
            self.assertEqual(cluster["EngineVersion"], version)

    def test_replication_that_is_cut(self) -> None:
        self.assert_standby_lags_during("replication_cut")

    def test_what_was_not_replicated_is_lost_with_the_writer(self) -> None:
        self.emulator.own("faults", {"fault": "replication_cut", "on": True})
        self.addCleanup(self.emulator.own, "faults", {"fault": "replication_cut", "on": False})
        self.database.execute("INSERT INTO payments VALUES ('second')")
        self.outage(PRIMARY, True)
        self.fail_over()
        self.assertEqual(self.ids(self.database.reader_arn), ["first"])
        self.outage(PRIMARY, False)
        self.assertTrue(eventually(lambda: self.ids(self.database.writer_arn) == ["first"]))

    def test_a_former_writer_that_is_not_fenced(self) -> None:
        fault = {"fault": "old_writer_unfenced"}
        self.emulator.own("faults", {**fault, "on": True})
        self.addCleanup(self.emulator.own, "faults", {**fault, "on": False})
        self.outage(PRIMARY, True)
        self.fail_over()
        self.outage(PRIMARY, False)
        self.assertEqual(self.roles(), ["writer", "writer"])
        self.database.execute("INSERT INTO payments VALUES ('astray')")
        self.assertEqual(self.ids(self.database.writer_arn), ["astray", "first"])
        self.database.execute_in_standby_region("INSERT INTO payments VALUES ('second')")
        self.assertEqual(self.ids(self.database.reader_arn), ["first", "second"])
        self.emulator.own("faults", {**fault, "on": False})
        self.assertEqual(self.roles(), ["reader", "writer"])
        both = ["first", "second"]
        self.assertTrue(eventually(lambda: self.ids(self.database.writer_arn) == both))


if __name__ == "__main__":
    unittest.main()
