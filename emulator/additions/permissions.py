"""REAL: functions, state machines, schedules, rules, alarms, APIs and replication act with their own permissions.

ministack lets its services call each other without a request. Here each such call is judged as AWS judges it: a state
machine, a schedule and replication by their role, EventBridge, CloudWatch and API Gateway by the policy of what they
call. What is denied does not happen, and fails as it does on AWS.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway_v1, cloudwatch, eventbridge, lambda_svc, s3, stepfunctions

from additions import model_checks
from server.permissions import follow_ups, principals
from server.permissions.actions import Need, Place
from server.permissions.enforcement import Permissions
from server.permissions.principals import Principal

Data = dict[str, Any]

# What each kind of target is asked for.
TARGETS = {
    "lambda": "lambda:InvokeFunction",
    "states": "states:StartExecution",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
}

# The execution that this thread works for.
_execution: contextvars.ContextVar[str | None] = contextvars.ContextVar("permissions_execution", default=None)

logger = logging.getLogger("permissions")


def install(permissions: Permissions) -> None:
    """Wrap what calls services."""
    _install_functions(permissions)
    _install_machines(permissions)
    eventbridge._invoke_target = _delivered(eventbridge._invoke_target, permissions)
    cloudwatch._dispatch_alarm_actions = _alarming(cloudwatch._dispatch_alarm_actions, permissions)
    apigateway_v1._invoke_lambda_proxy_v1 = _integrated(apigateway_v1._invoke_lambda_proxy_v1, permissions)
    s3._maybe_replicate = _replicated(s3._maybe_replicate, permissions)


def _here() -> Place:
    return Place(get_region(), get_account_id())


def _install_functions(permissions: Permissions) -> None:
    """Functions sign as their role, and write their logs with its permissions."""
    lambda_runtime.execution_credentials = permissions.principals.credentials_of_function
    lambda_svc.execution_credentials = permissions.principals.credentials_of_function
    emit = lambda_svc._emit_lambda_logs

    def emit_with_permissions(function: Data, *arguments: Any, **options: Any) -> None:
        configuration = function.get("config") or function
        name, arn = configuration.get("FunctionName", ""), configuration.get("FunctionArn", "")
        group = (configuration.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        place = Place(arn.split(":")[3], arn.split(":")[4])
        stream = f"arn:aws:logs:{place.region}:{place.account}:log-group:{group}:log-stream:{name}"
        needs = [Need("logs:CreateLogStream", stream), Need("logs:PutLogEvents", stream)]
        # Lambda itself sends them, not the function through its network.
        role = principals.session(configuration.get("Role", ""), name)
        if permissions.of_needs(role, needs, {}, place, "Lambda") is None:
            emit(function, *arguments, **options)

    lambda_svc._emit_lambda_logs = emit_with_permissions


def _install_machines(permissions: Permissions) -> None:
    run = stepfunctions._run_execution

    def run_as_role(arn: str) -> None:
        _execution.set(arn)
        execution = stepfunctions._executions.get(arn)
        lacking = _lacking_to_run(permissions, execution) if execution else None
        if lacking:
            stepfunctions._fail_execution(execution, "States.Runtime", lacking)
        else:
            run(arn)

    stepfunctions._run_execution = run_as_role
    stepfunctions._invoke_resource = _as_role(stepfunctions._invoke_resource, permissions)
    stepfunctions._invoke_with_callback = _as_role(stepfunctions._invoke_with_callback, permissions)


def _machine_of(execution_arn: str) -> Data:
    execution = stepfunctions._executions.get(execution_arn) or {}
    machine: Data = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
    return machine


def _role_of(machine: Data) -> Principal:
    return principals.session(machine["roleArn"], machine["name"])


def _lacking_to_run(permissions: Permissions, execution: Data) -> str | None:
    """Why an execution cannot be encrypted; None if it can."""
    machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
    place = _here()
    key = follow_ups.key_arn((machine.get("encryptionConfiguration") or {}).get("kmsKeyId"), place)
    if not key:
        return None
    own = {"kms:EncryptionContext:aws:states:stateMachineArn": machine["stateMachineArn"]}
    needs = [Need("kms:GenerateDataKey", key, own), Need("kms:Decrypt", key, own)]
    if (machine.get("loggingConfiguration") or {}).get("level", "OFF") != "OFF":
        logs = {"kms:EncryptionContext:SourceArn": f"arn:aws:logs:{place.region}:{place.account}:*"}
        needs.append(Need("kms:GenerateDataKey", key, logs))
    role = _role_of(machine)
    denied = permissions.of_needs(role, needs, {}, place, "Step Functions")
    return permissions.message(role, denied) if denied else None


def _as_role(invoke: Callable[..., Any], permissions: Permissions) -> Callable[..., Any]:
    def invoke_if_allowed(resource: str, given: Any, *rest: Any) -> Any:
        execution = _execution.get()
        machine = _machine_of(execution) if execution else {}
        if machine:
            _judge_task(permissions, _role_of(machine), resource, given)
        return invoke(resource, given, *rest)

    return invoke_if_allowed


def _judge_task(permissions: Permissions, role: Principal, resource: str, given: Any) -> None:
    function = _function_of(resource, given)
    if function:
        need = Need("lambda:InvokeFunction", function)
        if not permissions.may(role, need, _here(), "a state machine"):
            raise stepfunctions._ExecutionError("Lambda.AWSLambdaException", permissions.message(role, need))
        return
    read = model_checks.read_call(resource, given)
    named = model_checks.integration(resource)
    if not read or not named:
        what = f"{resource}, called by {role.arn}"
        permissions.ledger.unjudged(what)
        raise stepfunctions._ExecutionError("States.Runtime", f"cannot be judged, because no model has it: {what}")
    call, reading = read
    refused = permissions.of_call(role, call, reading.value, _here(), "a state machine")
    if refused:
        raise stepfunctions._ExecutionError(model_checks.error_name(call, named[0], refused.code), refused.message)


def _function_of(resource: str, given: Any) -> str | None:
    if resource.startswith("arn:aws:lambda:"):
        return resource
    if "states:::lambda:invoke" in resource:
        return _function_arn(given.get("FunctionName", "") if isinstance(given, dict) else "")
    return None


def _function_arn(reference: str) -> str:
    if reference.startswith("arn:"):
        return reference
    return f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{reference}"


def _delivered(invoke: Callable[..., Any], permissions: Permissions) -> Callable[..., Any]:
    """Scheduler acts as the schedule's role; EventBridge too where a target has one, and for itself elsewhere."""

    def invoke_if_allowed(target: Data, event: Data, rule: Data, view: Any = None) -> Any:
        arn, place = target.get("Arn", ""), _here()
        kind = arn.split(":")[2] if arn.startswith("arn:") else ""
        sender = "Scheduler" if event.get("Source") == "aws.scheduler" else "EventBridge"
        if kind in TARGETS:
            principal, needs = _sender(sender, kind, target, rule, place)
            if permissions.of_needs(principal, needs, {}, place, sender):
                logger.warning("%s may not call %s for %s", sender, arn, rule.get("Arn") or rule.get("Name"))
                return None
        return invoke(target, event, rule, view)

    return invoke_if_allowed


