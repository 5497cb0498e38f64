#!/usr/bin/env python3
"""Ask the AWS provider which ways of writing an argument come to the same; print a line for each type.

    python3 -m venv target/replacements && target/replacements/bin/pip install grpcio grpcio-tools msgpack
    terraform providers schema -json > target/schema.json       # in a folder that requires the provider
    target/replacements/bin/python xtask/equivalences.py target/schema.json PROVIDER > schema/aws-5.100.0.equivalences

PROVIDER is the provider's executable; types may be named after it, all are asked about otherwise. It takes an hour.

The provider is given an object as it is and as it should be, which differ in how one argument is written, and answers with
its plan: where the plan has what was there before, the two come to the same. What it answers is noted as words for each
argument, also of the blocks of a type, one level deep; `src/diff/same.rs` says what they mean.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import msgpack

from replacements import BASES, SOURCE, Provider, empty

STATEMENT = '{"Effect":"Allow","Principal":"*","Action":["a:b","a:c"],"Resource":"*"}'
POLICY = '{"Version":"2012-10-17","Statement":[' + STATEMENT + "]}"

# What may be the same, with pairs of texts that are the same then; each in the order in which the provider may keep them.
WRITINGS = {
    "json": [
        (
            POLICY,
            (
                '{ "Statement": [ {"Resource": "*", "Action": ["a:b", "a:c"], "Effect": "Allow", "Principal": "*"} ],'
                ' "Version": "2012-10-17" }'
            ),
        ),
    ],
    "policy": [
        (POLICY, POLICY.replace('["a:b","a:c"]', '["a:c","a:b"]').replace('"Resource":"*"', '"Resource":["*"]'))
    ],
    "case": [
        ("Abc.example.com", "abc.example.com"),
        ("abc.example.com", "Abc.example.com"),
        ("ABC", "abc"),
        ("abc", "ABC"),
    ],
    "dot": [("abc.example.com.", "abc.example.com"), ("abc.example.com", "abc.example.com.")],
}

# What is nothing, and what is something, for the types that are asked about.
NOTHING = {"string": ("", "x"), "number": (0, 1), "bool": (False, True)}
COLLECTIONS: dict[tuple[str, ...], tuple[Any, Any]] = {
    ("list", "string"): ([], ["x"]),
    ("set", "string"): ([], ["x"]),
    ("map", "string"): ({}, {"x": "y"}),
}

UNKNOWN = object()

Body = dict[str, Any]
# The prefix of a block's arguments, its schema, how a body is put in and how it is taken out.
Place = tuple[str, Body, Callable[[Body, Body], Body], Callable[[Body], Body]]


def places(block: Body) -> Iterator[Place]:
    """A type and each block in it."""
    yield "", block, lambda base, body: base | body, lambda planned: planned
    for name, nested in block.get("block_types", {}).items():
        if name == "timeouts":
            continue

        def put(base: Body, body: Body, name: str = name, nested: Body = nested) -> Body:
            body, mode = empty(nested["block"]) | body, nested["nesting_mode"]
            return base | {name: body if mode in ("single", "group") else {"x": body} if mode == "map" else [body]}

        def take(planned: Body, name: str = name) -> Body:
            found = planned.get(name)
            if isinstance(found, list):
                found = found[0] if len(found) == 1 else {}
            return found if isinstance(found, dict) else {}

        yield f"{name}.", nested["block"], put, take


class Question:
    """What is asked about one type."""

    def __init__(self, provider: Provider, type_name: str, block: Body, base: Body):
        self.provider, self.type_name, self.base = provider, type_name, base
        self.identity = {"id": "x"} if "id" in block["attributes"] else {}

    def plan(self, prior: Body | None, proposed: Body, config: Body) -> tuple[Body, set[str]] | None:
        """What the provider plans, and which paths replace the object; nothing if it refuses."""
        known = self.identity if prior is not None else {}
        request = self.provider.messages.PlanResourceChange.Request(
            type_name=self.type_name,
            prior_state=self.provider.value(prior and prior | known),
            proposed_new_state=self.provider.value(proposed | known),
            config=self.provider.value(config),
        )
        answer = self.provider.stub.PlanResourceChange(request, timeout=20)
        if any(diagnostic.severity == 1 for diagnostic in answer.diagnostics) or not answer.planned_state.msgpack:
            return None
        paths = (
            [step.attribute_name for step in path.steps if step.attribute_name] for path in answer.requires_replace
        )
        planned = msgpack.unpackb(
            answer.planned_state.msgpack, strict_map_key=False, ext_hook=lambda _code, _data: UNKNOWN
        )
        return planned, {".".join(path) for path in paths}


def words(question: Question, name: str, attribute: Body, place: Place, created: Body) -> Iterator[str]:
    """What is the same for one argument."""
    prefix, _, put, take = place

    def change(old: Body, new: Body, proposed: Body | None = None) -> object:
        """What becomes of the argument; UNKNOWN where it replaces the object or is refused."""
        wanted = new if proposed is None else proposed
        answer = question.plan(put(question.base, old), put(question.base, wanted), put(question.base, new))
        if answer is None or answer[1] & {prefix + name, prefix[:-1] or prefix + name}:
            return UNKNOWN
        return take(answer[0]).get(name, UNKNOWN)

    kind = attribute["type"]
    if kind == "string":
        for word, pairs in WRITINGS.items():
            if any(change({name: old}, {name: new}) == old for old, new in pairs):
                yield word
    if attribute.get("required"):
        return
    known: tuple[Any, Any] | None = (
        NOTHING.get(kind) if isinstance(kind, str) else COLLECTIONS.get(tuple(map(str, kind)))
    )
    nothing, something = known or (None, None)
    default = created.get(name)
    if default is not None and default is not UNKNOWN and not isinstance(default, (list, dict)):
        # The list is divided by blanks and commas.
        yield "=" + json.dumps(default).replace(" ", "\\u0020").replace(",", "\\u002c")
    if nothing is not None and not attribute.get("computed"):
        if change({}, {name: nothing}) in (None, nothing) and change({name: nothing}, {}) in (None, nothing):
            yield "zero"
    if something is not None and attribute.get("computed"):
        # Terraform itself proposes what was there, where nothing is said.
        if change({name: something}, {}, {name: something}) == something:
            yield "kept"


def same(provider: Provider, type_name: str, block: Body) -> dict[str, set[str]]:
    """The words of every argument of a type."""
    found: dict[str, set[str]] = {}
    for base in [empty(block) | base for base in BASES.get(type_name, [{}])]:
        question = Question(provider, type_name, block, base)
        for place in places(block):
            prefix, inner, put, take = place
            settable = {
                name: attribute
                for name, attribute in inner.get("attributes", {}).items()
                if (attribute.get("optional") or attribute.get("required"))
                and "type" in attribute
                and name not in ("id", "tags_all")
            }
            try:
                answer = question.plan(None, put(base, {}), put(base, {}))
                created = take(answer[0]) if answer else {}
                for name, attribute in settable.items():
                    more = set(words(question, name, attribute, place, created))
                    if more:
                        found.setdefault(prefix + name, set()).update(more)
            except grpc.RpcError as error:
                print(f"{type_name} {prefix}: {error.code()}", file=sys.stderr)
                provider.restart()
    return found


def main() -> None:
    """Ask about every type that is named, or all."""
    schema = json.loads(Path(sys.argv[1]).read_text())["provider_schemas"][SOURCE]
    types = sys.argv[3:] or sorted(schema["resource_schemas"])
    provider = Provider(sys.argv[2], schema)
    print("# Which ways of writing an argument come to the same: written by xtask/equivalences.py, which says how.")
    try:
        for type_name in types:
            found = same(provider, type_name, schema["resource_schemas"][type_name]["block"])
            if found:
                print(type_name, *(f"{name}:{','.join(sorted(found[name]))}" for name in sorted(found)), flush=True)
    finally:
        provider.stop()


if __name__ == "__main__":
    main()
