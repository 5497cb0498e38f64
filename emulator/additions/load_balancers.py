"""REAL: network load balancers: their ARNs, protection against deletion, and what they do with traffic through PrivateLink.

ministack knows application load balancers, and answers for all kinds as for those. Attributes are ECHO, with the
defaults of a network load balancer.
"""

from __future__ import annotations

import re
from typing import Any

from ministack.services import alb

Data = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

ENFORCED = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
# Elastic Load Balancing API reference, LoadBalancerAttribute and TargetGroupAttribute: those of a network load balancer.
ATTRIBUTES = {
    "access_logs.s3.enabled": "false",
    "deletion_protection.enabled": "false",
    "load_balancing.cross_zone.enabled": "false",
    "dns_record.client_routing_policy": "any_availability_zone",
    "zonal_shift.config.enabled": "false",
}
GROUP_ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": "300",
    "deregistration_delay.connection_termination.enabled": "false",
    "preserve_client_ip.enabled": "false",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
TCP = "TCP"
# Of a health check by TCP.
TIMEOUT_SECONDS = 10
HTTP_ONLY = re.compile(r"<HealthCheckPath>[^<]*</HealthCheckPath>|<Matcher>.*?</Matcher>")


def install() -> None:
    """Wrap what makes, shows, changes and deletes."""
    actions = alb._ACTION_MAP
    for name, wrap in (
        ("CreateLoadBalancer", _creating),
        ("CreateListener", _creating_listener),
        ("CreateTargetGroup", _creating_group),
        ("DeleteLoadBalancer", _deleting),
        ("SetSecurityGroups", _setting_groups),
    ):
        actions[name] = wrap(actions[name])
    alb._lb_xml = _showing(alb._lb_xml)
    alb._tg_xml = _showing_group(alb._tg_xml)


def _attributes(values: dict[str, str]) -> list[Data]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def _renamed(store: Any, old: str, new: str) -> None:
    if old in store:
        store[new] = store.pop(old)


def _creating(create: Any) -> Any:
    def create_network(parameters: Data) -> Response:
        status, headers, body = create(parameters)
        if status != 200 or alb._p(parameters, "Type") != "network":
            return status, headers, body
        name = alb._p(parameters, "Name")
        (old,) = [arn for arn, one in alb._lbs.items() if one["LoadBalancerName"] == name]
        new = old.replace(":loadbalancer/app/", ":loadbalancer/net/")
        for store in (alb._lbs, alb._lb_attrs, alb._tags):
            _renamed(store, old, new)
        balancer = alb._lbs[new]
        balancer["LoadBalancerArn"] = new
        if balancer["SecurityGroups"]:
            balancer[ENFORCED] = "on"
        alb._lb_attrs[new] = _attributes(ATTRIBUTES)
        content: Response = alb._xml(
            200, "CreateLoadBalancer", f"<LoadBalancers>{alb._lb_xml(balancer)}</LoadBalancers>"
        )
        return content

    return create_network


def _showing(show: Any) -> Any:
    def show_with_private_link(balancer: Data) -> str:
        text: str = show(balancer)
        enforced = balancer.get(ENFORCED)
        return (
            text.replace("<IpAddressType>", f"<{ENFORCED}>{enforced}</{ENFORCED}><IpAddressType>") if enforced else text
        )

    return show_with_private_link


def _creating_listener(create: Any) -> Any:
    def create_network(parameters: Data) -> Response:
        status, headers, body = create(parameters)
        balancer = alb._p(parameters, "LoadBalancerArn")
        if status != 200 or ":loadbalancer/net/" not in balancer:
            return status, headers, body
        (old,) = [
            arn for arn, one in alb._listeners.items() if one["LoadBalancerArn"] == balancer and ":listener/app/" in arn
        ]
        new = old.replace(":listener/app/", ":listener/net/")
        for store in (alb._listeners, alb._listener_attrs, alb._tags):
            _renamed(store, old, new)
        listener = alb._listeners[new]
        listener["ListenerArn"] = new
        alb._listener_attrs[new] = _attributes({"tcp.idle_timeout.seconds": "350"})
        for rule in alb._rules.values():
            if rule["ListenerArn"] == old:
                rule["ListenerArn"] = new
        content: Response = alb._xml(200, "CreateListener", f"<Listeners>{alb._listener_xml(listener)}</Listeners>")
        return content

    return create_network


def _creating_group(create: Any) -> Any:
    def create_of_tcp(parameters: Data) -> Response:
        status, headers, body = create(parameters)
        if status != 200 or alb._p(parameters, "Protocol") != TCP:
            return status, headers, body
        name = alb._p(parameters, "Name")
        (group,) = [one for one in alb._tgs.values() if one["TargetGroupName"] == name]
        group["HealthCheckProtocol"] = alb._p(parameters, "HealthCheckProtocol") or TCP
        if not alb._p(parameters, "HealthCheckTimeoutSeconds"):
            group["HealthCheckTimeoutSeconds"] = TIMEOUT_SECONDS
        alb._tg_attrs[group["TargetGroupArn"]] = _attributes(GROUP_ATTRIBUTES)
        content: Response = alb._xml(200, "CreateTargetGroup", f"<TargetGroups>{alb._tg_xml(group)}</TargetGroups>")
        return content

    return create_of_tcp


def _showing_group(show: Any) -> Any:
    def show_without_http(group: Data) -> str:
        text: str = show(group)
        return HTTP_ONLY.sub("", text) if group.get("HealthCheckProtocol") == TCP else text

    return show_without_http


def _deleting(delete: Any) -> Any:
    def delete_unprotected(parameters: Data) -> Response:
        arn = alb._p(parameters, "LoadBalancerArn")
        attributes = {one["Key"]: one["Value"] for one in alb._lb_attrs.get(arn, [])}
        if attributes.get("deletion_protection.enabled") == "true":
            refused: Response = alb._error(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
            return refused
        # Its listeners go with it.
        for listener in [one for one, it in list(alb._listeners.items()) if it["LoadBalancerArn"] == arn]:
            alb._ACTION_MAP["DeleteListener"]({"ListenerArn": [listener]})
        deleted: Response = delete(parameters)
        return deleted

    return delete_unprotected


def _setting_groups(set_groups: Any) -> Any:
    def set_groups_and_link(parameters: Data) -> Response:
        status, headers, body = set_groups(parameters)
        balancer = alb._lbs.get(alb._p(parameters, "LoadBalancerArn"))
        if status != 200 or balancer is None or balancer["Type"] != "network":
            return status, headers, body
        balancer[ENFORCED] = alb._p(parameters, ENFORCED) or balancer.get(ENFORCED) or "on"
        shown = f"<{ENFORCED}>{balancer[ENFORCED]}</{ENFORCED}></SetSecurityGroupsResult>"
        return status, headers, body.replace(b"</SetSecurityGroupsResult>", shown.encode())

    return set_groups_and_link
