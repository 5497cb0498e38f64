"""REAL: EventBridge Scheduler fires when a schedule is due, and Lambda gets the event asynchronously.

A rate begins at once without a StartDate (Scheduler's user guide, "Rate-based schedules"); ministack
waits for the first interval, looks every ten seconds and invokes a function once. On AWS Scheduler and
EventBridge invoke asynchronously, so Lambda repeats a failed invocation as the function's settings say,
twice by default. ECHO is the time between them: seconds here, minutes there. A schedule's expression is one of
the three forms of the user guide ("Schedule types"): the least rate is a minute, cron has six fields.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc, scheduler

Data = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

LOOKING_SECONDS = 1
RATE = re.compile(r"rate\([1-9]\d* (minute|minutes|hour|hours|day|days)\)")
CRON = re.compile(r"cron\((\S+ ){5}\S+\)")
AT = re.compile(r"at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)")
NEVER = 0.0

logger = logging.getLogger("schedules")


def install() -> None:
    """Look more often, begin at once, and invoke functions asynchronously."""
    scheduler._SCHEDULE_TICK_INTERVAL = LOOKING_SECONDS
    scheduler._create_schedule = _well_formed(_beginning_at_once(scheduler._create_schedule))
    scheduler._update_schedule = _well_formed(scheduler._update_schedule)
    eventbridge._dispatch_to_lambda = _invoke_asynchronously


def _well_formed(make: Callable[[str, Data], Response]) -> Callable[[str, Data], Response]:
    def make_well_formed(name: str, request: Data) -> Response:
        expression = str(request.get("ScheduleExpression"))
        if not any(form.fullmatch(expression) for form in (RATE, CRON, AT)):
            return scheduler._error(400, "ValidationException", f"Invalid Schedule Expression {expression}.")
        return make(name, request)

    return make_well_formed


def _beginning_at_once(create: Callable[[str, Data], Response]) -> Callable[[str, Data], Response]:
    def create_and_begin(name: str, request: Data) -> Response:
        response = create(name, request)
        if response[0] == 200 and request["ScheduleExpression"].startswith("rate("):
            group = request.get("GroupName", "default")
            key = (get_account_id(), get_region(), f"{group}/{name}")
            scheduler._schedule_last_fired[key] = NEVER
        return response

    return create_and_begin


def _invoke_asynchronously(arn: str, payload: str) -> None:
    function, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        logger.warning("no function %s for a scheduled event", name)
        return
    record = lambda_svc._execution_record_for_config(function, config)
    lambda_svc.invoke_async_with_retry(record, json.loads(payload))
