"""A running emulator and an Aurora global database in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

EMULATOR = Path(__file__).resolve().parent.parent
PRIMARY, STANDBY = "us-east-1", "us-east-2"
PASSWORD = "correct-horse-battery"
NO_RETRIES = Config(retries={"total_max_attempts": 1})


def eventually(check: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first truthy result of `check`; replication and promotion take a moment."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result or time.monotonic() > deadline:
            return result
        time.sleep(0.1)


class Emulator:
    """A server process; leaving the context stops it the way a harness does."""

    def __init__(self, *arguments: str, permissions: bool = False) -> None:
        # Most tests are about a service, and have no roles with policies.
        enforced = json.loads(os.environ["EMULATOR_PERMISSIONS"]) if permissions else ["--without-permissions"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", *enforced, *arguments],
            cwd=EMULATOR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.communicate()[1])
        self.report: dict[str, Any] = json.loads(line)
        self.endpoint: str = self.report["endpoint"]

    def __enter__(self) -> Emulator:
        return self

    def __exit__(self, *_: object) -> None:
        # Stopping PostgreSQL servers takes its time on a machine that has other work.
        self.process.communicate(timeout=120)

    def client(self, service: str, region: str = PRIMARY) -> Any:
        """A boto3 client that does not retry, so that errors are seen as sent."""
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            config=NO_RETRIES,
            aws_access_key_id="123456789012",
            aws_secret_access_key="x",
        )

    def own(self, path: str, body: Any = None) -> Any:
        """Call one of the emulator's own endpoints."""
        data = json.dumps(body).encode() if body is not None else None
        # A region that comes back copies whole databases first, which takes its time on a machine that has other work.
        with urllib.request.urlopen(f"{self.endpoint}/_emulator/{path}", data, timeout=300) as reply:
            return json.load(reply)


class GlobalDatabase:
    """A two-region global database with a replicated secret, made by API calls."""

    def __init__(self, emulator: Emulator, name: str = "payments") -> None:
        self.emulator = emulator
        self.name = name
        self.database = "payments"
        self._create_secret()
        rds = emulator.client("rds")
        rds.create_global_cluster(
            GlobalClusterIdentifier=name,
            Engine="aurora-postgresql",
            EngineVersion="17.7",
            StorageEncrypted=True,
            DatabaseName=self.database,
        )
        self.writer_arn = self._create_cluster(
            PRIMARY,
            MasterUsername="payments_admin",
            MasterUserPassword=PASSWORD,
            DatabaseName=self.database,
        )
        self.reader_arn = self._create_cluster(STANDBY)

    def _create_secret(self) -> None:
        created = self.emulator.client("secretsmanager").create_secret(
            Name=f"{self.name}-master",
            SecretString=json.dumps({"username": "payments_admin", "password": PASSWORD}),
            AddReplicaRegions=[{"Region": STANDBY}],
        )
        self.secret_arn = created["ARN"]
        self.replica_arn = created["ARN"].replace(PRIMARY, STANDBY)

    def _create_cluster(self, region: str, **settings: str) -> str:
        rds = self.emulator.client("rds", region)
        identifier = f"{self.name}-{region}"
        arn = rds.create_db_cluster(
            DBClusterIdentifier=identifier,
            GlobalClusterIdentifier=self.name,
            Engine="aurora-postgresql",
            EngineVersion="17.7",
            EnableHttpEndpoint=True,
            **settings,
        )["DBCluster"]["DBClusterArn"]
        rds.create_db_instance(
            DBInstanceIdentifier=f"{identifier}-1",
            DBClusterIdentifier=identifier,
            DBInstanceClass="db.r5.large",
            Engine="aurora-postgresql",
        )
        return arn

    def execute(self, sql: str, parameters: list[Any] | None = None, **options: Any) -> Any:
        """ExecuteStatement on the primary region's cluster."""
        return self.emulator.client("rds-data").execute_statement(
            resourceArn=self.writer_arn,
            secretArn=self.secret_arn,
            database=self.database,
            sql=sql,
            parameters=parameters or [],
            **options,
        )

    def execute_in_standby_region(self, sql: str) -> Any:
        """ExecuteStatement on the other region's cluster, with the replicated secret."""
        return self.emulator.client("rds-data", STANDBY).execute_statement(
            resourceArn=self.reader_arn,
            secretArn=self.replica_arn,
            database=self.database,
            sql=sql,
        )

    def read(self, arn: str, sql: str) -> list[Any]:
        """Rows as the administrator sees them, also on a standby."""
        request = {"cluster_arn": arn, "database": self.database, "sql": sql}
        return self.emulator.own("query", request)["rows"]
