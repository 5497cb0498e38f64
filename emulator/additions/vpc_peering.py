"""ECHO: DNS options of VPC peering connections, kept by both sides. No packet is routed."""

from __future__ import annotations

import re
from typing import Any

from ministack.services import ec2

from server import query_protocol

Response = tuple[int, dict[str, str], bytes]
SIDES = {"RequesterPeeringConnectionOptions": "RequesterVpcInfo", "AccepterPeeringConnectionOptions": "AccepterVpcInfo"}


def install() -> None:
    """Answer the missing action and show the options in the description."""
    describe = ec2._ACTION_MAP["DescribeVpcPeeringConnections"]

    def describe_with_options(parameters: dict[str, Any]) -> Response:
        response = describe(parameters)
        found = re.findall(r"<vpcPeeringConnectionId>([^<]+)<", response[2].decode())
        connections = [{**ec2._vpc_peering[one], "Tags": ec2._tags.get(one, [])} for one in found]
        answer = {"VpcPeeringConnections": connections}
        return query_protocol.write("ec2", "DescribeVpcPeeringConnections", answer)

    ec2._ACTION_MAP["DescribeVpcPeeringConnections"] = describe_with_options
    ec2._ACTION_MAP["ModifyVpcPeeringConnectionOptions"] = _modify_options


def _modify_options(parameters: dict[str, Any]) -> Response:
    request = query_protocol.read("ec2", "ModifyVpcPeeringConnectionOptions", parameters)
    identifier = request["VpcPeeringConnectionId"]
    if identifier not in ec2._vpc_peering:
        message = f"The VPC peering connection '{identifier}' does not exist"
        return ec2._error("InvalidVpcPeeringConnectionID.NotFound", message, 400)
    changed = {side: request[name] for name, side in SIDES.items() if name in request}
    for account, region in ec2._vpc_peering_scopes(ec2._vpc_peering[identifier]):
        record = ec2._vpc_peering.get_scoped(account, region, identifier)
        for side, options in changed.items() if record else ():
            record[side]["PeeringOptions"] = {**record[side].get("PeeringOptions", {}), **options}
    answer = {name: request[name] for name in SIDES if name in request}
    return query_protocol.write("ec2", "ModifyVpcPeeringConnectionOptions", answer)
