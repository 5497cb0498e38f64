"""Why a JSON document does not satisfy a schema, in API Gateway's words.

API Gateway validates with a Java implementation of JSON Schema draft 4 whose
messages clients see through `$context.error.validationErrorString`.
"""

from __future__ import annotations

import json
import re
from typing import Any

Schema = dict[str, Any]


def reasons(schema: Schema, value: Any) -> list[str]:
    """The violations of one value; children are looked at only if the value itself is fine."""
    found = [reason for check in CHECKS if (reason := check(schema, value))]
    if found or not isinstance(value, dict):
        return found
    properties = schema.get("properties") or {}
    return [reason for name in sorted(properties) if name in value for reason in reasons(properties[name], value[name])]


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    kinds = {float: "number", str: "string", list: "array", dict: "object"}
    return kinds[type(value)]


def _list(names: list[str]) -> str:
    return json.dumps(sorted(names), separators=(",", ":"))


def _wrong_type(schema: Schema, value: Any) -> str | None:
    allowed = schema.get("type", [])
    allowed = {allowed} if isinstance(allowed, str) else set(allowed)
    if "number" in allowed:
        allowed.add("integer")
    if not allowed or _kind(value) in allowed:
        return None
    return f"instance type ({_kind(value)}) does not match any allowed primitive type (allowed: {_list(list(allowed))})"


def _missing(schema: Schema, value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    missing = [name for name in schema.get("required") or [] if name not in value]
    return f"object has missing required properties ({_list(missing)})" if missing else None


def _surplus(schema: Schema, value: Any) -> str | None:
    if not isinstance(value, dict) or schema.get("additionalProperties") is not False:
        return None
    known = schema.get("properties") or {}
    patterns = schema.get("patternProperties") or {}
    surplus = [name for name in value if name not in known and not any(re.search(one, name) for one in patterns)]
    if not surplus:
        return None
    return f"object instance has properties which are not allowed by the schema: {_list(surplus)}"


def _text(schema: Schema, value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if len(value) < schema.get("minLength", 0):
        return f'string "{value}" is too short (length: {len(value)}, required minimum: {schema["minLength"]})'
    if len(value) > schema.get("maxLength", len(value)):
        return f'string "{value}" is too long (length: {len(value)}, maximum allowed: {schema["maxLength"]})'
    pattern = schema.get("pattern")
    if pattern and not re.search(pattern, value):
        return f'ECMA 262 regex "{pattern}" does not match input string "{value}"'
    return None


def _number(schema: Schema, value: Any) -> str | None:
    if _kind(value) not in ("integer", "number"):
        return None
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if lowest is not None and value == lowest and schema.get("exclusiveMinimum"):
        return f"numeric instance is not strictly greater than the required minimum {lowest}"
    if lowest is not None and value < lowest:
        return f"numeric instance is lower than the required minimum (minimum: {lowest}, found: {value})"
    if highest is not None and value == highest and schema.get("exclusiveMaximum"):
        return f"numeric instance is not strictly lower than the required maximum {highest}"
    if highest is not None and value > highest:
        return f"numeric instance is greater than the required maximum (maximum: {highest}, found: {value})"
    return None


def _choice(schema: Schema, value: Any) -> str | None:
    if "enum" not in schema or value in schema["enum"]:
        return None
    values = json.dumps(schema["enum"], separators=(",", ":"))
    return f"instance value ({json.dumps(value)}) not found in enum (possible values: {values})"


CHECKS = (_wrong_type, _missing, _surplus, _text, _number, _choice)
