"""ECHO: children and regions of health checks.

ministack reads the wrong XML elements of these two lists. The checks themselves
are stored; nothing probes an endpoint.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from ministack.services import route53

LISTS = {"ChildHealthChecks": "ChildHealthCheck", "Regions": "Region"}


def install() -> None:
    """Read the two lists again, from the right elements."""
    parse = route53._parse_health_check_config

    def parse_with_lists(element: Element) -> dict[str, Any]:
        config = parse(element)
        for name, item in LISTS.items():
            parent = route53._find(element, name)
            if parent is not None:
                config[name] = [child.text for child in route53._findall(parent, item)]
        return config

    route53._parse_health_check_config = parse_with_lists
