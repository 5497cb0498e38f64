"""From the API Gateway event to a payment, or to the reason why it is none."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

# A valid body is under 200 bytes; the limit only leaves room for white space.
MAX_BODY_BYTES = 4096
MAX_AMOUNT = Decimal("1000000000000")
_CENT = Decimal("0.01")
_FIELDS = ("payment_id", "amount")
# These characters need no escaping in an S3 key, a DynamoDB key or a log line.
_PAYMENT_ID = re.compile(r"[A-Za-z0-9._-]+")
_PAYMENT_ID_LIMIT = 64
_ECHO_LIMIT = 40


class Rejected(Exception):
    """The request is at fault. `field` says where, the message says why."""

    def __init__(self, field: str, message: str, status: int = 400):
        super().__init__(message)
        self.field = field
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Payment:
    """A validated payment. The amount always has two decimals, so 100 and 100.00 are equal
    as numbers and as text."""

    payment_id: str
    amount: Decimal


def payment_from_event(event: dict[str, Any]) -> Payment:
    """Reads and checks the body of an API Gateway proxy event."""
    document = _parse(_body_text(event))
    for name in document:
        if name not in _FIELDS:
            raise Rejected(name[:_ECHO_LIMIT], f"unknown field {name[:_ECHO_LIMIT]!r}")
    for name in _FIELDS:
        if name not in document:
            raise Rejected(name, f"{name} is missing")
    return Payment(_payment_id(document["payment_id"]), _amount(document["amount"]))


def _body_text(event: dict[str, Any]) -> str:
    body = event.get("body")
    if body is None or body == "":
        raise Rejected("body", "the body is empty; a JSON object is expected")
    if not isinstance(body, str):
        raise Rejected("body", "the body is not text")
    # Base64 makes four characters of three bytes: beyond this, decoding cannot help.
    if len(body) > 2 * MAX_BODY_BYTES:
        raise _too_large()
    data = _decoded(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BODY_BYTES:
        raise _too_large()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected("body", "the body is not UTF-8 text") from None


def _decoded(body: str) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise Rejected("body", "the body is not valid base64") from None


def _too_large() -> Rejected:
    return Rejected("body", f"the body is larger than {MAX_BODY_BYTES} bytes", status=413)


def _parse(text: str) -> dict[str, Any]:
    try:
        document = json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_reject_constant,
            object_pairs_hook=_object_without_repeats,
        )
    except (ValueError, RecursionError):
        raise Rejected("body", "the body is not valid JSON") from None
    if not isinstance(document, dict):
        raise Rejected("body", "the body is not a JSON object")
    return document


def _number(literal: str) -> Decimal:
    # Binary floating point cannot hold most decimal fractions: money never passes through it.
    try:
        return Decimal(literal)
    except InvalidOperation:
        raise Rejected("body", "a number in the body is out of range") from None


def _reject_constant(name: str) -> None:
    # Python's parser lets NaN and Infinity pass although JSON does not know them.
    raise Rejected("body", f"{name} is not a JSON number")


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, value in pairs:
        # Parsers disagree on which of two equal names wins; a payment must not depend on that.
        if name in document:
            raise Rejected(name[:_ECHO_LIMIT], f"the field {name[:_ECHO_LIMIT]!r} appears twice")
        document[name] = value
    return document


def _payment_id(value: Any) -> str:
    if not isinstance(value, str):
        raise Rejected("payment_id", "payment_id must be a string")
    if not value:
        raise Rejected("payment_id", "payment_id is empty")
    if len(value) > _PAYMENT_ID_LIMIT:
        raise Rejected("payment_id", f"payment_id is longer than {_PAYMENT_ID_LIMIT} characters")
    if not _PAYMENT_ID.fullmatch(value):
        raise Rejected("payment_id", "payment_id may only contain letters, digits, '.', '_' and '-'")
    return value


def _amount(value: Any) -> Decimal:
    if not isinstance(value, Decimal):
        raise Rejected("amount", "amount must be a JSON number")
    if value <= 0:
        raise Rejected("amount", "amount must be greater than 0")
    # Before rounding: a number like 1e999999 is cheap to compare, not to write out.
    if value > MAX_AMOUNT:
        raise Rejected("amount", f"amount must be at most {MAX_AMOUNT}")
    cents = value.quantize(_CENT)
    if cents != value:
        raise Rejected("amount", "amount has more than two decimals")
    return cents
