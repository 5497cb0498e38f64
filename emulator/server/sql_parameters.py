"""Named parameters of the Data API: finding `:name` in SQL and typing the values.

Aurora binds parameters with a type of their own: a string is `varchar` unless a
type hint says otherwise, so a statement that needs a cast on AWS needs it here.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import psycopg2.extensions

# Strings, quoted names, comments and dollar quotes are skipped whole, so that a
# colon or semicolon inside them means nothing.
TOKENS = re.compile(
    r"""
    (?P<skipped>
        [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
      | --[^\n]* | /\*.*?\*/ | (?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag) | ::
    )
    | :(?P<name>[A-Za-z_]\w*)
    | (?P<semicolon>;)
    """,
    re.VERBOSE | re.DOTALL,
)

HINTED_TYPES = {
    "DATE": "date",
    "DECIMAL": "numeric",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "UUID": "uuid",
}


class ParameterError(ValueError):
    """A parameter that AWS would refuse as a bad request."""


class MultipleStatementsError(ValueError):
    """More than one statement in one call, which the Data API does not take."""


def bind(
    statement: str,
    parameters: list[dict[str, Any]],
    connection: psycopg2.extensions.connection,
) -> str:
    """Return the statement with its named parameters as typed literals."""
    values = {parameter.get("name"): parameter for parameter in parameters}

    def replace(match: re.Match[str]) -> str:
        name = match.group("name")
        if name is None:
            return match.group(0)
        if name not in values:
            raise ParameterError(f"Cannot find parameter: {name}")
        return typed_literal(values[name], connection)

    return TOKENS.sub(replace, single(statement))


def single(statement: str) -> str:
    """The statement without its final semicolon; refuses a second statement."""
    for match in TOKENS.finditer(statement):
        if match.group("semicolon"):
            if _blank(statement[match.end() :]):
                return statement[: match.start()]
            raise MultipleStatementsError("Multistatements aren't supported.")
    return statement


def _blank(text: str) -> bool:
    without_comments = re.sub(r"--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    return not without_comments.strip(" \t\r\n;")


def typed_literal(parameter: dict[str, Any], connection: psycopg2.extensions.connection) -> str:
    """One parameter as an SQL literal of its type."""
    value, kind = _value_and_type(parameter)
    if value is None:
        return "NULL"
    adapted = psycopg2.extensions.adapt(value)
    if hasattr(adapted, "prepare"):
        adapted.prepare(connection)
    literal = adapted.getquoted().decode()
    return f"CAST({literal} AS {kind})" if kind else literal


def _value_and_type(parameter: dict[str, Any]) -> tuple[Any, str | None]:
    name, field = parameter.get("name"), parameter.get("value") or {}
    if len(field) != 1:
        raise ParameterError(f"Parameter {name} must have exactly one value")
    (member, value), hint = next(iter(field.items())), parameter.get("typeHint")
    if member == "isNull":
        return None, None
    if member == "stringValue":
        if hint == "JSON":
            # Fits json and jsonb columns alike, as on AWS.
            return value, None
        if hint and hint not in HINTED_TYPES:
            raise ParameterError(f"Unknown type hint {hint} of parameter {name}")
        return value, HINTED_TYPES[hint] if hint else "varchar"
    if member == "blobValue":
        return base64.b64decode(value), "bytea"
    kinds = {"longValue": "bigint", "doubleValue": "float8", "booleanValue": "boolean"}
    if member not in kinds:
        raise ParameterError(f"Array parameters are not supported: {name}")
    return value, kinds[member]
