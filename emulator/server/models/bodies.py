"""Input in a body: JSON, CBOR or XML."""

from __future__ import annotations

import datetime
import io
from typing import Any
from xml.etree import ElementTree

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import BaseCBORParser
from botocore.utils import parse_timestamp

from server.models.reading import FLOATS, INTEGERS, Reading, joined

SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


def from_cbor(content: bytes) -> Any:
    """A CBOR document."""
    return BaseCBORParser().parse_data_item(io.BufferedReader(io.BytesIO(content))) if content else {}


def from_json(reading: Reading, shape: Shape, document: Any, path: str) -> Any:
    """A value of a JSON or CBOR document, by the model's names."""
    if document is None:
        return None
    if isinstance(shape, StructureShape):
        return _object(reading, shape, document, path)
    if isinstance(shape, ListShape):
        if not isinstance(document, list):
            return _mistyped(reading, path, "list")
        return [from_json(reading, shape.member, item, f"{path}.{at}") for at, item in enumerate(document, 1)]
    if isinstance(shape, MapShape):
        if not isinstance(document, dict):
            return _mistyped(reading, path, "map")
        return {key: from_json(reading, shape.value, item, joined(path, key)) for key, item in document.items()}
    return _json_scalar(reading, shape, document, path)


def _object(reading: Reading, shape: StructureShape, document: Any, path: str) -> Any:
    if not isinstance(document, dict):
        return _mistyped(reading, path, "structure")
    if getattr(shape, "is_document_type", False):
        return document
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    found = {}
    for wire, item in document.items():
        if wire not in names:
            # The type of a union's member, which clients may send along.
            if wire != "__type":
                reading.unknown.append(joined(path, wire))
            continue
        name = names[wire]
        found[name] = from_json(reading, shape.members[name], item, joined(path, name))
    return {name: item for name, item in found.items() if item is not None}


def _json_scalar(reading: Reading, shape: Shape, document: Any, path: str) -> Any:
    kind = shape.type_name
    is_number = isinstance(document, (int, float)) and not isinstance(document, bool)
    if kind == "string" and isinstance(document, str):
        return document
    if kind in INTEGERS and is_number and float(document).is_integer():
        return int(document)
    if kind in FLOATS and (is_number or document in ("NaN", "Infinity", "-Infinity")):
        return float(document)
    if kind == "boolean" and isinstance(document, bool):
        return document
    if kind == "blob":
        return document if isinstance(document, bytes) else reading.scalar(shape, str(document), path)
    if kind == "timestamp":
        return _timestamp(reading, document, path)
    # A JSON value that travels as a text, as in Lambda's client context.
    if kind == "string" and shape.serialization.get("jsonvalue"):
        return document
    return _mistyped(reading, path, kind)


def _timestamp(reading: Reading, document: Any, path: str) -> Any:
    if isinstance(document, datetime.datetime):
        return document
    try:
        return parse_timestamp(document)
    except (ValueError, TypeError, OverflowError):
        return _mistyped(reading, path, "timestamp")


def _mistyped(reading: Reading, path: str, kind: str) -> None:
    reading.mistyped.append((path, kind))


def from_xml(reading: Reading, shape: Shape, element: ElementTree.Element, path: str) -> Any:
    """What stands in an XML element, by the model's names."""
    if isinstance(shape, StructureShape):
        return _xml_structure(reading, shape, element, path)
    if isinstance(shape, ListShape):
        wire = shape.member.serialization.get("name", "member")
        reading.unknown += [joined(path, local(item.tag)) for item in element if local(item.tag) != wire]
        items = [item for item in element if local(item.tag) == wire]
        return [from_xml(reading, shape.member, item, f"{path}.{at}") for at, item in enumerate(items, 1)]
    if isinstance(shape, MapShape):
        return _xml_map(reading, shape, element, path)
    return reading.scalar(shape, element.text or "", path)


def _xml_structure(reading: Reading, shape: StructureShape, element: ElementTree.Element, path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    used = set()
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        if member.serialization.get("xmlAttribute"):
            text = element.get(SCHEMA_INSTANCE + wire.rpartition(":")[2])
            if text is not None:
                found[name] = text
            continue
        flat = isinstance(member, ListShape) and member.serialization.get("flattened")
        if flat:
            wire = member.member.serialization.get("name", wire)
        used.add(wire)
        children = [child for child in element if local(child.tag) == wire]
        where = joined(path, name)
        if flat and children:
            items = enumerate(children, 1)
            found[name] = [from_xml(reading, member.member, child, f"{where}.{at}") for at, child in items]
        elif children:
            found[name] = from_xml(reading, member, children[0], where)
    reading.unknown += [joined(path, local(child.tag)) for child in element if local(child.tag) not in used]
    return found


def _xml_map(reading: Reading, shape: MapShape, element: ElementTree.Element, path: str) -> dict[str, Any]:
    key_name, value_name = (
        part.serialization.get("name", default) for part, default in ((shape.key, "key"), (shape.value, "value"))
    )
    found = {}
    for entry in element:
        parts = {local(part.tag): part for part in entry}
        if key_name in parts and value_name in parts:
            key = parts[key_name].text or ""
            found[key] = from_xml(reading, shape.value, parts[value_name], joined(path, key))
    return found


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]
