"""A service of your own in place of the payment function: the least that the failover needs of it.

`GET /health` is 200 where this region may acknowledge, or is about to as planned. Everything else is work,
which is acknowledged only if the epoch is the same after it as before. See docs/your-service.md.
"""

import json
import os
import time
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

REGION = os.environ["AWS_REGION"]
DATABASE = {
    "resourceArn": os.environ["DATABASE_CLUSTER_ARN"],
    "secretArn": os.environ["DATABASE_SECRET_ARN"],
    "database": os.environ["DATABASE_NAME"],
}
EPOCH = {
    "TableName": os.environ["SESSION_TABLE"],
    "Key": {"session_id": {"S": "failover#epoch"}},
    "ConsistentRead": True,
}
ANNOUNCED_SECONDS = 300
# Route 53 waits for two seconds, so nothing is tried twice.
_LIMITS = Config(connect_timeout=0.3, read_timeout=0.6, retries={"total_max_attempts": 1})
_database = boto3.client("rds-data", region_name=REGION, config=_LIMITS)
_table = boto3.client("dynamodb", region_name=REGION, config=_LIMITS)


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The Lambda entry point, behind API Gateway."""
    try:
        epoch = _table.get_item(**EPOCH).get("Item", {})
    except (BotoCoreError, ClientError):
        return _answer(503, {"region": REGION, "failing": ["epoch"]})
    failing = _failing(epoch)
    if event["httpMethod"] == "GET":
        return _answer(503 if failing and not _is_announced(epoch) else 200, {"region": REGION, "failing": failing})
    if failing:
        return _answer(503, {"error": "unavailable"})
    try:
        request = json.loads(event["body"] or "")
    except ValueError:
        return _answer(400, {"error": "the body is not JSON"})
    try:
        done = work(request)
        same = _table.get_item(**EPOCH).get("Item", {}).get("epoch") == epoch.get("epoch")
    except (BotoCoreError, ClientError):
        same = False
    # What was written under another epoch may be gone with its writer: the caller asks again.
    return _answer(200, done) if same else _answer(503, {"error": "unavailable"})


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Yours: in one statement or one transaction, and the same request again does nothing new."""
    return request


def _failing(epoch: dict[str, Any]) -> list[str]:
    """What this region lacks: `database` and `epoch` are what a healthy standby lacks, other names stop a failover."""
    failing = ["epoch"] if epoch.get("writer_region", {}).get("S", REGION) != REGION else []
    try:
        records = _database.execute_statement(sql="SELECT pg_is_in_recovery()", **DATABASE)["records"]
        return failing + (["database"] if records[0][0]["booleanValue"] else [])
    except (BotoCoreError, ClientError):
        return [*failing, "database"]


def _is_announced(epoch: dict[str, Any]) -> bool:
    """Whether a planned move is about to make this region the writer: DNS goes ahead of it."""
    if epoch.get("announced_region", {}).get("S") != REGION or "announced_at" not in epoch:
        return False
    since = datetime.fromisoformat(epoch["announced_at"]["S"].replace("Z", "+00:00"))
    return time.time() - since.timestamp() <= ANNOUNCED_SECONDS


def _answer(status: int, document: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = "5"
    return {"statusCode": status, "headers": headers, "body": json.dumps(document)}
