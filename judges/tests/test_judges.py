"""Every judge finds what it is there for, and finds nothing where there is nothing."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any

from panel import checkov_judge, plan
from panel.policy_judges import cloudsplaining_judge, parliament_judge

ESCALATION = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]


def a_plan(resource_type: str, values: dict[str, Any], unknown: dict[str, Any] | None = None) -> plan.Plan:
    """A plan with one resource, as a file: checkov reads no other."""
    address = f"{resource_type}.it"
    content = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {
            "root_module": {
                "resources": [
                    {
                        "address": address,
                        "mode": "managed",
                        "type": resource_type,
                        "name": "it",
                        "provider_name": "registry.terraform.io/hashicorp/aws",
                        "values": values,
                    }
                ]
            }
        },
        "resource_changes": [
            {
                "address": address,
                "mode": "managed",
                "type": resource_type,
                "name": "it",
                "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": unknown or {}},
            }
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "address": address,
                        "mode": "managed",
                        "type": resource_type,
                        "name": "it",
                        "expressions": {argument: {} for argument in {**values, **(unknown or {})}},
                    }
                ]
            }
        },
    }
    folder = tempfile.mkdtemp()
    unittest.addModuleCleanup(shutil.rmtree, folder)
    path = Path(folder) / "it.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return plan.read(path)


def a_policy(actions: list[str], resource: str) -> plan.Plan:
    statement = {"Sid": "It", "Effect": "Allow", "Action": actions, "Resource": resource}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return a_plan("aws_iam_role_policy", {"policy": text, "role": "it"})


class JudgesTest(unittest.TestCase):
    """One weakness for each judge."""

    def test_checkov(self) -> None:
        weak = checkov_judge.judge(a_plan("aws_sns_topic", {"name": "it"}))
        self.assertIn("CKV_AWS_26", [finding.check for finding in weak.findings])
        encrypted = checkov_judge.judge(a_plan("aws_sns_topic", {"name": "it", "kms_master_key_id": "key"}))
        self.assertNotIn("CKV_AWS_26", [finding.check for finding in encrypted.findings])

    def test_parliament(self) -> None:
        wide = parliament_judge(a_policy(["s3:GetObject"], "*"))
        self.assertIn("RESOURCE_STAR", [finding.check for finding in wide.findings])
        unknown = parliament_judge(a_policy(["s3:GetObjekt"], "arn:aws:s3:::bucket/*"))
        self.assertIn("UNKNOWN_ACTION", [finding.check for finding in unknown.findings])
        narrow = parliament_judge(a_policy(["s3:GetObject"], "arn:aws:s3:::bucket/*"))
        self.assertEqual((narrow.passed, narrow.findings), (1, []))

    def test_cloudsplaining(self) -> None:
        escalating = cloudsplaining_judge(a_policy(ESCALATION, "*"))
        self.assertIn("PrivilegeEscalation", [finding.check for finding in escalating.findings])
        narrow = cloudsplaining_judge(a_policy(["s3:PutObject"], "arn:aws:s3:::bucket/*"))
        self.assertEqual(narrow.findings, [])


class PlanTest(unittest.TestCase):
    """What a plan says of its policies."""

    def test_policies_that_nobody_can_judge_are_told(self) -> None:
        unknown = a_plan("aws_iam_role_policy", {"role": "it"}, {"policy": True, "id": True})
        self.assertEqual(unknown.unknown_policies(), ["aws_iam_role_policy.it policy"])
        self.assertEqual(a_policy(["s3:GetObject"], "*").unknown_policies(), [])

    def test_a_state_is_no_plan(self) -> None:
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(b'{"values": {}}')
            file.flush()
            with self.assertRaisesRegex(plan.UnreadablePlan, "terraform show -json"):
                plan.read(Path(file.name))


if __name__ == "__main__":
    unittest.main()
