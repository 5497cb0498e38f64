"""What the template answers as primary, as standby, before and after a failover.

python3 -m unittest discover -s examples/service
"""

import json
import os
import sys
import unittest
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.update(
    AWS_REGION="us-east-2",
    DATABASE_CLUSTER_ARN="arn:aws:rds:us-east-2:123456789012:cluster:orders",
    DATABASE_SECRET_ARN="arn:aws:secretsmanager:us-east-2:123456789012:secret:orders-abcdef",
    DATABASE_NAME="orders",
    SESSION_TABLE="orders-sessions",
)
sys.path.insert(0, str(Path(__file__).parent))

from botocore.stub import Stubber

import handler

EPOCH = {"TableName": "orders-sessions", "Key": {"session_id": {"S": "failover#epoch"}}, "ConsistentRead": True}
SQL = {"sql": "SELECT pg_is_in_recovery()", **handler.DATABASE}


class Template(unittest.TestCase):
    """Every call is held to botocore's model of it."""

    def setUp(self) -> None:
        self.table, self.database = Stubber(handler._table), Stubber(handler._database)
        for stub in (self.table, self.database):
            stub.activate()
            self.addCleanup(stub.deactivate)

    def epoch(self, **item: Any) -> None:
        """The next answer of the session table."""
        self.table.add_response("get_item", {"Item": item} if item else {}, EPOCH)

    def in_recovery(self, value: bool) -> None:
        """The next answer of the database."""
        self.database.add_response("execute_statement", {"records": [[{"booleanValue": value}]]}, SQL)

    def ask(self, method: str = "GET", body: Any = None) -> tuple[int, Any]:
        """Status and document of an answer; all that was to be asked was asked."""
        answer = handler.handle({"httpMethod": method, "body": json.dumps(body)}, None)
        self.table.assert_no_pending_responses()
        self.database.assert_no_pending_responses()
        self.assertEqual("Retry-After" in answer["headers"], answer["statusCode"] == 503)
        return answer["statusCode"], json.loads(answer["body"])

    def test_the_writer_is_healthy(self) -> None:
        self.epoch()
        self.in_recovery(False)
        self.assertEqual(self.ask(), (200, {"region": "us-east-2", "failing": []}))

    def test_a_standby_lacks_the_database_and_nothing_else(self) -> None:
        self.epoch()
        self.database.add_client_error("execute_statement", "BadRequestException", expected_params=SQL)
        self.assertEqual(self.ask(), (503, {"region": "us-east-2", "failing": ["database"]}))

    def test_an_old_writer_that_is_not_fenced_acknowledges_nothing(self) -> None:
        for method, document in (
            ("GET", {"region": "us-east-2", "failing": ["epoch"]}),
            ("POST", {"error": "unavailable"}),
        ):
            self.epoch(epoch={"N": "1"}, writer_region={"S": "us-east-1"})
            self.in_recovery(False)
            self.assertEqual(self.ask(method, {"order": 1}), (503, document))

    def test_dns_goes_ahead_of_a_planned_move(self) -> None:
        for since, status in ((datetime.now(UTC).isoformat(), 200), ("2020-01-01T00:00:00Z", 503)):
            self.epoch(announced_region={"S": "us-east-2"}, announced_at={"S": since})
            self.in_recovery(True)
            self.assertEqual(self.ask()[0], status)

    def test_work_is_acknowledged_in_one_epoch_only(self) -> None:
        for after, status in (("7", 200), ("8", 503)):
            self.epoch(epoch={"N": "7"})
            self.in_recovery(False)
            self.epoch(epoch={"N": after})
            self.assertEqual(self.ask("POST", {"order": 1})[0], status)

    def test_a_table_that_does_not_answer_is_no_right_to_acknowledge(self) -> None:
        self.table.add_client_error("get_item", "InternalServerError")
        self.assertEqual(self.ask(), (503, {"region": "us-east-2", "failing": ["epoch"]}))

    def test_a_table_that_does_not_answer_after_the_work_is_no_acknowledgement(self) -> None:
        self.epoch(epoch={"N": "7"})
        self.in_recovery(False)
        self.table.add_client_error("get_item", "ThrottlingException")
        self.assertEqual(self.ask("POST", {"order": 1}), (503, {"error": "unavailable"}))

    def test_a_body_that_is_not_json_is_the_callers_mistake(self) -> None:
        for body in (None, "", "{"):
            self.epoch()
            self.in_recovery(False)
            answer = handler.handle({"httpMethod": "POST", "body": body}, None)
            self.assertEqual(answer["statusCode"], 400)


if __name__ == "__main__":
    unittest.main()
