"""ECHO: logging and data protection of web ACLs. Nothing is blocked, nothing is logged."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import waf

from server.json_services import Data, ServiceError, add_actions

_configurations = AccountRegionScopedDict()


def install() -> None:
    """Answer the actions of logging, and keep what ministack drops of a web ACL."""
    create, update = waf.create_web_acl_record, waf.update_web_acl_record

    def create_with_protection(name: str, scope: str, request: Data) -> tuple[str, str, Data]:
        uid, arn, record = create(name, scope, request)
        _keep_protection(record, request)
        return uid, arn, record

    def update_with_protection(record: Data, request: Data) -> Data:
        _keep_protection(record, request)
        return update(record, request)

    waf.create_web_acl_record = create_with_protection
    waf.update_web_acl_record = update_with_protection
    add_actions(
        waf,
        {
            "PutLoggingConfiguration": _put,
            "GetLoggingConfiguration": _get,
            "DeleteLoggingConfiguration": _delete,
            "ListLoggingConfigurations": _list,
        },
    )


def _keep_protection(record: dict[str, Any], request: Data) -> None:
    record.pop("DataProtectionConfig", None)
    if protection := request.get("DataProtectionConfig"):
        record["DataProtectionConfig"] = protection


def _put(data: Data) -> Data:
    configuration = data["LoggingConfiguration"]
    _configurations[configuration["ResourceArn"]] = configuration
    return {"LoggingConfiguration": configuration}


def _get(data: Data) -> Data:
    if data["ResourceArn"] not in _configurations:
        raise ServiceError("WAFNonexistentItemException", "The resource has no logging configuration")
    return {"LoggingConfiguration": _configurations[data["ResourceArn"]]}


def _delete(data: Data) -> Data:
    _get(data)
    _configurations.pop(data["ResourceArn"])
    return {}


def _list(data: Data) -> Data:
    return {"LoggingConfigurations": _configurations.values()}
