"""The ledger: one row per payment in Aurora PostgreSQL, reached through the RDS Data API.

Its primary key is the one truth about whether a payment exists. Every write is a single
statement, which PostgreSQL runs as one transaction and the Data API commits by itself. A
transaction of several calls would not make it safer, only fragile: an invocation that dies
between two calls would leave its row uncommitted and its key locked until the Data API gives
the transaction up, three minutes later, and every retry would hang on it until then.
(RDS Data API reference, BeginTransaction)

The table, and the role that this function signs in as, are made by functions/database_setup before
the function is there. The role may look payments up and add one, nothing else.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deadline import Deadline
from failures import Unavailable
from region_settings import RegionSettings
from validation import Payment

STEP = "database"
PROCESSED = "processed"
# Neither table nor permissions are there: the setup of the database has not run.
NOT_SET_UP = "not_set_up"

_WRITER_STATE = """
SELECT pg_is_in_recovery(),
       current_setting('transaction_read_only') = 'on',
       COALESCE(has_table_privilege(to_regclass('payments'), 'SELECT')
           AND has_table_privilege(to_regclass('payments'), 'INSERT'), false)
"""

# Everything leaves the database as text: the Data API's other number types are floating point.
_COLUMNS = """
payment_id, CAST(amount AS text), status, region, CAST(processed_at AT TIME ZONE 'UTC' AS text)
"""

_INSERT = f"""
INSERT INTO payments (payment_id, amount, status, region)
VALUES (:payment_id, CAST(:amount AS numeric(15, 2)), :status, :region)
ON CONFLICT (payment_id) DO NOTHING
RETURNING {_COLUMNS}
"""

_SELECT = f"SELECT {_COLUMNS} FROM payments WHERE payment_id = :payment_id"


@dataclass(frozen=True)
class WriterState:
    """What the local cluster says about itself. `usable`: the table is there, for this role too."""

    in_recovery: bool
    read_only: bool
    usable: bool

    @property
    def writable(self) -> bool:
        """False on the standby, and on an old writer that has been fenced."""
        return not (self.in_recovery or self.read_only)


@dataclass(frozen=True)
class Entry:
    """A row of the ledger. `created` tells whether this very request wrote it."""

    payment_id: str
    amount: Decimal
    status: str
    region: str
    processed_at: str
    created: bool


class Ledger:
    """The payments of this region's cluster."""

    def __init__(self, client: Any, settings: RegionSettings):
        self._client = client
        self._settings = settings

    def writer_state(self, deadline: Deadline) -> WriterState:
        """Asks the cluster for its role. On the standby of a global database the Data API
        refuses even this read, so an error is an answer too."""
        row = self._execute(deadline, _WRITER_STATE)[0]
        return WriterState(*(field["booleanValue"] for field in row))

    def prepare(self, deadline: Deadline) -> None:
        """Makes sure that a payment can be written before anything else is touched."""
        state = self.writer_state(deadline)
        if not state.writable:
            raise Unavailable(STEP, "read_only")
        if not state.usable:
            raise Unavailable(STEP, NOT_SET_UP)

    def record(self, payment: Payment, deadline: Deadline) -> Entry:
        """Writes the payment unless its id is taken, and returns the row that stands.

        The insert waits for a concurrent insert of the same key, and the second statement has
        a snapshot of its own: where the insert gave way, the select sees the winner's row.
        """
        rows = self._execute(
            deadline,
            _INSERT,
            _text("payment_id", payment.payment_id),
            {
                "name": "amount",
                "value": {"stringValue": str(payment.amount)},
                "typeHint": "DECIMAL",
            },
            _text("status", PROCESSED),
            _text("region", self._settings.region),
        )
        if rows:
            return _entry(rows[0], created=True)
        entry = self.find(payment.payment_id, deadline)
        if entry is None:
            # Nobody deletes payments here; if an operator does, the retry starts afresh.
            raise Unavailable(STEP, "row_vanished")
        return entry

    def find(self, payment_id: str, deadline: Deadline) -> Entry | None:
        """The row of this payment, if there is one."""
        rows = self._execute(deadline, _SELECT, _text("payment_id", payment_id))
        return _entry(rows[0], created=False) if rows else None

    def _execute(self, deadline: Deadline, sql: str, *parameters: dict[str, Any]) -> list[list[dict[str, Any]]]:
        deadline.check(STEP)
        try:
            result = self._client.execute_statement(
                resourceArn=self._settings.cluster_arn,
                secretArn=self._settings.secret_arn,
                database=self._settings.database,
                sql=sql,
                parameters=list(parameters),
            )
        except (ClientError, BotoCoreError) as error:
            # No error of the Data API is the client's fault, since its input has been checked.
            # Codes are not sorted into lasting and passing ones: on a standby the documentation
            # promises a failure, not which, and a retry never harms.
            raise Unavailable.because_of(STEP, error) from error
        return result.get("records", [])


def _text(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "value": {"stringValue": value}}


def _entry(row: list[dict[str, Any]], created: bool) -> Entry:
    payment_id, amount, status, region, processed_at = (field["stringValue"] for field in row)
    return Entry(
        payment_id=payment_id,
        amount=Decimal(amount),
        status=status,
        region=region,
        processed_at=processed_at.replace(" ", "T") + "Z",
        created=created,
    )
