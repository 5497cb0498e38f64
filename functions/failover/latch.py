"""Entry point of the latch: `latch.handle`, behind GET /latch of this region's API.

    200 {"active": true}     DNS is to lead to this region
    404 {"active": false}    it is not, or a planned move has sent it ahead to the other one
    503                      the state table does not answer

Route 53 asks, and turns the answer around: only a clear 200 keeps customers away from the
primary. Losing this region, or its table, must not take the primary down.
(Route 53 developer guide, "Invert health check status")
"""

import json
import os
from functools import cache
from typing import Any

import cold_start
import log
from aws_clients import TimeLimits, client
from failures import reason_of
from settings import Settings
from state_table import StateTable, latch_holds_dns

# Route 53 waits for two seconds, once it is connected. No retries: it asks again by itself.
LIMITS = TimeLimits(connect=0.5, read=1.0, attempts=1)


def answer(table: StateTable) -> dict[str, Any]:
    """The answer in the shape API Gateway expects from a proxy integration."""
    try:
        active = latch_holds_dns(table)
    except Exception as error:
        log.write("latch_unknown", reason=reason_of(error))
        return _answer(503, {"error": "unavailable"})
    return _answer(200 if active else 404, {"active": active})


def _answer(status: int, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": json.dumps(document, separators=(",", ":")),
        "isBase64Encoded": False,
    }


@cache
def _table() -> StateTable:
    settings = Settings(os.environ)
    dynamodb = client("dynamodb", settings.text("AWS_REGION"), LIMITS)
    return StateTable(dynamodb, settings.text("STATE_TABLE"))


def handle(_event: Any, _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return answer(_table())


cold_start.prepare(_table)
