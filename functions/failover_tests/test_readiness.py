import unittest
from datetime import UTC, datetime, timedelta

from endpoint import Health
from failover_tests.fakes import HEALTHY, NO_ANSWER, FakeClient, aws_error, unreachable
from failover_tests.support import MACHINE, OWN, OWN_CLUSTER, PRIMARY, World
from failures import Unknown
from kill_switch import KillSwitch
from metrics import Metrics
from readiness import NOT_NOW, Readiness
from shared_tests.logged_test_case import LoggedTestCase
from standby_checks import Names, Services, StandbyChecks
from state_table import StateTable

DAY = 24 * 3600
CHECKS = {
    "database_member",
    "database_instance",
    "versions",
    "replication_lag",
    "secret",
    "storage_key",
    "bucket_replication",
    "table_replica",
    "certificate",
    "concurrency",
    "state_machines",
    "kill_switch",
    "dns",
    "standby_endpoint",
    "state_table",
    "primary_answers",
}


class ReadinessTestCase(LoggedTestCase):
    """The standby in good health, as answers that a test may change."""

    def setUp(self):
        super().setUp()
        self.world = World()
        now = datetime.fromtimestamp(self.world.clock.now, UTC)
        self.secret = {"SecretString": "{}"}
        self.key_states = {}
        self.rules = {PRIMARY: ["Enabled"], OWN: ["Enabled"]}
        self.bucket_key = "arn:aws:kms:us-east-2:1:key/bucket"
        self.session_table = {
            "TableStatus": "ACTIVE",
            "Replicas": [{"RegionName": PRIMARY, "ReplicaStatus": "ACTIVE"}],
        }
        self.certificate = {"Status": "ISSUED", "NotAfter": now + timedelta(days=31)}
        self.function = {"State": "Active"}
        self.concurrency = {}
        self.machine_states = {}
        self.secrets = FakeClient("secretsmanager", get_secret_value=lambda **_: self.secret)
        self.keys = FakeClient("kms", describe_key=self._key)
        self.buckets = {region: self._bucket(region) for region in (PRIMARY, OWN)}
        self.tables = FakeClient("dynamodb", describe_table=lambda **_: {"Table": self.session_table})
        self.certificates = FakeClient("acm", describe_certificate=lambda **_: {"Certificate": self.certificate})
        self.functions = FakeClient(
            "lambda",
            get_function_configuration=lambda **_: self.function,
            get_function_concurrency=lambda **_: self.concurrency,
        )
        self.machines = FakeClient(
            "stepfunctions",
            describe_state_machine=lambda stateMachineArn, includedData: {
                "status": self.machine_states.get(stateMachineArn, "ACTIVE")
            },
        )
        self.cloudwatch = FakeClient("cloudwatch", put_metric_data=lambda **_: {})

    def _key(self, KeyId):
        name = KeyId.rsplit("/", 1)[1]
        return {"KeyMetadata": {"KeyState": self.key_states.get(name, "Enabled")}}

    def _bucket(self, region):
        def replication(Bucket):
            assert Bucket == f"receipts-{region}", Bucket
            rules = [{"Status": state} for state in self.rules[region]]
            return {"ReplicationConfiguration": {"Rules": rules}}

        def encryption(Bucket):
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.bucket_key}
            rule = {"ApplyServerSideEncryptionByDefault": default if self.bucket_key else {}}
            return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}

        return FakeClient("s3", get_bucket_replication=replication, get_bucket_encryption=encryption)

    def readiness(self):
        world = self.world
        own = world.own.seen(world.own_endpoint)
        names = Names(
            primary_region=PRIMARY,
            own_region=OWN,
            own_cluster_arn=OWN_CLUSTER,
            own_secret_arn="secret",
            session_table="sessions",
            primary_bucket=f"receipts-{PRIMARY}",
            own_bucket=f"receipts-{OWN}",
            certificate_arn="arn:aws:acm:us-east-2:123456789012:certificate/1",
            payments_function="payments-api",
            machine_arns=(MACHINE, f"{MACHINE}-2"),
        )
        services = Services(
            aurora=own.aurora,
            lag=own.lag,
            endpoint=own.endpoint,
            witness=world.witness,
            switch=KillSwitch(world.ssm, "/switch"),
            secrets=self.secrets,
            keys=self.keys,
            buckets=self.buckets[OWN],
            primary_buckets=self.buckets[PRIMARY],
            tables=self.tables,
            certificates=self.certificates,
            functions=self.functions,
            machines=self.machines,
        )
        return Readiness(
            checks=StandbyChecks(names, services, 60_000, 300, world.clock),
            table=StateTable(world.table, "failover"),
            metrics=Metrics(self.cloudwatch, "Payments/Failover", "dev"),
            clock=world.clock,
        )

    def report(self):
        return self.readiness().report()

    def wrong(self, report):
        return {name: state for name, state in report["checks"].items() if state not in ("ok", NOT_NOW)}

    def metrics(self):
        """The values published last; those of checks by the check's name."""
        _, parameters = self.cloudwatch.calls[-1]
        values = {}
        for datum in parameters["MetricData"]:
            dimensions = {entry["Name"]: entry["Value"] for entry in datum["Dimensions"]}
            self.assertEqual(dimensions.pop("Environment"), "dev")
            values[(datum["MetricName"], dimensions.get("Check"))] = datum["Value"]
        return values


