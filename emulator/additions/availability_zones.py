"""REAL: us-east-1 has six availability zones; ministack lists three in every region.

Stacks leave out its oldest zone, which does not have all services, and may want three others.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2

Response = tuple[int, dict[str, str], bytes]

LIST_END = b"</availabilityZoneInfo>"


def install() -> None:
    """Wrap the action that lists zones."""
    actions = ec2._ACTION_MAP
    describe = actions["DescribeAvailabilityZones"]

    def describe_all(parameters: dict[str, Any]) -> Response:
        status, headers, body = describe(parameters)
        if get_region() == "us-east-1":
            body = body.replace(LIST_END, _further_zones(body) + LIST_END)
        return status, headers, body

    actions["DescribeAvailabilityZones"] = describe_all


def _further_zones(body: bytes) -> bytes:
    """The last zone three times more, each under the next name and id."""
    last = body[body.rindex(b"<item>") : body.index(LIST_END)]
    further = zip(b"def", b"456", strict=True)
    return b"".join(
        last.replace(b"us-east-1c", b"us-east-1%c" % letter).replace(b"use1-az3", b"use1-az%c" % number)
        for letter, number in further
    )
