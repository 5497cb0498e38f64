"""The gate that every request goes through: read, held against its model, let through or refused."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from server.models import bodies, query, quirks, refusals, rest
from server.models.catalog import Call, find
from server.models.ledger import Ledger
from server.models.reading import Reading
from server.models.request import Request
from server.models.values import Values

Answer = tuple[int, dict[str, str], bytes]
# Whether whoever sent a call with this input may do so: the denial, None if it may.
Granted = Callable[[Call | None, Any], refusals.Refusal | None]


class Gate:
    """Holds requests against the models."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def examine(self, request: Request, granted: Granted) -> Answer | None:
        """The service's refusal, by its model or by somebody's permissions; None lets the request through."""
        call = find(request)
        if call is None:
            target = request.headers.get("x-amz-target") or f"{request.method} {request.path}"
            action = next((value for name, value in request.form if name == "Action"), target)
            self.ledger.without_model(f"{request.service} {action}")
            denied = granted(None, None)
            return _without_model(denied) if denied else None
        reading = read(call, request)
        refused = self.verdict(call, reading, request.sender or "a client") or granted(call, reading.value)
        return refusals.response(call, refused, str(uuid.uuid4())) if refused else None

    def verdict(self, call: Call, reading: Reading, sender: str) -> refusals.Refusal | None:
        """What the service says to the input of an operation."""
        values = Values()
        if call.operation.input_shape is not None and isinstance(reading.value, dict):
            values.check(call.operation.input_shape, reading.value)
        self.ledger.checked(call.service, values.count)
        violations = []
        for violation in values.violations:
            reason = quirks.excuse(call, violation)
            if reason:
                self.ledger.excused(reason)
            else:
                violations.append(violation)
        refused = refusals.refusal(call, reading, violations)
        if refused:
            self.ledger.refused(f"{call.service}:{call.operation.name}", refused.code, refused.message, sender)
        return refused


def _without_model(refused: refusals.Refusal) -> Answer:
    content = json.dumps({"__type": refused.code, "message": refused.message}).encode()
    headers = {"content-type": "application/json", "x-amzn-errortype": refused.code}
    return refused.status, headers, content


def read(call: Call, request: Request) -> Reading:
    """The input of the operation, in the protocol that the request came in."""
    shape = call.operation.input_shape
    if call.protocol in ("query", "ec2"):
        return query.read(shape, request.form, ec2=call.protocol == "ec2")
    if call.protocol in ("rest-json", "rest-xml"):
        return rest.read(call.service, call.operation, request, xml=call.protocol == "rest-xml")
    reading = Reading(value={})
    try:
        document = bodies.from_cbor(request.content) if call.protocol == "cbor" else request.json()
        if shape is not None:
            reading.value = bodies.from_json(reading, shape, document, "")
    except (ValueError, ElementTree.ParseError):
        reading.mistyped.append(("body", call.protocol.upper()))
    return reading
