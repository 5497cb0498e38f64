"""What holds for the archive as a whole: names, imports, regions, cold starts."""

import ast
import sys
import unittest
from unittest import mock

from botocore.client import BaseClient

import aws_clients
import detector
import drill
import guards
import latch
import lookout
import lost_payments
import probe
import readiness
import watcher
from cold_start import prepare
from failover_tests import SOURCES
from failover_tests.support import OWN, OWN_CLUSTER, PRIMARY, PRIMARY_CLUSTER, RUNBOOK
from settings import MissingSetting, Settings
from time_budget import OutOfTime

ENTRY_POINTS = (
    *("detector", "latch", "guards", "lookout", "probe", "drill", "readiness", "watcher"),
    "lost_payments",
)
ENVIRONMENT = {
    "AWS_REGION": OWN,
    "PRIMARY_REGION": PRIMARY,
    "STATE_TABLE": "failover",
    "PRIMARY_HEALTH_URL": "https://a.execute-api.us-east-1.amazonaws.com/live/health",
    "DR_HEALTH_URL": "https://b.execute-api.us-east-2.amazonaws.com/live/health",
    "FAILOVER_DOMAIN": "pay.example.com",
    "FAILOVER_MACHINE_ARN": "arn:machine",
    "ALERT_TOPIC_ARN": "arn:topic",
    "SWITCH_PARAMETER": "/switch",
    "GLOBAL_CLUSTER_ID": "payments-global",
    "PRIMARY_CLUSTER_ARN": PRIMARY_CLUSTER,
    "DR_CLUSTER_ARN": OWN_CLUSTER,
    "DATABASE_NAME": "payments",
    "PRIMARY_SECRET_ARN": "arn:secret:1",
    "DR_SECRET_ARN": "arn:secret:2",
    "EVIDENCE_BUCKET": "receipts",
    "METRIC_NAMESPACE": "Payments/Failover",
    "ENVIRONMENT": "dev",
    "SESSION_TABLE": "sessions",
    "PRIMARY_BUCKET": "receipts-1",
    "DR_BUCKET": "receipts-2",
    "CERTIFICATE_ARN": "arn:certificate",
    "PAYMENTS_FUNCTION": "payments-api",
    "MACHINE_ARNS": "arn:1,arn:2, arn:3",
    "MAXIMUM_LAG_MS": "60000",
    "MAXIMUM_LAG_AGE_SECONDS": "300",
    "COOL_DOWN_SECONDS": "1800",
    "API_AUTHORIZATION": "NONE",
    "PATIENCE_SECONDS": "90",
    "LATCH_URL": "https://b.execute-api.us-east-2.amazonaws.com/live/latch",
    "FAILBACK_MACHINE_ARN": "arn:failback",
    "RECOVERY_OBJECTIVE_SECONDS": "300",
}
PAIR = ("PRIMARY_REGION", "GLOBAL_CLUSTER_ID", "PRIMARY_CLUSTER_ARN", "DR_CLUSTER_ARN")
LAG = ("MAXIMUM_LAG_MS", "MAXIMUM_LAG_AGE_SECONDS")
SECRETS = ("PRIMARY_SECRET_ARN", "DR_SECRET_ARN", "DATABASE_NAME")
METRICS = ("METRIC_NAMESPACE", "ENVIRONMENT")
# What each function is given, beside AWS_REGION: the deployment must agree with this.
NEEDED = {
    "detector": (
        *("PRIMARY_REGION", "STATE_TABLE", "PRIMARY_HEALTH_URL", "FAILOVER_DOMAIN"),
        *("FAILOVER_MACHINE_ARN", "ALERT_TOPIC_ARN", "PATIENCE_SECONDS", *METRICS),
    ),
    "latch": ("STATE_TABLE",),
    "guards": (
        *(*PAIR, *LAG, "STATE_TABLE", "PRIMARY_HEALTH_URL", "DR_HEALTH_URL", "FAILOVER_DOMAIN"),
        *("FAILOVER_MACHINE_ARN", "SWITCH_PARAMETER", "COOL_DOWN_SECONDS"),
        "PATIENCE_SECONDS",
    ),
    "probe": ("PRIMARY_REGION", "PRIMARY_CLUSTER_ARN", "DR_CLUSTER_ARN", *SECRETS),
    "drill": (
        *(*PAIR, *SECRETS, *METRICS, "STATE_TABLE", "FAILOVER_DOMAIN", "EVIDENCE_BUCKET"),
        *("RECOVERY_OBJECTIVE_SECONDS", "API_AUTHORIZATION", "SESSION_TABLE"),
    ),
    "readiness": (
        *("PRIMARY_REGION", "STATE_TABLE", "DR_HEALTH_URL", "FAILOVER_DOMAIN", "DR_SECRET_ARN"),
        *("SWITCH_PARAMETER", "GLOBAL_CLUSTER_ID", "DR_CLUSTER_ARN", "SESSION_TABLE", *METRICS),
        *("PRIMARY_BUCKET", "DR_BUCKET", "CERTIFICATE_ARN", "PAYMENTS_FUNCTION", *LAG),
        "MACHINE_ARNS",
    ),
}


