"""AWS's service authorization reference, as iam-data carries it: which actions there are, on which resources."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Data = dict[str, Any]

FOLDER = Path("node_modules") / "@cloud-copilot" / "iam-data" / "data"


@dataclass(frozen=True)
class Action:
    """An action of a service."""

    name: str
    # ARN templates by type, those that are required first; empty for an action on `*`.
    required: tuple[str, ...]
    optional: tuple[str, ...]
    passes_role: bool


class Reference:
    """The reference in the folder of the installed modules."""

    def __init__(self, modules: Path) -> None:
        self._folder = modules / FOLDER

    @functools.cache  # noqa: B019 - one reference lives as long as the process
    def actions(self, service: str) -> dict[str, Action]:
        """The actions of a service prefix by name in lower case."""
        known = self._read("actions", service)
        types = {name.lower(): found["arn"] for name, found in self._read("resourceTypes", service).items()}
        return {name: _action(found, types) for name, found in known.items()}

    def _read(self, kind: str, service: str) -> Data:
        path = self._folder / kind / f"{service}.json"
        if not path.is_file():
            return {}
        content: Data = json.loads(path.read_text())
        return content


def _action(found: Data, types: dict[str, str]) -> Action:
    def arns(required: bool) -> tuple[str, ...]:
        wanted = [one for one in found["resourceTypes"] if bool(one.get("required")) is required]
        return tuple(types[one["name"].lower()] for one in wanted if one["name"].lower() in types)

    dependent = [
        *found.get("dependentActions", []),
        *(a for t in found["resourceTypes"] for a in t.get("dependentActions", [])),
    ]
    return Action(found["name"], arns(True), arns(False), "iam:PassRole" in dependent)
