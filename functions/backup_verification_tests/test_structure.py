"""What holds for the archive as a whole: names, cold starts, regions, what is called."""

import sys
import unittest
from unittest import mock

import aws_clients
import restore_test_age
import validator
from backup_verification_tests import SOURCES
from settings import MissingSetting

ENVIRONMENT = {
    "AWS_REGION": "us-east-2",
    "METRIC_NAMESPACE": "Payments/Backup",
    "ENVIRONMENT": "dev",
}
# What each function is given on top: the deployment must agree with this.
NEEDED = {
    validator: (
        *("TESTING_PLAN_ARN", "DATABASE_CLUSTER", "DATABASE_KEY_ARN"),
        *("SESSION_TABLE", "SESSIONS_KEY_ARN", "RECEIPTS_KEY_ARN"),
    ),
    restore_test_age: ("TESTING_PLAN", "RESOURCE_TYPES"),
}
BUILDERS = {validator: validator._validator, restore_test_age: restore_test_age._restore_test_age}


class Archive(unittest.TestCase):
    def test_no_name_hides_another(self):
        names = [path.stem for folder in SOURCES for path in folder.glob("*.py")]
        taken = set(sys.stdlib_module_names) | {"boto3", "botocore", "urllib3", "jmespath", "six"}
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(taken & set(names), set())


class ColdStart(unittest.TestCase):
    def setUp(self):
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        patch = mock.patch.dict("os.environ", credentials, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        aws_clients._session.cache_clear()
        self.addCleanup(aws_clients._session.cache_clear)

    def build(self, module, environment):
        with mock.patch.dict("os.environ", environment):
            return BUILDERS[module].__wrapped__()

    def test_each_needs_what_it_is_given_and_names_what_is_missing(self):
        for module, names in NEEDED.items():
            environment = ENVIRONMENT | dict.fromkeys(names, "some,thing")
            with mock.patch.object(aws_clients, "_session"):
                self.build(module, environment)
                for missing in environment:
                    rest = {key: value for key, value in environment.items() if key != missing}
                    with self.subTest(f"{module.__name__} without {missing}"):
                        with self.assertRaisesRegex(MissingSetting, missing):
                            self.build(module, rest)

    def test_clients_are_of_the_own_region_and_in_time(self):
        environment = ENVIRONMENT | {name: "some,thing" for names in NEEDED.values() for name in names}
        built = self.build(validator, environment)
        watch = self.build(restore_test_age, environment)
        found = [built.jobs._client, built.metrics._client, watch.backup, watch.cloudwatch]
        found += [
            check.__self__.__dict__[name]
            for check, name in zip(built.checks.values(), ("rds", "dynamodb", "s3"), strict=True)
        ]
        for client in found:
            self.assertEqual(client.meta.region_name, "us-east-2")
            self.assertIn("us-east-2", client.meta.endpoint_url)
        # A description of the job and of two resources, a list, five objects, a verdict, a metric.
        self.assertLessEqual(11 * validator.LIMITS.worst_call_seconds(), 150)
        self.assertLessEqual(3 * restore_test_age.LIMITS.worst_call_seconds(), 60)


class Handles(unittest.TestCase):
    def test_the_validator_is_given_the_job_of_the_event(self):
        event = {"detail-type": "Restore Job State Change", "detail": {"restoreJobId": "job-1"}}
        with mock.patch.object(validator, "_validator") as built:
            self.assertIs(validator.handle(event, None), built().run.return_value)
        built().run.assert_called_once_with("job-1")

    def test_the_watch(self):
        with mock.patch.object(restore_test_age, "_restore_test_age") as built:
            self.assertIs(restore_test_age.handle({}, None), built().report.return_value)


if __name__ == "__main__":
    unittest.main()
