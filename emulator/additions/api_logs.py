"""REAL: a REST API writes its logs, and makes the group of its execution logs when there is none.

A line of the access log is the stage's format with its variables put in as they are: nothing is escaped,
`messageString` alone comes quoted, and a variable without a value is a dash. Execution logs have no content
here; what counts is the group `API-Gateway-Execution-Logs_<api>/<stage>`, which the service makes by itself
as soon as the stage logs. (API Gateway developer guide, "Set up CloudWatch logging for REST APIs")
"""

from __future__ import annotations

import json
import re
import time
import uuid
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1, cloudwatch_logs

Response = tuple[int, dict[str, str], bytes]

VARIABLE = re.compile(r"\$context\.([A-Za-z0-9.]+)")
STREAM = "requests"
ABSENT = "-"

_error: ContextVar[Any] = ContextVar("error", default=None)


def install() -> None:
    """Log every request that reaches a stage."""
    execute, render = apigateway_v1.handle_execute, apigateway_v1._gateway_error_response

    async def execute_and_log(
        api: str, stage: str, method: str, path: str, headers: dict[str, Any], *rest: Any
    ) -> Response:
        _error.set(None)
        started = time.time()
        response = await execute(api, stage, method, path, headers, *rest)
        values = _values(method, path, response[0], started, _error.get())
        scope = apigateway_v1.find_api_scope(api)
        if scope is not None:
            with apigateway_v1.request_scope(*scope):
                _log(api, stage, values)
        return response

    def render_and_remember(error: Any, request: Any) -> Response:
        _error.set(error)
        return render(error, request)

    apigateway_v1.handle_execute = execute_and_log
    apigateway_v1._gateway_error_response = render_and_remember


def _values(method: str, path: str, status: int, started: float, error: Any) -> dict[str, str]:
    values = {
        "extendedRequestId": uuid.uuid4().hex,
        "httpMethod": method,
        "identity.sourceIp": "127.0.0.1",
        "requestId": str(uuid.uuid4()),
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(started)),
        "resourcePath": path,
        "responseLatency": str(int((time.time() - started) * 1000)),
        "status": str(status),
    }
    if error is not None:
        values |= {"error.message": error.message or ABSENT, "error.responseType": error.response_type}
    return values


def line(layout: str, values: dict[str, str]) -> str:
    """The layout with its variables put in."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name == "error.messageString":
            return json.dumps(values.get("error.message", ABSENT))
        return values.get(name, ABSENT)

    return VARIABLE.sub(value, layout)


def _log(api: str, stage_name: str, values: dict[str, str]) -> None:
    stage = apigateway_v1._stages_v1.get(api, {}).get(stage_name)
    if stage is None:
        return
    levels = {one.get("loggingLevel") for one in (stage.get("methodSettings") or {}).values()}
    if levels & {"ERROR", "INFO"}:
        # Refused if it is there already, as it should be.
        group = f"API-Gateway-Execution-Logs_{api}/{stage_name}"
        cloudwatch_logs._create_log_group({"logGroupName": group})
    settings = stage.get("accessLogSettings") or {}
    if settings.get("destinationArn") and settings.get("format"):
        group = settings["destinationArn"].split(":log-group:", 1)[-1].removesuffix(":*")
        _write(group, line(settings["format"], values))


def _write(group: str, message: str) -> None:
    names = {"logGroupName": group, "logStreamName": STREAM}
    cloudwatch_logs._create_log_stream(names)
    event = {"timestamp": int(time.time() * 1000), "message": message}
    cloudwatch_logs._put_log_events({**names, "logEvents": [event]})
