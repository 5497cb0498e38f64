"""Helpers for additions to services that speak JSON, by action name or by path."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

Data = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, Any], bytes, dict[str, Any]], Awaitable[Response]]
Action = Callable[[Data], Data]
Route = tuple[str, str, Callable[..., Data]]


class ServiceError(Exception):
    """An error in the words of the service."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def add_actions(module: Any, actions: dict[str, Action]) -> None:
    """Answer some actions of a JSON-RPC service, leave the others to the module."""
    original: Handler = module.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, Any], body: bytes, query: dict[str, Any]
    ) -> Response:
        action = actions.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if not action:
            return await original(method, path, headers, body, query)
        return _answer(lambda: action(_parse(body)))

    module.handle_request = handle_request


def add_routes(routes: list[Route], original: Handler | None = None) -> Handler:
    """A handler for paths; what matches no route goes to `original`.

    A route is a method, a regular expression for the whole path, and a function
    of the request's data and the expression's groups.
    """
    compiled = [(method, re.compile(pattern), call) for method, pattern, call in routes]

    async def handle_request(
        method: str, path: str, headers: dict[str, Any], body: bytes, query: dict[str, Any]
    ) -> Response:
        for wanted, pattern, call in compiled:
            match = pattern.fullmatch(path)
            if match and wanted == method:
                data = {name: values[0] for name, values in query.items()} | _parse(body)
                if "tagKeys" in query:
                    data["tagKeys"] = query["tagKeys"]
                groups = [unquote(group) for group in match.groups()]
                return _answer(functools.partial(call, data, *groups))
        if original:
            return await original(method, path, headers, body, query)
        message = f"No route for {method} {path}"
        return _error(ServiceError("UnknownOperationException", message, 404))

    return handle_request


def _parse(body: bytes) -> Data:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _answer(call: Callable[[], Data]) -> Response:
    try:
        return 200, {"Content-Type": "application/json"}, json.dumps(call()).encode()
    except ServiceError as error:
        return _error(error)


def _error(error: ServiceError) -> Response:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
    content = {"__type": error.code, "message": str(error), "Message": str(error)}
    return error.status, headers, json.dumps(content).encode()
