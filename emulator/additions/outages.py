"""REAL: in a region that is down no function, schedule, rule or state machine runs.

Lambda workers of the region are killed and none is started. Schedules and rules that become due are
skipped. A state machine's execution stops where it is and goes on when the region returns; a task that
was under way has failed then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import get_region
from ministack.services import eventbridge, lambda_svc, stepfunctions

from server.outage import Outages


def install(outages: Outages) -> None:
    """Ask about the region before anything of it runs."""
    _install_workers(outages)
    _install_targets(outages)
    _install_executions(outages)


def _install_workers(outages: Outages) -> None:
    spawn, dispatch = lambda_runtime.Worker._spawn, lambda_svc._execute_function_dispatch

    def dispatch_if_up(function: dict[str, Any], config: dict[str, Any], *arguments: Any) -> Any:
        if outages.is_down(_region(config)):
            content = {"errorType": "ServiceException", "errorMessage": "the region is down"}
            return {"body": content, "error": True}
        return dispatch(function, config, *arguments)

    def spawn_if_up(worker: lambda_runtime.Worker) -> None:
        outages.refuse(_region(worker.config))
        spawn(worker)
        # The region may have gone while the process started.
        if outages.is_down(_region(worker.config)):
            worker._proc.kill()
            outages.refuse(_region(worker.config))

    lambda_runtime.Worker._spawn = spawn_if_up
    lambda_svc._execute_function_dispatch = dispatch_if_up
    outages.on_change(when_lost=lambda lost: kill_workers(lambda region, _: region == lost))


def kill_workers(wanted: Callable[[str, str], bool]) -> None:
    """Kill the processes of the functions that `wanted` picks by region and name."""
    with lambda_runtime._lock:
        # Keys are account:region:function:qualifier.
        lost = [key for key in lambda_runtime._workers if wanted(*key.split(":")[1:3])]
        workers = [worker for key in lost for worker in lambda_runtime._workers.pop(key)]
    for worker in workers:
        process = worker._proc
        if process:
            process.kill()
    lambda_runtime.kill_workers(workers)


def _region(config: dict[str, Any]) -> str:
    return config["FunctionArn"].split(":")[3]


def _install_targets(outages: Outages) -> None:
    invoke = eventbridge._invoke_target

    def invoke_if_up(*arguments: Any, **options: Any) -> None:
        if not outages.is_down(get_region()):
            invoke(*arguments, **options)

    eventbridge._invoke_target = invoke_if_up


def _install_executions(outages: Outages) -> None:
    add_event, invoke = stepfunctions._add_event, stepfunctions._invoke_resource

    def add_event_when_up(*arguments: Any, **options: Any) -> Any:
        outages.wait_until_up(get_region())
        return add_event(*arguments, **options)

    def invoke_when_up(*arguments: Any, **options: Any) -> Any:
        outages.wait_until_up(get_region())
        return invoke(*arguments, **options)

    stepfunctions._add_event = add_event_when_up
    stepfunctions._invoke_resource = invoke_when_up
