"""REAL: the RDS Data API on the PostgreSQL server behind the cluster.

Credentials come from the secret named in the request and are checked by
PostgreSQL's own SCRAM login. As on AWS, only the writer cluster of a global
database answers: a secondary has no writer instance, so even reads fail there
until it is promoted. Errors of the database arrive as DatabaseErrorException
with PostgreSQL's message and SQLSTATE.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import psycopg2
import psycopg2.extensions
import psycopg2.extras
from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.concurrency import run_offloop
from ministack.core.responses import get_region
from ministack.services import rds, rds_data, secretsmanager

from server import sql_parameters, sql_results
from server.aurora import AuroraFleet

Request = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

STATEMENT_TIMEOUT_MILLISECONDS = 45_000
TRANSACTION_IDLE_SECONDS = 180.0
RESPONSE_LIMIT_BYTES = 1024 * 1024

logger = logging.getLogger("rds-data")


class DataApiError(Exception):
    """An error of the Data API with its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass
class Transaction:
    """An open transaction and the connection it owns."""

    connection: psycopg2.extensions.connection
    cluster_arn: str
    last_used: float = dataclass_field(default_factory=time.monotonic)
    lock: threading.Lock = dataclass_field(default_factory=threading.Lock)


def install(fleet: AuroraFleet) -> None:
    """Replace ministack's fixed answers."""
    rds_data.handle_request = DataApi(fleet).handle_request


