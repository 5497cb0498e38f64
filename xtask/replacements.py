#!/usr/bin/env python3
"""Ask the AWS provider which arguments cannot be changed without replacing the object; print a line for each type.

    python3 -m venv target/replacements && target/replacements/bin/pip install grpcio grpcio-tools msgpack
    terraform providers schema -json > target/schema.json       # in a folder that requires the provider
    target/replacements/bin/python xtask/replacements.py target/schema.json PROVIDER TYPES > schema/aws-5.100.0.replacements

PROVIDER is the provider's executable, TYPES are the types to ask about.

Terraform's schema does not tell which arguments force a replacement, but the provider's plan does: it is given an object
as it is and as it should be, which differ in one argument, and answers with the paths that require a replacement. That
takes no account and no network. Each argument is tried with several values, set, changed and taken away; it is listed if
any of these replaces the object. An argument that replaces the object with other values only, because of a rule in the
provider's code, may be missing.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import msgpack
from grpc_tools import protoc

SOURCE = "registry.terraform.io/hashicorp/aws"

# The part of Terraform's plugin protocol, version 5, that is used here.
PROTOCOL = """
syntax = "proto3";
package tfplugin5;
message DynamicValue { bytes msgpack = 1; bytes json = 2; }
message Diagnostic { int32 severity = 1; string summary = 2; string detail = 3; }
message AttributePath {
  message Step { oneof selector { string attribute_name = 1; string element_key_string = 2; int64 element_key_int = 3; } }
  repeated Step steps = 1;
}
message Configure {
  message Request { string terraform_version = 1; DynamicValue config = 2; }
  message Response { repeated Diagnostic diagnostics = 1; }
}
message PlanResourceChange {
  message Request {
    string type_name = 1; DynamicValue prior_state = 2; DynamicValue proposed_new_state = 3; DynamicValue config = 4;
  }
  message Response {
    DynamicValue planned_state = 1; repeated AttributePath requires_replace = 2; bytes planned_private = 3;
    repeated Diagnostic diagnostics = 4;
  }
}
service Provider {
  rpc Configure(Configure.Request) returns (Configure.Response);
  rpc PlanResourceChange(PlanResourceChange.Request) returns (PlanResourceChange.Response);
}
"""

# Go's plugin library refuses whoever does not know this.
COOKIE = {
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS": "5",
}

Body = dict[str, Any]
# Two different values of one type.
Pair = tuple[Any, Any]

# Pairs of texts that differ, also for arguments that compare what a text means.
TEXTS: list[Pair] = [
    ("x", "y"),
    ("arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/y"),
    ("1.1", "2.2"),
    ("10.0.0.0/16", "10.1.0.0/16"),
    ('{"x":1}', '{"x":2}'),
    ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
]


def values(kind: Any) -> list[Pair]:
    """Pairs of different values of a type."""
    if isinstance(kind, str):
        simple: dict[str, list[Pair]] = {
            "string": TEXTS,
            "dynamic": TEXTS[:1],
            "number": [(1, 2), (100, 200)],
            "bool": [(False, True)],
        }
        return simple[kind]
    name, inner = kind
    if name in ("list", "set"):
        return [([left], [right]) for left, right in values(inner)[:2]]
    if name == "map":
        return [({"x": left}, {"x": right}) for left, right in values(inner)[:1]]
    assert name == "object", kind
    pairs = {field: values(of)[0] for field, of in inner.items()}
    left, right = ({field: pair[side] for field, pair in pairs.items()} for side in (0, 1))
    return [(left, right)]


def declared(*names: str) -> Body:
    """A table's attributes, all of which must be keys, and all keys be attributes."""
    return {"attribute": [{"name": name, "type": "S"} for name in names]}


