"""ECHO: the AWS managed keys behind `alias/aws/*`.

On AWS they appear when a service first uses them; here when somebody first asks.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import kms

# Kept apart from the customer's keys, so that listings show what the customer made.
_managed = AccountRegionScopedDict()


def install() -> None:
    """Create a managed key when its alias is looked up."""
    resolve = kms._resolve_key

    def resolve_with_managed_keys(identifier: str | None) -> dict[str, Any] | None:
        name = (identifier or "").rpartition(":")[2]
        if name.startswith("alias/aws/"):
            return _managed_key(name)
        record = resolve(identifier)
        return record or _by_id(name.removeprefix("key/"))

    kms._resolve_key = resolve_with_managed_keys


def _managed_key(alias: str) -> dict[str, Any]:
    if alias not in _managed:
        service = alias.removeprefix("alias/aws/")
        description = f"Default key that protects my {service} data when no other key is defined"
        _, _, body = kms._create_key({"Description": description})
        record = kms._keys.pop(json.loads(body)["KeyMetadata"]["KeyId"])
        record["KeyManager"] = "AWS"
        _managed[alias] = record
    return _managed[alias]


def _by_id(key_id: str) -> dict[str, Any] | None:
    return next((key for key in _managed.values() if key["KeyId"] == key_id), None)
