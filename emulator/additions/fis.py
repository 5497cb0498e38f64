"""ECHO: experiment templates of the Fault Injection Service. No experiment can be started."""

from __future__ import annotations

import time

from ministack import app
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid

from server.json_services import Data, ServiceError, add_routes

_templates = AccountRegionScopedDict()


def install() -> None:
    """Register the service."""
    app.SERVICE_HANDLERS["fis"] = add_routes(
        [
            ("POST", "/experimentTemplates", _create),
            ("GET", "/experimentTemplates", _list),
            ("GET", "/experimentTemplates/([^/]+)", _get),
            ("PATCH", "/experimentTemplates/([^/]+)", _update),
            ("DELETE", "/experimentTemplates/([^/]+)", _delete),
            ("GET", "/tags/(.+)", _list_tags),
            ("POST", "/tags/(.+)", _tag),
            ("DELETE", "/tags/(.+)", _untag),
        ]
    )


def _create(data: Data) -> Data:
    identifier = f"EXT{new_uuid().replace('-', '')[:15]}"
    arn = f"arn:aws:fis:{get_region()}:{get_account_id()}:experiment-template/{identifier}"
    template = {k: v for k, v in data.items() if k != "clientToken"}
    _templates[identifier] = {
        "tags": {},
        "targets": {},
        **template,
        "id": identifier,
        "arn": arn,
        "creationTime": time.time(),
        "lastUpdateTime": time.time(),
    }
    return _get(data, identifier)


def _get(data: Data, identifier: str) -> Data:
    if identifier not in _templates:
        raise ServiceError("ResourceNotFoundException", f"{identifier} not found", 404)
    return {"experimentTemplate": _templates[identifier]}


def _list(data: Data) -> Data:
    return {"experimentTemplates": _templates.values()}


def _update(data: Data, identifier: str) -> Data:
    template = _get(data, identifier)["experimentTemplate"]
    template.update({k: v for k, v in data.items() if v is not None and k != "id"})
    template["lastUpdateTime"] = time.time()
    return {"experimentTemplate": template}


def _delete(data: Data, identifier: str) -> Data:
    template = _get(data, identifier)
    _templates.pop(identifier)
    return template


def _tags_of(arn: str) -> dict[str, str]:
    return _get({}, arn.rpartition("/")[2])["experimentTemplate"]["tags"]


def _list_tags(data: Data, arn: str) -> Data:
    return {"tags": _tags_of(arn)}


def _tag(data: Data, arn: str) -> Data:
    _tags_of(arn).update(data["tags"])
    return {}


def _untag(data: Data, arn: str) -> Data:
    for key in data.get("tagKeys", []):
        _tags_of(arn).pop(key, None)
    return {}
