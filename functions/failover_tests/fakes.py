"""Stand-ins for a table, the endpoints, the clock and DNS."""

import re
from decimal import Decimal

from botocore.exceptions import EndpointConnectionError

from endpoint import Health
from failures import Unknown
from shared_tests.fake_client import FakeClient, aws_error


class Crash(BaseException):
    """The invocation dies here. Not an `Exception`: no handler of the function runs any more."""


def unreachable():
    return EndpointConnectionError(endpoint_url="https://aws.invalid")


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, now=1_764_000_000.0):
        self.now = now
        self.pauses = []

    def __call__(self):
        return self.now

    epoch = monotonic = __call__

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


class FakeTable(FakeClient):
    """One DynamoDB table with the key `id`."""

    def __init__(self):
        super().__init__("dynamodb", get_item=self._get, put_item=self._put, update_item=self._update)
        self.items = {}
        self.before_write = lambda: None

    def put(self, identity, **values):
        """Prepares an item: booleans, numbers and text."""
        self.items[identity] = {"id": {"S": identity}} | {name: _typed(value) for name, value in values.items()}

    def plain(self, identity):
        """The item as Python values."""
        item = self.items.get(identity, {})
        return {name: _plain(value) for name, value in item.items() if name != "id"}

    def _get(self, **parameters):
        if not parameters.get("ConsistentRead"):
            raise AssertionError("a stale read decides nothing here")
        item = self.items.get(parameters["Key"]["id"]["S"])
        return {"Item": dict(item)} if item else {}

    def _put(self, **parameters):
        self._write(parameters["Item"]["id"]["S"], parameters, lambda _: dict(parameters["Item"]))
        return {}

    def _update(self, **parameters):
        identity = parameters["Key"]["id"]["S"]
        self._write(identity, parameters, lambda item: _updated(item, parameters))
        return {}

    def _write(self, identity, parameters, change):
        self.before_write()
        item = self.items.get(identity, {})
        condition = parameters.get("ConditionExpression")
        if condition and not _holds(condition, item, parameters):
            raise aws_error("ConditionalCheckFailedException")
        self.items[identity] = change({**item, "id": {"S": identity}})


def _typed(value):
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _plain(value):
    ((kind, content),) = value.items()
    return int(content) if kind == "N" else content


def _updated(item, parameters):
    expression = parameters["UpdateExpression"]
    pattern = r"(?:SET (?P<set>.*?))?\s*(?:REMOVE (?P<remove>.*))?"
    parts = re.fullmatch(pattern, expression)
    if parts is None or not expression:
        raise AssertionError(f"this fake does not understand {expression!r}")
    names, values = parameters["ExpressionAttributeNames"], parameters.get("ExpressionAttributeValues", {})
    for assignment in filter(None, (parts["set"] or "").split(", ")):
        alias, _, value = assignment.partition(" = ")
        item[names[alias]] = values[value]
    for alias in filter(None, (parts["remove"] or "").split(", ")):
        item.pop(names[alias], None)
    return item


def _holds(expression, item, parameters):
    """The conditions that the functions use: terms joined by one kind of word."""
    names = parameters.get("ExpressionAttributeNames", {})
    values = parameters.get("ExpressionAttributeValues", {})

    def term(text):
        absent = re.fullmatch(r"attribute_not_exists\((#?\w+)\)", text)
        if absent:
            return names.get(absent[1], absent[1]) not in item
        left, operator, right = text.split(" ")
        a, b = item.get(names[left]), values[right]
        if a is None:
            return operator == "<>"
        ((_, x),), ((kind, y),) = a.items(), b.items()
        if kind == "N":
            x, y = Decimal(x), Decimal(y)
        return {"=": a.keys() == b.keys() and x == y, "<": x < y, "<>": x != y}[operator]

    if " AND " in expression:
        raise AssertionError(f"this fake does not understand {expression!r}")
    return any(term(text) for text in expression.split(" OR "))


class FakeEndpoint:
    """The health URL of a region: what it answers next, and then for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0
        self.meanwhile = lambda: None

    def health(self):
        self.asked += 1
        self.meanwhile()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


HEALTHY = Health(200, [])
STANDBY = Health(503, ["database"])
OVERLOADED = Health(429)
NO_ANSWER = Unknown("timeout")


class FakeWitness:
    """What Route 53 says: where it sends customers, and where it would without the latch."""

    def __init__(self, region):
        self.region = region
        self.endpoint = region

    def active_region(self):
        return _said(self.region)

    def endpoint_region(self):
        return _said(self.endpoint)


def _said(answer):
    if isinstance(answer, Exception):
        raise answer
    return answer
