import unittest

import probe
from data_api import Database
from failover_tests.fakes import FakeClient, aws_error, unreachable
from failover_tests.support import OWN, PRIMARY
from failures import NotYet
from shared_tests.logged_test_case import LoggedTestCase

SECRET = "arn:aws:secretsmanager:us-east-2:123456789012:secret:payments-AbCdEf"


class Probe(LoggedTestCase):
    def setUp(self):
        super().setUp()
        self.rows = {}
        self.statements = []
        self.rds = FakeClient("rds-data", execute_statement=self.execute)
        self.databases = {
            OWN: Database(self.rds, "arn:cluster:own", SECRET, "payments"),
            PRIMARY: Database(FakeClient("rds-data"), "arn:cluster:primary", SECRET, "payments"),
        }

    def execute(self, resourceArn, secretArn, database, sql, parameters):
        self.assertEqual((resourceArn, secretArn), ("arn:cluster:own", SECRET))
        self.assertEqual(database, "payments")
        values = {entry["name"]: entry["value"]["stringValue"] for entry in parameters}
        verb = sql.split()[0]
        self.statements.append(verb)
        if verb == "INSERT":
            self.rows[values["region"]] = values["token"]
        if verb == "SELECT" and values["region"] in self.rows:
            fields = (self.rows[values["region"]], "2026-11-24 17:00:00.123456")
            return {"records": [[{"stringValue": field} for field in fields]]}
        return {}

    def write(self, region=OWN):
        return probe.write_and_read(self.databases, region)

    def test_a_row_is_written_and_read_back(self):
        answer = self.write()
        self.assertEqual(self.statements, ["INSERT", "SELECT"])
        self.assertEqual(answer["region"], OWN)
        self.assertEqual(answer["token"], self.rows[OWN])
        self.assertEqual(answer["written_at"], "2026-11-24T17:00:00.123456Z")

    def test_every_probe_writes_something_new(self):
        self.assertNotEqual(self.write()["token"], self.write()["token"])
        self.assertEqual(len(self.rows), 1)

    def test_a_refusal_is_not_yet(self):
        for error in (
            aws_error("DatabaseErrorException"),
            aws_error("BadRequestException"),
            aws_error("DatabaseUnavailableException", 504),
            unreachable(),
        ):
            self.rds.fail("execute_statement", error)
            with self.assertRaises(NotYet) as caught:
                self.write()
            self.assertNotIn("secret words", str(caught.exception))

    def test_another_row_is_not_yet(self):
        insert = self.execute

        def lose_writes(**parameters):
            answer = insert(**parameters)
            self.rows[OWN] = "another"
            return answer

        self.rds.operations["execute_statement"] = lose_writes
        with self.assertRaises(NotYet):
            self.write()

    def test_a_row_that_is_not_there_is_not_yet(self):
        self.rds.operations["execute_statement"] = lambda **_: {"records": []}
        with self.assertRaises(NotYet):
            self.write()

    def test_a_region_that_is_none_of_the_two(self):
        with self.assertRaises(KeyError):
            self.write("eu-west-1")

    def test_it_ends_before_lambda_ends_it(self):
        self.assertLess(2 * probe.LIMITS.worst_call_seconds(), 30)


if __name__ == "__main__":
    unittest.main()
