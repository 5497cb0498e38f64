"""What a REST API logs, and the group that it makes by itself."""

from __future__ import annotations

import json
import unittest
import urllib.error
import urllib.request
from typing import Any

from additions.api_logs import line
from tests.support import Emulator

FORMAT = '{"error":$context.error.messageString,"status":"$context.status","unknown":"$context.x.y"}'


class ApiLogsTest(unittest.TestCase):
    """An API whose only method needs a key."""

    def setUp(self) -> None:
        self.emulator = self.enterContext(Emulator())
        self.apis, self.logs = self.emulator.client("apigateway"), self.emulator.client("logs")
        self.logs.create_log_group(logGroupName="access")
        api = self.apis.create_rest_api(name="logged")
        self.api = api["id"]
        names = {"restApiId": self.api, "resourceId": api["rootResourceId"], "httpMethod": "GET"}
        self.apis.put_method(**names, authorizationType="NONE", apiKeyRequired=True)
        self.apis.put_integration(**names, type="MOCK")
        self.apis.create_deployment(restApiId=self.api, stageName="live")

    def patch(self, path: str, value: str) -> None:
        operation = {"op": "replace", "path": path, "value": value}
        self.apis.update_stage(restApiId=self.api, stageName="live", patchOperations=[operation])

    def ask(self) -> int:
        url = f"{self.emulator.endpoint}/restapis/{self.api}/live/_user_request_/"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def groups(self) -> list[str]:
        return [group["logGroupName"] for group in self.logs.describe_log_groups()["logGroups"]]

    def lines(self) -> list[Any]:
        events = self.logs.filter_log_events(logGroupName="access")["events"]
        return [json.loads(event["message"]) for event in events]

    def test_a_stage_that_logs_makes_the_group_of_its_execution_logs(self) -> None:
        self.ask()
        self.assertEqual(self.groups(), ["access"])
        self.patch("/*/*/logging/loglevel", "ERROR")
        self.ask()
        self.assertEqual(self.groups(), [f"API-Gateway-Execution-Logs_{self.api}/live", "access"])

    def test_a_group_that_is_there_is_kept_as_it_is(self) -> None:
        name = f"API-Gateway-Execution-Logs_{self.api}/live"
        self.logs.create_log_group(logGroupName=name)
        self.logs.put_retention_policy(logGroupName=name, retentionInDays=30)
        self.patch("/*/*/logging/loglevel", "ERROR")
        self.ask()
        group = self.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
        self.assertEqual(group["retentionInDays"], 30)

    def test_a_line_is_written_for_every_request(self) -> None:
        self.patch(
            "/accessLogSettings/destinationArn",
            "arn:aws:logs:us-east-1:123456789012:log-group:access",
        )
        self.patch("/accessLogSettings/format", FORMAT)
        self.assertEqual(self.ask(), 403)
        self.assertEqual(self.lines(), [{"error": "Forbidden", "status": "403", "unknown": "-"}])


class LineTest(unittest.TestCase):
    """Variables are put in as they are; only the quoted form of a message is safe."""

    def test_quotes(self) -> None:
        values = {"error.message": 'the "x" header'}
        read = json.loads(line('{"e":$context.error.messageString}', values))
        self.assertEqual(read, {"e": 'the "x" header'})
        with self.assertRaises(ValueError):
            json.loads(line('{"e":"$context.error.message"}', values))

    def test_nothing_is_a_dash(self) -> None:
        self.assertEqual(line("$context.error.messageString $context.status", {}), '"-" -')


if __name__ == "__main__":
    unittest.main()
