"""Results of the Data API: PostgreSQL values as typed fields, and column metadata."""

from __future__ import annotations

import base64
import datetime
import decimal
import json
from typing import Any

import psycopg2.extensions

# JDBC type codes, which the Data API reports as `type`.
JDBC_TYPES = {
    "bool": -7,
    "bytea": -2,
    "int2": 5,
    "int4": 4,
    "int8": -5,
    "float4": 7,
    "float8": 8,
    "numeric": 2,
    "varchar": 12,
    "text": 12,
    "bpchar": 1,
    "date": 91,
    "time": 92,
    "timestamp": 93,
    "timestamptz": 93,
    "timetz": 92,
}
JDBC_OTHER = 1111
SIGNED_TYPES = {"int2", "int4", "int8", "float4", "float8", "numeric"}
ARRAY_MEMBERS = {
    "booleanValue": "booleanValues",
    "longValue": "longValues",
    "doubleValue": "doubleValues",
    "stringValue": "stringValues",
}


class UnsupportedResultError(ValueError):
    """A result the Data API cannot return."""


def field(value: Any, options: dict[str, str]) -> dict[str, Any]:
    """One value as a Data API field."""
    if value is None:
        return {"isNull": True}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        text = options.get("longReturnType") == "STRING"
        return {"stringValue": str(value)} if text else {"longValue": value}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, decimal.Decimal):
        return _decimal_field(value, options)
    if isinstance(value, (bytes, memoryview)):
        return {"blobValue": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, list):
        return {"arrayValue": _array(value, options)}
    return {"stringValue": as_text(value)}


def _decimal_field(value: decimal.Decimal, options: dict[str, str]) -> dict[str, Any]:
    if options.get("decimalReturnType") != "DOUBLE_OR_LONG":
        return {"stringValue": str(value)}
    if value == value.to_integral_value():
        return {"longValue": int(value)}
    return {"doubleValue": float(value)}


def _array(values: list[Any], options: dict[str, str]) -> dict[str, list[Any]]:
    fields = [field(value, options) for value in values]
    members = {member for one in fields for member in one}
    if len(members) > 1 or members & {"isNull", "arrayValue", "blobValue"}:
        raise UnsupportedResultError("The result contains an unsupported array.")
    member = members.pop() if members else "stringValue"
    return {ARRAY_MEMBERS[member]: [next(iter(one.values())) for one in fields]}


def as_text(value: Any) -> str:
    """A value in the text form of the Data API: timestamps in UTC, without a zone."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo:
            value = value.astimezone(datetime.UTC).replace(tzinfo=None)
        return value.isoformat(" ")
    return str(value)


def json_rows(cursor: psycopg2.extensions.cursor, rows: list[tuple[Any, ...]]) -> str:
    """The rows as a JSON array of objects, for `formatRecordsAs: JSON`."""
    names = [column.name for column in cursor.description or ()]
    return json.dumps([dict(zip(names, map(_json_value, row), strict=True)) for row in rows])


def _json_value(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, list):
        return [_json_value(one) for one in value]
    return as_text(value)


def column_metadata(
    cursor: psycopg2.extensions.cursor, connection: psycopg2.extensions.connection
) -> list[dict[str, Any]]:
    """Column metadata of the last result."""
    columns = cursor.description or ()
    with connection.cursor() as lookup:
        types = _names(lookup, "pg_type", "typname", [c.type_code for c in columns])
        tables = _names(lookup, "pg_class", "relname", [c.table_oid for c in columns])
    return [
        {
            "name": column.name,
            "label": column.name,
            "type": JDBC_TYPES.get(types.get(column.type_code, ""), JDBC_OTHER),
            "typeName": types.get(column.type_code, ""),
            "tableName": tables.get(column.table_oid, ""),
            "schemaName": "",
            "nullable": 2,
            "precision": column.precision or 0,
            "scale": column.scale or 0,
            "isAutoIncrement": False,
            "isCaseSensitive": types.get(column.type_code) in ("text", "varchar", "bpchar"),
            "isCurrency": False,
            "isSigned": types.get(column.type_code) in SIGNED_TYPES,
            "arrayBaseColumnType": 0,
        }
        for column in columns
    ]


def _names(cursor: psycopg2.extensions.cursor, catalog: str, column: str, oids: list[int | None]) -> dict[int, str]:
    wanted = sorted({oid for oid in oids if oid})
    if not wanted:
        return {}
    cursor.execute(f"SELECT oid, {column} FROM {catalog} WHERE oid = ANY(%s::oid[])", (wanted,))
    return dict(cursor.fetchall())
