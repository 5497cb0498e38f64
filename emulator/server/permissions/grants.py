"""The policies that calls put into the account, for the list of what nobody ever used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from server.models.catalog import Call

Data = dict[str, Any]

# Where a policy is in a request, and what it belongs to; a member that is missing is left out.
GIVEN_IN = {
    ("iam", "PutRolePolicy"): ("role", "RoleName", "PolicyDocument"),
    ("iam", "CreateRole"): ("trust of role", "RoleName", "AssumeRolePolicyDocument"),
    ("iam", "UpdateAssumeRolePolicy"): ("trust of role", "RoleName", "PolicyDocument"),
    ("kms", "CreateKey"): ("key", "Description", "Policy"),
    ("s3", "PutBucketPolicy"): ("bucket", "Bucket", "Policy"),
    ("backup", "PutBackupVaultAccessPolicy"): ("vault", "BackupVaultName", "Policy"),
    ("secretsmanager", "PutResourcePolicy"): ("secret", "SecretId", "ResourcePolicy"),
    ("logs", "PutResourcePolicy"): ("logs", "policyName", "policyDocument"),
    ("ec2", "CreateVpcEndpoint"): ("endpoint", "ServiceName", "PolicyDocument"),
}


@dataclass(frozen=True)
class Grant:
    """A policy and what it belongs to."""

    kind: str
    owner: str
    document: Data


def of(call: Call, given: Any) -> Grant | None:
    """The policy that a call puts somewhere."""
    if not isinstance(given, dict):
        return None
    where = GIVEN_IN.get((call.service, call.operation.name))
    if where:
        kind, owner, policy = where
        return _grant(kind, given.get(owner), given.get(policy))
    if call.service == "sns" and given.get("AttributeName") == "Policy":
        return _grant("topic", given.get("TopicArn"), given.get("AttributeValue"))
    if call.service == "lambda" and call.operation.name == "AddPermission":
        return _permission(given)
    return None


def _grant(kind: str, owner: Any, policy: Any) -> Grant | None:
    if not owner or not policy:
        return None
    try:
        document = json.loads(policy if isinstance(policy, str) else bytes(policy))
    except ValueError:
        return None
    return Grant(kind, str(owner), document) if isinstance(document, dict) else None


def _permission(given: Data) -> Grant:
    statement = {
        "Sid": given.get("StatementId", ""),
        "Effect": "Allow",
        "Action": given.get("Action", ""),
        "Principal": {"Service": given.get("Principal", "")},
        "Resource": given.get("FunctionName", ""),
    }
    return Grant("function", str(given.get("FunctionName", "")), {"Version": "2012-10-17", "Statement": [statement]})
