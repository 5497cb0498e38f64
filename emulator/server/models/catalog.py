"""Which operation of which model a request calls."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel

from aws_models import service_model
from server.models.request import Request

# Services that sign with another name than their model has.
SIGNED_AS = {
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "email": "ses",
    "execute-api": None,
}
# Parameters of the query that say how a request is signed or which one it is, and belong to no operation.
OF_THE_PROTOCOL = re.compile(
    r"(?i)x-amz-(algorithm|credential|date|expires|security-token|signature|signedheaders|"
    r"content-sha256)|x-id"
)


@dataclass(frozen=True)
class Call:
    """What a request calls."""

    service: str
    operation: OperationModel
    # json, query, ec2, rest-json, rest-xml or cbor: as the request was sent, which the model may also have others of.
    protocol: str


@functools.cache
def model(service: str) -> ServiceModel | None:
    """The model of a service, None without one."""
    try:
        return ServiceModel(service_model(service), service)
    except UnknownServiceError:
        return None


def find(request: Request) -> Call | None:
    """The operation; None if no model has it."""
    service = SIGNED_AS.get(request.service, request.service)
    if service == "apigateway" and request.path.startswith("/v2/"):
        service = "apigatewayv2"
    if service == "s3" and request.path.startswith("/v20180820/"):
        service = "s3control"
    found = model(service) if service else None
    if found is None or service is None:
        return None
    name, protocol = _named(found, request)
    if name is None or name not in found.operation_names:
        return None
    return Call(service, found.operation_model(name), protocol)


def _named(found: ServiceModel, request: Request) -> tuple[str | None, str]:
    target = request.headers.get("x-amz-target")
    if target:
        return target.rpartition(".")[2], "json"
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return request.segments[-1], "cbor"
    protocol = found.metadata["protocol"]
    if protocol.startswith("rest"):
        return _routed(found, request), protocol
    action = next((value for name, value in request.form if name == "Action"), None)
    return action, "ec2" if protocol == "ec2" else "query"


@dataclass(frozen=True)
class Route:
    """A REST operation's method, path and what its query must have."""

    name: str
    method: str
    path: re.Pattern[str]
    literal: int
    query: tuple[tuple[str, str], ...]
    needed: frozenset[str]
    headers: frozenset[str]
    deprecated: bool


@functools.cache
def routes(service: str) -> tuple[Route, ...]:
    """The routes of a service whose operations are told apart by method and path."""
    found = model(service)
    assert found is not None
    return tuple(_route(found.operation_model(name)) for name in found.operation_names)


def _route(operation: OperationModel) -> Route:
    path, _, query = operation.http["requestUri"].partition("?")
    members = operation.input_shape.members if operation.input_shape else {}
    required = [members[name] for name in (operation.input_shape.required_members if operation.input_shape else [])]

    def of(place: str) -> frozenset[str]:
        return frozenset(
            shape.serialization["name"].lower() for shape in required if shape.serialization.get("location") == place
        )

    return Route(
        operation.name,
        operation.http["method"],
        _pattern(path),
        len(re.sub(r"\{[^}]*\}", "", path)),
        tuple(parse_qsl(query, keep_blank_values=True)),
        of("querystring"),
        of("header"),
        operation.deprecated,
    )


def _pattern(path: str) -> re.Pattern[str]:
    def part(found: re.Match[str]) -> str:
        name = re.sub(r"\W", "_", found[1].rstrip("+"))
        return f"(?P<{name}>.+)" if found[1].endswith("+") else f"(?P<{name}>[^/]+)"

    # A literal dot in a path is a dot; nothing else of a path means something to a pattern.
    return re.compile(re.sub(r"\{([^}]+)\}", part, path.replace(".", r"\.")).rstrip("/") + "/?$")


def _routed(found: ServiceModel, request: Request) -> str | None:
    query = dict(request.query)
    fitting = [
        route
        for route in routes(found.service_name)
        if route.method == request.method
        and route.path.match(request.path)
        and all(name in query and (not value or query[name] == value) for name, value in route.query)
    ]
    given = {name.lower() for name in query}
    complete = [route for route in fitting if route.needed <= given and route.headers <= request.headers.keys()]
    best = max(complete or fitting, key=_specific, default=None)
    return best.name if best else None


def _specific(route: Route) -> tuple[int, int, int, bool]:
    return len(route.query), len(route.needed) + len(route.headers), route.literal, not route.deprecated
