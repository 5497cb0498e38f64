"""REAL in the query protocol, ECHO for metric math.

The AWS provider speaks CloudWatch's query protocol, in which ministack drops
most fields of an alarm. The requests are read with the service model, handled
by ministack's own JSON path (which stores them and evaluates the alarms), and
answered in XML. Metric math expressions are stored and returned, not evaluated.
GetMetricData answers the newest data point first, as on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch

from server import query_protocol

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Response]

# Stored by PutMetricAlarm on AWS, dropped by ministack.
EXTRA_METRIC_FIELDS = ("Metrics", "EvaluateLowSampleCountPercentile", "ThresholdMetricId")
EXTRA_COMPOSITE_FIELDS = (
    "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
)
# A metric-math alarm has none of these; ministack fills in defaults.
SINGLE_METRIC_FIELDS = ("Period", "Statistic", "MetricName", "Namespace", "Unit")


def install() -> None:
    """Route the alarm actions of the query protocol through ministack's JSON path."""
    cloudwatch._put_metric_alarm = _wrap("PutMetricAlarm", cloudwatch._put_metric_alarm, _complete_metric_alarm)
    cloudwatch._put_composite_alarm = _wrap(
        "PutCompositeAlarm", cloudwatch._put_composite_alarm, _complete_composite_alarm
    )
    cloudwatch._describe_alarms = _wrap("DescribeAlarms", cloudwatch._describe_alarms)
    cloudwatch._get_metric_data = _wrap("GetMetricData", _newest_first(cloudwatch._get_metric_data))


def _wrap(
    operation: str,
    original: Handler,
    complete: Callable[[dict[str, Any]], None] = lambda request: None,
) -> Handler:
    def handler(parameters: dict[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Response:
        if is_cbor or is_json:
            response = original(parameters, data, is_cbor, is_json)
            if response[0] == 200:
                complete(data)
            return response
        request = query_protocol.read("cloudwatch", operation, parameters)
        status, _, body = original(parameters, request, False, True)
        answer = json.loads(body) if body else {}
        if status != 200:
            return query_protocol.error(answer.get("__type", ""), answer.get("message", ""), status)
        complete(request)
        return query_protocol.write("cloudwatch", operation, answer)

    return handler


def _newest_first(original: Handler) -> Handler:
    """Order data points as GetMetricData does unless it is asked for the other order."""

    def handler(parameters: dict[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Response:
        status, headers, body = original(parameters, data, is_cbor, is_json)
        if status != 200 or not is_json or data.get("ScanBy") == "TimestampAscending":
            return status, headers, body
        answer = json.loads(body)
        for result in answer["MetricDataResults"]:
            result["Timestamps"].reverse()
            result["Values"].reverse()
        return status, headers, json.dumps(answer).encode()

    return handler


def _complete_metric_alarm(request: dict[str, Any]) -> None:
    alarm = cloudwatch._alarms[request["AlarmName"]]
    alarm.update({field: request[field] for field in EXTRA_METRIC_FIELDS if field in request})
    if "ExtendedStatistic" in request:
        alarm["Statistic"] = None
    if "Metrics" in request:
        for field in SINGLE_METRIC_FIELDS:
            alarm.pop(field, None)
        for query in alarm["Metrics"]:
            query.setdefault("ReturnData", True)


def _complete_composite_alarm(request: dict[str, Any]) -> None:
    alarm = cloudwatch._composite_alarms[request["AlarmName"]]
    alarm.update({field: request[field] for field in EXTRA_COMPOSITE_FIELDS if field in request})
