"""Make the table of permissions by type of resource from the recording of a life: standard library only.

`python3 xtask/permissions.py RECORDING [TABLE]` prints it; with the TABLE that there is, what was recorded is added to it. The
folder holds, for each life in a folder of its own:

* `calls.jsonl`: what each request asked for, kept by the emulator (`emulator/server/permissions/recording.py`)
* `plan.log`, `apply.log`, `update.log`, `destroy.log`: Terraform's log of the provider (`TF_LOG_PROVIDER=DEBUG`); an update is an
  apply of other values over what was applied. A log may be missing
* `state.json`: `terraform show -json` after the apply

The SDK numbers its calls, and the provider's log says for which type a number was. A name in an ARN that is the value of an
argument of that type becomes the argument; what only an apply knows becomes `*`.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from permissions_beside import BESIDE, NEVER_CALLED

ACCOUNT = "123456789012"
NUMBER = re.compile(r"amz_sdk_invocation_id=([0-9a-f-]{36})")
TYPE = re.compile(r"\btf_(resource|data_source|ephemeral_resource)_type=([a-z0-9_]+)")
# An entry of the log may have lines of its own; the next entry begins with its time.
ENTRY = re.compile(r"^\d{4}-\d{2}-\d{2}T\S+ \[")
OF_KIND = {"resource": "", "data_source": "data.", "ephemeral_resource": "ephemeral."}
# What each log is for.
LOGS = {"plan": "plan", "apply": "apply", "update": "apply", "destroy": "destroy"}
# Arguments that name an object: known before it is there.
NAME = re.compile(r"(name|bucket|role|rule|alias|identifier|.+_name|.+_identifier)$")
# The argument that names an object of a kind, where others may have the same value by chance.
NAMED_BY = {
    "cluster": "cluster_identifier",
    "global-cluster": "global_cluster_identifier",
    "db": "identifier",
    "subgrp": "db_subnet_group_name",
    "cluster-pg": "db_cluster_parameter_group_name",
    "function": "function_name",
}
# Asked for before Secrets Manager has put its six characters behind the name.
ON_A_NEW_SECRET = {"secretsmanager:CreateSecret", "secretsmanager:TagResource"}
# What is asked for of a log group by its name and `:*`, except for its tags (CloudWatch Logs user guide, "Log group ARN").
ON_A_WHOLE_GROUP = {"logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"}
# An ARN of another object, of which only the name is taken.
BY_ARN = {("aws_dynamodb_table_replica", "table"): "global_table_arn"}
HEADER = """\
# What the provider (aws 5.100.0) was seen to call, by type of resource: purpose, IAM action, resource, condition. An argument of
# the type stands in braces, `*` for what only an apply knows. Made by xtask/permissions.py from a recorded life; what no emulator
# can record stands in xtask/permissions_beside.py with its source.
"""

Line = tuple[str, str, str, str]


@dataclass(frozen=True)
class Life:
    """The recording of one stack."""

    folder: Path

    def calls(self) -> dict[str, dict[str, Any]]:
        """What each call asked for, by its number."""
        lines = (self.folder / "calls.jsonl").read_text(encoding="utf-8").splitlines()
        entries = [json.loads(line) for line in lines]
        return {entry["call"]: entry for entry in entries if entry["call"]}

    def owners(self, log: str) -> Iterator[tuple[str, str]]:
        """The type that each call was for, with its number."""
        path = self.folder / f"{log}.log"
        for entry in _entries(path) if path.exists() else ():
            number, kind = NUMBER.search(entry), TYPE.search(entry)
            if number and kind:
                yield OF_KIND[kind[1]] + kind[2], number[1]

    def names(self) -> dict[str, list[dict[str, Any]]]:
        """The values of every instance, by type."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        modules = [json.loads((self.folder / "state.json").read_text(encoding="utf-8"))["values"]["root_module"]]
        while modules:
            module = modules.pop()
            modules += module.get("child_modules", [])
            for resource in module.get("resources", []):
                kind = ("data." if resource["mode"] == "data" else "") + resource["type"]
                found[kind].append(resource["values"])
        return found


def _entries(path: Path) -> Iterator[str]:
    """The requests in a log."""
    entry: list[str] = []
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if ENTRY.match(line):
                if entry:
                    yield "".join(entry)
                entry = [line] if "HTTP Request Sent" in line else []
            elif entry:
                entry.append(line)
    if entry:
        yield "".join(entry)


def template(arn: str, region: str, kind: str, instances: list[dict[str, Any]]) -> str:
    """An ARN with the arguments of its type in the place of their values."""
    if arn == "*":
        return "*"
    parts = arn.split(":", 5)
    if parts[3] == region:
        parts[3] = "{region}"
    if parts[4] == ACCOUNT:
        parts[4] = "{account}"
    if parts[2] == "secretsmanager":
        # AWS puts six characters behind the name.
        parts[5] = _named(re.sub(r"-[A-Za-z0-9]{6}$", "", parts[5]), kind, instances) + "-*"
    else:
        parts[5] = _named(parts[5], kind, instances)
    return _shortened(":".join(parts))


