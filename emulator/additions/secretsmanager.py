"""REAL: secret replicas that are asked for at creation, removed or promoted, and secrets without a value.

ministack replicates secrets between regions but forgets the `AddReplicaRegions`
of CreateSecret and lacks RemoveRegionsFromReplication and
StopReplicationToReplica. It gives each new secret a version; on AWS one without a value
has none, and reading it is an error (API reference, "CreateSecret").
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, json_response
from ministack.services import secretsmanager

Response = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Wrap CreateSecret and answer the two missing actions."""
    create = secretsmanager._create_secret
    handle = secretsmanager.handle_request
    extra = {
        "RemoveRegionsFromReplication": remove_regions,
        "StopReplicationToReplica": stop_replication,
    }

    def create_with_replicas(data: dict[str, Any]) -> Response:
        response = create(data)
        if response[0] != 200:
            return response
        created = json.loads(response[2])
        if not data.get("SecretString") and not data.get("SecretBinary"):
            secretsmanager._resolve(created["ARN"])[1]["Versions"].clear()
            del created["VersionId"]
        if not data.get("AddReplicaRegions"):
            return json_response(created)
        replicated = secretsmanager._replicate_secret_to_regions(
            {
                "SecretId": created["ARN"],
                "AddReplicaRegions": data["AddReplicaRegions"],
                "ForceOverwriteReplicaSecret": data.get("ForceOverwriteReplicaSecret", False),
            }
        )
        if replicated[0] != 200:
            return replicated
        created["ReplicationStatus"] = json.loads(replicated[2])["ReplicationStatus"]
        return json_response(created)

    async def handle_request(
        method: str, path: str, headers: dict[str, Any], body: bytes, query: dict[str, Any]
    ) -> Response:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in extra:
            return extra[action](json.loads(body))
        return await handle(method, path, headers, body, query)

    secretsmanager._create_secret = create_with_replicas
    secretsmanager.handle_request = handle_request


def remove_regions(data: dict[str, Any]) -> Response:
    """RemoveRegionsFromReplication: the replicas disappear."""
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    if not secret:
        return _not_found()
    removed = set(data.get("RemoveReplicaRegions", []))
    for region in removed:
        arn = secretsmanager._secret_arn_for_region(secret, region)
        replica = secretsmanager._secrets.get_scoped(get_account_id(), region, secret["Name"])
        if replica and replica["ARN"] == arn:
            secretsmanager._secrets.pop_scoped(get_account_id(), region, secret["Name"], None)
            secretsmanager._resource_policies.pop_scoped(get_account_id(), region, arn, None)
    secret["ReplicationStatus"] = [
        status for status in secret.get("ReplicationStatus", []) if status["Region"] not in removed
    ]
    return json_response({"ARN": secret["ARN"], "ReplicationStatus": secret["ReplicationStatus"]})


def stop_replication(data: dict[str, Any]) -> Response:
    """StopReplicationToReplica: the replica becomes a secret of its own."""
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    if not secret:
        return _not_found()
    secretsmanager._unlink_from_primary(secret)
    secret.pop("_PrimarySecretArn", None)
    secret.pop("_PrimaryRegion", None)
    return json_response({"ARN": secret["ARN"]})


def _not_found() -> Response:
    return error_response_json("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)
