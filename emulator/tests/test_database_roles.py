"""Roles of the database behind the Data API: each secret signs in as its own user, with that user's permissions.

The roles are made by the statements of the stack's own setup function, so that they meet a real PostgreSQL.
"""

from __future__ import annotations

import importlib
import json
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.support import STANDBY, Emulator, GlobalDatabase

SETUP = Path(__file__).resolve().parents[2] / "functions" / "database_setup"
PASSWORD = "aA1!bB2$cC3"
ROLE = "payments_app"


def setup_module(name: str) -> Any:
    """A module of the setup function, which finds its others by bare name."""
    sys.path.insert(0, str(SETUP))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(SETUP))


class DatabaseRolesTest(unittest.TestCase):
    """One emulator and one database for all tests of this class."""

    emulator: Emulator
    database: GlobalDatabase
    secret: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.database = GlobalDatabase(cls.emulator)
        cls.set_up(PASSWORD)
        cls.secret = cls.emulator.client("secretsmanager").create_secret(
            Name="application",
            SecretString=json.dumps({"username": ROLE, "password": PASSWORD}),
            AddReplicaRegions=[{"Region": STANDBY}],
        )["ARN"]

    @classmethod
    def set_up(cls, password: str) -> bool:
        """What the setup function does to the writer; whether the role is new."""
        cluster, schema, scram = map(setup_module, ("cluster", "ledger_schema", "scram"))
        writer = cluster.Cluster(
            cls.emulator.client("rds-data"), cls.database.writer_arn, cls.database.secret_arn, cls.database.database
        )
        assert writer.is_writer()
        with writer.transaction() as run:
            return bool(schema.set_up(run, ROLE, scram.verifier(password, b"sixteen bytes !!")))

    def run_as_role(self, sql: str) -> list[Any]:
        answer = self.emulator.client("rds-data").execute_statement(
            resourceArn=self.database.writer_arn,
            secretArn=self.secret,
            database=self.database.database,
            sql=sql,
        )
        return list(answer.get("records", []))

    def assert_refused(self, sql: str, code: str) -> None:
        with self.assertRaises(ClientError) as caught:
            self.run_as_role(sql)
        self.assertIn(code, caught.exception.response["Error"]["Message"], sql)

    def test_the_user_of_the_secret_signs_in(self) -> None:
        self.assertEqual(self.run_as_role("SELECT CAST(current_user AS text)"), [[{"stringValue": ROLE}]])

    def test_it_adds_and_reads_payments_and_does_nothing_else(self) -> None:
        self.run_as_role("INSERT INTO payments (payment_id, amount, status, region) VALUES ('a', 1, 'processed', 'r')")
        self.assertEqual(self.run_as_role("SELECT payment_id FROM payments"), [[{"stringValue": "a"}]])
        self.database.execute("CREATE TABLE IF NOT EXISTS others (id text)")
        for sql in (
            "DELETE FROM payments",
            "UPDATE payments SET amount = 2",
            "TRUNCATE payments",
            "DROP TABLE payments",
            "CREATE TABLE own (id text)",
            "SELECT * FROM others",
            "SELECT rolpassword FROM pg_authid",
            "DELETE FROM failover_probe",
        ):
            self.assert_refused(sql, "42501")

    def test_a_second_setup_changes_nothing_but_the_password(self) -> None:
        self.assertFalse(self.set_up("another"))
        self.assert_refused("SELECT 1", "password authentication failed")
        self.set_up(PASSWORD)
        self.run_as_role("SELECT 1")

    def test_setups_at_once_wait_for_each_other(self) -> None:
        with ThreadPoolExecutor(6) as pool:
            self.assertEqual(set(pool.map(lambda _: self.set_up(PASSWORD), range(12))), {False})
        self.run_as_role("SELECT 1")

    def test_the_verifier_is_what_postgresql_would_have_kept(self) -> None:
        self.database.execute(f"CREATE ROLE kept LOGIN PASSWORD '{PASSWORD}'")
        (kept,) = self.database.read(
            self.database.writer_arn, "SELECT rolpassword FROM pg_authid WHERE rolname = 'kept'"
        )[0]
        scram = setup_module("scram")
        salt = scram.base64.b64decode(kept.split("$")[1].split(":")[1])
        self.assertEqual(scram.verifier(PASSWORD, salt), kept)


if __name__ == "__main__":
    unittest.main()
