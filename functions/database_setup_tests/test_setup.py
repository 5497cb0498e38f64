import json
import re
import unittest
from unittest import mock

from botocore.exceptions import ClientError

import aws_clients
import setup
from cluster import Cluster
from ledger_schema import literal
from settings import MissingSetting, Settings
from setup import NotSetUp, Setup
from shared_tests.fake_client import FakeClient, aws_error
from shared_tests.logged_test_case import LoggedTestCase

PRIMARY, STANDBY = "us-east-1", "us-east-2"
PASSWORD = "aA1!bB2$cC3"
REFUSED = aws_error("DatabaseUnavailableException", 504)


def arn(region):
    return f"arn:aws:rds:{region}:123456789012:cluster:payments"


class FakeDataApi(FakeClient):
    """The Data API before one cluster, which keeps what was committed."""

    def __init__(self, region):
        super().__init__(
            "rds-data",
            execute_statement=self.execute,
            begin_transaction=self.begin,
            commit_transaction=self.commit,
            rollback_transaction=self.rollback,
        )
        self.region = region
        self.writer = True
        self.read_only = False
        self.roles = set()
        self.open = None
        self.committed = []
        self.rolled_back = 0

    def begin(self, resourceArn, secretArn, database):
        self.open = []
        return {"transactionId": "t"}

    def commit(self, resourceArn, secretArn, transactionId):
        self.committed += self.open
        self.roles |= {sql.split('"')[1] for sql in self.open if sql.startswith("CREATE ROLE")}
        self.open = None
        return {}

    def rollback(self, resourceArn, secretArn, transactionId):
        self.open = None
        self.rolled_back += 1
        return {}

    def execute(self, resourceArn, secretArn, database, sql, parameters, transactionId=None):
        assert (resourceArn, secretArn) == (arn(self.region), f"arn:secret:{self.region}")
        if not self.writer:
            raise REFUSED
        if "pg_is_in_recovery" in sql:
            return text_rows("true" if self.read_only else "false")
        assert transactionId == "t"
        self.open.append(" ".join(sql.split()))
        if "pg_roles" in sql:
            return text_rows(*self.roles & {parameter["value"]["stringValue"] for parameter in parameters})
        return {}


def text_rows(*values):
    return {"records": [[{"stringValue": value}] for value in values]}


