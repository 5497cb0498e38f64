"""Input in the REST protocols: in the path, the query, the headers and the body."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from server.models import bodies
from server.models.catalog import OF_THE_PROTOCOL, routes
from server.models.reading import Reading, joined
from server.models.request import Request


def read(service: str, operation: OperationModel, request: Request, xml: bool) -> Reading:
    """The input."""
    shape = operation.input_shape
    reading = Reading(value={})
    route = next(route for route in routes(service) if route.name == operation.name)
    members = shape.members if shape else {}
    located = {place: _located(members, place) for place in ("uri", "querystring", "header", "headers")}
    found = route.path.match(request.path)
    assert found
    for wire, (name, member) in located["uri"].items():
        text = unquote(found[re.sub(r"\W", "_", wire)])
        reading.value[name] = reading.scalar(member, text, name)
    _read_query(reading, located["querystring"], request, {name for name, _ in route.query})
    _read_headers(reading, located["header"], located["headers"], request)
    if shape:
        _read_body(reading, shape, request, xml)
    return reading


def _located(members: dict[str, Shape], place: str) -> dict[str, tuple[str, Shape]]:
    return {
        member.serialization.get("name", name): (name, member)
        for name, member in members.items()
        if member.serialization.get("location") == place
    }


def _read_query(reading: Reading, members: dict[str, tuple[str, Shape]], request: Request, literal: set[str]) -> None:
    rest: dict[str, list[str]] = {}
    for wire, text in request.query:
        rest.setdefault(wire, []).append(text)
    for wire, (name, member) in members.items():
        if wire not in rest:
            continue
        texts = rest.pop(wire)
        if isinstance(member, ListShape):
            reading.value[name] = [reading.scalar(member.member, text, name) for text in texts]
        elif not isinstance(member, MapShape):
            reading.value[name] = reading.scalar(member, texts[-1], name)
    maps = [name for name, member in members.values() if isinstance(member, MapShape)]
    for wire, texts in rest.items():
        if maps:
            reading.value.setdefault(maps[0], {})[wire] = texts
        elif wire not in literal and not OF_THE_PROTOCOL.fullmatch(wire):
            reading.unknown.append(wire)


def _read_headers(
    reading: Reading, members: dict[str, tuple[str, Shape]], prefixed: dict[str, tuple[str, Shape]], request: Request
) -> None:
    """Headers that no member has are the protocol's and the client's own."""
    for wire, (name, member) in members.items():
        text = request.headers.get(wire.lower())
        if text is None:
            continue
        if isinstance(member, ListShape):
            reading.value[name] = [reading.scalar(member.member, part.strip(), name) for part in text.split(",")]
        else:
            reading.value[name] = reading.scalar(member, text, name)
    for prefix, (name, _) in prefixed.items():
        found = {wire[len(prefix) :]: text for wire, text in request.headers.items() if wire.startswith(prefix.lower())}
        if found:
            reading.value[name] = found


def _read_body(reading: Reading, shape: StructureShape, request: Request, xml: bool) -> None:
    payload = shape.serialization.get("payload")
    if payload:
        member = shape.members[payload]
        if not isinstance(member, StructureShape):
            if request.body:
                reading.value[payload] = request.content if member.type_name == "blob" else request.content.decode()
        elif request.content:
            reading.value[payload] = _document(reading, member, request, xml, payload)
        return
    inner = {name: member for name, member in shape.members.items() if "location" not in member.serialization}
    if not inner or not request.content:
        return
    document = _document(reading, shape, request, xml, "")
    if isinstance(document, dict):
        reading.value |= {name: item for name, item in document.items() if name in inner}


def _document(reading: Reading, shape: StructureShape, request: Request, xml: bool, path: str) -> Any:
    try:
        if xml:
            element = ElementTree.fromstring(request.content)
            return bodies.from_xml(reading, shape, element, path)
        return bodies.from_json(reading, shape, request.json(), path)
    except (ValueError, ElementTree.ParseError):
        reading.mistyped.append((joined(path, "body"), "XML" if xml else "JSON"))
        return None
