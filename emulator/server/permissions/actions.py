"""What a call asks for in IAM's words: actions, each on the resources that it names.

The service authorization reference says which kinds of resources an action is for; which ones a request means, its input
says: by ARN, or by the name that stands in the ARN. What a request does not name is `*`. Names that IAM and the APIs have
for different things are told in `vocabulary`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from server.models.catalog import Call
from server.permissions import vocabulary
from server.permissions.reference import Action, Reference

Data = dict[str, Any]

PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Need:
    """An action on a resource, with the condition keys that its service fills in."""

    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a call is made."""

    region: str
    account: str


def needs(reference: Reference, call: Call, given: Data, place: Place) -> list[Need]:
    """What a call asks for; empty for one that IAM never refuses."""
    operation = call.operation.name
    if (call.service, operation) in vocabulary.ALWAYS_ALLOWED:
        return []
    prefix = vocabulary.PREFIXES.get(call.service, call.service)
    if prefix == "apigateway":
        # The service authorization reference has no tags among the resources of POST.
        tags = [Need("apigateway:PUT", f"arn:aws:apigateway:{place.region}::/tags/*")]
        return [
            _rest(call, given, place),
            *(tags if given.get("tags") and call.operation.name.startswith("Create") else []),
        ]
    name = vocabulary.ACTIONS.get((prefix, operation), operation)
    action = reference.actions(prefix).get(name.lower())
    if action is None:
        return [Need(f"{prefix}:{name}", "*")]
    context = vocabulary.context(prefix, name, given)
    wanted = [
        Need(f"{prefix}:{action.name}", resource, context) for resource in _resources(prefix, action, given, place)
    ]
    return wanted + _tags(reference, call, wanted, given, place) + passed_roles(call, given)


def _tags(reference: Reference, call: Call, wanted: list[Need], given: Data, place: Place) -> list[Need]:
    """Tags that a thing is made with are asked for like those that are put on it later."""
    service = wanted[0].action.partition(":")[0]
    action = vocabulary.tagging(service, call.operation.name, given)
    known = reference.actions(service).get(action.lower()) if action else None
    if action is None or known is None:
        return []
    # EC2 names the networks, too, in which the new thing is; others name it first.
    made = [need.resource for need in wanted if "*" in need.resource] if service == "ec2" else [wanted[0].resource]
    if made == ["*"]:
        made = _resources(service, known, {}, place)
    return [Need(f"{service}:{action}", resource) for resource in made]


def _resources(service: str, action: Action, given: Data, place: Place) -> list[str]:
    named = vocabulary.resources(service, action.name, given, place.region, place.account)
    if named:
        return named
    found = [arn for template in action.required for arn in _filled(service, template, given, place)]
    if not found:
        optional = [arn for template in action.optional for arn in _filled(service, template, given, place)]
        found = [arn for arn in optional if "*" not in arn] or _unnamed(service, optional)
        # One kind: a request names a bucket's object or an access point's, not both.
        found = [arn for arn in found if arn.count(":") == found[0].count(":")]
    # An ARN that was given says which of the kinds is meant.
    whole = [arn for arn in found if "*" not in arn]
    return list(
        dict.fromkeys(whole if len(action.required) > 1 and whole and _is_given(whole[0], given) else found)
    ) or ["*"]


def _unnamed(service: str, optional: list[str]) -> list[str]:
    return optional[:1] if service in vocabulary.DESCRIBES_BY_ARN else ["*"]


def _is_given(arn: str, given: Data) -> bool:
    return arn in set(_texts(given))


def _filled(service: str, template: str, given: Data, place: Place) -> list[str]:
    """The ARNs of one kind that a request names; one with `*` where it names none."""
    template = template.partition(",")[0]
    here = template.replace("${Partition}", "aws").replace("${Account}", place.account)
    kind = re.compile(PLACEHOLDER.sub("[^:]*", re.escape(here).replace(r"\$\{", "${").replace(r"\}", "}")) + "$")
    given_arns = [text for text in _texts(given) if text.startswith("arn:") and kind.match(text)]
    if given_arns:
        return list(dict.fromkeys(given_arns))
    here = here.replace("${Region}", place.region)
    arns = [here]
    for placeholder in PLACEHOLDER.findall(here):
        values = vocabulary.values(service, placeholder, given) or ["*"]
        arns = [arn.replace(f"${{{placeholder}}}", value) for arn in arns for value in values]
    return arns


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _rest(call: Call, given: Data, place: Place) -> Need:
    """API Gateway's actions are HTTP methods, its resources are paths."""
    path = call.operation.http["requestUri"].partition("?")[0]
    members = call.operation.input_shape.members if call.operation.input_shape else {}
    for name, shape in members.items():
        wire = shape.serialization.get("name", name)
        value = str(given.get(name, "*")).replace("\\", r"\\")
        path = re.sub(rf"\{{{re.escape(wire)}\+?\}}", value, path)
    action = "SetWebACL" if call.operation.name == "AssociateWebACL" else call.operation.http["method"]
    return Need(f"apigateway:{action}", f"arn:aws:apigateway:{place.region}::{path}")


def passed_roles(call: Call, given: Data) -> list[Need]:
    """The roles that a call hands to its service."""
    if call.service in ("iam", "sts", "kms") or re.match(
        r"Get|List|Describe|Put.*Policy|AssumeRole", call.operation.name
    ):
        return []
    roles = {text for text in _texts(given) if re.fullmatch(r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+", text)}
    service = vocabulary.PASSED_TO.get(call.service)
    return [Need("iam:PassRole", role, {"iam:PassedToService": service} if service else {}) for role in sorted(roles)]