NEEDED["watcher"] = (
    *("PRIMARY_REGION", "STATE_TABLE", "FAILOVER_MACHINE_ARN", "FAILBACK_MACHINE_ARN", *METRICS),
    *("GLOBAL_CLUSTER_ID", "DR_CLUSTER_ARN", "FAILOVER_DOMAIN", "LATCH_URL", "DR_HEALTH_URL"),
    "ALERT_TOPIC_ARN",
)
NEEDED["lookout"] = NEEDED["guards"]
NEEDED["lost_payments"] = (
    *("PRIMARY_REGION", "DR_CLUSTER_ARN", "DR_SECRET_ARN", "DATABASE_NAME", "SESSION_TABLE"),
    *("DR_BUCKET", "EVIDENCE_BUCKET", *METRICS),
)

BUILDERS = {
    "detector": detector._detector,
    "latch": latch._table,
    "guards": guards._surroundings,
    "lookout": lookout._surroundings,
    "probe": probe._databases,
    "drill": drill._drill,
    "readiness": readiness._readiness,
    "watcher": watcher._watcher,
    "lost_payments": lost_payments._search,
}


def build(name, environment):
    """What the entry point builds before its first event."""
    with mock.patch.dict("os.environ", environment):
        built = BUILDERS[name].__wrapped__()
    assert built is not None
    return built