class Ready(ReadinessTestCase):
    def test_all_is_well(self):
        report = self.report()
        self.assertEqual(self.wrong(report), {})
        self.assertTrue(report["ready"])
        self.assertEqual(report["state"], "standby")
        self.assertEqual(set(report["checks"]), CHECKS)

    def test_its_metrics(self):
        self.report()
        values = self.metrics()
        self.assertEqual(values[("Ready", None)], 1)
        self.assertEqual(values[("DrillAgeDays", None)], 0)
        self.assertEqual(values[("LatchActive", None)], 0)
        self.assertEqual({name for (metric, name) in values if metric == "CheckFailed"}, CHECKS)
        self.assertEqual(sum(values[("CheckFailed", name)] for name in CHECKS), 0)

    def test_one_line_in_the_log(self):
        self.report()
        (line,) = self.log
        self.assertEqual((line["happened"], line["ready"]), ("readiness", True))

    def test_reserved_concurrency_is_fine(self):
        self.concurrency = {"ReservedConcurrentExecutions": 5}
        self.assertTrue(self.report()["ready"])


class NotReady(ReadinessTestCase):
    def assert_fails(self, check, words=""):
        report = self.report()
        wrong = self.wrong(report)
        self.assertEqual(list(wrong), [check], wrong)
        self.assertIn(words, wrong[check])
        self.assertFalse(report["ready"])
        values = self.metrics()
        self.assertEqual(values[("Ready", None)], 0)
        self.assertEqual(values[("CheckFailed", check)], 1)

    def test_database(self):
        self.world.members.remove(OWN_CLUSTER)
        self.assert_fails("database_member")

    def test_instance(self):
        self.world.own.instances = ["stopped"]
        self.assert_fails("database_instance")

    def test_versions(self):
        self.world.own.version = "17.5"
        self.assert_fails("versions", "17.5")

    def test_lag(self):
        now = self.world.clock.now
        for points in ([], [(now - 30, 60_001.0)], [(now - 301, 1.0)]):
            self.world.own.lag_points = points
            self.assert_fails("replication_lag")

    def test_secret(self):
        self.secret = {}
        self.assert_fails("secret")
        self.secrets.fail("get_secret_value", aws_error("DecryptionFailure"))
        self.assert_fails("secret", "DecryptionFailure")

    def test_keys(self):
        for key in ("bucket", "db"):
            self.key_states = {key: "PendingDeletion"}
            self.assert_fails("storage_key", "PendingDeletion")
        self.key_states = {}
        self.bucket_key = None
        self.assert_fails("storage_key", "names no key")

    def test_bucket_replication_from_here(self):
        for rules in ([], ["Disabled"], ["Enabled", "Disabled"]):
            self.rules[OWN] = rules
            self.assert_fails("bucket_replication", OWN)

    def test_bucket_replication_from_the_primary(self):
        self.rules[PRIMARY] = ["Disabled"]
        self.assert_fails("bucket_replication", PRIMARY)

    def test_bucket_replication_that_is_gone(self):
        error = aws_error("ReplicationConfigurationNotFoundError", 404)
        self.buckets[PRIMARY].broken["get_bucket_replication"] = error
        self.assert_fails("bucket_replication", "ReplicationConfigurationNotFoundError")

    def test_table(self):
        self.session_table["TableStatus"] = "ARCHIVED"
        self.assert_fails("table_replica", "ARCHIVED")

    def test_replica(self):
        for replicas in (
            [],
            [{"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"}],
            [{"RegionName": PRIMARY, "ReplicaStatus": "INACCESSIBLE_ENCRYPTION_CREDENTIALS"}],
        ):
            self.session_table["Replicas"] = replicas
            self.assert_fails("table_replica")

    def test_certificate(self):
        self.certificate["NotAfter"] -= timedelta(days=1)
        self.assert_fails("certificate", "30 days")
        self.certificate["Status"] = "EXPIRED"
        self.assert_fails("certificate", "EXPIRED")

    def test_function(self):
        self.concurrency = {"ReservedConcurrentExecutions": 0}
        self.assert_fails("concurrency", "0")
        self.function = {"State": "Inactive"}
        self.assert_fails("concurrency", "Inactive")

    def test_state_machines(self):
        self.machine_states[f"{MACHINE}-2"] = "DELETING"
        self.assert_fails("state_machines", "DELETING")
        self.machines.fail("describe_state_machine", aws_error("StateMachineDoesNotExist"))
        self.assert_fails("state_machines", "StateMachineDoesNotExist")

    def test_kill_switch(self):
        self.world.switch = "stopped"
        self.assert_fails("kill_switch")

    def test_dns(self):
        for region in ("eu-west-1", Unknown("dns: timeout")):
            self.world.witness.region = region
            self.assert_fails("dns")

    def test_dns_may_name_either_region(self):
        self.world.witness.region = OWN
        self.assertTrue(self.report()["ready"])

    def test_endpoint(self):
        no_secret = Health(503, ["database"], {"database": "SecretsErrorException"})
        for answer in (HEALTHY, NO_ANSWER, Health(503, ["database", "session_table"]), no_secret):
            self.world.own_endpoint.answers = [answer]
            self.assert_fails("standby_endpoint")

    def test_state_table_and_the_age_that_is_in_it(self):
        self.world.table.broken["get_item"] = unreachable()
        report = self.report()
        self.assertEqual(set(self.wrong(report)), {"state_table"})
        metrics = {name for name, _ in self.metrics()}
        self.assertEqual(metrics, {"Ready", "CheckFailed"})

    def test_a_check_that_breaks_fails_by_its_name(self):
        for service, operation, check in (
            (self.secrets, "get_secret_value", "secret"),
            (self.keys, "describe_key", "storage_key"),
            (self.buckets[OWN], "get_bucket_replication", "bucket_replication"),
            (self.tables, "describe_table", "table_replica"),
            (self.certificates, "describe_certificate", "certificate"),
            (self.functions, "get_function_configuration", "concurrency"),
            (self.machines, "describe_state_machine", "state_machines"),
            (self.world.ssm, "get_parameter", "kill_switch"),
            (self.world.own.cloudwatch, "get_metric_data", "replication_lag"),
            (self.world.own.rds, "describe_db_instances", "database_instance"),
        ):
            for error in (KeyError("a defect"), aws_error("AccessDenied"), unreachable()):
                service.fail(operation, error)
                with self.subTest(check):
                    self.assert_fails(check, "unknown: ")

    def test_an_answer_without_its_parts_fails_the_check(self):
        self.certificate = {"Status": "ISSUED"}
        self.assert_fails("certificate", "KeyError")


