"""ECHO: the tracing configuration of state machines. No trace is recorded.

REAL: errors that RDS does not model, throttling among them, reach a machine as `Rds.RdsException`.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import stepfunctions

Response = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Remember the configuration where a machine is created or updated."""
    create, update = stepfunctions._create_state_machine, stepfunctions._update_state_machine

    def create_with_tracing(data: dict[str, Any], *arguments: Any) -> Response:
        response = create(data, *arguments)
        if response[0] == 200:
            _remember(json.loads(response[2])["stateMachineArn"], data)
        return response

    def update_with_tracing(data: dict[str, Any], *arguments: Any) -> Response:
        response = update(data, *arguments)
        if response[0] == 200:
            _remember(data["stateMachineArn"], data)
        return response

    unmodelled = stepfunctions._AWS_SDK_ERROR_CODE_OVERRIDES.setdefault("rds", {})
    for code in ("Throttling", "InternalFailure", "ServiceUnavailable"):
        unmodelled[code] = "RdsException"
    stepfunctions._create_state_machine = create_with_tracing
    stepfunctions._update_state_machine = update_with_tracing


def _remember(arn: str, data: dict[str, Any]) -> None:
    machine = stepfunctions._state_machines.get(arn)
    if machine and "tracingConfiguration" in data:
        machine["tracingConfiguration"] = data["tracingConfiguration"]
