"""The state table: one item for each thing that outlives a run.

    latch         whether this region is to take the traffic, and which execution moves it (see
                  `lock`); written by the state machines
    detector      the streak of failed probes (see `streak`)
    failover      when the last failover was, written by the state machine
    installation  when readiness was looked at for the first time
    drill         the last drill (see `drill_record`)

The table lives in this region only. A global table settles collisions by "last writer wins", and
what is decided here is decided by conditional writes.
(DynamoDB developer guide, "Global tables: how it works")
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

Item = dict[str, Any]

_TO_DYNAMODB = TypeSerializer()
_FROM_DYNAMODB = TypeDeserializer()


@dataclass(frozen=True)
class Condition:
    """A condition expression. Attributes are written as `#name`, values as `:name`."""

    expression: str
    values: Item = field(default_factory=dict)


class StateTable:
    """Reads and writes items as plain Python values."""

    def __init__(self, client: Any, name: str):
        self._client = client
        self._name = name

    def read(self, identity: str) -> Item:
        """The item as it is now, empty if there is none."""
        answer = self._client.get_item(TableName=self._name, Key=_key(identity), ConsistentRead=True)
        found = answer.get("Item", {})
        return {name: _plain(value) for name, value in found.items() if name != "id"}

    def create(self, identity: str, values: Item) -> bool:
        """Writes the item unless there is one; returns whether it did."""
        item = {**_key(identity), **_typed("", values)}
        return self._conditionally(self._client.put_item, Item=item, ConditionExpression="attribute_not_exists(id)")

    def update(
        self,
        identity: str,
        values: Item,
        remove: tuple[str, ...] = (),
        only_if: Condition | None = None,
    ) -> bool:
        """Sets and removes attributes, leaves all others; returns whether the condition held."""
        parts = []
        if values:
            parts.append("SET " + ", ".join(f"#{name} = :{name}" for name in values))
        if remove:
            parts.append("REMOVE " + ", ".join(f"#{name}" for name in remove))
        names, compared = {*values, *remove}, {}
        parameters: Item = {"UpdateExpression": " ".join(parts)}
        if only_if:
            names |= set(re.findall(r"#(\w+)", only_if.expression))
            compared = only_if.values
            parameters["ConditionExpression"] = only_if.expression
        if values or compared:
            parameters["ExpressionAttributeValues"] = _typed(":", {**values, **compared})
        return self._conditionally(
            self._client.update_item,
            Key=_key(identity),
            # Every name by its alias: `state` and `at` are words of DynamoDB's own.
            ExpressionAttributeNames={f"#{name}": name for name in sorted(names)},
            **parameters,
        )

    def _conditionally(self, operation: Any, **parameters: Any) -> bool:
        try:
            operation(TableName=self._name, **parameters)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
                return False
            raise
        return True


def latch_is_active(table: StateTable) -> bool:
    """Whether payments are to be taken in this region. Anything but true means no."""
    return table.read("latch").get("active") is True


def latch_holds_dns(table: StateTable) -> bool:
    """Whether the latch holds DNS in this region: it is active, and no planned move has sent DNS
    ahead of the writer."""
    item = table.read("latch")
    return item.get("active") is True and item.get("dns_ahead") is not True


def _key(identity: str) -> Item:
    return {"id": {"S": identity}}


def _typed(prefix: str, values: Item) -> Item:
    return {f"{prefix}{name}": _TO_DYNAMODB.serialize(value) for name, value in values.items()}


def _plain(value: Item) -> Any:
    plain = _FROM_DYNAMODB.deserialize(value)
    return int(plain) if isinstance(plain, Decimal) else plain
