"""A request as the models see it: which service signed for it, and what it carries."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

Scope = dict[str, Any]
Pairs = list[tuple[str, str]]

SIGNED = re.compile(r"Credential=[^/,\s]+/\d{8}/[a-z0-9-]+/([a-z0-9-]+)/")
PRESIGNED = re.compile(r"[^/]+/\d{8}/[a-z0-9-]+/([a-z0-9-]+)/")


@dataclass(frozen=True)
class Request:
    """One HTTP request to an API."""

    service: str
    method: str
    path: str
    query: Pairs
    headers: dict[str, str]
    body: bytes
    # What the sender is, where it is not a client with a signature.
    sender: str = field(default="")

    @classmethod
    def of(cls, scope: Scope, body: bytes) -> Request | None:
        """The request; None if nobody signed it for a service."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        service = signing_service(headers, dict(query))
        if service is None:
            return None
        path = scope.get("raw_path") or scope["path"].encode()
        return cls(service, scope["method"], path.decode("latin-1").partition("?")[0], query, headers, body)

    @cached_property
    def content(self) -> bytes:
        """The body, unpacked."""
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body

    @cached_property
    def form(self) -> Pairs:
        """The parameters of a request in the query protocol."""
        return [*self.query, *parse_qsl(self.content.decode("utf-8", "replace"), keep_blank_values=True)]

    @cached_property
    def segments(self) -> list[str]:
        """The decoded parts of the path."""
        return [unquote(part) for part in self.path.lstrip("/").split("/")]

    def json(self) -> Any:
        """The body as JSON; a `ValueError` if it is none."""
        return json.loads(self.content or b"{}")


def signing_service(headers: dict[str, str], query: dict[str, str]) -> str | None:
    """The service that the signature is for."""
    signed = SIGNED.search(headers.get("authorization", ""))
    if signed:
        return signed[1]
    presigned = PRESIGNED.match(query.get("X-Amz-Credential", ""))
    return presigned[1] if presigned else None
