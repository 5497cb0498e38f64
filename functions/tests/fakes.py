"""Stand-ins for the three AWS services, at the boundary of the boto3 client.

Each call is first checked against botocore's own model of the operation, so a misspelt or
mistyped parameter fails here as it would in the real client. Then the fake behaves like the
service: the table evaluates condition expressions atomically, the database has a unique key.
"""

import functools
import re
import threading
from collections import defaultdict
from decimal import Decimal

import botocore.session
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.validate import ParamValidator

from clients import Clients
from handler import Application
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
        self.table_exists = True
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
        states = (self.in_recovery, self.read_only or self.in_recovery, self.table_exists)
        return {"records": [[{"booleanValue": state} for state in states]]}

    def _create(self, _values):
        self._require_writer("CREATE TABLE")
        self.table_exists = True
        return {"records": []}

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
        if not self.table_exists:
            message = 'ERROR: relation "payments" does not exist; SQLState: 42P01'
            raise aws_error("DatabaseErrorException", message)


class FakeTable(FakeService):
    """One replica of the DynamoDB session table."""

    service = "dynamodb"

    def __init__(self):
        super().__init__()
        self.items = {}

    def put_item(self, **parameters):
        settled = parameters["Item"]["claim_state"]["S"] == "settled"
        name = "settle" if settled else "take"
        return self.run("PutItem", name, parameters, lambda: self._put(parameters))

    def delete_item(self, **parameters):
        return self.run("DeleteItem", "release", parameters, lambda: self._delete(parameters))

    def get_item(self, **parameters):
        return self.run("GetItem", "get", parameters, lambda: {})

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
        if not Condition(expression, parameters["ExpressionAttributeValues"]).holds(item):
            returns_item = parameters.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
            fields = {"Item": item} if returns_item and item else {}
            raise aws_error("ConditionalCheckFailedException", **fields)


class Condition:
    """The part of DynamoDB's condition language that the function uses."""

    _TOKEN = re.compile(r"\s*(attribute_not_exists|AND\b|OR\b|[()=<]|:?\w+)")

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
        if self._take("attribute_not_exists"):
            self._expect("(")
            name = self._rest.pop(0)
            self._expect(")")
            return name not in self._item
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

    def put_object(self, **parameters):
        return self.run("PutObject", "put", parameters, lambda: self._put(parameters))

    def _put(self, parameters):
        self.objects[parameters["Key"]] = parameters["Body"]
        return {}


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
        clients = Clients(
            database=self.database,
            session=self.table,
            receipts=self.bucket,
            session_release=self.table,
            health_database=self.database,
            health_session=self.table,
        )
        self.application = Application(self.settings, clients)

    def nothing_written(self):
        """True if there is neither claim nor row nor receipt."""
        return not (self.table.items or self.database.rows or self.bucket.objects)
