"""What a service tries with a role as soon as it is handed over, and refuses the call if it may not.

Lambda: "Giving Lambda functions access to resources in an Amazon VPC". Step Functions: "Using CloudWatch Logs to log
execution history", which lists every one of these actions as needed.
"""

from __future__ import annotations

from typing import Any

from server.models.catalog import Call
from server.permissions.actions import Need, Place

Data = dict[str, Any]

LOG_DELIVERY = (
    "CreateLogDelivery",
    "GetLogDelivery",
    "UpdateLogDelivery",
    "DeleteLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "DescribeResourcePolicies",
    "DescribeLogGroups",
)


def of(call: Call, given: Data, place: Place) -> list[Need]:
    """The needs of the role that a call hands over."""
    if call.service == "lambda" and (given.get("VpcConfig") or {}).get("SubnetIds"):
        return _network(given["VpcConfig"], place)
    if call.service == "stepfunctions" and (given.get("loggingConfiguration") or {}).get("level", "OFF") != "OFF":
        return [Need(f"logs:{action}", "*") for action in LOG_DELIVERY]
    return []


def _network(network: Data, place: Place) -> list[Need]:
    prefix = f"arn:aws:ec2:{place.region}:{place.account}:"
    subnets = [f"{prefix}subnet/{subnet}" for subnet in network["SubnetIds"]]
    groups = [f"{prefix}security-group/{group}" for group in network.get("SecurityGroupIds") or []]
    interface = f"{prefix}network-interface/eni-0123456789abcdef0"
    created = [Need("ec2:CreateNetworkInterface", resource) for resource in (*subnets, *groups, interface)]
    looked_up = [Need(f"ec2:{action}", "*") for action in ("DescribeNetworkInterfaces", "DescribeSubnets")]
    return [*created, *looked_up, Need("ec2:DeleteNetworkInterface", interface)]
