"""Reading requests and writing answers of the `query` and `ec2` protocols.

Driven by the service models that botocore ships, so an addition works with plain
dictionaries in the names of the AWS API and leaves the wire format to this module.
"""

from __future__ import annotations

import datetime
import functools
import uuid
from typing import Any
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

Parameters = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

XML = {"Content-Type": "text/xml"}


@functools.cache
def service_model(service: str) -> ServiceModel:
    """The model of one service."""
    return botocore.session.get_session().get_service_model(service)


def read(service: str, operation: str, parameters: Parameters) -> dict[str, Any]:
    """The request's parameters as a dictionary shaped like the operation's input."""
    model = service_model(service)
    flat = {name: value[0] if isinstance(value, list) else value for name, value in parameters.items()}
    shape = model.operation_model(operation).input_shape
    return _read_structure(shape, flat, "", _is_ec2(model)) or {} if shape else {}


def write(service: str, operation: str, answer: dict[str, Any]) -> Response:
    """The answer as the operation's XML response."""
    model = service_model(service)
    return 200, dict(XML), _envelope(model, model.operation_model(operation), answer).encode()


def write_shape(service: str, shape: str, value: dict[str, Any]) -> str:
    """The XML of one structure's members, without an element around them."""
    return _members(service_model(service).shape_for(shape), value)


def error(code: str, message: str, status: int = 400) -> Response:
    """An error response of the query protocol."""
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
        f"<Message>{escape(message)}</Message></Error><RequestId>{uuid.uuid4()}</RequestId>"
        "</ErrorResponse>"
    )
    return status, dict(XML), body.encode()


def _is_ec2(model: ServiceModel) -> bool:
    return model.metadata["protocol"] == "ec2"


def _read_structure(shape: StructureShape, flat: Parameters, prefix: str, ec2: bool) -> dict[str, Any] | None:
    values = {}
    for name, member in shape.members.items():
        value = _read(member, flat, prefix + _request_name(name, member, ec2), ec2)
        if value is not None:
            values[name] = value
    return values or None


def _request_name(name: str, member: Shape, ec2: bool) -> str:
    serialization = member.serialization
    if not ec2:
        return serialization.get("name", name)
    if "queryName" in serialization:
        return serialization["queryName"]
    given = serialization.get("name", name)
    return given[0].upper() + given[1:]


def _read(shape: Shape, flat: Parameters, key: str, ec2: bool) -> Any:
    if isinstance(shape, StructureShape):
        return _read_structure(shape, flat, f"{key}.", ec2)
    if isinstance(shape, ListShape):
        return _read_list(shape, flat, key, ec2)
    if isinstance(shape, MapShape):
        return _read_map(shape, flat, key)
    return _scalar(shape, flat[key]) if key in flat else None


def _read_list(shape: ListShape, flat: Parameters, key: str, ec2: bool) -> list[Any] | None:
    candidates = [f"{key}."]
    if not ec2 and not shape.serialization.get("flattened"):
        # The SDKs disagree about the element name of a list: both are accepted by AWS.
        candidates = [f"{key}.{shape.member.serialization.get('name', 'member')}.", f"{key}.member."]
    for prefix in candidates:
        values: list[Any] = []
        while (value := _read(shape.member, flat, f"{prefix}{len(values) + 1}", ec2)) is not None:
            values.append(value)
        if values:
            return values
    return [] if key in flat else None


def _read_map(shape: MapShape, flat: Parameters, key: str) -> dict[str, Any] | None:
    values, number = {}, 1
    while f"{key}.entry.{number}.key" in flat:
        entry = f"{key}.entry.{number}"
        values[flat[f"{entry}.key"]] = _scalar(shape.value, flat.get(f"{entry}.value", ""))
        number += 1
    return values or None


def _scalar(shape: Shape, text: str) -> Any:
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("float", "double"):
        return float(text)
    if shape.type_name == "boolean":
        return text.lower() == "true"
    return text


def _envelope(model: ServiceModel, operation: OperationModel, answer: dict[str, Any]) -> str:
    namespace = model.metadata.get("xmlNamespace", "")
    content = _members(operation.output_shape, answer) if operation.output_shape else ""
    request_id = uuid.uuid4()
    if _is_ec2(model):
        content = f"<requestId>{request_id}</requestId>{content}"
    else:
        wrapper = operation.output_shape and operation.output_shape.serialization.get("resultWrapper")
        if wrapper:
            content = f"<{wrapper}>{content}</{wrapper}>"
        content += f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f'<{operation.name}Response xmlns="{namespace}">{content}</{operation.name}Response>'


def _members(shape: StructureShape, value: dict[str, Any]) -> str:
    return "".join(
        _element(member, value[name], member.serialization.get("name", name))
        for name, member in shape.members.items()
        if value.get(name) is not None
    )


def _element(shape: Shape, value: Any, name: str) -> str:
    if isinstance(shape, ListShape):
        if shape.serialization.get("flattened"):
            return "".join(_element(shape.member, one, name) for one in value)
        item = shape.member.serialization.get("name", "member")
        content = "".join(_element(shape.member, one, item) for one in value)
    elif isinstance(shape, StructureShape):
        content = _members(shape, value)
    elif isinstance(shape, MapShape):
        content = "".join(
            f"<entry><key>{escape(key)}</key>{_element(shape.value, one, 'value')}</entry>"
            for key, one in value.items()
        )
    else:
        content = escape(_text(shape, value))
    return f"<{name}>{content}</{name}>"


def _text(shape: Shape, value: Any) -> str:
    if shape.type_name == "boolean":
        return str(bool(value)).lower()
    if shape.type_name == "timestamp" and isinstance(value, (int, float)):
        moment = datetime.datetime.fromtimestamp(value, datetime.UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return str(value)
