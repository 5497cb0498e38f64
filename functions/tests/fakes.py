"""Stand-ins for the three AWS services, at the boundary of the boto3 client.

Each call is first checked against botocore's own model of the operation, so a misspelt or
mistyped parameter fails here as it would in the real client. Then the fake behaves like the
service: the table evaluates condition expressions atomically, the database has a unique key.
"""

import functools
import io
import re
import threading
import time
from collections import defaultdict
from decimal import Decimal

import botocore.session
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.validate import ParamValidator

from clients import Clients
from epoch import Epoch
from handler import Application
from health import Health
from ledger import Ledger
from receipts import Receipts
from region_settings import RegionSettings


class Crash(BaseException):
    """The invocation dies here. Not an `Exception`: no handler of the function runs any more."""


def aws_error(code, message="", **fields):
    """An error as a boto3 client raises it."""
    return ClientError({"Error": {"Code": code, "Message": message}, **fields}, "Operation")


def timed_out():
    return ReadTimeoutError(endpoint_url="https://aws.invalid")


@functools.cache
def _service_model(service):
    return botocore.session.get_session().get_service_model(service)


class FakeService:
    """Checks calls against the model, counts them, and fails where a test says so."""

    service = ""

    def __init__(self):
        self.lock = threading.RLock()
        self.calls = []
        self.delay = lambda: None
        self.afterwards = lambda: None
        self._before = defaultdict(list)
        self._after = defaultdict(list)

    def fail(self, call, *errors):
        """The next calls of this name raise these errors and have no effect."""
        self._before[call].extend(errors)

    def lose_answer(self, call, *errors):
        """The next calls of this name take effect and raise these errors all the same."""
        self._after[call].extend(errors)

    def run(self, operation, call, parameters, effect):
        model = _service_model(self.service).operation_model(operation)
        report = ParamValidator().validate(parameters, model.input_shape)
        if report.has_errors():
            raise AssertionError(report.generate_report())
        self.delay()
        with self.lock:
            self.calls.append(call)
            self._raise_next(self._before[call])
            result = effect()
            self._raise_next(self._after[call])
            self.afterwards()
            return result

    @staticmethod
    def _raise_next(errors):
        if errors:
            error = errors.pop(0)
            if callable(error):
                error()
            else:
                raise error


class FakeDatabase(FakeService):
    """The Data API in front of one cluster. Several regions' fakes may share their `rows`."""

    service = "rds-data"

    def __init__(self):
        super().__init__()
        self.rows = {}
        # Whether its setup has made the table and the permissions.
        self.usable = True
        self.in_recovery = False
        self.read_only = False
        self.statements = []

    def execute_statement(self, **parameters):
        call = self._name(parameters["sql"])
        values = {p["name"]: p["value"]["stringValue"] for p in parameters.get("parameters", [])}
        self.statements.append((parameters["sql"], values))
        effect = functools.partial(getattr(self, f"_{call}"), values)
        return self.run("ExecuteStatement", call, parameters, effect)

    @staticmethod
    def _name(sql):
        words = sql.split()
        if "pg_is_in_recovery()," in words:
            return "probe"
        return words[0].lower()

    def _probe(self, _values):
        states = (self.in_recovery, self.read_only or self.in_recovery, self.usable)
        return {"records": [[{"booleanValue": state} for state in states]]}

    def _insert(self, values):
        self._require_writer("INSERT")
        self._require_table()
        if values["payment_id"] in self.rows:
            return {"records": []}
        row = (
            values["payment_id"],
            str(Decimal(values["amount"]).quantize(Decimal("0.01"))),
            values["status"],
            values["region"],
            f"2026-11-23 08:00:00.{len(self.rows):06}",
        )
        self.rows[values["payment_id"]] = row
        return {"records": [self._fields(row)]}

    def _select(self, values):
        self._require_table()
        row = self.rows.get(values["payment_id"])
        return {"records": [self._fields(row)] if row else []}

    @staticmethod
    def _fields(row):
        return [{"stringValue": value} for value in row]

    def _require_writer(self, command):
        if self.in_recovery or self.read_only:
            message = f"ERROR: cannot execute {command} in a read-only transaction; SQLState: 25006"
            raise aws_error("DatabaseErrorException", message)

    def _require_table(self):
        if not self.usable:
            message = "ERROR: permission denied for table payments; SQLState: 42501"
            raise aws_error("DatabaseErrorException", message)


class FakeTable(FakeService):
    """One replica of the DynamoDB session table."""

    service = "dynamodb"

    def __init__(self):
        super().__init__()
        self.items = {}

    _WRITES = {"settled": "settle", "taken": "take", "lost": "note_loss", None: "probe"}

    def put_item(self, **parameters):
        state = parameters["Item"].get("claim_state", {}).get("S")
        effect = functools.partial(self._put, parameters)
        return self.run("PutItem", self._WRITES[state], parameters, effect)

    def delete_item(self, **parameters):
        return self.run("DeleteItem", "release", parameters, lambda: self._delete(parameters))

    def get_item(self, **parameters):
        key = parameters["Key"]["session_id"]["S"]
        name = {"failover#epoch": "epoch"}.get(key) or key.partition("#")[0]
        assert name in ("epoch", "drill"), key
        return self.run("GetItem", name, parameters, lambda: self._get(key))

    def _get(self, key):
        return {"Item": self.items[key]} if key in self.items else {}

    def hand_epoch_to(self, region):
        """What the state machines of the failover write; None opens the epoch."""
        number = int(self.items.get("failover#epoch", {}).get("epoch", {"N": "0"})["N"])
        item = {"session_id": {"S": "failover#epoch"}, "epoch": {"N": str(number + 1)}}
        self.items["failover#epoch"] = item | ({"writer_region": {"S": region}} if region else {})

    def announce(self, region, instant):
        """What they write before a planned move."""
        item = self.items.setdefault("failover#epoch", {"session_id": {"S": "failover#epoch"}})
        item |= {"announced_region": {"S": region}, "announced_at": {"S": instant}}

    def claim(self, payment_id):
        return self.items.get(f"payment#{payment_id}")

    def _put(self, parameters):
        key = parameters["Item"]["session_id"]["S"]
        self._check(parameters, key)
        self.items[key] = parameters["Item"]
        return {}

    def _delete(self, parameters):
        key = parameters["Key"]["session_id"]["S"]
        self._check(parameters, key)
        self.items.pop(key, None)
        return {}

    def _check(self, parameters, key):
        expression = parameters.get("ConditionExpression")
        item = self.items.get(key, {})
        if expression is None:
            return
        if not Condition(expression, parameters.get("ExpressionAttributeValues", {})).holds(item):
            returns_item = parameters.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
            fields = {"Item": item} if returns_item and item else {}
            raise aws_error("ConditionalCheckFailedException", **fields)


