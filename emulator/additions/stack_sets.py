"""ECHO: CloudFormation stack sets and their instances.

Operations succeed at once; no stack is created in the target accounts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import (
    AccountRegionScopedDict,
    get_account_id,
    get_region,
    new_uuid,
    now_iso,
)
from ministack.services.cloudformation import handlers

from server import query_protocol

Data = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

SET_FIELDS = (
    "Description",
    "TemplateBody",
    "Parameters",
    "Capabilities",
    "Tags",
    "AdministrationRoleARN",
    "ExecutionRoleName",
    "PermissionModel",
    "AutoDeployment",
    "ManagedExecution",
)

_sets = AccountRegionScopedDict()
_instances = AccountRegionScopedDict()
_operations = AccountRegionScopedDict()


class StackSetError(Exception):
    """An error of the service: code and message."""


def install() -> None:
    """Answer the stack set actions."""
    for name, function in {
        "CreateStackSet": _create,
        "DescribeStackSet": _describe,
        "UpdateStackSet": _update,
        "DeleteStackSet": _delete,
        "ListStackSets": _list,
        "CreateStackInstances": _create_instances,
        "UpdateStackInstances": _update_instances,
        "DeleteStackInstances": _delete_instances,
        "DescribeStackInstance": _describe_instance,
        "ListStackInstances": _list_instances,
        "DescribeStackSetOperation": _describe_operation,
        "ListStackSetOperationResults": lambda request: {"Summaries": []},
    }.items():
        handlers._ACTION_HANDLERS[name] = _action(name, function)


def _action(name: str, function: Callable[[Data], Data]) -> Callable[[dict[str, Any]], Response]:
    def handler(parameters: dict[str, Any]) -> Response:
        request = query_protocol.read("cloudformation", name, parameters)
        try:
            return query_protocol.write("cloudformation", name, function(request))
        except StackSetError as error:
            return query_protocol.error(*error.args)

    return handler


def _set(request: Data) -> Data:
    name = request["StackSetName"].partition(":")[0]
    if name not in _sets:
        raise StackSetError("StackSetNotFoundException", f"StackSet {name} not found", 404)
    return _sets[name]


def _create(request: Data) -> Data:
    name = request["StackSetName"]
    if name in _sets:
        raise StackSetError("NameAlreadyExistsException", f"StackSet {name} already exists", 409)
    identifier = f"{name}:{new_uuid()}"
    _sets[name] = {
        "StackSetName": name,
        "StackSetId": identifier,
        "StackSetARN": f"arn:aws:cloudformation:{get_region()}:{get_account_id()}:stackset/{identifier}",
        "Status": "ACTIVE",
        "PermissionModel": "SELF_MANAGED",
        "ManagedExecution": {"Active": False},
    } | _fields(request)
    return {"StackSetId": identifier}


def _fields(request: Data) -> Data:
    return {field: request[field] for field in SET_FIELDS if field in request}


def _describe(request: Data) -> Data:
    return {"StackSet": _set(request)}


def _update(request: Data) -> Data:
    _set(request).update(_fields(request))
    return _operation(request, "UPDATE")


def _delete(request: Data) -> Data:
    name = _set(request)["StackSetName"]
    if any(owner == name for owner, _, _ in _instances):
        raise StackSetError("StackSetNotEmptyException", "StackSet is not empty", 409)
    _sets.pop(name)
    return {}


def _list(request: Data) -> Data:
    return {"Summaries": _sets.values()}


def _operation(request: Data, action: str) -> Data:
    identifier = request.get("OperationId") or new_uuid()
    _operations[identifier] = {
        "OperationId": identifier,
        "StackSetId": _set(request)["StackSetId"],
        "Action": action,
        "Status": "SUCCEEDED",
        "CreationTimestamp": now_iso(),
        "EndTimestamp": now_iso(),
    }
    return {"OperationId": identifier}


def _targets(request: Data) -> list[tuple[str, str, str]]:
    name = _set(request)["StackSetName"]
    deployment = request.get("DeploymentTargets", {})
    accounts = request.get("Accounts") or deployment.get("Accounts") or [get_account_id()]
    return [(name, account, region) for account in accounts for region in request["Regions"]]


def _create_instances(request: Data) -> Data:
    stack_set = _set(request)
    for key in _targets(request):
        name, account, region = key
        unit = request.get("DeploymentTargets", {}).get("OrganizationalUnitIds", [None])[0]
        _instances[key] = {
            "StackSetId": stack_set["StackSetId"],
            "Account": account,
            "Region": region,
            "StackId": f"arn:aws:cloudformation:{region}:{account}:stack/StackSet-{name}/{new_uuid()}",
            "Status": "CURRENT",
            "StackInstanceStatus": {"DetailedStatus": "SUCCEEDED"},
            "OrganizationalUnitId": unit,
            "ParameterOverrides": request.get("ParameterOverrides", []),
        }
    return _operation(request, "CREATE")


def _update_instances(request: Data) -> Data:
    for key in _targets(request):
        if key in _instances:
            _instances[key]["ParameterOverrides"] = request.get("ParameterOverrides", [])
    return _operation(request, "UPDATE")


def _delete_instances(request: Data) -> Data:
    for key in _targets(request):
        _instances.pop(key, None)
    return _operation(request, "DELETE")


def _describe_instance(request: Data) -> Data:
    name = _set(request)["StackSetName"]
    key = (name, request["StackInstanceAccount"], request["StackInstanceRegion"])
    if key not in _instances:
        raise StackSetError("StackInstanceNotFoundException", "Stack instance not found", 404)
    return {"StackInstance": _instances[key]}


def _list_instances(request: Data) -> Data:
    name = _set(request)["StackSetName"]
    wanted = (request.get("StackInstanceAccount"), request.get("StackInstanceRegion"))
    found = [
        instance
        for (owner, account, region), instance in _instances.items()
        if owner == name and wanted[0] in (None, account) and wanted[1] in (None, region)
    ]
    return {"Summaries": found}


def _describe_operation(request: Data) -> Data:
    if request["OperationId"] not in _operations:
        raise StackSetError("OperationNotFoundException", "Operation not found", 404)
    return {"StackSetOperation": _operations[request["OperationId"]]}
