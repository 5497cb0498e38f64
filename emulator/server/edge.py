"""API Gateway's regional endpoints on the emulated internet: which API a host name and path mean.

`{api}.execute-api.{region}.amazonaws.com/{stage}/...` names an API; a custom domain leads to one by
its base path mapping in the region of the connection. The request goes on to ministack by the API's
path, with the host name the client sent.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from ministack.core.responses import request_scope
from ministack.services import apigateway_v1

from server.request_region import header

Scope = dict[str, Any]

STAGE_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com")
# What API Gateway answers to a host name or a stage that it does not know.
FORBIDDEN = json.dumps({"message": "Forbidden"}).encode()


def region_of_api(api: str) -> str | None:
    """The region of a REST API."""
    return next((region for (_, region, found) in _apis() if found == api), None)


def route(scope: Scope, region: str) -> Scope | None:
    """The request with the API's path, None when this region serves no such name."""
    host = header(scope, b"host").partition(":")[0].lower()
    stage_host = STAGE_HOST.fullmatch(host)
    if stage_host:
        api, named_region = stage_host.groups()
        if named_region != region or region_of_api(api) != region:
            return None
        stage, _, rest = scope["path"].lstrip("/").partition("/")
        return _redirected(scope, api, stage, f"/{rest}")
    target = _mapping(host, region, scope["path"])
    return _redirected(scope, *target) if target else None


def _mapping(host: str, region: str, path: str) -> tuple[str, str, str] | None:
    for account, domain_region, name in list(apigateway_v1._domain_names._data):
        if domain_region == region and name.lower() == host:
            with request_scope(account, region):
                return apigateway_v1.resolve_base_path_mapping(host, path)
    return None


def _redirected(scope: Scope, api: str, stage: str, path: str) -> Scope:
    new_path = f"/restapis/{api}/{stage}/_user_request_{path}"
    return {**scope, "path": new_path, "raw_path": quote(new_path).encode()}


def _apis() -> list[tuple[str, str, str]]:
    return list(apigateway_v1._rest_apis._data)
