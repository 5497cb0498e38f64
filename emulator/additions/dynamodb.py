"""REAL: replicas of global tables have a key and deletion protection of their own.

ministack replicates the items both ways; it forgets each replica's KMS key and
deletes a replica although it is protected against deletion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import dynamodb

Response = tuple[int, dict[str, str], bytes]
Table = dict[str, Any]


def install() -> None:
    """Wrap the replica updates and the table description."""
    apply_updates: Callable[..., Response | None] = dynamodb._apply_replica_updates
    describe: Callable[[str], Table] = dynamodb._table_description

    def apply_with_keys(name: str, table: Table, updates: list[dict[str, Any]]) -> Response | None:
        for update in updates:
            replica = _replica(name, update.get("Delete", {}).get("RegionName", ""))
            if replica and replica.get("DeletionProtectionEnabled"):
                return error_response_json(
                    "ValidationException",
                    "Table is protected against deletion. To delete the table, disable deletion protection.",
                    400,
                )
        refused = apply_updates(name, table, updates)
        if not refused:
            for update in updates:
                _remember(name, update.get("Create") or update.get("Update") or {})
        return refused

    def describe_with_keys(name: str) -> Table:
        description = describe(name)
        for replica in description.get("Replicas", []):
            key = _key(_replica(name, replica["RegionName"]))
            if key:
                replica["KMSMasterKeyId"] = key
        return description

    dynamodb._apply_replica_updates = apply_with_keys
    dynamodb._table_description = describe_with_keys


def _replica(name: str, region: str) -> Table | None:
    return dynamodb._tables.get_scoped(get_account_id(), region, name) if region else None


def _remember(name: str, settings: dict[str, Any]) -> None:
    replica = _replica(name, settings.get("RegionName", ""))
    if replica and settings.get("RegionName") != get_region() and settings.get("KMSMasterKeyId"):
        replica["SSEDescription"] = {
            "Status": "ENABLED",
            "SSEType": "KMS",
            "KMSMasterKeyArn": settings["KMSMasterKeyId"],
        }


def _key(table: Table | None) -> str | None:
    return ((table or {}).get("SSEDescription") or {}).get("KMSMasterKeyArn")