def _sender(sender: str, kind: str, target: Data, rule: Data, place: Place) -> tuple[Principal, list[Need]]:
    need, source = Need(TARGETS[kind], target["Arn"]), rule.get("Arn", "")
    if sender == "EventBridge" and not target.get("RoleArn"):
        # EventBridge says for which rule it comes to Lambda and SQS, and nothing to SNS.
        context = {} if kind == "sns" else {"aws:SourceArn": source, "aws:SourceAccount": place.account}
        return principals.service("events.amazonaws.com", place.account), [Need(need.action, need.resource, context)]
    role = principals.session(target["RoleArn"], rule.get("Name", "schedule")[:64])
    key = follow_ups.key_arn(rule.get("KmsKeyArn"), place)
    context = {"kms:EncryptionContext:aws:scheduler:schedule:arn": source}
    return role, [*([Need("kms:Decrypt", key, context)] if key else []), need]


def _alarming(dispatch: Callable[..., Any], permissions: Permissions) -> Callable[..., Any]:
    def dispatch_if_allowed(alarm: Data, old: str, new: str, reason: str) -> Any:
        place = _here()
        # A topic without a policy of its own has SNS's, which names the owner of the source.
        context = {
            "aws:SourceArn": alarm.get("AlarmArn", ""),
            "aws:SourceAccount": place.account,
            "aws:SourceOwner": place.account,
        }
        principal = principals.service("cloudwatch.amazonaws.com", place.account)
        lists = {
            name: [
                arn
                for arn in alarm.get(name) or []
                if ":sns:" not in arn
                or permissions.may(principal, Need("sns:Publish", arn, context), place, "an alarm")
            ]
            for name in ACTIONS_OF_STATE.values()
            if name == ACTIONS_OF_STATE.get(new)
        }
        return dispatch({**alarm, **lists}, old, new, reason)

    return dispatch_if_allowed


