"""The policies that stand in the account: of roles, of resources, of the endpoints in a network."""

from __future__ import annotations

import importlib
import json
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import ec2, iam, lambda_svc

Data = dict[str, Any]
Policies = list[dict[str, Any]]

# Where ministack keeps the policy of a resource, by the service in its ARN.
KEEPERS = {
    "s3": ("s3", "bucket_policy_for_arn"),
    "sns": ("sns", "topic_policy_for_arn"),
    "sqs": ("sqs", "queue_policy_for_arn"),
    "kms": ("kms", "key_policy_for_arn"),
    "secretsmanager": ("secretsmanager", "secret_policy_for_arn"),
    "lambda": ("lambda_svc", "function_policy_for_arn"),
}

# A key that a call is about to make. Who may give it tags the caller's own policies say, as no key policy is there yet
# (API reference, CreateKey, "Required permissions").
NEW_KEY = ":key/*"
# What the policy of a key that AWS manages lets its account do: read about it (KMS developer guide, "AWS managed keys").
MANAGED_KEY = ":key/aws/"
READING = ["kms:Describe*", "kms:Get*", "kms:List*"]


def of_role(account: str, name: str) -> Policies | None:
    """The policies of a role, each with its name; None without such a role."""
    role = iam._roles.get_scoped(account, None, name)
    if role is None:
        return None
    found = [{"name": policy, "policy": _document(text)} for policy, text in (role.get("InlinePolicies") or {}).items()]
    for arn in role.get("AttachedPolicies") or []:
        text = _managed(account, arn)
        if text:
            found.append({"name": arn, "policy": _document(text)})
    return found


def trust_of_role(account: str, name: str) -> Data | None:
    """Who may take a role on."""
    role = iam._roles.get_scoped(account, None, name)
    return _document(role["AssumeRolePolicyDocument"]) if role else None


def of_resource(arn: str, account: str, region: str) -> Data | None:
    """The policy of a resource; None if it has none."""
    service = arn.split(":")[2]
    if service == "iam" and ":role/" in arn:
        return trust_of_role(account, arn.rpartition("/")[2])
    if service == "kms" and arn.endswith(NEW_KEY):
        return _left_to_the_account(account, ["kms:*"])
    if service == "kms" and MANAGED_KEY in arn:
        return _left_to_the_account(account, READING)
    keeper = KEEPERS.get(service)
    if not keeper:
        return None
    with request_scope(account, arn.split(":")[3] or region):
        module, function = keeper
        # An object's policy is its bucket's.
        kept = getattr(importlib.import_module(f"ministack.services.{module}"), function)(
            arn.partition("/")[0] if service == "s3" else arn
        )
    if not kept or not kept[0]:
        return None
    document = _document(kept[0])
    return document if document.get("Statement") else None


def _left_to_the_account(account: str, actions: list[str]) -> Data:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}],
    }


def of_endpoint(function: str | None, service: str, region: str, account: str) -> Policies:
    """The policy of the endpoint through which a function in a network calls a service of its region."""
    if function is None or function.split(":")[3] != region:
        return []
    network = network_of(function)
    if not network:
        return []
    with request_scope(account, region):
        endpoints = list(ec2._vpc_endpoints.values())
    for endpoint in endpoints:
        if endpoint["VpcId"] == network and endpoint["ServiceName"].rpartition(".")[2] == service:
            return [{"name": endpoint["VpcEndpointId"], "policy": _document(endpoint["PolicyDocument"])}]
    return []


def network_of(function: str) -> str | None:
    """The network that a function runs in."""
    _, _, _, region, account, _, name = function.split(":")[:7]
    with request_scope(account, region):
        record = lambda_svc._functions.get(name)
        subnets = ((record or {}).get("config", {}).get("VpcConfig") or {}).get("SubnetIds") or []
        return next((ec2._subnets[subnet]["VpcId"] for subnet in subnets if subnet in ec2._subnets), None)


def _managed(account: str, arn: str) -> Any:
    policy = (
        iam._lookup_policy(arn) if arn.startswith("arn:aws:iam::aws:") else iam._policies.get_scoped(account, None, arn)
    )
    if not policy:
        return None
    return policy["Versions"].get(policy.get("DefaultVersionId", "v1"), {}).get("Document")


def _document(text: Any) -> Data:
    document: Data = json.loads(text) if isinstance(text, str) else json.loads(json.dumps(text))
    return document
