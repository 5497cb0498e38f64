"""REAL: metric alarms look at their own metric, period by period, also when nothing arrives.

ministack evaluates an alarm when data is put, over all dimensions and all periods at once. Here each
alarm is evaluated every ten seconds by the rules of "Evaluating an alarm" and "Configuring how
CloudWatch alarms treat missing data" in the CloudWatch user guide: M of N periods, missing data as the
alarm says. A missing period counts only after the alarm has existed that long. ECHO: alarms on metric
math are not evaluated, and periods end now instead of at full minutes.
"""

from __future__ import annotations

import logging
import operator
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_region, request_scope
from ministack.services import cloudwatch

from server.outage import Outages

Alarm = dict[str, Any]
Points = list[dict[str, Any]]

EVALUATION_SECONDS = 10.0
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

logger = logging.getLogger("alarms")


def install(outages: Outages) -> None:
    """Take over the evaluation, and evaluate without being asked too."""

    def evaluate_if_up(alarm: Alarm) -> None:
        if not outages.is_down(get_region()):
            evaluate(alarm, time.time())

    cloudwatch._evaluate_alarm = evaluate_if_up
    threading.Thread(target=_keep_evaluating, name="alarms", daemon=True).start()


def _keep_evaluating() -> None:
    while True:
        time.sleep(EVALUATION_SECONDS)
        for (account, region, _), alarm in list(cloudwatch._alarms._data.items()):
            with request_scope(account, region):
                try:
                    cloudwatch._evaluate_alarm(alarm)
                except Exception:
                    logger.exception("evaluating the alarm %s", alarm.get("AlarmName"))


def evaluate(alarm: Alarm, now: float) -> None:
    """Bring the alarm into the state that its metric has now."""
    compare = COMPARISONS.get(alarm.get("ComparisonOperator", ""))
    if not alarm.get("MetricName") or not alarm.get("Period") or not compare:
        return
    values = _values(alarm, now)
    breaching = [None if value is None else compare(value, alarm["Threshold"]) for value in values]
    state = _state(alarm, breaching, now)
    if state != alarm["StateValue"]:
        shown = ", ".join("none" if value is None else f"{value:g}" for value in values)
        _move(alarm, state, f"Threshold Crossed: data points, the latest first: {shown}", now)


def _values(alarm: Alarm, now: float) -> list[float | None]:
    """The statistic of each period, the latest first; None without data."""
    points, period = _points(alarm), alarm["Period"]
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    values = []
    for number in range(alarm.get("EvaluationPeriods", 1)):
        end = now - number * period
        inside = [point for point in points if end - period < point["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(inside)
        values.append(cloudwatch._stat_value(stats, statistic, inside) if stats else None)
    return values


def _points(alarm: Alarm) -> Points:
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []}
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    return list(cloudwatch._metrics.get(key) or [])


def _state(alarm: Alarm, breaching: list[bool | None], now: float) -> str:
    """The state for the latest periods, each beyond the threshold, within it, or without data."""
    known = [one for one in breaching if one is not None]
    needed = alarm.get("DatapointsToAlarm") or len(breaching)
    missing = _treatment_of_missing(alarm, now)
    filled = len(breaching) - len(known) if missing == "breaching" else 0
    if sum(known) + filled >= needed:
        return "ALARM"
    if missing in ("breaching", "notBreaching") or not all(known):
        return "OK"
    # Nothing is missing but what could decide: data beyond the threshold, or none at all.
    if missing == "missing" and not known:
        return "INSUFFICIENT_DATA"
    if missing == "missing" and any(breaching[needed - 1 :]):
        return "ALARM"
    return alarm["StateValue"]


def _treatment_of_missing(alarm: Alarm, now: float) -> str:
    treatment = alarm.get("TreatMissingData") or "missing"
    whole = alarm["Period"] * alarm.get("EvaluationPeriods", 1)
    is_new = now - alarm.get("AlarmConfigurationUpdatedTimestamp", 0) < whole
    return "missing" if treatment == "breaching" and is_new else treatment


def _move(alarm: Alarm, state: str, reason: str, now: float) -> None:
    before = alarm["StateValue"]
    alarm |= {"StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": int(now)}
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