class SetupTestCase(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.apis = {region: FakeDataApi(region) for region in (PRIMARY, STANDBY)}
        self.apis[STANDBY].writer = False
        content = json.dumps({"username": "payments_app", "password": PASSWORD})
        self.secrets = FakeClient("secretsmanager", get_secret_value=lambda SecretId: {"SecretString": content})
        self.now = 0.0
        clusters = tuple(
            Cluster(api, arn(region), f"arn:secret:{region}", "payments") for region, api in self.apis.items()
        )
        self.setup = Setup(clusters, self.secrets, "arn:secret:application", lambda: self.now, self.sleep)

    def sleep(self, seconds):
        self.now += seconds

    def statements(self, region=PRIMARY):
        return self.apis[region].committed


class OfTheWriter(SetupTestCase):
    def test_the_tables_the_role_and_its_permissions_are_made_at_once(self):
        self.assertEqual(self.setup.run(), {"region": PRIMARY, "role": "payments_app"})
        statements = self.statements()
        self.assertIn("pg_advisory_xact_lock", statements[0])
        beginnings = [" ".join(sql.split()[:6]) for sql in statements[1:3]]
        self.assertEqual(
            beginnings, [f"CREATE TABLE IF NOT EXISTS {table}" for table in ("payments", "failover_probe")]
        )
        self.assertTrue(statements[4].startswith('CREATE ROLE "payments_app" WITH LOGIN PASSWORD U&\'SCRAM'))
        self.assertEqual(
            [sql for sql in statements if sql.startswith("GRANT")],
            [
                'GRANT USAGE ON SCHEMA public TO "payments_app"',
                'GRANT SELECT, INSERT ON TABLE payments TO "payments_app"',
                'GRANT SELECT, INSERT, UPDATE ON TABLE failover_probe TO "payments_app"',
            ],
        )
        self.assertEqual(self.statements(STANDBY), [])

    def test_a_second_run_changes_the_password_of_the_role(self):
        self.setup.run()
        self.statements().clear()
        self.setup.run()
        roles = [sql.split()[0] for sql in self.statements() if " ROLE " in sql]
        self.assertEqual(roles, ["ALTER"])

    def test_after_a_failover_it_is_in_the_other_region(self):
        self.apis[PRIMARY].writer, self.apis[STANDBY].writer = False, True
        self.assertEqual(self.setup.run()["region"], STANDBY)
        self.assertEqual(self.statements(), [])

    def test_an_old_writer_that_only_reads_is_none(self):
        self.apis[PRIMARY].read_only, self.apis[STANDBY].writer = True, True
        self.assertEqual(self.setup.run()["region"], STANDBY)

    def test_what_is_not_ready_yet_is_asked_again(self):
        self.apis[PRIMARY].fail("execute_statement", REFUSED, aws_error("AccessDeniedException"))
        self.apis[PRIMARY].fail("begin_transaction", aws_error("BadRequestException"))
        self.secrets.fail("get_secret_value", aws_error("ResourceNotFoundException"))
        self.assertEqual(self.setup.run()["region"], PRIMARY)
        self.assertEqual(len(self.logged("not_ready")), 4)


class Failures(SetupTestCase):
    def test_without_a_writer_the_apply_fails_with_the_reasons(self):
        self.apis[PRIMARY].writer = False
        with self.assertRaises(NotSetUp) as caught:
            self.setup.run()
        reason = "DatabaseUnavailableException"
        self.assertEqual(str(caught.exception), f"{PRIMARY}: {reason}; {STANDBY}: {reason}")

    def test_of_two_writers_none_is_set_up(self):
        self.apis[STANDBY].writer = True
        with self.assertRaises(NotSetUp) as caught:
            self.setup.run()
        self.assertEqual(str(caught.exception), "both regions take writes")
        self.assertEqual(self.statements() + self.statements(STANDBY), [])

    def test_a_statement_that_is_refused_undoes_all_and_is_named_by_its_codes(self):
        message = f"ERROR: permission denied near {PASSWORD}; SQLState: 42501"
        refusal = ClientError({"Error": {"Code": "DatabaseErrorException", "Message": message}}, "Operation")
        execute = self.apis[PRIMARY].execute

        def refuse_grants(**parameters):
            if "GRANT SELECT" in parameters["sql"]:
                raise refusal
            return execute(**parameters)

        self.apis[PRIMARY].operations["execute_statement"] = refuse_grants
        with self.assertRaises(NotSetUp) as caught:
            self.setup.run()
        self.assertEqual(str(caught.exception), "DatabaseErrorException 42501")
        self.assertEqual(self.statements(), [])
        self.assertGreater(self.apis[PRIMARY].rolled_back, 1)

    def test_the_password_is_in_no_statement_and_in_no_log(self):
        self.setup.run()
        for text in (*self.statements(), self.output.getvalue()):
            self.assertNotIn(PASSWORD, text)

    def test_a_name_that_is_none_of_a_role_is_refused(self):
        content = json.dumps({"username": 'x" SUPERUSER', "password": PASSWORD})
        self.secrets.operations["get_secret_value"] = lambda SecretId: {"SecretString": content}
        with self.assertRaises(NotSetUp):
            self.setup.run()
        self.assertEqual(self.statements(), [])

    def test_it_ends_before_lambda_ends_it(self):
        # The last try: both regions are asked, the secret is read, eleven calls set one up.
        self.assertLess(setup.PATIENCE_SECONDS + setup.PAUSE_SECONDS + 14 * 4, 180)


class Literals(unittest.TestCase):
    def test_nothing_in_them_looks_like_a_parameter_or_ends_them(self):
        text = "SCRAM-SHA-256$4096:ab+/=='x"
        written = literal(text)
        self.assertRegex(written, r"^U&'[A-Za-z0-9\\]+'$")
        read = re.sub(r"\\([0-9A-F]{4})", lambda code: chr(int(code[1], 16)), written[3:-1])
        self.assertEqual(read, text)


class ColdStart(unittest.TestCase):
    ENVIRONMENT = {
        "AWS_REGION": PRIMARY,
        "CLUSTER_ARNS": f"{arn(PRIMARY)},{arn(STANDBY)}",
        "ADMINISTRATOR_SECRET_ARNS": "arn:secret:1,arn:secret:2",
        "APPLICATION_SECRET_ARN": "arn:secret:3",
        "DATABASE_NAME": "payments",
    }

    def setUp(self):
        patch = mock.patch.dict("os.environ", {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        aws_clients._session.cache_clear()
        self.addCleanup(aws_clients._session.cache_clear)

    def test_each_cluster_is_asked_in_its_own_region(self):
        built = setup.build(Settings(self.ENVIRONMENT))
        regions = [(cluster.region, cluster._client.meta.region_name) for cluster in built.clusters]
        self.assertEqual(regions, [(PRIMARY, PRIMARY), (STANDBY, STANDBY)])

    def test_what_is_missing_is_named(self):
        for name in self.ENVIRONMENT:
            environment = {key: value for key, value in self.ENVIRONMENT.items() if key != name}
            with self.assertRaises(MissingSetting) as caught:
                setup.build(Settings(environment))
            self.assertIn(name, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
