"""ECHO: logging configurations of web ACLs. Nothing is logged."""

from __future__ import annotations

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import waf

from server.json_services import Data, ServiceError, add_actions

_configurations = AccountRegionScopedDict()


def install() -> None:
    """Answer the four actions."""
    add_actions(
        waf,
        {
            "PutLoggingConfiguration": _put,
            "GetLoggingConfiguration": _get,
            "DeleteLoggingConfiguration": _delete,
            "ListLoggingConfigurations": _list,
        },
    )


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
