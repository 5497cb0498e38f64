"""ECHO: VPC endpoint, flow log, network ACL and rule settings read back as they were sent.

Endpoint policies, security groups and private DNS, a flow log's role, format and
interval, and the prefix list of a security group rule are stored and returned;
no packet is filtered or logged. Subnets are associated with their VPC's default
network ACL, as on AWS.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from ministack.services import ec2

from server import query_protocol

Parameters = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]

FULL_ACCESS = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
DEFAULT_FLOW_LOG_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)


def install() -> None:
    """Wrap the actions that lose fields."""
    actions = ec2._ACTION_MAP
    create_endpoint, modify_endpoint = actions["CreateVpcEndpoint"], actions["ModifyVpcEndpoint"]
    create_flow_logs = actions["CreateFlowLogs"]
    create_subnet, delete_subnet = actions["CreateSubnet"], actions["DeleteSubnet"]
    describe_acls = actions["DescribeNetworkAcls"]
    endpoint_xml = ec2._vpce_fields_xml

    def endpoint_xml_with_extras(endpoint: Record, tag: str = "item") -> str:
        closing = f"</{tag}>"
        return endpoint_xml(endpoint, tag).removesuffix(closing) + _endpoint_extras(endpoint) + closing

    def create_endpoint_with_extras(parameters: Parameters) -> Response:
        response = create_endpoint(parameters)
        identifier = _identifier(response, "vpcEndpointId")
        if identifier:
            endpoint = ec2._vpc_endpoints[identifier]
            _remember_endpoint(endpoint, parameters)
            xml = ec2._vpce_fields_xml(endpoint, tag="vpcEndpoint")
            response = ec2._xml(200, "CreateVpcEndpointResponse", xml)
        return response

    def modify_endpoint_with_extras(parameters: Parameters) -> Response:
        response = modify_endpoint(parameters)
        endpoint = ec2._vpc_endpoints.get(ec2._p(parameters, "VpcEndpointId"))
        if response[0] == 200 and endpoint:
            _change_endpoint(endpoint, parameters)
        return response

    def create_flow_logs_with_extras(parameters: Parameters) -> Response:
        response = create_flow_logs(parameters)
        for identifier in re.findall(r"<item>(fl-\w+)</item>", response[2].decode()):
            _remember_flow_log(ec2._flow_logs[identifier], parameters)
            ec2._parse_tag_specs(parameters, "vpc-flow-log", identifier)
        return response

    def create_associated_subnet(parameters: Parameters) -> Response:
        response = create_subnet(parameters)
        identifier = _identifier(response, "subnetId")
        if identifier:
            _associate_with_default_acl(identifier)
        return response

    def delete_associated_subnet(parameters: Parameters) -> Response:
        response = delete_subnet(parameters)
        if response[0] == 200:
            _dissociate(ec2._p(parameters, "SubnetId"))
        return response

    def describe_acls_by_association(parameters: Parameters) -> Response:
        return describe_acls(_narrowed_to_association(parameters))

    ec2._vpce_fields_xml = endpoint_xml_with_extras
    _install_prefix_list_rules()
    actions.update(
        {
            "CreateVpcEndpoint": create_endpoint_with_extras,
            "ModifyVpcEndpoint": modify_endpoint_with_extras,
            "CreateFlowLogs": create_flow_logs_with_extras,
            "DescribeFlowLogs": _describe_flow_logs,
            "CreateSubnet": create_associated_subnet,
            "DeleteSubnet": delete_associated_subnet,
            "DescribeNetworkAcls": describe_acls_by_association,
            "ReplaceNetworkAclAssociation": _replace_acl_association,
        }
    )


def _install_prefix_list_rules() -> None:
    """Keep the prefix list of a security group rule, which ministack drops."""
    parse_permissions, rule_xml = ec2._parse_ip_permissions, ec2._sg_rule_xml

    def parse_with_prefix_lists(parameters: Parameters, prefix: str) -> list[Record]:
        rules = parse_permissions(parameters, prefix)
        for number, rule in enumerate(rules, 1):
            key = f"{prefix}.{number}.PrefixListIds.1"
            if identifier := ec2._p(parameters, f"{key}.PrefixListId"):
                entry = {"PrefixListId": identifier}
                if description := ec2._p(parameters, f"{key}.Description"):
                    entry["Description"] = description
                rule["PrefixListIds"] = [entry]
        return rules

    def rule_xml_with_prefix_list(group: str, rule: Record, is_egress: bool = False) -> str:
        xml = rule_xml(group, rule, is_egress)
        for entry in rule.get("PrefixListIds", []):
            xml = xml.replace("</item>", f"<prefixListId>{entry['PrefixListId']}</prefixListId></item>")
        return xml

    ec2._parse_ip_permissions = parse_with_prefix_lists
    ec2._sg_rule_xml = rule_xml_with_prefix_list


def _identifier(response: Response, element: str) -> str | None:
    found = re.search(rf"<{element}>([^<]+)</{element}>", response[2].decode())
    return found.group(1) if found else None


def _remember_endpoint(endpoint: Record, parameters: Parameters) -> None:
    request = query_protocol.read("ec2", "CreateVpcEndpoint", parameters)
    endpoint["PolicyDocument"] = request.get("PolicyDocument") or FULL_ACCESS
    if endpoint["VpcEndpointType"] == "Interface":
        endpoint["SecurityGroupIds"] = request.get("SecurityGroupIds", [])
        endpoint["PrivateDnsEnabled"] = request.get("PrivateDnsEnabled", True)
        endpoint["IpAddressType"] = request.get("IpAddressType", "ipv4")
        endpoint["DnsOptions"] = {"DnsRecordIpType": "ipv4", **request.get("DnsOptions", {})}


def _change_endpoint(endpoint: Record, parameters: Parameters) -> None:
    request = query_protocol.read("ec2", "ModifyVpcEndpoint", parameters)
    if request.get("ResetPolicy"):
        endpoint["PolicyDocument"] = FULL_ACCESS
    for field in ("PrivateDnsEnabled", "IpAddressType"):
        if field in request:
            endpoint[field] = request[field]
    groups = [
        group
        for group in endpoint.get("SecurityGroupIds", [])
        if group not in request.get("RemoveSecurityGroupIds", [])
    ]
    endpoint["SecurityGroupIds"] = groups + request.get("AddSecurityGroupIds", [])


def _endpoint_extras(endpoint: Record) -> str:
    extras: Record = {"PolicyDocument": endpoint.get("PolicyDocument")}
    if endpoint["VpcEndpointType"] == "Interface":
        service = endpoint["ServiceName"].rpartition(".")[2]
        extras |= {
            "Groups": [
                {"GroupId": group, "GroupName": ec2._security_groups.get(group, {}).get("GroupName")}
                for group in endpoint.get("SecurityGroupIds", [])
            ],
            "PrivateDnsEnabled": endpoint.get("PrivateDnsEnabled"),
            "IpAddressType": endpoint.get("IpAddressType"),
            "DnsOptions": endpoint.get("DnsOptions"),
            "DnsEntries": [
                {
                    "DnsName": f"{endpoint['VpcEndpointId']}.{service}.vpce.amazonaws.com",
                    "HostedZoneId": "Z7HUB22UULQXV",
                }
            ],
        }
    return query_protocol.write_shape("ec2", "VpcEndpoint", extras)


def _remember_flow_log(flow_log: Record, parameters: Parameters) -> None:
    request = query_protocol.read("ec2", "CreateFlowLogs", parameters)
    flow_log.update(
        {
            "DeliverLogsPermissionArn": request.get("DeliverLogsPermissionArn"),
            "DeliverLogsStatus": "SUCCESS",
            "LogFormat": request.get("LogFormat") or DEFAULT_FLOW_LOG_FORMAT,
            "MaxAggregationInterval": request.get("MaxAggregationInterval", 600),
            "LogGroupName": request.get("LogGroupName") or _log_group(flow_log),
            "DestinationOptions": request.get("DestinationOptions"),
        }
    )


def _log_group(flow_log: Record) -> str | None:
    if flow_log["LogDestinationType"] != "cloud-watch-logs":
        return None
    return flow_log["LogDestination"].partition(":log-group:")[2].removesuffix(":*") or None


def _describe_flow_logs(parameters: Parameters) -> Response:
    request = query_protocol.read("ec2", "DescribeFlowLogs", parameters)
    filters = {one["Name"]: one.get("Values", []) for one in request.get("Filter", [])}
    wanted = request.get("FlowLogIds")
    found = [
        {**flow_log, "Tags": ec2._tags.get(flow_log["FlowLogId"], [])}
        for flow_log in ec2._flow_logs.values()
        if (not wanted or flow_log["FlowLogId"] in wanted)
        and flow_log["ResourceId"] in filters.get("resource-id", [flow_log["ResourceId"]])
        and ec2._resource_matches_tag_filters(flow_log["FlowLogId"], filters)
    ]
    return query_protocol.write("ec2", "DescribeFlowLogs", {"FlowLogs": found})


def _associate_with_default_acl(subnet: str) -> None:
    vpc = ec2._subnets[subnet]["VpcId"]
    for acl in ec2._network_acls.values():
        if acl["VpcId"] == vpc and acl["IsDefault"]:
            acl["Associations"].append(_association(subnet))


def _association(subnet: str) -> dict[str, str]:
    identifier = f"aclassoc-{secrets.token_hex(9)[:17]}"
    return {"NetworkAclAssociationId": identifier, "SubnetId": subnet}


def _dissociate(subnet: str) -> None:
    for acl in ec2._network_acls.values():
        acl["Associations"] = [one for one in acl["Associations"] if one["SubnetId"] != subnet]


def _narrowed_to_association(parameters: Parameters) -> Parameters:
    """ministack ignores the association filters: turn them into network ACL ids."""
    filters = ec2._parse_filters(parameters)
    fields = {
        "association.subnet-id": "SubnetId",
        "association.association-id": "NetworkAclAssociationId",
    }
    wanted = {fields[name]: values for name, values in filters.items() if name in fields}
    if not wanted:
        return parameters
    matching = [
        acl["NetworkAclId"]
        for acl in ec2._network_acls.values()
        if any(all(one[field] in values for field, values in wanted.items()) for one in acl["Associations"])
    ]
    identifiers = matching or ["acl-none"]
    return parameters | {f"NetworkAclId.{n}": [one] for n, one in enumerate(identifiers, 1)}


def _replace_acl_association(parameters: Parameters) -> Response:
    wanted, target = ec2._p(parameters, "AssociationId"), ec2._p(parameters, "NetworkAclId")
    for acl in ec2._network_acls.values():
        for association in acl["Associations"]:
            if association["NetworkAclAssociationId"] == wanted and target in ec2._network_acls:
                acl["Associations"].remove(association)
                replacement = _association(association["SubnetId"])
                ec2._network_acls[target]["Associations"].append(replacement)
                answer = {"NewAssociationId": replacement["NetworkAclAssociationId"]}
                return query_protocol.write("ec2", "ReplaceNetworkAclAssociation", answer)
    return ec2._error("InvalidAssociationID.NotFound", f"'{wanted}' does not exist", 400)
