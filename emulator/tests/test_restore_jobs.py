"""Restore jobs tell EventBridge that they have ended, and take one verdict."""

from __future__ import annotations

import json
import unittest
import urllib.error
import urllib.request
from typing import Any

from botocore.exceptions import ClientError

from tests.functions import ACCOUNT, create_function
from tests.support import PRIMARY, STANDBY, Emulator, eventually

ROLE = f"arn:aws:iam::{ACCOUNT}:role/restore"
# Judges what it hears of, with the event's own words.
FUNCTION = """
import boto3
def handler(event, context):
    boto3.client("backup", region_name=event["region"]).put_restore_validation_result(
        RestoreJobId=event["detail"]["restoreJobId"], ValidationStatus="SUCCESSFUL",
        ValidationStatusMessage=event["detail"]["status"] + " " + event["detail"]["resourceType"],
    )
"""


class RestoreJobTest(unittest.TestCase):
    """One emulator with a rule and a function in one region."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        function = create_function(cls.emulator, "judge", FUNCTION)
        events = cls.emulator.client("events")
        pattern = {"source": ["aws.backup"], "detail": {"iamRoleArn": [ROLE]}}
        events.put_rule(Name="ended", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="ended", Targets=[{"Id": "function", "Arn": function}])

    def end(self, **fields: Any) -> Any:
        request = {
            "region": PRIMARY,
            "resource_type": "S3",
            "iam_role_arn": ROLE,
            "created_resource_arn": "arn:aws:s3:::restored",
            **fields,
        }
        url = f"{self.emulator.endpoint}/_emulator/restore_job"
        with urllib.request.urlopen(url, json.dumps(request).encode()) as answer:
            return json.load(answer)["restore_job_id"]

    def describe(self, identity: str, region: str = PRIMARY) -> Any:
        return self.emulator.client("backup", region).describe_restore_job(RestoreJobId=identity)

    def test_the_event_reaches_a_function_that_judges_the_job(self) -> None:
        identity = self.end(testing_plan_arn="arn:plan", backup_bytes=7)
        job = eventually(lambda: (job := self.describe(identity)).get("ValidationStatus") and job)
        self.assertEqual(job["ValidationStatus"], "SUCCESSFUL")
        self.assertEqual(job["ValidationStatusMessage"], "COMPLETED S3")
        self.assertEqual(job["CreatedBy"], {"RestoreTestingPlanArn": "arn:plan"})
        self.assertEqual(job["BackupSizeInBytes"], 7)

    def test_a_verdict_stands(self) -> None:
        identity = self.end(iam_role_arn="arn:aws:iam::123456789012:role/other")
        backup = self.emulator.client("backup")
        backup.put_restore_validation_result(RestoreJobId=identity, ValidationStatus="VALIDATING")
        backup.put_restore_validation_result(RestoreJobId=identity, ValidationStatus="FAILED")
        with self.assertRaises(ClientError) as refused:
            backup.put_restore_validation_result(RestoreJobId=identity, ValidationStatus="SUCCESSFUL")
        self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidRequestException")
        self.assertEqual(self.describe(identity)["ValidationStatus"], "FAILED")

    def test_a_job_belongs_to_its_region(self) -> None:
        identity = self.end(region=STANDBY)
        self.assertEqual(self.describe(identity, STANDBY)["Status"], "COMPLETED")
        with self.assertRaises(ClientError):
            self.describe(identity)

    def test_a_job_without_its_parts_is_refused(self) -> None:
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.end(iam_role_arn=None)
        self.assertEqual(refused.exception.code, 400)


if __name__ == "__main__":
    unittest.main()
