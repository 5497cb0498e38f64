"""How a service says no: its error code, the shape of its error, its status."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from server.models.catalog import Call
from server.models.reading import Reading
from server.models.values import Violation

# What services call a value that breaks their model, the usual name first; which of them one has, its model says.
INVALID = (
    "ValidationException",
    "InvalidParameterValueException",
    "InvalidParameterException",
    "InvalidParameterValue",
    "InvalidInput",
    "BadRequestException",
    "InvalidRequestException",
    "InvalidParameter",
)
# Where the model names none, or not the one that is seen: documented in the APIs' lists of common errors.
COMMON = {
    "ec2": "InvalidParameterValue",
    "s3": "InvalidArgument",
    "rds": "InvalidParameterValue",
    "sns": "InvalidParameter",
    "dynamodb": "ValidationException",
    "kms": "ValidationException",
    "route53": "InvalidInput",
}
RULE_CHARACTERS = (
    "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: "
    "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
)


@dataclass(frozen=True)
class Refusal:
    """An error of a service."""

    code: str
    message: str
    status: int = 400


def refusal(call: Call, reading: Reading, violations: list[Violation]) -> Refusal | None:
    """What the service answers to a request that breaks its model; None to one that does not."""
    if reading.mistyped:
        path, kind = reading.mistyped[0]
        return _mistyped(call, path, kind)
    if reading.unknown:
        return _unknown(call, reading.unknown[0])
    if not violations:
        return None
    first = violations[0]
    if call.service == "ec2":
        return _ec2(call, first)
    return Refusal(code_of(call), _coral(violations))


def code_of(call: Call) -> str:
    """The code of a value that breaks the model."""
    if call.service in COMMON:
        return COMMON[call.service]
    declared = [str(shape.metadata.get("error", {}).get("code", shape.name)) for shape in call.operation.error_shapes]
    # Services in the query protocol check what their model says before anything of their own.
    if call.protocol == "query":
        return "ValidationError"
    return next((code for code in INVALID if code in declared), "ValidationException")


def _mistyped(call: Call, path: str, kind: str) -> Refusal:
    if call.protocol in ("query", "ec2"):
        code = "InvalidParameterValue" if call.protocol == "ec2" else "MalformedInput"
        return Refusal(code, f"The value of {path} is not of the type {kind}")
    if call.protocol == "rest-xml":
        code = "MalformedXML" if call.service == "s3" else "InvalidInput"
        return Refusal(code, f"The XML you provided was not well-formed or did not validate: {path} is no {kind}")
    return Refusal("SerializationException", f"{path} can not be converted to a value of the type {kind}")


def _unknown(call: Call, path: str) -> Refusal:
    if call.protocol == "ec2":
        return Refusal("UnknownParameter", f"The parameter {path} is not recognized")
    if call.protocol == "rest-xml" and call.service == "s3":
        return Refusal("MalformedXML", f"The XML you provided did not validate against our published schema: {path}")
    return Refusal(code_of(call), f"{call.operation.name} has no member {path}")


def _ec2(call: Call, violation: Violation) -> Refusal:
    name = violation.path
    if violation.kind == "null":
        return Refusal("MissingParameter", f"The request must contain the parameter {name}")
    if call.operation.name.startswith(
        ("AuthorizeSecurityGroup", "UpdateSecurityGroupRule", "ModifySecurityGroupRules")
    ):
        if name.endswith("Description"):
            return Refusal("InvalidParameterValue", RULE_CHARACTERS)
    return Refusal(
        "InvalidParameterValue", f"Value ({violation.value}) for parameter {name} is invalid. {violation.constraint}"
    )


def _coral(violations: list[Violation]) -> str:
    errors = "1 validation error" if len(violations) == 1 else f"{len(violations)} validation errors"
    each = "; ".join(
        f"Value {_quoted(violation.value)} at '{_lower(violation.path)}' failed to satisfy constraint: "
        f"{violation.constraint}"
        for violation in violations
    )
    return f"{errors} detected: {each}"


def _quoted(value: Any) -> str:
    return "null" if value is None else f"'{value}'"


def _lower(path: str) -> str:
    return ".".join(part[:1].lower() + part[1:] for part in path.split("."))


def response(call: Call, refused: Refusal, request_id: str) -> tuple[int, dict[str, str], bytes]:
    """The refusal in the protocol of the request."""
    if call.protocol in ("json", "rest-json", "cbor"):
        # Clients take the code from the header; the body has it for those in the JSON protocol.
        content = {"__type": refused.code, "message": refused.message}
        headers = {
            "content-type": "application/json" if call.protocol == "rest-json" else "application/x-amz-json-1.1",
            "x-amzn-errortype": refused.code,
            "x-amzn-requestid": request_id,
        }
        return refused.status, headers, json.dumps(content).encode()
    error = f"<Code>{escape(refused.code)}</Code><Message>{escape(refused.message)}</Message>"
    if call.protocol == "ec2":
        body = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    elif call.service == "s3":
        body = f"<Error>{error}<RequestId>{request_id}</RequestId></Error>"
    else:
        body = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    headers = {"content-type": "text/xml", "x-amzn-requestid": request_id}
    return refused.status, headers, f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode()
