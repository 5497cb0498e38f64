"""REAL: `GetResources` also finds networks, APIs, certificates, DNS objects and experiment templates by their tags.

Objects of Route 53 are in no region: AWS lists them in us-east-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import acm, apigateway_v1, ec2, route53, tagging

from additions import fis, xray

Tags = list[dict[str, str]]

HOME_OF_ROUTE53 = "us-east-1"


def install() -> None:
    """Register a collector for each service."""
    collectors = {
        "acm": _certificates,
        "apigateway": _apis,
        "ec2": _networks,
        "fis": _templates,
        "route53": _dns,
        "xray": _groups,
    }
    tagging._COLLECTORS.update(collectors)


def _pairs(tags: dict[str, str]) -> Tags:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _networks() -> Iterator[tuple[str, Tags]]:
    kinds: list[tuple[str, Any]] = [
        ("vpc", ec2._vpcs),
        ("subnet", ec2._subnets),
        ("route-table", ec2._route_tables),
        ("security-group", ec2._security_groups),
        ("vpc-endpoint", ec2._vpc_endpoints),
        ("vpc-peering-connection", ec2._vpc_peering),
        ("vpc-flow-log", ec2._flow_logs),
    ]
    for kind, store in kinds:
        for identifier in store:
            yield _ec2_arn(kind, identifier), ec2._tags.get(identifier) or []
    # Rules have no store of their own; the tags of one go with it.
    for identifier, tags in ec2._tags.items():
        if identifier.startswith("sgr-"):
            yield _ec2_arn("security-group-rule", identifier), tags


def _ec2_arn(kind: str, identifier: str) -> str:
    return f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{identifier}"


def _apis() -> Iterator[tuple[str, Tags]]:
    for arn, tags in apigateway_v1._v1_tags.items():
        if arn.split(":")[3] == get_region():
            yield arn, _pairs(tags)


def _certificates() -> Iterator[tuple[str, Tags]]:
    for arn, certificate in acm._certificates.items():
        yield arn, certificate.get("Tags", [])


def _dns() -> Iterator[tuple[str, Tags]]:
    if get_region() != HOME_OF_ROUTE53:
        return
    for (kind, identifier), tags in route53._tags.items():
        store = route53._zones if kind == "hostedzone" else route53._health_checks
        if identifier in store:
            yield f"arn:aws:route53:::{kind}/{identifier}", _pairs(tags)


def _templates() -> Iterator[tuple[str, Tags]]:
    for identifier, template in fis._templates.items():
        arn = f"arn:aws:fis:{get_region()}:{get_account_id()}:experiment-template/{identifier}"
        yield arn, _pairs(template["tags"])


def _groups() -> Iterator[tuple[str, Tags]]:
    for group in xray._groups.values():
        yield group["GroupARN"], xray._tags.get(group["GroupARN"], [])
