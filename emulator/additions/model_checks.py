"""REAL: what state machines and EventBridge send is held against AWS's models, as what clients send is.

Step Functions calls other services with the names of the AWS SDK for Java, EventBridge and Scheduler call a target's own
API. ministack does both without a request, so they do not pass the front.
"""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from ministack.services import eventbridge, stepfunctions

from server.models import bodies
from server.models.catalog import Call, model
from server.models.gate import Gate
from server.models.reading import Reading

Data = dict[str, Any]

INTEGRATION = re.compile(r"arn:aws:states:::(aws-sdk:)?([a-z0-9]+):([a-zA-Z]+)(?:\.[a-zA-Z]+(?::2)?)?$")
# Services that are called otherwise in a state machine than in the models.
MODELS = {
    "sfn": "stepfunctions",
    "states": "stepfunctions",
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "rdsdata": "rds-data",
}
# Members that an optimized integration also takes as an object, and sends as JSON.
AS_JSON = ("Message", "MessageBody", "Payload", "Input")

logger = logging.getLogger("models")


def install(gate: Gate) -> None:
    """Wrap what calls services."""
    stepfunctions._invoke_resource = _held(stepfunctions._invoke_resource, gate)
    stepfunctions._invoke_with_callback = _held(stepfunctions._invoke_with_callback, gate)
    for name, operation, members in (
        ("_dispatch_to_sns", ("sns", "Publish"), ("TopicArn", "Message")),
        ("_dispatch_to_stepfunctions", ("stepfunctions", "StartExecution"), ("stateMachineArn", "input")),
        ("_dispatch_to_lambda", ("lambda", "Invoke"), ("FunctionName", "Payload")),
    ):
        dispatch = getattr(eventbridge, name)
        setattr(eventbridge, name, _delivered(dispatch, gate, operation, members))


def _held(invoke: Callable[..., Any], gate: Gate) -> Callable[..., Any]:
    @functools.wraps(invoke)
    def invoke_if_right(resource: str, given: Any, *rest: Any) -> Any:
        _hold(gate, resource, given)
        return invoke(resource, given, *rest)

    return invoke_if_right


def integration(resource: str) -> tuple[str, str] | None:
    """The service and the operation that a task's resource names; None for one that names a function."""
    found = INTEGRATION.match(resource)
    return (found[2], found[3][0].upper() + found[3][1:]) if found else None


def read_call(resource: str, given: Any) -> tuple[Call, Reading] | None:
    """What a task calls, with its input in the API's names; None for what has no model."""
    found = INTEGRATION.match(resource)
    named = integration(resource)
    service_model = model(MODELS.get(named[0], named[0])) if named else None
    if not found or not named or service_model is None or named[1] not in service_model.operation_names:
        return None
    call = Call(service_model.service_name, service_model.operation_model(named[1]), "json")
    reading = Reading(value={})
    if call.operation.input_shape is not None:
        if not found[1] and isinstance(given, dict):
            given = {key: _as_json(key, value) for key, value in given.items()}
        reading.value = bodies.from_json(
            reading, call.operation.input_shape, _renamed(call.operation.input_shape, given), ""
        )
    return call, reading


def _hold(gate: Gate, resource: str, given: Any) -> None:
    named = integration(resource)
    if not named:
        return
    (service, name), read = named, read_call(resource, given)
    if not read:
        gate.ledger.without_model(f"{service} {name}, called by a state machine")
        return
    call, reading = read
    if reading.unknown:
        # Refused when the machine is made: the definition's validation knows the models, too.
        message = f"The field {reading.unknown[0]!r} is not supported by Step Functions"
        gate.ledger.checked(call.service, 0)
        gate.ledger.refused(f"{call.service}:{name}", "States.Runtime", message, "a state machine")
        raise stepfunctions._ExecutionError("States.Runtime", message)
    refused = gate.verdict(call, reading, "a state machine")
    if refused:
        raise stepfunctions._ExecutionError(error_name(call, service, refused.code), refused.message)


def error_name(call: Call, service: str, code: str) -> str:
    """The SDK for Java has a class for what the model declares, and one for everything else of a service."""
    if any(code in (shape.name, shape.error_code) for shape in call.operation.error_shapes):
        return str(stepfunctions._prefix_sdk_error(service, code))
    prefix = stepfunctions._AWS_SDK_ERROR_PREFIX.get(service, service.capitalize())
    return f"{prefix}.{prefix}Exception"


def _as_json(key: str, value: Any) -> Any:
    return json.dumps(value) if key in AS_JSON and isinstance(value, (dict, list)) else value


def _renamed(shape: Shape, value: Any) -> Any:
    """The names of the API, for those of the AWS SDK for Java."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        names = {stepfunctions._api_name_to_sfn_key(name): name for name in shape.members}
        # DynamoDB's NULL is Nul there.
        names |= {
            sdk: wire for (owner, wire), sdk in stepfunctions._SDK_MEMBER_NAME_OVERRIDES.items() if owner == shape.name
        }
        renamed = {}
        for key, item in value.items():
            name = names.get(key, key)
            member = shape.members.get(name)
            wire = member.serialization.get("name", name) if member is not None else name
            renamed[wire] = _renamed(member, item) if member is not None else item
        return renamed
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_renamed(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _renamed(shape.value, item) for key, item in value.items()}
    if shape.type_name == "blob":
        # Step Functions takes a payload as what it is, and sends it as JSON.
        return (value if isinstance(value, str) else json.dumps(value)).encode()
    return value


def _delivered(
    dispatch: Callable[..., Any], gate: Gate, operation: tuple[str, str], members: tuple[str, str]
) -> Callable[..., Any]:
    service, name = operation
    service_model = model(service)
    assert service_model is not None
    call = Call(service, service_model.operation_model(name), "json")

    @functools.wraps(dispatch)
    def dispatch_if_right(arn: str, payload: Any) -> Any:
        text = payload if isinstance(payload, str) else json.dumps(payload)
        value: Any = text.encode() if service == "lambda" else text
        refused = gate.verdict(call, Reading(value=dict(zip(members, (arn, value), strict=True))), "EventBridge")
        if refused:
            logger.warning("an event was not delivered to %s: %s", arn, refused.message)
            return None
        return dispatch(arn, payload)

    return dispatch_if_right
