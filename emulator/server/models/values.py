"""Values, held against the shapes of a model: what is required, lengths, ranges, patterns, lists of values."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from aws_models import TextLimit, text_limit
from server.models.reading import FLOATS, INTEGERS, joined

# Java's classes for Unicode, as far as Python's own can stand for them: never narrower.
UNICODE = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s"}


@dataclass(frozen=True)
class Violation:
    """What is wrong with one value."""

    path: str
    # What the service would say that the member must.
    constraint: str
    value: Any = None
    # null, length, value, enum, pattern, characters: what kind of constraint it is.
    kind: str = ""


class Values:
    """Walks an input beside its shape."""

    def __init__(self) -> None:
        self.count = 0
        self.violations: list[Violation] = []

    def check(self, shape: Shape, value: Any, path: str = "", documentation: str = "") -> None:
        """Hold one value against its shape."""
        if isinstance(shape, StructureShape):
            self._structure(shape, value, path)
            return
        self.count += 1
        self.violations += _violations(shape, value, path, documentation)
        if isinstance(shape, ListShape):
            for at, item in enumerate(value, 1):
                if item is not None:
                    self.check(shape.member, item, f"{path}.{at}.member", shape.member.documentation)
        elif isinstance(shape, MapShape):
            for key, item in value.items():
                self.check(shape.key, key, joined(path, "key"))
                if item is not None:
                    self.check(shape.value, item, joined(path, f"{key}.member"))

    def _structure(self, shape: StructureShape, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            return
        for name in shape.required_members:
            if value.get(name) is None:
                self.violations.append(Violation(joined(path, name), "Member must not be null", None, "null"))
        for name, item in value.items():
            member = shape.members.get(name)
            if member is not None and item is not None:
                self.check(member, item, joined(path, name), member.documentation)


def _violations(shape: Shape, value: Any, path: str, documentation: str) -> Iterator[Violation]:
    kind = shape.type_name
    if kind in ("list", "map", "string", "blob"):
        yield from _size(shape.metadata, len(value), value, path)
    elif kind in INTEGERS or kind in FLOATS:
        yield from _range(shape.metadata, value, path)
    if kind == "string" and isinstance(value, str):
        yield from _form(shape, value, path)
    said = _said(kind, documentation or shape.documentation)
    if said:
        yield from _of_text(said, shape, value, path)


def _size(limits: dict[str, Any], length: int, value: Any, path: str) -> Iterator[Violation]:
    if "min" in limits and length < limits["min"]:
        least = limits["min"]
        yield Violation(path, f"Member must have length greater than or equal to {least}", value, "length")
    if "max" in limits and length > limits["max"]:
        yield Violation(path, f"Member must have length less than or equal to {limits['max']}", value, "length")


def _range(limits: dict[str, Any], value: float, path: str) -> Iterator[Violation]:
    if "min" in limits and value < limits["min"]:
        least = limits["min"]
        yield Violation(path, f"Member must have value greater than or equal to {least}", value, "value")
    if "max" in limits and value > limits["max"]:
        yield Violation(path, f"Member must have value less than or equal to {limits['max']}", value, "value")


def _form(shape: Shape, value: str, path: str) -> Iterator[Violation]:
    enum = shape.metadata.get("enum")
    if enum and value not in enum:
        yield Violation(path, f"Member must satisfy enum value set: [{', '.join(sorted(enum))}]", value, "enum")
    pattern = shape.metadata.get("pattern")
    if pattern and not enum and not matches(pattern, value):
        yield Violation(path, f"Member must satisfy regular expression pattern: {pattern}", value, "pattern")


def _of_text(said: TextLimit, shape: Shape, value: Any, path: str) -> Iterator[Violation]:
    """What only the member's description says. Numbers are left to the services, which know the case they are for."""
    if shape.type_name != "string" or "pattern" in shape.metadata:
        return
    if said.maximum is not None and len(value) > said.maximum:
        yield Violation(path, f"Member must have length less than or equal to {said.maximum}", value, "characters")
    if value and said.pattern and not matches(said.pattern, value):
        yield Violation(path, f"Member must satisfy regular expression pattern: {said.pattern}", value, "characters")


@functools.cache
def _said(kind: str, documentation: str) -> TextLimit | None:
    return text_limit({"type": kind}, documentation) if documentation else None


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value has the form. A pattern that Python cannot read refuses nothing."""
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    for java, python in UNICODE.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except re.error:
        return None