class PrimaryLost(ReadinessTestCase):
    def test_it_is_reported_and_the_standby_is_ready_all_the_same(self):
        for error in (unreachable(), aws_error("ServiceUnavailable", 503)):
            self.buckets[PRIMARY].broken["get_bucket_replication"] = error
            report = self.report()
            self.assertEqual(list(self.wrong(report)), ["primary_answers"])
            self.assertTrue(report["ready"])
            self.assertEqual(self.metrics()[("CheckFailed", "primary_answers")], 1)

    def test_a_refusal_is_an_answer(self):
        self.buckets[PRIMARY].broken["get_bucket_replication"] = aws_error("AccessDenied", 403)
        self.assertEqual(list(self.wrong(self.report())), ["bucket_replication"])


class DrillAge(ReadinessTestCase):
    def age(self):
        self.report()
        return self.metrics()[("DrillAgeDays", None)]

    def test_counts_from_the_first_look(self):
        self.assertEqual(self.age(), 0)
        self.world.clock.now += 2 * DAY
        self.world.own.lag_points = [(self.world.clock.now - 30, 1.0)]
        self.assertEqual(self.age(), 2)

    def test_counts_from_the_last_drill_that_passed(self):
        now = int(self.world.clock.now)
        self.world.table.put("installation", at=now - 90 * DAY)
        self.world.table.put("drill", passed_at=now - 3 * DAY, state="finished")
        self.assertEqual(self.age(), 3)

    def test_a_drill_that_did_not_pass_is_none(self):
        now = int(self.world.clock.now)
        self.world.table.put("installation", at=now - 10 * DAY)
        self.world.table.put("drill", state="finished", started_at=now)
        self.assertEqual(self.age(), 10)

    def test_it_says_nothing_about_readiness(self):
        now = int(self.world.clock.now)
        for age in (35 * DAY, 400 * DAY):
            self.world.table.put("installation", at=now - age)
            report = self.report()
            self.assertTrue(report["ready"], report)
            self.assertEqual(self.metrics()[("DrillAgeDays", None)], age / DAY)


class FailedOver(ReadinessTestCase):
    def setUp(self):
        super().setUp()
        self.world.fail_over()

    def test_it_says_so_and_asks_for_no_standby(self):
        self.buckets[PRIMARY].broken["get_bucket_replication"] = unreachable()
        self.session_table["Replicas"] = []
        self.world.table.put("installation", at=0)
        report = self.report()
        self.assertEqual(report["state"], "failed_over")
        self.assertTrue(report["ready"], report)
        left_out = {name for name, state in report["checks"].items() if state == NOT_NOW}
        self.assertEqual(
            left_out,
            {
                "replication_lag",
                "bucket_replication",
                "table_replica",
                "primary_answers",
            },
        )
        values = self.metrics()
        self.assertEqual(values[("LatchActive", None)], 1)
        self.assertEqual(sum(values[("CheckFailed", name)] for name in CHECKS), 0)

    def test_the_endpoint_must_take_payments(self):
        self.world.own_endpoint.answers = [Health(503, ["database"])]
        report = self.report()
        self.assertEqual(list(self.wrong(report)), ["standby_endpoint"])
        self.assertFalse(report["ready"])


if __name__ == "__main__":
    unittest.main()