ACTIONS_OF_STATE = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def _integrated(invoke: Callable[..., Any], permissions: Permissions) -> Callable[..., Any]:
    async def invoke_if_allowed(
        integration: Data,
        api: str,
        stage: str,
        stage_data: Any,
        resource: Data,
        path: str,
        method: str,
        *rest: Any,
        **options: Any,
    ) -> Any:
        place = Place(options.get("owner_region") or get_region(), options.get("owner_account_id") or get_account_id())
        function = _function_arn(apigateway_v1._extract_lambda_ref_from_integration_uri(integration.get("uri", "")))
        source = (
            f"arn:aws:execute-api:{place.region}:{place.account}:{api}/{stage}/{method}{resource.get('path', path)}"
        )
        need = Need("lambda:InvokeFunction", function, {"aws:SourceArn": source, "aws:SourceAccount": place.account})
        principal = principals.service("apigateway.amazonaws.com", place.account)
        if not await asyncio.to_thread(permissions.may, principal, need, place, "API Gateway"):
            return 500, {"Content-Type": "application/json"}, json.dumps({"message": "Internal server error"}).encode()
        return await invoke(integration, api, stage, stage_data, resource, path, method, *rest, **options)

    return invoke_if_allowed


def _replicated(replicate: Callable[..., None], permissions: Permissions) -> Callable[..., None]:
    """Live replication: "Setting up permissions for live replication" in S3's guide."""

    def replicate_if_allowed(bucket: str, key: str, stored: Data, *rest: Any) -> None:
        rule, role = s3._replication_rule_for(bucket, key, rest[1] if len(rest) > 1 else None)
        if rule is not None and role and not _may_replicate(permissions, bucket, key, rule, role):
            stored["replication_status"] = "FAILED"
            return
        replicate(bucket, key, stored, *rest)

    return replicate_if_allowed


def _may_replicate(permissions: Permissions, bucket: str, key: str, rule: Data, role_arn: str) -> bool:
    destination = (rule.get("Destination") or {}).get("Bucket", "")
    source, replica = f"arn:aws:s3:::{bucket}", f"{destination}/{key}"
    role, here = principals.session(role_arn, "s3-replication"), _here()
    there = Place(s3._buckets.get(destination.rpartition(":")[2], {}).get("region") or here.region, here.account)
    reading = [
        Need("s3:GetReplicationConfiguration", source),
        Need("s3:ListBucket", source),
        *(Need(f"s3:GetObjectVersion{what}", f"{source}/{key}") for what in ("ForReplication", "Acl", "Tagging")),
        *follow_ups.of(Need("s3:GetObject", f"{source}/{key}"), {}, here),
    ]
    writing = [Need("s3:ReplicateObject", replica), Need("s3:ReplicateTags", replica)]
    key_arn = ((rule.get("Destination") or {}).get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")
    if key_arn:
        via = {"kms:ViaService": f"s3.{there.region}.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": destination}
        writing += [Need("kms:Encrypt", key_arn, via), Need("kms:GenerateDataKey", key_arn, via)]
    return (
        permissions.of_needs(role, reading, {}, here, "S3 replication") is None
        and permissions.of_needs(role, writing, {}, there, "S3 replication") is None
    )
