"""Which permissions a run needed: each is taken away, and what passed is judged again.

A permission is one action of one statement. It was needed if some request that was allowed with it is denied without it. All
others were never used: a file says of each why it stays, and what it says has to be true of some permission.

`python -m server.permissions.review --node NODE --modules MODULES --reports FOLDER --reasons FILE`
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.permissions.judge import Judge

Data = dict[str, Any]

# A region and the environment at the end of a name: the same permission in both regions and all environments is one.
PLACE = re.compile(r"-[a-z]{3,4}\d-.*$")
REGION = re.compile(r"[a-z]{2}(-gov)?-[a-z]+-\d")
SHORTEST_REASON = 40


@dataclass(frozen=True, order=True)
class Permission:
    """An action of a statement."""

    kind: str
    owner: str
    statement: str
    action: str

    def __str__(self) -> str:
        return f"{self.kind} {self.owner}: {self.statement}: {self.action}"


@dataclass(frozen=True)
class Reason:
    """Why permissions stay that no run used."""

    owners: tuple[str, ...]
    permissions: tuple[str, ...]
    why: str

    def covers(self, permission: Permission) -> bool:
        """Whether it is about this permission."""
        named = f"{permission.statement}: {permission.action}"
        return any(
            fnmatch.fnmatchcase(f"{permission.kind} {permission.owner}", owner) for owner in self.owners
        ) and any(fnmatch.fnmatchcase(named, pattern) for pattern in self.permissions)


class BadReasons(Exception):
    """The file of reasons breaks its own rules; the message says which."""


def read_reasons(path: Path) -> list[Reason]:
    """Read the file, and hold it to its rules."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("unused", [])
        reasons = [Reason(tuple(t["owners"]), tuple(t["permissions"]), " ".join(t["reason"].split())) for t in tables]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadReasons(f"{path.name}: {error!r}; every [[unused]] has owners, permissions and reason") from error
    for reason in reasons:
        if any(permission.startswith("*:") for permission in reason.permissions):
            raise BadReasons(
                f"{path.name}: the reason for {reason.owners} names no statement, so it would cover new ones"
            )
        if len(reason.why) < SHORTEST_REASON:
            raise BadReasons(f"{path.name}: the reason for {reason.owners} is too short to convince anybody")
    return reasons


def owner_of(name: str) -> str:
    """A resource's name, without its place."""
    name = REGION.sub("REGION", name.rpartition(":")[2])
    return PLACE.sub("", name)


def actions_of(statement: Data) -> list[str]:
    """The actions of a statement, as they are written."""
    actions = statement.get("Action", [])
    return [actions] if isinstance(actions, str) else list(actions)


def statements_of(document: Data) -> list[Data]:
    """The statements of a policy."""
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def granted(reports: list[Data]) -> dict[Permission, None]:
    """Every permission that stood in the account. What is denied to all (`Deny`) is no permission."""
    found: dict[Permission, None] = {}
    for report in reports:
        for grant in report["granted"]:
            for statement in statements_of(grant["document"]):
                if statement.get("Effect") == "Allow":
                    for action in actions_of(statement):
                        permission = Permission(
                            grant["kind"], owner_of(grant["owner"]), statement.get("Sid", ""), action
                        )
                        found.setdefault(permission)
    return found


