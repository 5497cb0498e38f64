"""Entry point of the database's setup: `setup.handle`, invoked by `terraform apply`.

The administrator's credentials are used here and nowhere else. It makes the tables and the role of
the functions, with the password that Secrets Manager keeps for it. It may run again at any time, also
twice at once: the result is the same.

It looks for the writer in both regions, because after a failover the writer is in the other one. The
standby has the role by replication, as it has the tables.
"""

import json
import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import cold_start
import ledger_schema
import log
from aws_clients import TimeLimits, client
from cluster import Cluster, NotReady
from scram import SALT_BYTES, verifier
from settings import Settings

# A cluster that was created a moment ago may take its time.
LIMITS = TimeLimits(connect=3.0, read=20.0, attempts=1)
# New permissions, a new cluster and a new password take effect after a while. The function has 180 s,
# of which one more try takes its part.
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 3.0

_ROLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class NotSetUp(Exception):
    """No cluster could be set up; the reasons are said by region."""


@dataclass(frozen=True)
class Setup:
    """The setup of one database that spans two regions."""

    clusters: tuple[Cluster, ...]
    secrets_client: Any
    application_secret_arn: str
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    def run(self) -> dict[str, Any]:
        """Sets the writer up, and tells where and what; the result is no secret."""
        deadline = self.clock() + PATIENCE_SECONDS
        while True:
            try:
                return self._set_up()
            except NotReady as reason:
                log.write("not_ready", reason=str(reason))
                if self.clock() >= deadline:
                    raise NotSetUp(str(reason)) from None
            self.pause(PAUSE_SECONDS)

    def _set_up(self) -> dict[str, Any]:
        writer = self._writer()
        role, password = self._application()
        proof = verifier(password, secrets.token_bytes(SALT_BYTES))
        with writer.transaction() as run:
            is_new = ledger_schema.set_up(run, role, proof)
        log.write("set_up", region=writer.region, role=role, new=is_new)
        return {"region": writer.region, "role": role}

    def _writer(self) -> Cluster:
        writers, reasons = [], []
        for cluster in self.clusters:
            try:
                if cluster.is_writer():
                    writers.append(cluster)
                else:
                    reasons.append(f"{cluster.region}: it is read-only")
            except NotReady as reason:
                reasons.append(f"{cluster.region}: {reason}")
        if len(writers) == 1:
            return writers[0]
        # An old writer that is not fenced yet would keep to itself what is done to it.
        raise NotReady("; ".join(reasons) if not writers else "both regions take writes")

    def _application(self) -> tuple[str, str]:
        try:
            answer = self.secrets_client.get_secret_value(SecretId=self.application_secret_arn)
        except ClientError as error:
            raise NotReady(f"the application's secret: {error.response['Error']['Code']}") from None
        except BotoCoreError as error:
            raise NotReady(f"the application's secret: {type(error).__name__}") from None
        content = json.loads(answer["SecretString"])
        role, password = str(content["username"]), str(content["password"])
        if not _ROLE_NAME.fullmatch(role):
            raise NotSetUp("the user name in the application's secret is no name of a role")
        return role, password


def build(settings: Settings) -> Setup:
    """The setup as this environment describes it."""
    database = settings.text("DATABASE_NAME")
    pairs = zip(settings.texts("CLUSTER_ARNS"), settings.texts("ADMINISTRATOR_SECRET_ARNS"), strict=True)
    return Setup(
        tuple(Cluster(client("rds-data", arn.split(":")[3], LIMITS), arn, secret, database) for arn, secret in pairs),
        client("secretsmanager", settings.text("AWS_REGION"), LIMITS),
        settings.text("APPLICATION_SECRET_ARN"),
    )


@cache
def _setup() -> Setup:
    return build(Settings(os.environ))


def handle(_event: Any, _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return _setup().run()


cold_start.prepare(_setup)