# What a type's own rules want to see before they look at anything else; each is tried.
BASES: dict[str, list[Body]] = {
    "aws_dynamodb_table": [
        {"hash_key": "x", "billing_mode": "PAY_PER_REQUEST"} | declared("x"),
        {"hash_key": "x", "billing_mode": "PROVISIONED", "read_capacity": 1, "write_capacity": 1} | declared("x"),
    ],
    "aws_kinesis_stream": [{"shard_count": 1}],
}

# Changes that these rules take only together with another one; the first argument is the one that is asked about.
PAIRS: dict[str, list[tuple[Body, Body]]] = {
    "aws_dynamodb_table": [
        ({"hash_key": "x"}, {"hash_key": "y"} | declared("y")),
        ({"range_key": None}, {"range_key": "y"} | declared("x", "y")),
        (
            {"local_secondary_index": []},
            {
                "local_secondary_index": [
                    {"name": "z", "projection_type": "ALL", "range_key": "y", "non_key_attributes": None}
                ]
            }
            | declared("x", "y"),
        ),
    ]
}

# How deep blocks are looked into; deeper ones are rules of firewalls and the like, which hold no data.
DEPTH = 3


def empty(block: Body) -> Body:
    """A block with nothing in it but what is required, as the protocol wants it: every name is there."""
    body = {}
    for name, attribute in block.get("attributes", {}).items():
        kind = attribute.get("type") or nested_type(attribute["nested_type"])
        body[name] = values(kind)[0][0] if attribute.get("required") else None
    for name, nested in block.get("block_types", {}).items():
        body[name] = None if nested["nesting_mode"] == "single" else {} if nested["nesting_mode"] == "map" else []
        if nested["nesting_mode"] == "group":
            body[name] = empty(nested["block"])
    return body


def around(block: Body, change: Callable[[Body], Body], depth: int = DEPTH) -> Iterator[tuple[Body, Body]]:
    """Every pair of bodies of a block that differ in one argument, at any depth."""
    for name, attribute in block.get("attributes", {}).items():
        if not (attribute.get("optional") or attribute.get("required")):
            continue
        kind = attribute.get("type") or nested_type(attribute["nested_type"])
        for left, right in values(kind):
            either = () if attribute.get("required") else ((None, left), (left, None))
            for old, new in ((left, right), (right, left), *either):
                yield change({name: old}), change({name: new})
    for name, nested in block.get("block_types", {}).items() if depth else ():

        def inside(body: Body, name: str = name, nested: Body = nested) -> Body:
            body = empty(nested["block"]) | body
            mode = nested["nesting_mode"]
            return change({name: body if mode in ("single", "group") else {"x": body} if mode == "map" else [body]})

        nothing = change({name: empty({"block_types": {name: nested}})[name]})
        yield nothing, inside({})
        yield inside({}), nothing
        yield from around(nested["block"], inside, depth - 1)


def nested_type(nested: Body) -> list[Any]:
    """The type of an attribute that the schema describes attribute by attribute."""
    fields = {name: of.get("type") or nested_type(of["nested_type"]) for name, of in nested["attributes"].items()}
    kind = ["object", fields]
    return kind if nested["nesting_mode"] == "single" else [nested["nesting_mode"], kind]


