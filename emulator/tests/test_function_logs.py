"""What functions log, and where it goes."""

from __future__ import annotations

import time
import unittest
from typing import Any

from tests.functions import create_function, invoke
from tests.support import Emulator

FUNCTION = """
def handler(event, context):
    print("seen")
"""


class FunctionLogsTest(unittest.TestCase):
    """A function without a log group, then with one, then without it again."""

    def test_a_function_logs_into_its_group_and_makes_none(self) -> None:
        with Emulator() as emulator:
            logs, name = emulator.client("logs"), "/aws/lambda/talks"
            create_function(emulator, "talks", FUNCTION)
            invoke(emulator, "talks", {})
            self.assertEqual(logs.describe_log_groups()["logGroups"], [])
            logs.create_log_group(logGroupName=name)
            invoke(emulator, "talks", {})
            self.assertIn("seen", self.messages(logs, name))
            logs.delete_log_group(logGroupName=name)
            invoke(emulator, "talks", {})
            self.assertEqual(logs.describe_log_groups()["logGroups"], [])

    def messages(self, logs: Any, name: str) -> list[str]:
        """What was logged, which may come a moment after the answer."""
        deadline = time.monotonic() + 10
        while True:
            events = logs.filter_log_events(logGroupName=name)["events"]
            if events or time.monotonic() > deadline:
                return [event["message"].strip() for event in events]
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
