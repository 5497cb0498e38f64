"""ECHO: the AWS managed keys behind `alias/aws/*`.

On AWS they appear when a service first uses them; here when somebody first asks.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import kms


def install() -> None:
    """Create a managed key when its alias is looked up."""
    resolve = kms._resolve_key

    def resolve_with_managed_keys(identifier: str | None) -> dict[str, Any] | None:
        record = resolve(identifier)
        alias = (identifier or "").rpartition(":")[2]
        if record or not alias.startswith("alias/aws/"):
            return record
        service = alias.removeprefix("alias/aws/")
        description = f"Default key that protects my {service} data when no other key is defined"
        _, _, body = kms._create_key({"Description": description})
        key_id = json.loads(body)["KeyMetadata"]["KeyId"]
        kms._keys[key_id]["KeyManager"] = "AWS"
        kms._aliases[kms._alias_arn(alias)] = key_id
        return kms._keys[key_id]

    kms._resolve_key = resolve_with_managed_keys