def _named(resource: str, kind: str, instances: list[dict[str, Any]]) -> str:
    """The part of an ARN that names, with arguments for values and `*` for what nobody knows before the apply."""
    word = re.split(r"[:/]", resource)[0]
    if (kind, word) in BY_ARN:
        return f"{word}/{{{BY_ARN[kind, word]}/}}"
    for values in instances:
        for name, value in _candidates(word, values):
            # Names may have separators themselves, as those of log groups.
            found = re.search(rf"(?:^|(?<=[:/])){re.escape(value)}(?=$|[:/])", resource)
            if found:
                before, after = resource[: found.start()], resource[found.end() :]
                return _unknown(before) + f"{{{name}}}" + _unknown(after)
    return _unknown(resource, first=True)


def _candidates(word: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    wanted = NAMED_BY.get(word)
    if wanted not in values:
        wanted = None
    found = [
        (name, value)
        for name, value in values.items()
        if isinstance(value, str) and value and NAME.match(name) and (wanted is None or name == wanted)
    ]
    # The longest first: a name that is part of another must not hide it.
    return sorted(found, key=lambda pair: (-len(pair[1]), pair[0]))


def _unknown(text: str, first: bool = False) -> str:
    pieces = re.split(r"([:/])", text)
    kept = [
        piece if index % 2 or piece == "" or piece in WORDS or (index == 0 and (len(pieces) > 1 or not first)) else "*"
        for index, piece in enumerate(pieces)
    ]
    return "".join(kept)


# Parts of ARNs that are no names.
WORDS = {
    "restapis",
    "vpclinks",
    "domainnames",
    "account",
    "default",
    "log-stream",
    "stages",
    "deployments",
    "resources",
    "methods",
    "integration",
    "models",
    "requestvalidators",
    "gatewayresponses",
    "basepathmappings",
    "responses",
    "regional",
    "webacl",
    "tags",
    "usageplans",
}


def _shortened(arn: str) -> str:
    """Names that end in parts that nobody knows are one `*`."""
    # API Gateway names what is tagged by its whole ARN.
    return re.sub(r"\*([:/-]\*)+$", "*", re.sub(r"/tags/.*", "/tags/*", arn))


def table(lives: list[Life], known: dict[str, set[Line]]) -> dict[str, set[Line]]:
    """The lines of every type, those that are known already and those of the recordings."""
    lines: dict[str, set[Line]] = defaultdict(set, known)
    for life in lives:
        calls, names = life.calls(), life.names()
        for log, purpose in LOGS.items():
            for kind, number in life.owners(log):
                entry = calls.get(number)
                if entry is None:
                    continue
                for action, resource, service in entry["needs"]:
                    condition = f"iam:PassedToService={service}" if service else ""
                    named = template(resource, entry["region"], kind, names.get(kind, []))
                    if action == "iam:PassRole":
                        # Whatever roles an instance names, and no others.
                        named = "arn:aws:iam::{account}:role/{roles}"
                    lines[kind].add((purpose, action, named, condition))
                    if action in ON_A_WHOLE_GROUP:
                        lines[kind].add((purpose, action, f"{named}:*", condition))
                    if action in ON_A_NEW_SECRET and named.endswith("-*"):
                        lines[kind].add((purpose, action, named.removesuffix("-*"), condition))
        for kind in names:
            lines.setdefault(kind, set())
    for kind, beside in BESIDE.items():
        for purpose, action, resource, condition in beside:
            lines[kind].add((purpose, action, resource, condition))
    return {kind: _without_repeats(found) for kind, found in lines.items()}


def _without_repeats(lines: set[Line]) -> set[Line]:
    """What a plan may do already is not said again; a resource that a pattern of the same kind covers neither."""
    planned = {line[1:] for line in lines if line[0] == "plan"}
    return {line for line in lines if line[0] == "plan" or line[1:] not in planned}


def read(path: Path) -> dict[str, set[Line]]:
    """The lines of a table that was printed before."""
    found: dict[str, set[Line]] = {}
    kind = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("\t"):
            purpose, action, resource, *condition = line.removeprefix("\t").split("\t")
            found[kind].add((purpose, action, resource, condition[0] if condition else ""))
        elif not line.startswith("#"):
            kind = line
            found[kind] = set()
    return found


def main() -> int:
    """Print the table."""
    folders = sorted(path.parent for path in Path(sys.argv[1]).glob("*/calls.jsonl"))
    if not folders:
        print(f"{sys.argv[1]} has no recording: a folder for each life, with a calls.jsonl", file=sys.stderr)
        return 1
    known = read(Path(sys.argv[2])) if len(sys.argv) > 2 else {}
    lines = table([Life(folder) for folder in folders], known)
    silent = sorted(kind for kind, found in lines.items() if not found and kind not in NEVER_CALLED)
    if silent:
        print(f"no call was recorded for {', '.join(silent)}; say in permissions_beside.py why", file=sys.stderr)
        return 1
    sys.stdout.write(HEADER)
    for kind in sorted(lines):
        print(kind)
        for line in sorted(lines[kind]):
            print("\t" + "\t".join(line).rstrip("\t"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
