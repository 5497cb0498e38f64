"""The validator: verdicts, metrics, and what it leaves alone."""

import unittest

from backup_verification_tests.support import World
from shared_tests.fake_client import aws_error
from shared_tests.logged_test_case import LoggedTestCase

PASSED = ("Payments/Backup", "RestoreTestsPassed", 1.0)
FAILED = ("Payments/Backup", "RestoreTestsFailed", 1.0, {"Environment": "dev"})


class Verdicts(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.world = World()

    def run_job(self):
        return self.world.validator().run("job-1")

    def test_each_kind_passes_and_is_counted_by_its_kind(self):
        for resource_type in ("Aurora", "DynamoDB", "S3"):
            with self.subTest(resource_type):
                self.world = World()
                self.world.restores(resource_type)
                self.assertEqual(self.run_job()["outcome"], "SUCCESSFUL")
                ((identity, verdict, message),) = self.world.verdicts
                self.assertEqual((identity, verdict), ("job-1", "SUCCESSFUL"))
                self.assertTrue(message)
                dimensions = {"Environment": "dev", "ResourceType": resource_type}
                self.assertEqual(self.world.published, [(*PASSED, dimensions)])

    def test_a_table_that_aws_backup_manages_in_full_is_a_table(self):
        self.world.job["ResourceType"] = "DynamoDB.FullyManaged"
        self.assertEqual(self.run_job()["outcome"], "SUCCESSFUL")
        dimensions = {"Environment": "dev", "ResourceType": "DynamoDB"}
        self.assertEqual(self.world.published, [(*PASSED, dimensions)])

    def test_what_is_wrong_fails_the_test_and_is_told(self):
        self.world.items = []
        self.assertEqual(self.run_job()["outcome"], "FAILED")
        ((_, verdict, message),) = self.world.verdicts
        self.assertEqual(verdict, "FAILED")
        self.assertIn("it has no items", message)
        self.assertEqual(self.world.published, [FAILED])
        self.assertEqual(self.log[0]["message"], message)

    def test_a_job_that_restored_nothing_is_a_failed_test_without_a_verdict_to_give(self):
        for status in ("FAILED", "ABORTED"):
            with self.subTest(status):
                self.world = World()
                self.world.job["Status"] = status
                self.assertEqual(self.run_job()["outcome"], "FAILED")
                self.assertEqual(self.world.verdicts, [])
                self.assertEqual(self.world.published, [FAILED])

    def test_a_job_that_is_under_way_waits(self):
        self.world.job["Status"] = "RUNNING"
        self.assertEqual(self.run_job()["outcome"], "under way")
        self.assertEqual((self.world.verdicts, self.world.published), ([], []))

    def test_restores_of_others_are_left_alone(self):
        for creator in ({}, {"RestoreTestingPlanArn": "arn:of-another-plan"}):
            with self.subTest(creator):
                self.world.job["CreatedBy"] = creator
                self.assertEqual(self.run_job()["outcome"], "not of this plan")
                self.assertEqual((self.world.verdicts, self.world.published), ([], []))

    def test_a_restore_that_somebody_started_names_no_creator(self):
        del self.world.job["CreatedBy"]
        self.assertEqual(self.run_job()["outcome"], "not of this plan")

    def test_an_event_that_comes_twice_changes_no_verdict(self):
        self.world.job["ValidationStatus"] = "FAILED"
        self.assertEqual(self.run_job()["outcome"], "FAILED")
        self.assertEqual(self.world.verdicts, [])

    def test_a_validation_that_is_awaited_is_no_verdict(self):
        self.world.job["ValidationStatus"] = "VALIDATING"
        self.assertEqual(self.run_job()["outcome"], "SUCCESSFUL")

    def test_a_kind_that_nobody_knows_fails(self):
        self.world.job["ResourceType"] = "EBS"
        self.assertEqual(self.run_job()["outcome"], "FAILED")

    def test_a_call_that_fails_is_no_verdict(self):
        self.world.dynamodb.fail("scan", aws_error("ThrottlingException"))
        with self.assertRaises(Exception):
            self.run_job()
        self.assertEqual((self.world.verdicts, self.world.published), ([], []))
        self.assertEqual(self.run_job()["outcome"], "SUCCESSFUL")

    def test_a_verdict_that_could_not_be_counted_is_counted_at_the_next_call(self):
        self.world.cloudwatch.fail("put_metric_data", aws_error("Throttling"))
        with self.assertRaises(Exception):
            self.run_job()
        self.world.job["ValidationStatus"] = self.world.verdicts[0][1]
        self.run_job()
        self.assertEqual(len(self.world.verdicts), 1)
        self.assertEqual(len(self.world.published), 1)

    def test_a_long_message_is_cut(self):
        self.world.restores("S3")
        self.world.objects = {f"receipts/{'x' * 400}{n}.json": b"" for n in range(5)}
        self.run_job()
        self.assertEqual(len(self.world.verdicts[0][2]), 1000)


if __name__ == "__main__":
    unittest.main()
