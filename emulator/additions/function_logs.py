"""REAL: a function logs into its log group, and makes none.

On AWS the log is written with the permissions of the function's role, and the roles of this stack may not make
groups. ministack makes one with every line, also for a run that outlives its function: the group that a
destroy has deleted was back.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudwatch_logs, lambda_svc


def install() -> None:
    """Drop what has no group to go to."""
    emit = lambda_svc._emit_lambda_logs

    def emit_into_a_group(function: dict[str, Any], *arguments: Any, **options: Any) -> None:
        if _group(function) in cloudwatch_logs._log_groups:
            emit(function, *arguments, **options)

    lambda_svc._emit_lambda_logs = emit_into_a_group


def _group(function: dict[str, Any]) -> str:
    configuration = function.get("config") or function
    logging = configuration.get("LoggingConfig") or {}
    return logging.get("LogGroup") or f"/aws/lambda/{configuration.get('FunctionName')}"