class Condition:
    """The part of DynamoDB's condition language that the function uses."""

    _TOKEN = re.compile(r"\s*(attribute_not_exists|attribute_exists|AND\b|OR\b|[()=<]|:?\w+)")

    def __init__(self, expression, values):
        self._tokens = self._TOKEN.findall(expression)
        if "".join(self._tokens) != re.sub(r"\s", "", expression):
            raise AssertionError(f"this fake does not understand {expression!r}")
        self._values = values
        self._item = {}

    def holds(self, item):
        self._item = item
        self._rest = list(self._tokens)
        result = self._any()
        if self._rest:
            raise AssertionError(f"left over in the condition: {self._rest}")
        return result

    def _any(self):
        result = self._all()
        while self._take("OR"):
            result = self._all() or result
        return result

    def _all(self):
        result = self._term()
        while self._take("AND"):
            result = self._term() and result
        return result

    def _term(self):
        if self._take("("):
            result = self._any()
            self._expect(")")
            return result
        for function, present in (("attribute_not_exists", False), ("attribute_exists", True)):
            if self._take(function):
                self._expect("(")
                name = self._rest.pop(0)
                self._expect(")")
                return (name in self._item) == present
        left = self._item.get(self._rest.pop(0))
        operator = self._rest.pop(0)
        right = self._values[self._rest.pop(0)]
        return left is not None and self._compare(left, operator, right)

    @staticmethod
    def _compare(left, operator, right):
        # Values of different types are unequal and unordered, as in DynamoDB.
        if left.keys() != right.keys():
            return False
        ((kind, a),), ((_, b),) = left.items(), right.items()
        if kind == "N":
            a, b = Decimal(a), Decimal(b)
        return {"=": a == b, "<": a < b}[operator]

    def _take(self, token):
        if self._rest and self._rest[0] == token:
            self._rest.pop(0)
            return True
        return False

    def _expect(self, token):
        if not self._take(token):
            raise AssertionError(f"{token!r} expected in the condition, found {self._rest}")


class FakeBucket(FakeService):
    """The receipts bucket."""

    service = "s3"

    def __init__(self):
        super().__init__()
        self.objects = {}
        self.versions = []

    def put_object(self, **parameters):
        name = "probe" if parameters["Key"].startswith("receipts/health/") else "put"
        return self.run("PutObject", name, parameters, lambda: self._put(parameters))

    def get_object(self, **parameters):
        return self.run("GetObject", "read", parameters, lambda: self._read(parameters["Key"]))

    def _put(self, parameters):
        key = parameters["Key"]
        if parameters.get("IfNoneMatch") == "*" and key in self.objects:
            raise aws_error("PreconditionFailed")
        self.objects[key] = parameters["Body"]
        self.versions.append(key)
        return {}

    def _read(self, key):
        if key not in self.objects:
            raise aws_error("NoSuchKey")
        return {"Body": io.BytesIO(self.objects[key])}

    def receipts(self):
        """The objects without what health checks leave."""
        return {key: body for key, body in self.objects.items() if key.endswith(".json")}


class Region:
    """The function as deployed in one region, with fakes for its stores."""

    def __init__(self, name="us-east-1"):
        self.database = FakeDatabase()
        self.table = FakeTable()
        self.bucket = FakeBucket()
        self.settings = RegionSettings(
            region=name,
            cluster_arn=f"arn:aws:rds:{name}:123456789012:cluster:payments-{name}",
            secret_arn=f"arn:aws:secretsmanager:{name}:123456789012:secret:payments-AbCdEf",
            database="payments",
            session_table="sessions",
            receipts_bucket=f"receipts-{name}",
        )
        self.restart()

    def restart(self):
        """A new container of the function: nothing is remembered but what the stores have."""
        clients = Clients(
            database=self.database,
            session=self.table,
            receipts=self.bucket,
            session_release=self.table,
            health_database=self.database,
            health_session=self.table,
            health_receipts=self.bucket,
        )
        self.application = Application(self.settings, clients)

    def health(self, clock, wall_clock=time.time):
        """The checks alone, with clocks of the test's own."""
        return Health(
            Ledger(self.database, self.settings),
            Epoch(self.table, self.settings, wall_clock),
            self.table,
            Receipts(self.bucket, self.settings),
            self.settings,
            clock,
        )

    def nothing_written(self):
        """True if there is neither claim nor row nor receipt."""
        return not (self.table.items or self.database.rows or self.bucket.objects)
