"""Parliament and Cloudsplaining: whether policies say what they seem to say, and allow more than they should.

Both know the actions, resources and conditions of IAM. They read policies of identities; of policies of resources
parliament reads those that name what they are about. The policies of keys say `*` for the key itself and those of trust
name no resource at all, which parliament takes for mistakes: the project's own tests hold those.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import parliament
from cloudsplaining.scan.policy_document import PolicyDocument

from panel.plan import Plan, Policy
from panel.verdict import Finding, Verdict

OF_IDENTITIES = ("aws_iam_role_policy", "aws_iam_policy", "aws_iam_user_policy", "aws_iam_group_policy")

# Topics and queues repeat the policy that another resource gives them; before that, AWS's own default.
OF_RESOURCES = (
    "aws_s3_bucket_policy",
    "aws_sns_topic_policy",
    "aws_sqs_queue_policy",
    "aws_backup_vault_policy",
    "aws_secretsmanager_secret_policy",
    "aws_dynamodb_resource_policy",
    "aws_vpc_endpoint",
)


def parliament_judge(plan: Plan) -> Verdict:
    """Ask parliament, its community's auditors included where they are meant for."""
    verdict = Verdict("parliament", 0)
    for policy in policies(plan, OF_IDENTITIES + OF_RESOURCES):
        of_identity = policy.resource_type in OF_IDENTITIES
        analyzed = parliament.analyze_policy_string(policy.text, include_community_auditors=of_identity)
        if analyzed.findings:
            verdict.findings += [
                Finding(finding.issue, policy.address, f"{text(finding.detail)} {text(finding.location)}".strip())
                for finding in analyzed.findings
            ]
        else:
            verdict.passed += 1
    return verdict


# What Cloudsplaining reports as risks, by its own names.
RISKS: dict[str, Callable[[PolicyDocument], Any]] = {
    "PrivilegeEscalation": lambda policy: policy.allows_privilege_escalation,
    "ResourceExposure": lambda policy: policy.permissions_management_without_constraints,
    "DataExfiltration": lambda policy: policy.allows_data_exfiltration_actions,
    "CredentialsExposure": lambda policy: policy.credentials_exposure,
    "ServiceWildcard": lambda policy: policy.service_wildcard,
    "InfrastructureModification": lambda policy: policy.infrastructure_modification,
}


def cloudsplaining_judge(plan: Plan) -> Verdict:
    """Ask Cloudsplaining for every risk that it knows."""
    logging.getLogger("cloudsplaining").setLevel(logging.ERROR)
    verdict = Verdict("cloudsplaining", 0)
    for policy in policies(plan, OF_IDENTITIES):
        document = PolicyDocument(json.loads(policy.text))
        for risk, found_by in RISKS.items():
            if found := found_by(document):
                verdict.findings.append(Finding(risk, policy.address, text(found)))
            else:
                verdict.passed += 1
    return verdict


def policies(plan: Plan, resource_types: tuple[str, ...]) -> list[Policy]:
    """The policies of resources of these types."""
    return [policy for policy in plan.policies() if policy.resource_type in resource_types]


def text(detail: object) -> str:
    """A detail in one line."""
    return detail if isinstance(detail, str) else json.dumps(detail, default=str) if detail else ""