def clients_in(thing, seen):
    """All boto3 clients that can be reached from here."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, BaseClient):
        yield thing
        return
    parts = thing.values() if isinstance(thing, dict) else getattr(thing, "__dict__", {}).values()
    for part in parts:
        if hasattr(part, "__dict__") or isinstance(part, dict):
            yield from clients_in(part, seen)


class Runbook(unittest.TestCase):
    def test_notices_lead_to_it_where_the_environment_says_where_it_is(self):
        for name, notices in (
            ("detector", lambda built: built._services.notices),
            ("watcher", lambda built: built.notices),
        ):
            self.assertIsNone(notices(build(name, ENVIRONMENT))._runbook_url)
            led = notices(build(name, {**ENVIRONMENT, "RUNBOOK_URL": RUNBOOK}))
            self.assertEqual(led._runbook_url, RUNBOOK)


class Archive(unittest.TestCase):
    def setUp(self):
        files = [path for folder in SOURCES for path in folder.glob("*.py")]
        self.modules = {path.stem: path.read_text("utf-8") for path in files}
        self.assertEqual(len(self.modules), len(files))

    def imports(self, source):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module.split(".")[0]

    def test_no_name_hides_another(self):
        # Lambda looks into the task directory first.
        taken = set(sys.stdlib_module_names) | {"boto3", "botocore", "urllib3", "jmespath", "six"}
        self.assertEqual(taken & set(self.modules), set())

    def test_nothing_but_boto3_and_the_standard_library_is_used(self):
        known = set(sys.stdlib_module_names) | {"boto3", "botocore"} | set(self.modules)
        for name, source in self.modules.items():
            self.assertEqual(set(self.imports(source)) - known, set(), name)

    def test_nobody_imports_an_entry_point(self):
        # An entry point builds what it needs when it is imported; another function has not the
        # variables for that.
        for name, source in self.modules.items():
            self.assertEqual(set(self.imports(source)) & set(ENTRY_POINTS), set(), name)

    def test_the_entry_points_are_there(self):
        for name in ENTRY_POINTS:
            self.assertIn("def handle(", self.modules[name])
            self.assertIn("cold_start.prepare(", self.modules[name])


class ColdStart(unittest.TestCase):
    def setUp(self):
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        patch = mock.patch.dict("os.environ", credentials, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        aws_clients._session.cache_clear()
        self.addCleanup(aws_clients._session.cache_clear)

    def environment(self, name):
        return {key: ENVIRONMENT[key] for key in ("AWS_REGION", *NEEDED[name])}

    def test_each_needs_what_it_is_given_and_names_what_is_missing(self):
        for name in ENTRY_POINTS:
            environment = self.environment(name)
            # Real clients take their time, and none is asked for anything here.
            with mock.patch.object(aws_clients, "_session"):
                build(name, environment)
                for missing in environment:
                    rest = {key: value for key, value in environment.items() if key != missing}
                    with self.subTest(f"{name} without {missing}"):
                        with self.assertRaisesRegex(MissingSetting, missing):
                            build(name, rest)

    def test_an_empty_variable_is_a_missing_one(self):
        with self.assertRaisesRegex(MissingSetting, "STATE_TABLE"):
            build("latch", {**self.environment("latch"), "STATE_TABLE": ""})

    def test_a_number_that_is_none_is_named(self):
        environment = {**self.environment("guards"), "COOL_DOWN_SECONDS": "soon"}
        with self.assertRaisesRegex(MissingSetting, "COOL_DOWN_SECONDS"):
            build("guards", environment)

    def test_a_list(self):
        self.assertEqual(Settings(ENVIRONMENT).texts("MACHINE_ARNS"), ("arn:1", "arn:2", "arn:3"))

    def test_every_client_is_bound_to_a_region_and_in_time(self):
        expected = {
            "detector": (set(), {"dynamodb", "stepfunctions", "sns", "cloudwatch"}),
            "latch": (set(), {"dynamodb"}),
            "guards": (
                {"rds", "cloudwatch"},
                {"rds", "cloudwatch", "dynamodb", "ssm", "stepfunctions"},
            ),
            "probe": ({"rds-data"}, {"rds-data"}),
            "drill": (
                {"rds", "rds-data"},
                {"rds", "rds-data", "dynamodb", "s3", "cloudwatch"},
            ),
            "readiness": (
                {"s3"},
                {"rds", "cloudwatch", "dynamodb", "ssm", "secretsmanager", "kms", "s3", "acm"}
                | {"lambda", "stepfunctions"},
            ),
        }
        expected["watcher"] = (
            set(),
            {"rds", "dynamodb", "stepfunctions", "sns", "cloudwatch"},
        )
        expected["lookout"] = expected["guards"]
        expected["lost_payments"] = (set(), {"dynamodb", "rds-data", "s3", "cloudwatch"})
        for name in ENTRY_POINTS:
            found = list(clients_in(build(name, self.environment(name)), set()))
            self.assertGreater(len(found), 0)
            regions = {region: set() for region in (PRIMARY, OWN)}
            for client in found:
                meta = client.meta
                regions[meta.region_name].add(meta.service_model.service_name)
                self.assertIn(meta.region_name, meta.endpoint_url)
                self.assertLessEqual(meta.config.connect_timeout, 2)
                self.assertLessEqual(meta.config.read_timeout, 10)
                self.assertEqual(meta.config.retries["mode"], "standard")
            with self.subTest(name):
                self.assertEqual((regions[PRIMARY], regions[OWN]), expected[name])

    def test_lambda_builds_before_the_first_event(self):
        built = []
        prepare(lambda: built.append("elsewhere"))
        with mock.patch.dict("os.environ", {"AWS_LAMBDA_FUNCTION_NAME": "f"}):
            prepare(lambda: built.append("lambda"))
        self.assertEqual(built, ["lambda"])


class Handles(unittest.TestCase):
    """The entry points themselves: what they are called with reaches what they have built."""

    def assert_passes_on(self, module, builder, target, event, *arguments):
        built = object()
        with mock.patch.object(module, builder, lambda: built):
            with mock.patch.object(module, target, return_value={"answer": 1}) as called:
                self.assertEqual(module.handle(event, None), {"answer": 1})
        called.assert_called_once_with(built, *arguments)

    def test_those_that_take_an_event(self):
        event = {"region": OWN}
        self.assert_passes_on(guards, "_surroundings", "check", event, event)
        self.assert_passes_on(lookout, "_surroundings", "look", event, event)
        self.assert_passes_on(probe, "_databases", "write_and_read", event, OWN)
        self.assert_passes_on(drill, "_drill", "step", event, event)
        self.assert_passes_on(latch, "_table", "answer", event)

    def test_the_watcher(self):
        with mock.patch.object(watcher, "_watcher") as built:
            self.assertIs(watcher.handle({}, None), built().run.return_value)

    def test_the_search_for_lost_payments_knows_what_time_is_left(self):
        context = mock.Mock()
        context.get_remaining_time_in_millis.return_value = 60_000
        with mock.patch.object(lost_payments, "_search") as built:
            self.assertIs(lost_payments.handle({"execution": "e"}, context), built().run.return_value)
        (event, budget), _ = built().run.call_args
        self.assertEqual(event, {"execution": "e"})
        budget.require(60 - lost_payments.RESERVE_SECONDS)
        with self.assertRaises(OutOfTime):
            budget.require(60.01 - lost_payments.RESERVE_SECONDS)

    def test_readiness(self):
        with mock.patch.object(readiness, "_readiness") as built:
            self.assertIs(readiness.handle({}, None), built().report.return_value)

    def test_the_detector_knows_what_time_is_left(self):
        context = mock.Mock()
        context.get_remaining_time_in_millis.return_value = 20_000
        with mock.patch.object(detector, "_detector") as built:
            self.assertIs(detector.handle({}, context), built().run.return_value)
        (budget,), _ = built().run.call_args
        budget.require(20 - detector.RESERVE_SECONDS)
        with self.assertRaises(OutOfTime):
            budget.require(20.01 - detector.RESERVE_SECONDS)


if __name__ == "__main__":
    unittest.main()
