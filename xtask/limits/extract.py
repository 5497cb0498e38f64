"""Walks the types and collects the limits of their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aws_models import text_limit
from limits.exceptions import ELSEWHERE, UNCHECKED
from limits.members import Member, nouns, root, shape_kind
from limits.operations import OPERATIONS

# What the pattern engine of the check cannot say: these patterns are left out, and counted.
UNSUPPORTED = re.compile(r"\(\?[=!<]|\\[1-9]|\\[pP](?!\{[LNZ]\})")
# Unicode's classes are read inside of one class that is the whole pattern.
WHOLE_CLASS = re.compile(r"^\^?\(?\[(?:\\.|[^\]\\])*\](?:[*+]|\{\d+,?\d*\})\)?\$?$")

# What refuses nothing that is a text.
ANYTHING = re.compile(r"^\^?\(?(\.|\[\\s\\S\]|\[\\S\\s\]|\.\*\[[^\]]*\]\?\)?)[*+]\)?\*?\$?$")

NUMBERS = ("integer", "long", "float", "double")


class Extract:
    """The limits by type and path, and what was seen on the way."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self.schemas = schemas
        self.limits: dict[str, dict[str, Any]] = {}
        self.unmapped: list[str] = []
        self.unlimited: list[str] = []
        self.patterns_left_out: list[str] = []
        self.mapped = 0

    def run(self) -> None:
        """Collect everything."""
        for type_name, schema in self.schemas.items():
            self.limits[type_name] = {}
            roots = [(root(entry), nouns(type_name, entry)) for entry in OPERATIONS[type_name]]
            self._block(type_name, "", schema["block"], roots)
        self.limits = {name: limits for name, limits in self.limits.items() if limits}

    def _block(self, type_name: str, way: str, block: dict[str, Any], places: list[tuple[Member, list[str]]]) -> None:
        for name, attribute in block.get("attributes", {}).items():
            if attribute.get("required") or attribute.get("optional"):
                self._attribute(type_name, f"{way}{name}", attribute, places)
        for name, nested in block.get("block_types", {}).items():
            path = f"{way}{name}"
            if name == "timeouts" or _unchecked(type_name, path):
                continue
            found = self._find(type_name, path, places)
            # A block that is none of the API's may only group what is.
            inner: list[tuple[Member, list[str]]] = [(found, [])] if found else []
            self._block(type_name, f"{path}.", nested["block"], inner)

    def _find(self, type_name: str, path: str, places: list[tuple[Member, list[str]]]) -> Member | None:
        elsewhere = ELSEWHERE.get((type_name, path))
        if elsewhere:
            return root(elsewhere)
        segment = path.rsplit(".", 1)[-1]
        found = (place.find(segment, words) for place, words in places)
        return next((member for member in found if member), None)

    def _prefix(self, type_name: str, path: str, places: list[tuple[Member, list[str]]]) -> None:
        """A prefix must be of the name's characters; how long it may be, the provider says."""
        whole = self._find(type_name, path.removesuffix("_prefix"), places)
        limit = whole and self._limit(whole, "string", f"{type_name}.{path}")
        patterns = [pattern for pattern in (limit or {}).get("patterns", []) if WHOLE_CLASS.match(pattern)]
        if limit and patterns:
            self.limits[type_name][path] = {"kind": "text", "member": limit["member"], "patterns": patterns}

    def _attribute(
        self, type_name: str, path: str, attribute: dict[str, Any], places: list[tuple[Member, list[str]]]
    ) -> None:
        if path in ("id", "tags_all") or _unchecked(type_name, path):
            return
        kind = shape_kind(attribute["type"])
        if kind is None:
            self._objects(type_name, path, attribute["type"])
            return
        if kind[1] == "bool":
            return
        found = self._find(type_name, path, places)
        if found is None and path.endswith("_prefix"):
            self._prefix(type_name, path, places)
        if found is None:
            self.unmapped.append(f"{type_name}.{path}")
            return
        self.mapped += 1
        limits = list(self._of_member(type_name, path, kind, found))
        if not limits:
            self.unlimited.append(f"{type_name}.{path}")
        for place, limit in limits:
            if attribute.get("required"):
                limit["required"] = True
            self.limits[type_name][place] = limit

    def _objects(self, type_name: str, path: str, value_type: Any) -> None:
        """A list of objects: its fields are found where `ELSEWHERE` says only."""
        fields = value_type[1][1] if value_type[1][0] == "object" else {}
        for name, field_type in fields.items():
            if (type_name, f"{path}.{name}") in ELSEWHERE:
                self._attribute(type_name, f"{path}.{name}", {"type": field_type}, [])

    def _of_member(
        self, type_name: str, path: str, kind: tuple[str, str], member: Member
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        held, simple = kind
        inner = member.unwrapped()
        shape = inner.shape
        if held == "map":
            pair = _pair(inner)
            for place, part in zip((f"{path}{{}}", path), pair or (), strict=False):
                limit = self._limit(part, "string", f"{type_name}.{place}")
                if limit:
                    yield place, limit
        elif held == "list" or member.shape["type"] != "list":
            if shape["type"] in ("string", *NUMBERS):
                limit = self._limit(inner, simple, f"{type_name}.{path}")
                if limit:
                    yield path, limit

    def _limit(self, member: Member, simple: str, place: str) -> dict[str, Any] | None:
        shape = member.shape
        limit: dict[str, Any] = {}
        if shape["type"] == "string":
            # A number that is sent as a text has the text's form only.
            limit = {key: shape[key] for key in ("min", "max") if key in shape and simple == "string"}
            if "enum" in shape:
                limit = {"values": sorted(shape["enum"])}
            elif "pattern" in shape and simple == "string":
                limit["patterns"] = [shape["pattern"]]
        elif shape["type"] in NUMBERS:
            limit = {key: shape[key] for key in ("min", "max") if key in shape}
        else:
            return None
        said = text_limit(shape, member.documentation)
        if said and "values" not in limit:
            if said.minimum is not None:
                limit.setdefault("min", said.minimum)
            if said.maximum is not None:
                limit.setdefault("max", said.maximum)
            if said.pattern:
                limit["patterns"] = [*limit.get("patterns", []), said.pattern]
            if said.values:
                limit["values"] = list(said.values)
        self._supported(limit, place)
        if not limit:
            return None
        number = shape["type"] in NUMBERS
        return {"kind": "number" if number else "text", "member": str(member), **limit}

    def _supported(self, limit: dict[str, Any], place: str) -> None:
        kept = []
        for pattern in limit.pop("patterns", []):
            unicode = "\\p" in pattern or "\\P" in pattern
            if UNSUPPORTED.search(pattern) or (unicode and not WHOLE_CLASS.match(pattern)):
                self.patterns_left_out.append(f"{place}: {pattern}")
            elif not ANYTHING.match(pattern):
                kept.append(pattern)
        if kept:
            limit["patterns"] = kept


def _pair(member: Member) -> tuple[Member, Member] | None:
    """Key and value of what a map of texts becomes: a map, or a list of pairs."""
    shape = member.shape
    if shape["type"] == "map":
        key, value = (
            Member(member.service, member.operation, (*member.path, part), shape[part]["shape"], "")
            for part in ("key", "value")
        )
        return key, value
    members = {inner.path[-1].lower(): inner for inner in member.members()}
    for pair in (("key", "value"), ("tagkey", "tagvalue"), ("parameterkey", "parametervalue")):
        if all(name in members for name in pair):
            return members[pair[0]], members[pair[1]]
    if "tags" in members:
        return _pair(members["tags"].unwrapped())
    return None


def _unchecked(type_name: str, path: str) -> bool:
    return (type_name, path) in UNCHECKED or ("*", path) in UNCHECKED
