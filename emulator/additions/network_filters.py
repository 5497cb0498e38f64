"""REAL: route tables and VPC endpoints are found by the filters that data sources ask with; ministack ignores them.

What a filter leaves over becomes a list of ids, which ministack knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ec2

Parameters = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]

# What is asked for of each kind, by the name of the filter.
ROUTE_TABLE = {"route-table-id": "RouteTableId"}
ENDPOINT = {
    "vpc-id": "VpcId",
    "service-name": "ServiceName",
    "vpc-endpoint-id": "VpcEndpointId",
    "vpc-endpoint-state": "State",
    "vpc-endpoint-type": "VpcEndpointType",
}


def install() -> None:
    """Wrap the actions that list them."""
    actions = ec2._ACTION_MAP
    actions["DescribeRouteTables"] = _filtered(
        actions["DescribeRouteTables"], lambda: ec2._route_tables.values(), ROUTE_TABLE, "RouteTableId"
    )
    actions["DescribeVpcEndpoints"] = _filtered(
        actions["DescribeVpcEndpoints"], lambda: ec2._vpc_endpoints.values(), ENDPOINT, "VpcEndpointId"
    )


def _filtered(
    describe: Callable[[Parameters], Response], records: Callable[[], Any], fields: dict[str, str], identifier: str
) -> Callable[[Parameters], Response]:
    def describe_filtered(parameters: Parameters) -> Response:
        filters = ec2._parse_filters(parameters)
        wanted = {fields[name]: values for name, values in filters.items() if name in fields}
        if not wanted:
            return describe(parameters)
        found = [record[identifier] for record in records() if _fits(record, wanted)]
        named = ec2._parse_member_list(parameters, identifier)
        left = [one for one in found if not named or one in named] or ["none"]
        others = {key: value for key, value in parameters.items() if not key.startswith(f"{identifier}.")}
        return describe(others | {f"{identifier}.{number}": [one] for number, one in enumerate(left, 1)})

    return describe_filtered


def _fits(record: Record, wanted: dict[str, list[str]]) -> bool:
    return all(record.get(field) in values for field, values in wanted.items())
