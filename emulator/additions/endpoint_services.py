"""REAL: a service behind interface endpoints is offered in some zones, and refuses endpoints in others.

The Data API is one that ministack does not know. That it is missing in a zone of us-east-1 is made up, and
so is which one: on AWS it differs from service to service and account to account.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2

Response = tuple[int, dict[str, str], bytes]

DATA_API = "rds-data"
ZONES_WITHOUT = {("us-east-1", DATA_API): "b"}


def install() -> None:
    """Know the Data API, and look at the zones of an endpoint's subnets."""
    ec2._VPCE_INTERFACE_SERVICES = (*ec2._VPCE_INTERFACE_SERVICES, DATA_API)
    actions = ec2._ACTION_MAP
    describe, create = actions["DescribeVpcEndpointServices"], actions["CreateVpcEndpoint"]

    def describe_where_offered(parameters: dict[str, Any]) -> Response:
        status, headers, body = describe(parameters)
        for (region, service), letter in ZONES_WITHOUT.items():
            name = f"com.amazonaws.{region}.{service}".encode()
            if get_region() == region and body.count(b"<serviceName>") == body.count(name) - 1 == 1:
                body = body.replace(f"<item>{region}{letter}</item>".encode(), b"")
        return status, headers, body

    def create_where_offered(parameters: dict[str, Any]) -> Response:
        service = ec2._p(parameters, "ServiceName")
        letter = ZONES_WITHOUT.get((get_region(), service.rsplit(".", 1)[-1]))
        for identifier in ec2._parse_member_list(parameters, "SubnetId"):
            subnet = ec2._subnets.get(identifier) or {}
            if letter and subnet.get("AvailabilityZone") == f"{get_region()}{letter}":
                return ec2._error(
                    "InvalidParameter",
                    f"The VPC endpoint service {service} does not support the availability zone of the "
                    f"subnet: {identifier}.",
                    400,
                )
        return create(parameters)

    actions["DescribeVpcEndpointServices"] = describe_where_offered
    actions["CreateVpcEndpoint"] = create_where_offered
