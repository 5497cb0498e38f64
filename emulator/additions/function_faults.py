"""REAL fault `function_dies`: a function's processes are killed, and it cannot run until the fault ends.

It is for one function name, in one `region` or in all.
"""

from __future__ import annotations

from typing import Any

from ministack.services import lambda_svc

from additions.outages import kill_workers
from server.faults import Data, Faults

ANY_REGION = "*"
# What Lambda answers when the runtime exits under an invocation.
DIED = {"errorType": "Runtime.ExitError", "errorMessage": "RequestId: Error: Runtime exited"}


def install(faults: Faults) -> None:
    """Ask for the fault before a function runs."""
    dead: set[tuple[str, str]] = set()
    dispatch = lambda_svc._execute_function_dispatch

    def switch(request: Data) -> None:
        wanted = (request.get("region", ANY_REGION), request["function_name"])
        if request["on"]:
            dead.add(wanted)
            kill_workers(lambda region, name: _is_dead({wanted}, region, name))
        else:
            dead.discard(wanted)

    def dispatch_unless_dead(function: Any, config: dict[str, Any], *arguments: Any) -> Any:
        if _is_dead(dead, config["FunctionArn"].split(":")[3], config["FunctionName"]):
            return {"body": dict(DIED), "error": True}
        return dispatch(function, config, *arguments)

    lambda_svc._execute_function_dispatch = dispatch_unless_dead
    faults.register("function_dies", switch)


def _is_dead(dead: set[tuple[str, str]], region: str, name: str) -> bool:
    return bool(dead & {(region, name), (ANY_REGION, name)})