class Provider:
    """The provider's process."""

    def __init__(self, executable: str, schema: Body):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "tfplugin5.proto").write_text(PROTOCOL)
            arguments = ["", f"-I{folder}", f"--python_out={folder}", f"--grpc_python_out={folder}", "tfplugin5.proto"]
            assert protoc.main(arguments) == 0
            sys.path.insert(0, folder)
            import tfplugin5_pb2
            import tfplugin5_pb2_grpc
        self.messages, self.schema, self.executable = tfplugin5_pb2, schema, executable
        self.services = tfplugin5_pb2_grpc
        self.start()

    def stop(self) -> None:
        """End the provider's process, whatever it is doing."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Another process in the place of one that has failed."""
        self.stop()
        self.start()

    def start(self) -> None:
        """Start the provider, without an account."""
        self.process: subprocess.Popen[str] = subprocess.Popen(
            [self.executable], env=os.environ | COOKIE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        # 1|5|unix|ADDRESS|grpc|
        address = next(line.split("|")[3] for line in self.process.stdout or [] if line.count("|") >= 4)
        options = [("grpc.max_receive_message_length", -1)]
        self.stub = self.services.ProviderStub(grpc.insecure_channel(f"unix:{address}", options))
        config = empty(self.schema["provider"]["block"]) | {
            "region": "us-east-1",
            "access_key": "x",
            "secret_key": "x",
            "skip_credentials_validation": True,
            "skip_metadata_api_check": "true",
            "skip_region_validation": True,
            "skip_requesting_account_id": True,
        }
        answer = self.stub.Configure(self.messages.Configure.Request(config=self.value(config)))
        assert not any(diagnostic.severity == 1 for diagnostic in answer.diagnostics), answer

    def value(self, body: Body | None) -> Any:
        return self.messages.DynamicValue(msgpack=msgpack.packb(body))

    def replaced(self, type_name: str, block: Body, old: Body, new: Body) -> tuple[set[str], bool]:
        """The paths that require a replacement, without the positions in them, and whether the change is refused."""
        identity = {"id": "x"} if "id" in block["attributes"] else {}
        request = self.messages.PlanResourceChange.Request(
            type_name=type_name,
            prior_state=self.value(old | identity),
            proposed_new_state=self.value(new | identity),
            config=self.value(new),
        )
        answer = self.stub.PlanResourceChange(request, timeout=20)
        paths = (
            [step.attribute_name for step in path.steps if step.attribute_name] for path in answer.requires_replace
        )
        refused = any(diagnostic.severity == 1 for diagnostic in answer.diagnostics)
        return {".".join(path) for path in paths if path}, refused


def replacing(provider: Provider, type_name: str, block: Body) -> list[str]:
    """The arguments of a type that cannot be changed in place, and with a question mark those without an answer."""
    found: set[str] = set()
    silent: dict[str, bool] = {}
    bases = [empty(block) | base for base in BASES.get(type_name, [{}])]
    changes = itertools.chain(PAIRS.get(type_name, []), around(block, lambda body: body))
    for base, (old, new) in itertools.product(bases, list(changes)):
        name = next(iter(old))
        if name in ("id", "timeouts"):
            continue
        try:
            paths, refused = provider.replaced(type_name, block, base | old, base | new)
        except grpc.RpcError as error:
            print(f"{type_name} {name}: {error.code()} of {old} and {new}", file=sys.stderr)
            provider.restart()
            silent.setdefault(name, True)
            continue
        silent[name] = silent.get(name, True) and refused
        found |= {path for path in paths if path.split(".")[0] == name}
    # Where any change of a block replaces the object, its arguments need no mention.
    known = sorted(path for path in found if not any(parent in found for parent in parents(path)))
    return known + sorted(f"?{name}" for name in silent if silent[name])


def parents(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def main() -> None:
    """Ask about every type that is named, or all."""
    schema = json.loads(Path(sys.argv[1]).read_text())["provider_schemas"][SOURCE]
    types = sys.argv[3:] or sorted(schema["resource_schemas"])
    workers = 2
    providers = [Provider(sys.argv[2], schema) for _ in range(workers)]

    def work(number: int) -> dict[str, list[str]]:
        lines = {}
        for type_name in itertools.islice(types, number, None, workers):
            lines[type_name] = replacing(providers[number], type_name, schema["resource_schemas"][type_name]["block"])
            print(type_name, *lines[type_name], file=sys.stderr)
        return lines

    try:
        with ThreadPoolExecutor(workers) as pool:
            found = {name: line for lines in pool.map(work, range(workers)) for name, line in lines.items()}
    finally:
        for provider in providers:
            provider.stop()
    print("# Which arguments replace the object: written by xtask/replacements.py, which says how. `?`: no answer.")
    for type_name in sorted(found):
        print(type_name, *found[type_name])


if __name__ == "__main__":
    main()
