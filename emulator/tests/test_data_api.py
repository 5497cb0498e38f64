"""The Data API against a real PostgreSQL."""

from __future__ import annotations

import json
import unittest
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from tests.support import Emulator, GlobalDatabase


class DataApiTest(unittest.TestCase):
    """One emulator and one database for all tests of this class."""

    emulator: Emulator
    database: GlobalDatabase

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.database = GlobalDatabase(cls.emulator)
        cls.database.execute("CREATE TABLE payments (id text PRIMARY KEY, amount numeric(12,2), at timestamptz)")

    def setUp(self) -> None:
        self.database.execute("TRUNCATE payments")

    def insert(self, identifier: str, amount: str, **options: str) -> dict[str, Any]:
        return self.database.execute(
            "INSERT INTO payments VALUES (:id, :amount, now()) ON CONFLICT DO NOTHING",
            [
                {"name": "id", "value": {"stringValue": identifier}},
                {"name": "amount", "value": {"stringValue": amount}, "typeHint": "DECIMAL"},
            ],
            **options,
        )

    def assert_refused(self, code: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> str:
        with self.assertRaises(ClientError) as caught:
            call(*arguments, **options)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def test_counts_updated_records(self) -> None:
        self.assertEqual(self.insert("a", "10.50")["numberOfRecordsUpdated"], 1)
        self.assertEqual(self.insert("a", "10.50")["numberOfRecordsUpdated"], 0)

    def test_fields_have_their_types(self) -> None:
        answer = self.database.execute(
            "SELECT 1, 2.5::float8, 3.10::numeric, true, 'x', NULL, '\\x01'::bytea, "
            "ARRAY[1,2], '{\"a\": 1}'::jsonb, timestamptz '2026-01-02 03:04:05+01'",
            includeResultMetadata=True,
        )
        self.assertEqual(
            answer["records"][0],
            [
                {"longValue": 1},
                {"doubleValue": 2.5},
                {"stringValue": "3.10"},
                {"booleanValue": True},
                {"stringValue": "x"},
                {"isNull": True},
                {"blobValue": b"\x01"},
                {"arrayValue": {"longValues": [1, 2]}},
                {"stringValue": '{"a": 1}'},
                {"stringValue": "2026-01-02 02:04:05"},
            ],
        )
        self.assertEqual(answer["columnMetadata"][0]["typeName"], "int4")

    def test_string_is_not_a_number(self) -> None:
        message = self.assert_refused(
            "DatabaseErrorException",
            self.database.execute,
            "INSERT INTO payments (id, amount) VALUES ('b', :amount)",
            [{"name": "amount", "value": {"stringValue": "1"}}],
        )
        self.assertIn("SQLState: 42804", message)

    def test_placeholders_in_literals_are_text(self) -> None:
        answer = self.database.execute(
            "SELECT ':id', :id::text -- :id", [{"name": "id", "value": {"stringValue": "it's"}}]
        )
        self.assertEqual(answer["records"], [[{"stringValue": ":id"}, {"stringValue": "it's"}]])

    def test_refusals(self) -> None:
        execute = self.database.execute
        self.assert_refused("BadRequestException", execute, "SELECT :missing")
        self.assert_refused("ValidationException", execute, "SELECT 1; SELECT 2")
        message = self.assert_refused("DatabaseErrorException", execute, "SELECT * FROM nowhere")
        self.assertIn('relation "nowhere" does not exist', message)

    def test_transaction_commits_or_rolls_back(self) -> None:
        client = self.emulator.client("rds-data")
        names = {"resourceArn": self.database.writer_arn, "secretArn": self.database.secret_arn}
        for end, expected in (("rollback", 0), ("commit", 1)):
            identifier = client.begin_transaction(**names, database="payments")["transactionId"]
            self.insert(end, "1.00", transactionId=identifier)
            getattr(client, f"{end}_transaction")(**names, transactionId=identifier)
            rows = self.database.execute(f"SELECT id FROM payments WHERE id = '{end}'")["records"]
            self.assertEqual(len(rows), expected)
            self.assert_refused(
                "TransactionNotFoundException",
                client.commit_transaction,
                **names,
                transactionId=identifier,
            )

    def test_batch_is_all_or_nothing(self) -> None:
        client = self.emulator.client("rds-data")
        sets = [[{"name": "id", "value": {"stringValue": name}}] for name in ("x", "y", "x")]
        self.assert_refused(
            "DatabaseErrorException",
            client.batch_execute_statement,
            resourceArn=self.database.writer_arn,
            secretArn=self.database.secret_arn,
            database="payments",
            sql="INSERT INTO payments (id) VALUES (:id)",
            parameterSets=sets,
        )
        self.assertEqual(self.database.execute("SELECT id FROM payments")["records"], [])

    def test_one_of_many_concurrent_inserts_wins(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.insert("same", "1.00"), range(16)))
        self.assertEqual(sum(answer["numberOfRecordsUpdated"] for answer in answers), 1)

    def test_password_is_checked(self) -> None:
        secret = self.emulator.client("secretsmanager").create_secret(
            Name="wrong", SecretString=json.dumps({"username": "payments_admin", "password": "no"})
        )["ARN"]
        message = self.assert_refused(
            "DatabaseErrorException",
            self.emulator.client("rds-data").execute_statement,
            resourceArn=self.database.writer_arn,
            secretArn=secret,
            database="payments",
            sql="SELECT 1",
        )
        self.assertIn("password authentication failed", message)

    def test_endpoint_must_be_enabled(self) -> None:
        rds = self.emulator.client("rds")
        rds.disable_http_endpoint(ResourceArn=self.database.writer_arn)
        self.addCleanup(rds.enable_http_endpoint, ResourceArn=self.database.writer_arn)
        self.assert_refused("HttpEndpointNotEnabledException", self.database.execute, "SELECT 1")


if __name__ == "__main__":
    unittest.main()
