"""A plan as `terraform show -json` prints it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class UnreadablePlan(Exception):
    """What was given is not a plan; the message says what to do."""


@dataclass(frozen=True)
class Policy:
    """A policy document of a resource."""

    address: str
    resource_type: str
    argument: str
    text: str


@dataclass(frozen=True)
class Plan:
    """A plan and where it lies."""

    path: Path
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.path.stem

    def policies(self) -> Iterator[Policy]:
        """Every policy whose text is known."""
        for resource in self._resources():
            for argument, value in resource.get("values", {}).items():
                if isinstance(value, str) and is_policy(value):
                    yield Policy(resource["address"], resource["type"], argument, value)

    def unknown_policies(self) -> list[str]:
        """Where a policy stands whose text only an apply will tell: nobody can judge it."""
        return [
            f"{change['address']} {argument}"
            for change in self.content.get("resource_changes", [])
            for argument, unknown in (change["change"].get("after_unknown") or {}).items()
            if unknown is True
            and argument in ("policy", "assume_role_policy", "access_policy")
            # Topics, queues and buckets report the policy that another resource gives them.
            and argument in configured_arguments(self.content, change["address"])
        ]

    def _resources(self) -> Iterator[dict[str, Any]]:
        modules = [self.content["planned_values"]["root_module"]]
        while modules:
            module = modules.pop()
            modules.extend(module.get("child_modules", []))
            yield from (r for r in module.get("resources", []) if r["mode"] == "managed")


def read(path: Path) -> Plan:
    """Read a plan."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UnreadablePlan(f"{path}: {error}") from error
    if "planned_values" not in content:
        raise UnreadablePlan(
            f"{path} is no plan: it has no planned_values. Make one with "
            "`terraform plan -out plan.tfplan` and `terraform show -json plan.tfplan`."
        )
    return Plan(path, content)


def is_policy(text: str) -> bool:
    """Whether a text is an IAM policy document."""
    if not text.startswith("{"):
        return False
    try:
        document = json.loads(text)
    except ValueError:
        return False
    statements = document.get("Statement")
    return isinstance(statements, (list, dict)) and any(
        "Effect" in statement for statement in ([statements] if isinstance(statements, dict) else statements)
    )


def configured_arguments(content: dict[str, Any], address: str) -> set[str]:
    """The arguments that the configuration gives a resource of the root module."""
    plain = address.split("[", 1)[0]
    for resource in content.get("configuration", {}).get("root_module", {}).get("resources", []):
        if resource["address"] == plain:
            return set(resource.get("expressions", {}))
    return set()
