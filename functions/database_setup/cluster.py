"""One region's cluster, reached through the RDS Data API as the database's administrator."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

Statement = Callable[..., list[tuple[str, ...]]]

_ROLE = """
SELECT CAST(pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS text)
"""

_SQLSTATE = re.compile(r"SQLState: ([0-9A-Z]{5})")


class NotReady(Exception):
    """The cluster did not do what it was asked; the reason is a code, never AWS's message, which may
    quote the statement."""


class Cluster:
    """A cluster with its administrator's secret."""

    def __init__(self, client: Any, arn: str, secret_arn: str, database: str):
        self._client = client
        self._target = {"resourceArn": arn, "secretArn": secret_arn}
        self._database = database
        self.region = arn.split(":")[3]

    def is_writer(self) -> bool:
        """Whether it takes writes. On the standby of a global database the Data API refuses every
        question, which arrives as `NotReady`. (Aurora user guide, "Limitations of RDS Data API")"""
        return self._run({}, _ROLE) == [("false",)]

    @contextmanager
    def transaction(self) -> Iterator[Statement]:
        """Statements that take effect together, or not at all."""
        with _coded():
            answer = self._client.begin_transaction(**self._target, database=self._database)
        identity = {"transactionId": answer["transactionId"]}
        try:
            yield lambda sql, **parameters: self._run(identity, sql, **parameters)
        except BaseException:
            # One that is left open holds its locks until the Data API gives it up, three minutes
            # later. (RDS Data API reference, BeginTransaction)
            with suppress(ClientError, BotoCoreError):
                self._client.rollback_transaction(**self._target, **identity)
            raise
        with _coded():
            self._client.commit_transaction(**self._target, **identity)

    def _run(self, identity: dict[str, str], sql: str, **parameters: str) -> list[tuple[str, ...]]:
        bound = [{"name": name, "value": {"stringValue": value}} for name, value in parameters.items()]
        with _coded():
            answer = self._client.execute_statement(
                **self._target, **identity, database=self._database, sql=sql, parameters=bound
            )
        return [tuple(field["stringValue"] for field in row) for row in answer.get("records", [])]


@contextmanager
def _coded() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        code = str(details.get("Code") or "unknown error")
        state = _SQLSTATE.search(str(details.get("Message") or ""))
        raise NotReady(f"{code} {state[1]}" if state else code) from None
    except BotoCoreError as error:
        raise NotReady(type(error).__name__) from None