class DataApi:
    """The five operations."""

    def __init__(self, fleet: AuroraFleet) -> None:
        self._fleet = fleet
        self._transactions: dict[str, Transaction] = {}
        self._lock = threading.Lock()
        self._operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "/Execute": self._execute,
            "/BatchExecute": self._batch_execute,
            "/BeginTransaction": self._begin,
            "/CommitTransaction": self._commit,
            "/RollbackTransaction": self._rollback,
        }

    async def handle_request(
        self, method: str, path: str, headers: dict[str, Any], body: bytes, query: dict[str, Any]
    ) -> Response:
        """Answer one request; the database work runs off the event loop."""
        return await run_offloop(self._answer, path, body)

    def _answer(self, path: str, body: bytes) -> Response:
        try:
            answer = self._operations[path](_parse(body))
        except DataApiError as error:
            return _error(error.code, str(error), error.status)
        except (sql_parameters.ParameterError, KeyError) as error:
            return _error("BadRequestException", str(error), 400)
        except sql_parameters.MultipleStatementsError as error:
            return _error("ValidationException", str(error), 400)
        except sql_results.UnsupportedResultError as error:
            return _error("UnsupportedResultException", str(error), 400)
        except psycopg2.Error as error:
            return _database_error(error)
        content = json.dumps(answer).encode()
        if len(content) > RESPONSE_LIMIT_BYTES:
            message = "Database returned more than the allowed response size limit"
            return _error("UnsupportedResultException", message, 400)
        return 200, {"Content-Type": "application/json"}, content

    def _execute(self, request: Request) -> dict[str, Any]:
        statement = _required(request, "sql")
        with self._session(request) as session:
            connection = session.connection
            bound = sql_parameters.bind(statement, request.get("parameters") or [], connection)
            with connection.cursor() as cursor:
                cursor.execute(bound)
                return _result(request, cursor, connection)

    def _batch_execute(self, request: Request) -> dict[str, Any]:
        statement = _required(request, "sql")
        sets = request.get("parameterSets") or [[]]
        with self._session(request) as session:
            connection = session.connection
            with connection.cursor() as cursor:
                for parameters in sets:
                    cursor.execute(sql_parameters.bind(statement, parameters, connection))
        # Aurora PostgreSQL does not report generated fields.
        return {"updateResults": [{"generatedFields": []} for _ in sets]}

    def _begin(self, request: Request) -> dict[str, Any]:
        self._end_idle_transactions()
        connection = self._connect(request)
        connection.autocommit = False
        identifier = str(uuid.uuid4())
        with self._lock:
            self._transactions[identifier] = Transaction(connection, request["resourceArn"])
        return {"transactionId": identifier}

    def _commit(self, request: Request) -> dict[str, Any]:
        with self._ended(request) as connection:
            connection.commit()
        return {"transactionStatus": "Transaction Committed"}

    def _rollback(self, request: Request) -> dict[str, Any]:
        with self._ended(request) as connection:
            connection.rollback()
        return {"transactionStatus": "Rollback Complete"}

    def _ended(self, request: Request) -> _Closing:
        identifier = _required(request, "transactionId")
        self._writer(request)
        self._transaction(request)
        with self._lock:
            transaction = self._transactions.pop(identifier, None)
        if not transaction:
            raise _transaction_not_found(identifier)
        return _Closing(transaction.connection)

    def _session(self, request: Request) -> _Session:
        """The transaction's connection, else a new one that commits on success."""
        if request.get("transactionId"):
            self._writer(request)
            transaction = self._transaction(request)
            return _Session(transaction.connection, transaction)
        return _Session(self._connect(request), None)

    def _transaction(self, request: Request) -> Transaction:
        self._end_idle_transactions()
        identifier = request["transactionId"]
        with self._lock:
            transaction = self._transactions.get(identifier)
        if not transaction or transaction.cluster_arn != request["resourceArn"]:
            raise _transaction_not_found(identifier)
        transaction.last_used = time.monotonic()
        return transaction

    def _end_idle_transactions(self) -> None:
        oldest = time.monotonic() - TRANSACTION_IDLE_SECONDS
        with self._lock:
            idle = [key for key, one in self._transactions.items() if one.last_used < oldest]
            ended = [self._transactions.pop(key) for key in idle]
        for transaction in ended:
            transaction.connection.close()

    def _writer(self, request: Request) -> int:
        """Port of the cluster's writer, if the cluster is one and lets the Data API in."""
        arn = _required(request, "resourceArn")
        cluster = rds._resolve_cluster(arn) if _in_request_region(arn) else None
        if not cluster or cluster["DBClusterArn"] != arn:
            raise DataApiError("BadRequestException", f"Invalid cluster arn: {arn}")
        if not cluster.get("HttpEndpointEnabled"):
            message = f"HttpEndpoint is not enabled for cluster {cluster['DBClusterIdentifier']}"
            raise DataApiError("HttpEndpointNotEnabledException", message)
        if not cluster.get("DBClusterMembers"):
            message = "The DB cluster doesn't have a DB instance."
            raise DataApiError("DatabaseNotFoundException", message, 404)
        server = self._fleet.running(arn)
        if not server or not (_is_writer(cluster) or arn in self._fleet.unfenced):
            message = "The writer instance in the DB cluster isn't available."
            raise DataApiError("DatabaseUnavailableException", message, 504)
        return server.port

    def _connect(self, request: Request) -> psycopg2.extensions.connection:
        port = self._writer(request)
        user, password = _credentials(_required(request, "secretArn"))
        timeout = 0 if request.get("continueAfterTimeout") else STATEMENT_TIMEOUT_MILLISECONDS
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=port,
            user=user,
            password=password,
            # Like libpq, Aurora falls back to a database named after the user.
            dbname=request.get("database") or user,
            connect_timeout=10,
            options=f"-c statement_timeout={timeout}",
        )
        connection.autocommit = True
        psycopg2.extras.register_default_json(connection, loads=str)
        psycopg2.extras.register_default_jsonb(connection, loads=str)
        return connection


class _Session:
    """A connection for one call: shared by the transaction, or closed afterwards."""

    def __init__(self, connection: psycopg2.extensions.connection, transaction: Transaction | None) -> None:
        self.connection = connection
        self._transaction = transaction

    def __enter__(self) -> _Session:
        if self._transaction:
            self._transaction.lock.acquire()
        else:
            # One call is one transaction, also when it is a batch.
            self.connection.autocommit = False
        return self

    def __exit__(self, kind: type | None, error: object, traceback: object) -> None:
        if self._transaction:
            self._transaction.lock.release()
            return
        try:
            if kind is None:
                self.connection.commit()
        finally:
            self.connection.close()


