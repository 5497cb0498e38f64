"""The watch over restore tests."""

import unittest
from datetime import UTC, datetime, timedelta

from backup_verification_tests.support import World
from metrics import Metrics
from restore_test_age import RestoreTestAge
from shared_tests.fake_client import FakeClient, aws_error
from shared_tests.logged_test_case import LoggedTestCase

NOW = 1_764_000_000.0
DAY = 24 * 3600


class Age(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.world = World()
        self.planned_days_ago = 300
        self.passed_days_ago = {"Aurora": [40, 9, 3], "DynamoDB": [12], "S3": []}
        self.backup = FakeClient("backup", get_restore_testing_plan=self._plan)
        self.world.cloudwatch.operations["get_metric_data"] = self._points

    def _plan(self, RestoreTestingPlanName):
        assert RestoreTestingPlanName == "payments_restores"
        return {"RestoreTestingPlan": {"CreationTime": self._days_ago(self.planned_days_ago)}}

    def _points(self, MetricDataQueries, StartTime, EndTime):
        results = []
        for query in MetricDataQueries:
            metric = query["MetricStat"]["Metric"]
            dimensions = {entry["Name"]: entry["Value"] for entry in metric["Dimensions"]}
            assert metric["MetricName"] == "RestoreTestsPassed", metric
            assert dimensions["Environment"] == "dev", dimensions
            times = map(self._days_ago, self.passed_days_ago[dimensions["ResourceType"]])
            seen = [at for at in times if StartTime <= at < EndTime]
            results.append({"Id": query["Id"], "Timestamps": seen, "Values": [1.0] * len(seen)})
        # CloudWatch promises no order.
        return {"MetricDataResults": results[::-1]}

    @staticmethod
    def _days_ago(days):
        return datetime.fromtimestamp(NOW, UTC) - timedelta(days=days)

    def report(self, *resource_types):
        return RestoreTestAge(
            backup=self.backup,
            cloudwatch=self.world.cloudwatch,
            metrics=Metrics(self.world.cloudwatch, "Payments/Backup", "dev"),
            testing_plan="payments_restores",
            resource_types=resource_types,
            namespace="Payments/Backup",
            environment="dev",
            clock=lambda: NOW,
        ).report()

    def published_age(self):
        ((namespace, name, value, dimensions),) = self.world.published
        self.assertEqual((namespace, name), ("Payments/Backup", "RestoreTestAgeDays"))
        self.assertEqual(dimensions, {"Environment": "dev"})
        return value

    def test_the_oldest_is_published(self):
        self.assertEqual(self.report("Aurora", "DynamoDB"), {"Aurora": 3, "DynamoDB": 12})
        self.assertEqual(self.published_age(), 12)

    def test_what_was_never_tested_is_as_old_as_the_plan(self):
        self.assertEqual(self.report("Aurora", "S3")["S3"], 300)
        self.assertEqual(self.published_age(), 300)

    def test_a_new_plan_has_had_no_time(self):
        self.planned_days_ago = 1
        self.passed_days_ago = {"Aurora": [], "DynamoDB": []}
        self.report("Aurora", "DynamoDB")
        self.assertEqual(self.published_age(), 1)

    def test_a_question_without_an_answer_publishes_nothing(self):
        self.backup.fail("get_restore_testing_plan", aws_error("ThrottlingException"))
        with self.assertRaises(Exception):
            self.report("Aurora")
        self.assertEqual(self.world.published, [])


if __name__ == "__main__":
    unittest.main()
