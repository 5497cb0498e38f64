"""Schedules invoke functions with their input, side by side and in their region only."""

from __future__ import annotations

import datetime
import json
import unittest
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from tests.functions import ACCOUNT, create_function, invoke
from tests.support import PRIMARY, STANDBY, Emulator, eventually

# Writes what it was given into a table, at once and again when it is done.
FUNCTION = """
import os, time
import boto3
table = boto3.client("dynamodb", region_name="us-east-2")
def write(name):
    table.put_item(TableName="runs", Item={"id": {"S": name}})
def handler(event, context):
    write(f"{event['name']} began in {os.environ['AWS_REGION']}")
    if event.get("breaks"):
        table.update_item(
            TableName="runs", Key={"id": {"S": "breaks"}},
            UpdateExpression="ADD times :one", ExpressionAttributeValues={":one": {"N": "1"}},
        )
        raise ValueError("broken")
    time.sleep(event.get("seconds", 0))
    write(f"{event['name']} ended")
"""


class ScheduleTest(unittest.TestCase):
    """One emulator with a function in both regions and a table in one."""

    table: Any

    emulator: Emulator
    numbers = count(1)

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        for region in (PRIMARY, STANDBY):
            create_function(cls.emulator, "run", FUNCTION, region, timeout=60)
        cls.table = cls.emulator.client("dynamodb", STANDBY)
        cls.table.create_table(
            TableName="runs",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )

    def schedule(self, given: dict[str, Any], region: str = STANDBY, expression: str | None = None) -> None:
        """Invoke the function as the expression says, or a second from now."""
        soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1)
        self.emulator.client("scheduler", region).create_schedule(
            Name=f"schedule-{next(self.numbers)}",
            FlexibleTimeWindow={"Mode": "OFF"},
            ScheduleExpression=expression or f"at({soon:%Y-%m-%dT%H:%M:%S})",
            Target={
                "Arn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:run",
                "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/schedule",
                "Input": json.dumps(given),
            },
        )

    def ran(self, name: str) -> bool:
        return "Item" in self.table.get_item(TableName="runs", Key={"id": {"S": name}})

    def test_input_reaches_the_function_of_the_region(self) -> None:
        for region in (PRIMARY, STANDBY):
            self.schedule({"name": f"plain {region}"}, region)
            self.assertTrue(eventually(lambda: self.ran(f"plain {region} began in {region}")))

    def test_rate_begins_at_once(self) -> None:
        self.schedule({"name": "rate"}, expression="rate(1 minute)")
        self.assertTrue(eventually(lambda: self.ran("rate ended")))

    def test_an_expression_that_is_none(self) -> None:
        for expression in ("rate(30 seconds)", "rate(0 minutes)", "rate(1.5 hours)", "cron(0 3 * *)", "at(tomorrow)"):
            with self.assertRaises(ClientError) as raised:
                self.schedule({"name": "never"}, expression=expression)
            self.assertEqual(raised.exception.response["Error"]["Code"], "ValidationException")

    def test_long_run_delays_nobody(self) -> None:
        self.schedule({"name": "long", "seconds": 30})
        self.assertTrue(eventually(lambda: self.ran(f"long began in {STANDBY}")))
        self.schedule({"name": "short"})
        self.assertTrue(eventually(lambda: self.ran("short ended")))
        self.assertFalse(self.ran("long ended"))

    def test_failed_run_is_repeated_twice(self) -> None:
        self.schedule({"name": "breaks", "breaks": True})

        def times() -> str:
            item = self.table.get_item(TableName="runs", Key={"id": {"S": "breaks"}}).get("Item")
            return item["times"]["N"] if item else "0"

        self.assertTrue(eventually(lambda: times() == "3"))
        self.assertFalse(eventually(lambda: times() != "3", seconds=5.0))

    def test_region_that_is_down_skips_its_schedules(self) -> None:
        self.addCleanup(self.emulator.own, "outage", {"region": PRIMARY, "down": False})
        self.schedule({"name": "skipped"}, PRIMARY)
        self.emulator.own("outage", {"region": PRIMARY, "down": True})
        began = lambda: self.ran(f"skipped began in {PRIMARY}")  # noqa: E731
        self.assertFalse(eventually(began, seconds=4.0))

    def test_function_that_dies(self) -> None:
        fault = {"fault": "function_dies", "function_name": "run", "region": PRIMARY}
        self.addCleanup(self.emulator.own, "faults", {**fault, "on": False})
        self.emulator.own("faults", {**fault, "on": True})
        with self.assertRaisesRegex(AssertionError, "Runtime.ExitError"):
            invoke(self.emulator, "run", {"name": "dead"})
        invoke(self.emulator, "run", {"name": "alive"}, STANDBY)
        self.emulator.own("faults", {**fault, "on": False})
        invoke(self.emulator, "run", {"name": "revived"})
        self.assertFalse(self.ran(f"dead began in {PRIMARY}"))


if __name__ == "__main__":
    unittest.main()