class _Closing:
    """A connection that is closed after its last statement."""

    def __init__(self, connection: psycopg2.extensions.connection) -> None:
        self._connection = connection

    def __enter__(self) -> psycopg2.extensions.connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _parse(body: bytes) -> Request:
    try:
        request = json.loads(body)
    except ValueError as error:
        raise DataApiError("BadRequestException", f"Invalid JSON: {error}") from error
    if not isinstance(request, dict):
        raise DataApiError("BadRequestException", "A JSON object is expected")
    return request


def _required(request: Request, name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not value:
        raise DataApiError("BadRequestException", f"{name} is required")
    return value


def _in_request_region(arn: str) -> bool:
    try:
        return parse_arn(arn).region == get_region()
    except ArnParseError:
        return False


def _is_writer(cluster: dict[str, Any]) -> bool:
    group = rds._global_clusters.get(cluster.get("GlobalClusterIdentifier"))
    if not group:
        return True
    return any(
        member["IsWriter"] and member["DBClusterArn"] == cluster["DBClusterArn"]
        for member in group["GlobalClusterMembers"]
    )


def _credentials(secret_arn: str) -> tuple[str, str]:
    """User and password of a secret in the region of the call."""
    _, secret = secretsmanager._resolve(secret_arn)
    if not secret or secret.get("DeletedDate"):
        message = f"Secrets Manager can't find the specified secret: {secret_arn}"
        raise DataApiError("SecretsErrorException", message)
    text = secretsmanager.resolve_secret_string(secret["ARN"])
    try:
        content = json.loads(text or "")
        return content["username"], content["password"]
    except (ValueError, KeyError, TypeError) as error:
        message = "The secret must be a JSON object with username and password"
        raise DataApiError("InvalidSecretException", message) from error


def _result(
    request: Request,
    cursor: psycopg2.extensions.cursor,
    connection: psycopg2.extensions.connection,
) -> dict[str, Any]:
    if not cursor.description:
        return {"numberOfRecordsUpdated": max(cursor.rowcount, 0), "generatedFields": []}
    rows = cursor.fetchall()
    answer: dict[str, Any] = {"numberOfRecordsUpdated": 0}
    if request.get("formatRecordsAs") == "JSON":
        return {**answer, "formattedRecords": sql_results.json_rows(cursor, rows)}
    options = request.get("resultSetOptions") or {}
    answer["records"] = [[sql_results.field(value, options) for value in row] for row in rows]
    if request.get("includeResultMetadata"):
        answer["columnMetadata"] = sql_results.column_metadata(cursor, connection)
    return answer


def _database_error(error: psycopg2.Error) -> Response:
    if isinstance(error, psycopg2.errors.QueryCanceled):
        return _error("StatementTimeoutException", "Request timed out", 400)
    if error.diag.message_primary:
        parts = [f"{error.diag.severity}: {error.diag.message_primary}"]
        if error.diag.message_detail:
            parts.append(f"Detail: {error.diag.message_detail}")
        parts.append(f"SQLState: {error.pgcode}")
        return _error("DatabaseErrorException", "; ".join(parts), 400)
    message = " ".join(str(error).split())
    if "FATAL:" in message:
        fatal = "FATAL: " + message.rpartition("FATAL:")[2].strip()
        return _error("DatabaseErrorException", fatal, 400)
    logger.warning("the database server is gone: %s", message)
    message = "The writer instance in the DB cluster isn't available."
    return _error("DatabaseUnavailableException", message, 504)


def _transaction_not_found(identifier: str) -> DataApiError:
    return DataApiError("TransactionNotFoundException", f"Transaction {identifier} is not found", 404)


def _error(code: str, message: str, status: int) -> Response:
    headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
    return status, headers, json.dumps({"message": message, "code": code}).encode()
