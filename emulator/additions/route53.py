"""REAL: how records and health checks are kept; ECHO: the checks themselves, which nothing probes.

Names are kept in lower case, and nothing stands beside a CNAME (Developer Guide, "DNS domain name format" and "CNAME
record type"). An update of a health check that names a version it no longer has is refused (UpdateHealthCheck,
HealthCheckVersion). ministack also reads the wrong XML elements of a check's children and regions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from ministack.services import route53

Record = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

LISTS = {"ChildHealthChecks": "ChildHealthCheck", "Regions": "Region"}
# What may stand beside a CNAME: signatures, which Route 53 makes itself.
BESIDE_ANYTHING = ("RRSIG", "NSEC")


def install() -> None:
    """Wrap what reads names, changes records and updates checks."""
    route53._parse_health_check_config = _with_lists(route53._parse_health_check_config)
    route53._parse_record_set = _in_lower_case(route53._parse_record_set)
    route53._change_resource_record_sets = _without_conflicts(route53._change_resource_record_sets)
    route53._update_health_check = _of_this_version(route53._update_health_check)


def _with_lists(parse: Callable[[Element], Record]) -> Callable[[Element], Record]:
    def parse_with_lists(element: Element) -> Record:
        config = parse(element)
        for name, item in LISTS.items():
            parent = route53._find(element, name)
            if parent is not None:
                config[name] = [child.text for child in route53._findall(parent, item)]
        return config

    return parse_with_lists


def _in_lower_case(parse: Callable[[Element], Record]) -> Callable[[Element], Record]:
    def parse_in_lower_case(element: Element) -> Record:
        record = parse(element)
        record["Name"] = record["Name"].lower()
        if "AliasTarget" in record:
            record["AliasTarget"]["DNSName"] = record["AliasTarget"]["DNSName"].lower()
        return record

    return parse_in_lower_case


def _without_conflicts(change: Callable[[str, bytes], Response]) -> Callable[[str, bytes], Response]:
    def change_without_conflicts(zone_id: str, body: bytes) -> Response:
        # The lock is taken again by the change itself; whoever comes between is refused by its own look.
        before = list(route53._records.get(zone_id) or [])
        response = change(zone_id, body)
        conflict = _conflict(route53._records.get(zone_id) or []) if response[0] == 200 else None
        if conflict:
            # A batch is changed as a whole or not at all.
            route53._records[zone_id] = before
            zone = (route53._zones.get(zone_id) or {}).get("name", "")
            return route53._error_response(
                "InvalidChangeBatch",
                f"[RRSet of type {conflict['Type']} with DNS name {conflict['Name']} is not permitted as it conflicts "
                f"with other records with the same DNS name in zone {zone}]",
            )
        return response

    return change_without_conflicts


def _conflict(records: list[Record]) -> Record | None:
    """A CNAME that does not stand alone under its name."""
    types: dict[str, set[str]] = {}
    for record in records:
        if record["Type"] not in BESIDE_ANYTHING:
            types.setdefault(record["Name"], set()).add(record["Type"])
    return next((one for one in records if one["Type"] == "CNAME" and len(types[one["Name"]]) > 1), None)


def _of_this_version(update: Callable[[str, bytes], Response]) -> Callable[[str, bytes], Response]:
    def update_of_this_version(check_id: str, body: bytes) -> Response:
        root = route53._parse_body(body)
        named = route53._text(root, "HealthCheckVersion") if root is not None else ""
        check = route53._health_checks.get(check_id)
        if check and named and int(named) != check.get("version", 1):
            return route53._error_response(
                "HealthCheckVersionMismatch",
                f"The value of HealthCheckVersion in the request ({named}) doesn't match the value of HealthCheckVersion "
                f"in the health check ({check.get('version', 1)}).",
                409,
            )
        return update(check_id, body)

    return update_of_this_version
