"""Input in the query protocol and in that of EC2: flat names such as `Tags.member.1.Key`."""

from __future__ import annotations

from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from server.models.reading import Reading, index_of, joined
from server.models.request import Pairs

OF_THE_PROTOCOL = ("Action", "Version")


class Node:
    """A part of the names: a value, parts below it, or both."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.parts: dict[str, Node] = {}


def read(shape: StructureShape | None, form: Pairs, ec2: bool) -> Reading:
    """The input."""
    root = Node()
    for name, text in form:
        if name in OF_THE_PROTOCOL or name.startswith("X-Amz-"):
            continue
        node = root
        for part in name.split("."):
            node = node.parts.setdefault(part, Node())
        node.text = text
    reading = Reading()
    reader = Ec2Reader(reading) if ec2 else QueryReader(reading)
    reading.value = reader.structure(shape, root, "") if shape else {}
    if shape is None:
        reading.unknown += sorted(root.parts)
    return reading


class QueryReader:
    """The query protocol."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def name(self, shape: Shape, name: str) -> str:
        """A member's name on the wire."""
        return str(shape.serialization.get("name", name))

    def value(self, shape: Shape, node: Node, path: str) -> Any:
        """What stands at a node."""
        if isinstance(shape, StructureShape):
            return self.structure(shape, node, path)
        if isinstance(shape, ListShape):
            return self.items(shape, node, path)
        if isinstance(shape, MapShape):
            return self.map(shape, node, path)
        if node.text is None:
            self.reading.mistyped.append((path, shape.type_name))
            return None
        return self.reading.scalar(shape, node.text, path)

    def structure(self, shape: StructureShape, node: Node, path: str) -> dict[str, Any]:
        """A structure's members by the model's names."""
        found, used = {}, set()
        for name, member in shape.members.items():
            wire = self.wire_name(member, name)
            if wire in node.parts:
                used.add(wire)
                found[name] = self.value(member, node.parts[wire], joined(path, name))
        self.reading.unknown += [joined(path, part) for part in node.parts if part not in used]
        return found

    def wire_name(self, member: Shape, name: str) -> str:
        """The part under which a member's values stand."""
        flat = member.serialization.get("flattened")
        if isinstance(member, ListShape) and flat and member.member.serialization.get("name"):
            return str(member.member.serialization["name"])
        return self.name(member, name)

    def items(self, shape: ListShape, node: Node, path: str) -> list[Any]:
        """A list's elements in order. An empty text is an empty list."""
        if not shape.serialization.get("flattened"):
            node = self.inside(node, str(shape.member.serialization.get("name", "member")), path)
        return self.numbered(shape, node, path)

    def numbered(self, shape: ListShape, node: Node, path: str) -> list[Any]:
        """The parts that are numbers."""
        numbers = sorted(node.parts, key=index_of)
        self.reading.unknown += [joined(path, part) for part in numbers if not part.isdigit()]
        return [self.value(shape.member, node.parts[part], f"{path}.{part}") for part in numbers if part.isdigit()]

    def inside(self, node: Node, wrapper: str, path: str) -> Node:
        """What is in the part that wraps a list or map."""
        self.reading.unknown += [joined(path, part) for part in node.parts if part != wrapper]
        return node.parts.get(wrapper, Node())

    def map(self, shape: MapShape, node: Node, path: str) -> dict[str, Any]:
        """A map, whose entries are numbered pairs."""
        if not shape.serialization.get("flattened"):
            node = self.inside(node, "entry", path)
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        found = {}
        for entry in node.parts.values():
            key = entry.parts.get(key_name, Node()).text or ""
            if value_name in entry.parts:
                found[key] = self.value(shape.value, entry.parts[value_name], joined(path, key))
        return found


class Ec2Reader(QueryReader):
    """EC2's own protocol: names are capitalized, lists are never wrapped."""

    def name(self, shape: Shape, name: str) -> str:
        """A member's name on the wire."""
        if "queryName" in shape.serialization:
            return str(shape.serialization["queryName"])
        wire = str(shape.serialization.get("name", name))
        return wire[:1].upper() + wire[1:]

    def wire_name(self, member: Shape, name: str) -> str:
        """The part under which a member's values stand."""
        return self.name(member, name)

    def items(self, shape: ListShape, node: Node, path: str) -> list[Any]:
        """A list's elements in order."""
        return self.numbered(shape, node, path)
