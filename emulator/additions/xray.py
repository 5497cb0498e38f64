"""ECHO: X-Ray groups, sampling rules and the encryption configuration.

Trace segments are accepted and thrown away.
"""

from __future__ import annotations

import time
from typing import Any

from ministack import app
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid

from server.json_services import Data, ServiceError, add_routes

_groups = AccountRegionScopedDict()
_rules = AccountRegionScopedDict()
_encryption = AccountRegionScopedDict()
_tags = AccountRegionScopedDict()


def install() -> None:
    """Register the service."""
    routes = {
        "/CreateGroup": _create_group,
        "/GetGroup": _get_group,
        "/Groups": _list_groups,
        "/UpdateGroup": _update_group,
        "/DeleteGroup": _delete_group,
        "/CreateSamplingRule": _create_rule,
        "/GetSamplingRules": _list_rules,
        "/UpdateSamplingRule": _update_rule,
        "/DeleteSamplingRule": _delete_rule,
        "/PutEncryptionConfig": _put_encryption,
        "/EncryptionConfig": _get_encryption,
        "/TagResource": _tag,
        "/UntagResource": _untag,
        "/ListTagsForResource": _list_tags,
        "/TraceSegments": lambda data: {"UnprocessedTraceSegments": []},
    }
    app.SERVICE_HANDLERS["xray"] = add_routes([("POST", path, function) for path, function in routes.items()])


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:xray:{get_region()}:{get_account_id()}:{kind}/{name}"


def _find(store: Any, data: Data, name: str, arn: str, kind: str) -> Data:
    for record in store.values():
        if record[name] == data.get(name) or record[arn] == data.get(arn):
            return record
    raise ServiceError("InvalidRequestException", f"{kind} not found")


def _group(data: Data) -> Data:
    return _find(_groups, data, "GroupName", "GroupARN", "Group")


def _create_group(data: Data) -> Data:
    name = data["GroupName"]
    if name in _groups:
        raise ServiceError("InvalidRequestException", f"Group {name} already exists")
    arn = _arn("group", f"{name}/{new_uuid()}")
    _groups[name] = {"GroupName": name, "GroupARN": arn}
    _tags[arn] = data.get("Tags", [])
    return _update_group(data)


def _update_group(data: Data) -> Data:
    group = _group(data)
    for field in ("FilterExpression", "InsightsConfiguration"):
        if field in data:
            group[field] = data[field]
    return {"Group": group}


def _get_group(data: Data) -> Data:
    return {"Group": _group(data)}


def _list_groups(data: Data) -> Data:
    return {"Groups": _groups.values()}


def _delete_group(data: Data) -> Data:
    _groups.pop(_group(data)["GroupName"])
    return {}


def _record(rule: Data) -> Data:
    now = time.time()
    return {"SamplingRule": rule, "CreatedAt": now, "ModifiedAt": now}


def _rule(data: Data) -> Data:
    return _find(_rules, data, "RuleName", "RuleARN", "Sampling rule")


def _create_rule(data: Data) -> Data:
    rule = data["SamplingRule"]
    name = rule["RuleName"]
    if name in _rules:
        raise ServiceError("InvalidRequestException", f"Sampling rule {name} already exists")
    arn = _arn("sampling-rule", name)
    _rules[name] = {"Attributes": {}, **rule, "RuleARN": arn}
    _tags[arn] = data.get("Tags", [])
    return {"SamplingRuleRecord": _record(_rules[name])}


def _update_rule(data: Data) -> Data:
    change = data["SamplingRuleUpdate"]
    rule = _rule(change)
    rule.update({field: value for field, value in change.items() if value is not None})
    return {"SamplingRuleRecord": _record(rule)}


def _list_rules(data: Data) -> Data:
    return {"SamplingRuleRecords": [_record(rule) for rule in _rules.values()]}


def _delete_rule(data: Data) -> Data:
    return {"SamplingRuleRecord": _record(_rules.pop(_rule(data)["RuleName"]))}


def _put_encryption(data: Data) -> Data:
    _encryption["config"] = {"Status": "ACTIVE", "Type": data["Type"], "KeyId": data.get("KeyId")}
    return _get_encryption(data)


def _get_encryption(data: Data) -> Data:
    return {"EncryptionConfig": _encryption.get("config", {"Status": "ACTIVE", "Type": "NONE"})}


def _tag(data: Data) -> Data:
    added = {tag["Key"]: tag["Value"] for tag in data["Tags"]}
    kept = {tag["Key"]: tag["Value"] for tag in _tags.get(data["ResourceARN"], [])}
    _tags[data["ResourceARN"]] = [{"Key": k, "Value": v} for k, v in (kept | added).items()]
    return {}


def _untag(data: Data) -> Data:
    kept = [tag for tag in _tags.get(data["ResourceARN"], []) if tag["Key"] not in data["TagKeys"]]
    _tags[data["ResourceARN"]] = kept
    return {}


def _list_tags(data: Data) -> Data:
    return {"Tags": _tags.get(data["ResourceARN"], [])}
