"""REAL: a Python function that raises answers with the exception's class, message and stack trace.

ministack names every error `Runtime.HandlerError` and ends the process. AWS names the class, which is
what Step Functions retries and catches by, and keeps the execution environment.
"""

from __future__ import annotations

import threading
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

REPORT = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
# An answer of status "ok" lets the process live.
DETAILED_REPORT = (
    '{"status": "ok", "raised": {"errorMessage": str(e), "errorType": type(e).__name__, '
    '"stackTrace": traceback.format_tb(e.__traceback__)[1:]}, "trace": traceback.format_exc()}'
)

_this_thread = threading.local()


def install() -> None:
    """Let the worker process report the exception, and put it into the function's answer."""
    if REPORT not in lambda_runtime._PYTHON_WORKER_SCRIPT:
        raise RuntimeError("ministack's Lambda worker reports errors in another way than expected")
    lambda_runtime._PYTHON_WORKER_SCRIPT = lambda_runtime._PYTHON_WORKER_SCRIPT.replace(REPORT, DETAILED_REPORT)
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def invoke_with_report(worker: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        response = invoke(worker, *arguments, **options)
        _this_thread.raised = response.get("raised")
        if _this_thread.raised:
            return {**response, "status": "error", "error": _this_thread.raised["errorMessage"]}
        return response

    def execute_with_report(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        _this_thread.raised = None
        result = execute(function, event, request_id)
        if _this_thread.raised:
            result["body"] = {**_this_thread.raised, "requestId": request_id}
        return result

    lambda_runtime.Worker.invoke = invoke_with_report
    lambda_svc._execute_function_warm = execute_with_report
