"""What reading a request gives: its input by the model's names, and what is wrong with its form."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_timestamp

INTEGERS = ("integer", "long", "short", "byte")
FLOATS = ("float", "double")


@dataclass
class Reading:
    """The input of an operation."""

    value: Any = None
    # Paths of what no shape has.
    unknown: list[str] = field(default_factory=list)
    # Paths and what they should have been.
    mistyped: list[tuple[str, str]] = field(default_factory=list)

    def scalar(self, shape: Shape, text: str, path: str) -> Any:
        """A value that was sent as text."""
        kind = shape.type_name
        try:
            if kind in INTEGERS:
                return int(text)
            if kind in FLOATS:
                return float(text)
            if kind == "boolean":
                return {"true": True, "false": False}[text.lower()]
            if kind == "timestamp":
                return parse_timestamp(text)
            if kind == "blob":
                return base64.b64decode(text, validate=True)
        except (ValueError, KeyError, OverflowError, binascii.Error):
            self.mistyped.append((path, kind))
            return None
        return text


def joined(path: str, name: str) -> str:
    """The path of a member."""
    return f"{path}.{name}" if path else name


def index_of(name: str) -> int:
    """The position that a part of a parameter's name says; a large one for none."""
    return int(name) if re.fullmatch(r"\d+", name) else 1 << 30
