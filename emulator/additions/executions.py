"""REAL: how executions of state machines start and end.

A second StartExecution with the name and input of a running execution answers that one. The machine's
TimeoutSeconds ends it, and an execution that has ended does nothing more. A branch that fails ends its
Parallel state at once, and branches have a context object each. A retrier's intervals grow to its
MaxDelaySeconds.
"""

from __future__ import annotations

import contextvars
import json
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

from ministack.core.responses import (
    error_response_json,
    get_account_id,
    get_region,
    json_response,
    now_iso,
)
from ministack.services import stepfunctions

Data = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

ENDED_BRANCH = "_ended"


class EndedError(SystemExit):
    """The execution or the branch has ended: its thread ends too, which Python does silently."""


def install() -> None:
    """Wrap the interpreter's entry points."""
    stepfunctions._start_execution = _idempotent(stepfunctions._start_execution)
    stepfunctions._run_execution = _limited(stepfunctions._run_execution)
    stepfunctions._fail_execution = _once(stepfunctions._fail_execution)
    stepfunctions._add_event = _while_running(stepfunctions._add_event)
    stepfunctions._execute_task = _while_branch_runs(stepfunctions._execute_task)
    stepfunctions._run_sub_machine = _with_own_context(stepfunctions._run_sub_machine)
    stepfunctions._run_parallel_branches = _run_branches
    stepfunctions._find_matching_retrier = _capped(stepfunctions._find_matching_retrier)


def _idempotent(start: Callable[[Data], Response]) -> Callable[[Data], Response]:
    def start_once(data: Data) -> Response:
        try:
            json.loads(data.get("input") or "{}")
        except ValueError:
            return error_response_json("InvalidExecutionInput", "Invalid State Machine Execution Input", 400)
        machine = str(data.get("stateMachineArn", "")).rpartition(":")[2]
        arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine}:{data.get('name')}"
        found = stepfunctions._executions.get(arn)
        same = found and found["input"] == data.get("input", "{}")
        if same and found["status"] == "RUNNING":
            return json_response({"executionArn": arn, "startDate": found["startDate"]})
        return start(data)

    return start_once


def _limited(run: Callable[[str], None]) -> Callable[[str], None]:
    def run_limited(arn: str) -> None:
        execution = stepfunctions._executions.get(arn) or {}
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
        limit = json.loads(machine.get("definition", "{}")).get("TimeoutSeconds")
        if not limit:
            run(arn)
            return
        context = contextvars.copy_context()
        timer = threading.Timer(limit, context.run, (_time_out, execution))
        timer.daemon = True
        timer.start()
        try:
            run(arn)
        finally:
            timer.cancel()

    return run_limited


def _time_out(execution: Data) -> None:
    if execution["status"] == "RUNNING":
        execution |= {"status": "TIMED_OUT", "stopDate": now_iso(), "error": "States.Timeout"}
        stepfunctions._add_event(
            execution,
            "ExecutionTimedOut",
            {
                "executionTimedOutEventDetails": {"error": "States.Timeout"},
            },
        )
        stepfunctions._emit_execution_status_event(execution)


def _once(fail: Callable[[Data, str, str], None]) -> Callable[[Data, str, str], None]:
    def fail_running(execution: Data, error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    return fail_running


def _while_running(add_event: Callable[..., None]) -> Callable[..., None]:
    def add_event_while_running(execution: Data, event_type: str, details: Any = None) -> None:
        ended = execution.get("status", "RUNNING") != "RUNNING"
        if ended and not event_type.startswith("Execution"):
            raise EndedError
        add_event(execution, event_type, details)

    return add_event_while_running


def _while_branch_runs(execute: Callable[..., Any]) -> Callable[..., Any]:
    def execute_while_branch_runs(state: Data, given: Any, execution: Data, context: Data) -> Any:
        ended = context.get(ENDED_BRANCH)
        if ended and ended.is_set():
            raise EndedError
        return execute(state, given, execution, context)

    return execute_while_branch_runs


def _with_own_context(run: Callable[..., Any]) -> Callable[..., Any]:
    def run_with_own_context(states: Data, start_at: str, given: Any, execution: Data, context: Data) -> Any:
        # Names of states and task tokens are the branch's; JSONata variables stay shared.
        return run(states, start_at, given, execution, {**context})

    return run_with_own_context


def _capped(find: Callable[..., tuple[Any, Any]]) -> Callable[..., tuple[Any, Any]]:
    def find_capped(retriers: Any, error: str, counts: dict[Any, int]) -> tuple[Any, Any]:
        retrier, index = find(retriers, error, counts)
        if not retrier or "MaxDelaySeconds" not in retrier:
            return retrier, index
        grown = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** counts.get(index, 0)
        interval = min(grown, retrier["MaxDelaySeconds"])
        return {**retrier, "IntervalSeconds": interval, "BackoffRate": 1}, index

    return find_capped


def _run_branches(state: Data, raw_input: Any, execution: Data, context: Data) -> tuple[Any, Any]:
    """A Parallel state's branches: all their results, or the first failure."""
    given = stepfunctions._apply_input_path(state, raw_input, context)
    given = stepfunctions._apply_parameters(state, given, context)
    branches, ended = state.get("Branches", []), threading.Event()
    pool = ThreadPoolExecutor(max_workers=max(len(branches), 1))
    futures = [
        pool.submit(
            contextvars.copy_context().run,
            stepfunctions._run_sub_machine,
            branch["States"],
            branch["StartAt"],
            given,
            execution,
            {**context, ENDED_BRANCH: ended},
        )
        for branch in branches
    ]
    pool.shutdown(wait=False)
    done, _ = wait(futures, return_when=FIRST_EXCEPTION)
    failure = next((future.exception() for future in done if future.exception()), None)
    if failure:
        ended.set()
        raise failure
    results = [future.result() for future in futures]
    result = stepfunctions._apply_result_selector(state, results)
    output = stepfunctions._apply_result_path(state, raw_input, result)
    output = stepfunctions._apply_output_path(state, output, context)
    return output, stepfunctions._next_or_end(state)
