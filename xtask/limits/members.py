"""From an argument's name to the member of an API's input that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws_models import Shape, service_model

VERBS = re.compile(r"^(Create|Put|Request|Add|Attach|Associate|Schedule|Enable|Replicate|Update|Modify|Authorize|Set)")
TAGS = (
    "tags",
    "tag",
    "taglist",
    "tagset",
    "addtags",
    "tagspecifications",
    "backupplantags",
    "backupvaulttags",
    "frameworktags",
    "reportplantags",
    "resourcetags",
)


@dataclass(frozen=True)
class Member:
    """A member of an operation's input, and how it is reached."""

    service: str
    operation: str
    path: tuple[str, ...]
    name: str
    documentation: str

    @property
    def shape(self) -> Shape:
        """The shape of its values."""
        shape: Shape = service_model(self.service)["shapes"][self.name]
        return shape

    def __str__(self) -> str:
        return f"{self.service}:{self.operation} {'.'.join(self.path)}"

    def unwrapped(self) -> Member:
        """What is in it, where it is a list."""
        shape = self.shape
        if shape["type"] != "list":
            return self
        element = shape["member"]
        documentation = element.get("documentation") or self.documentation
        return Member(self.service, self.operation, self.path, element["shape"], documentation).unwrapped()

    def members(self) -> Iterator[Member]:
        """The members of the structure that it is, or that it is a list of."""
        inner = self.unwrapped()
        parts = inner.shape.get("members", {})
        if inner.shape["type"] == "map":
            parts = {part: inner.shape[part] for part in ("key", "value")}
        for name, reference in parts.items():
            yield Member(
                self.service, self.operation, (*self.path, name), reference["shape"], reference.get("documentation", "")
            )

    def find(self, segment: str, nouns: list[str]) -> Member | None:
        """The member that an argument of this name becomes."""
        members = {plain(member.path[-1]): member for member in self.members()}
        wanted = plain(segment)
        if wanted == "tags":
            return next((members[name] for name in TAGS if name in members), None)
        names = [wanted, *numbers(wanted)]
        names += [noun + name for noun in nouns for name in (wanted, *numbers(wanted))]
        return next((members[name] for name in names if name in members), None)


def plain(name: str) -> str:
    """A name without what Terraform's and AWS's ways of writing differ in."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def numbers(name: str) -> list[str]:
    """The plural and the singular of a name: a block that may be repeated is called by the one."""
    return [f"{name}s", f"{name}es", re.sub(r"y$", "ies", name), re.sub(r"s$", "", name), re.sub(r"ies$", "y", name)]


def root(entry: str) -> Member:
    """The part of an operation's input that an entry of the table names."""
    operation, _, way = entry.partition("#")
    service, name = operation.split(":")
    model = service_model(service)
    member = Member(service, name, (), model["operations"][name]["input"]["shape"], "")
    for segment in way.split(".") if way else ():
        found = next((inner for inner in member.members() if inner.path[-1] == segment), None)
        if found is None:
            raise KeyError(f"{entry}: there is no {segment}")
        member = found
    return member


def nouns(type_name: str, entry: str) -> list[str]:
    """What AWS may put before a name of a type's own: `RoleName`, `DBSubnetGroupName`."""
    operation = entry.partition("#")[0].split(":")[1]
    words = type_name.removeprefix("aws_").split("_")
    of_type = ["".join(words[position:]) for position in range(len(words))]
    found = [plain(VERBS.sub("", operation)), *of_type, "db", "resource", "destination"]
    return list(dict.fromkeys(noun for noun in found if noun))


def shape_kind(value_type: Any) -> tuple[str, str] | None:
    """How values of a Terraform type are held: alone, in a list, in a map; and their simple type."""
    if isinstance(value_type, str):
        return ("one", value_type)
    collection, element = value_type
    if isinstance(element, str):
        return ("map" if collection == "map" else "list", element)
    return None