class Review:
    """What was needed, found by judging again."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.needed: dict[Permission, Data] = {}
        self.judged = 0

    def of(self, report: Data) -> None:
        """Take every permission away that allowed something in a run."""
        for request in report["requests"]:
            if request["verdict"] == "Allowed":
                for permission, without in _without_each(request, report["documents"]):
                    if permission not in self.needed and self._denied(without):
                        self.needed[permission] = request

    def _denied(self, simulation: Data) -> bool:
        self.judged += 1
        return not self._judge.ask(simulation).allowed


def _without_each(request: Data, documents: Data) -> Iterator[tuple[Permission, Data]]:
    """Each permission that may have allowed a request, and the request without it."""
    named = [("identity", index, digest) for index, (_, digest) in enumerate(request["identity"])]
    named += [("endpoint", index, digest) for index, (_, digest) in enumerate(request["endpoint"])]
    if request["resource_policy"]:
        named.append(("resource", 0, request["resource_policy"]))
    for place, index, digest in named:
        for position, statement in enumerate(statements_of(documents[digest])):
            for action in actions_of(statement):
                if statement.get("Effect") == "Allow" and _matches(action, request["action"]):
                    owner, kind = _owner(request, place)
                    permission = Permission(kind, owner, statement.get("Sid", ""), action)
                    yield permission, _simulation(request, documents, (place, index, position, action))


def _matches(pattern: str, action: str) -> bool:
    return fnmatch.fnmatchcase(action.lower(), pattern.lower())


KINDS = {
    "s3": "bucket",
    "sns": "topic",
    "kms": "key",
    "secretsmanager": "secret",
    "lambda": "function",
    "iam": "trust of role",
}


def _owner(request: Data, place: str) -> tuple[str, str]:
    if place == "identity":
        return owner_of(request["principal"].split("/")[1]), "role"
    if place == "endpoint":
        return f"com.amazonaws.REGION.{request['action'].partition(':')[0]}", "endpoint"
    service = request["resource"].split(":")[2]
    resource = request["resource"].rpartition(":")[2]
    name = resource.rpartition("/")[2] if service == "iam" else resource.partition("/")[0]
    return owner_of(name), KINDS.get(service, service)


def _simulation(request: Data, documents: Data, without: tuple[str, int, int, str]) -> Data:
    def policy(place: str, index: int, digest: str) -> Data:
        document = documents[digest]
        if (place, index) != without[:2]:
            return document
        statements = [
            _less(statement, without[3]) if position == without[2] else statement
            for position, statement in enumerate(statements_of(document))
        ]
        return {**document, "Statement": [statement for statement in statements if statement]}

    def named(place: str) -> list[Data]:
        return [
            {"name": name, "policy": policy(place, index, digest)}
            for index, (name, digest) in enumerate(request[place])
        ]

    resource_policy = request["resource_policy"]
    left = policy("resource", 0, resource_policy) if resource_policy else None
    return {
        "request": {
            "principal": request["principal"],
            "action": request["action"],
            "resource": {"resource": request["resource"], "accountId": request["account"]},
            "contextVariables": request["context"],
        },
        "identityPolicies": [one for one in named("identity") if one["policy"]["Statement"]],
        "resourcePolicy": left if left and left["Statement"] else None,
        "vpcEndpointPolicies": [one for one in named("endpoint") if one["policy"]["Statement"]]
        or _nothing(request["endpoint"]),
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
    }


def _nothing(endpoint: list[Any]) -> list[Data] | None:
    """An endpoint whose policy allows nothing is not one without a policy."""
    if not endpoint:
        return None
    denied = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    return [{"name": "nothing", "policy": {"Version": "2012-10-17", "Statement": [denied]}}]


def _less(statement: Data, action: str) -> Data | None:
    left = [one for one in actions_of(statement) if one != action]
    return {**statement, "Action": left} if left else None


def _lines(title: str, permissions: Iterable[Permission]) -> Iterator[str]:
    by_statement: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for permission in sorted(permissions):
        by_statement[permission.kind, permission.owner, permission.statement].append(permission.action)
    if by_statement:
        yield f"  {title}"
    for (kind, owner, statement), actions in by_statement.items():
        yield f"    {kind} {owner}, {statement}: {', '.join(actions)}"


def conclude(
    permissions: Iterable[Permission], needed: Iterable[Permission], reasons: list[Reason]
) -> tuple[list[str], bool]:
    """What to say, and whether every permission that nobody used has its reason and every reason its permission."""
    unused = sorted(set(permissions) - set(needed))
    said, bare = [], set(unused)
    for reason in reasons:
        covered = [permission for permission in unused if reason.covers(permission)]
        bare -= set(covered)
        said += list(_lines(reason.why, covered))
    idle = [reason for reason in reasons if not any(reason.covers(permission) for permission in unused)]
    said += list(_lines("WITHOUT A REASON: take it out of the policies, or say why it stays:", bare))
    said += [
        f"  A reason that no unused permission needs any more: {reason.owners} {reason.permissions}" for reason in idle
    ]
    return said, not bare and not idle


def main() -> int:
    """Judge again, and say what was never used; exit code 1 if a permission or a reason stands alone."""
    parser = argparse.ArgumentParser(prog="review")
    for name in ("node", "modules", "reports", "reasons"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    reports = [json.loads(path.read_text()) for path in sorted(options.reports.glob("*.json"))]
    if not reports:
        print(f"no emulator has left a report in {options.reports}", file=sys.stderr)
        return 1
    try:
        reasons = read_reasons(options.reasons)
    except BadReasons as error:
        print(error, file=sys.stderr)
        return 1
    judge = Judge(options.node, options.modules)
    review = Review(judge)
    for report in reports:
        review.of(report)
    judge.close()
    permissions = granted(reports)
    said, in_order = conclude(permissions, review.needed, reasons)
    requests = sum(one["count"] for report in reports for one in report["requests"])
    print(
        f"permissions: {requests} requests were judged; of {len(permissions)} permissions (an action of a statement), "
        f"{len(set(permissions) & set(review.needed))} were needed: without each of them something that passed is denied "
        f"({review.judged} judgements); never used, with a reason:"
    )
    print("\n".join(said))
    return 0 if in_order else 1


if __name__ == "__main__":
    sys.exit(main())
