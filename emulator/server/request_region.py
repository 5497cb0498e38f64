"""The region that a request is for.

A call of an API names it in the credential scope of its signature (Signature Version 4, in the header
or in a presigned query); a request to an API Gateway stage belongs to the region of the API.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

Scope = dict[str, Any]
ApiRegion = Callable[[str], str | None]

CREDENTIAL = re.compile(r"Credential=[^/,\s]+/\d{8}/([a-z0-9-]+)/")
PRESIGNED = re.compile(r"[^/]+/\d{8}/([a-z0-9-]+)/")
STAGE_PATH = re.compile(r"/restapis/([^/]+)/[^/]+/_user_request_(/|$)|/_aws/execute-api/([^/]+)/")
STAGE_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.")


def of(scope: Scope, region_of_api: ApiRegion) -> str | None:
    """The region's name, None for a request that belongs to none."""
    host = header(scope, b"host")
    stage = STAGE_PATH.match(scope["path"]) or STAGE_HOST.match(host)
    if stage:
        return region_of_api(next(group for group in stage.groups() if group and group != "/"))
    signed = CREDENTIAL.search(header(scope, b"authorization"))
    if signed:
        return signed[1]
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    presigned = PRESIGNED.match(query.get("X-Amz-Credential", [""])[0])
    return presigned[1] if presigned else None


def header(scope: Scope, name: bytes) -> str:
    """The value of a header, empty without it."""
    for found, value in scope["headers"]:
        if found.lower() == name:
            return value.decode("latin-1")
    return ""
