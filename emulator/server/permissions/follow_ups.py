"""What a service does with its caller's permissions to serve a call: use a key, read a secret.

Each with AWS's source: S3 "Using server-side encryption with AWS KMS keys", DynamoDB "Encryption at rest: usage notes" (the
table's key is decrypted for each principal), SNS "Key management", Secrets Manager "Secret encryption and decryption",
"Using the Data API": the secret is read by whoever calls.
"""

from __future__ import annotations

import re
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import dynamodb, kms, s3, secretsmanager, sns

from server.permissions.actions import Need, Place

Data = dict[str, Any]

ITEMS = re.compile(r"(Get|Put|Update|Delete|BatchGet|BatchWrite|TransactGet|TransactWrite)Items?$|Query$|Scan$")


def of(need: Need, given: Data, place: Place) -> list[Need]:
    """The needs that follow from one; none for a resource without a key of the account's own."""
    service, _, action = need.action.partition(":")
    with request_scope(place.account, place.region):
        if service == "s3" and action in ("PutObject", "GetObject"):
            return _object(action, need.resource, given, place)
        if service == "dynamodb" and ITEMS.match(action):
            return _keyed(_key_of_table(need.resource), ["kms:Decrypt"], "dynamodb", place, {})
        if service == "sns" and action == "Publish":
            context = {"kms:EncryptionContext:aws:sns:topicArn": need.resource}
            key = ((sns._topics.get(need.resource) or {}).get("attributes") or {}).get("KmsMasterKeyId")
            return _keyed(key, ["kms:GenerateDataKey", "kms:Decrypt"], "sns", place, context)
        if service == "secretsmanager" and action == "GetSecretValue":
            return _keyed(_key_of_secret(need.resource), ["kms:Decrypt"], "secretsmanager", place, {})
        if service == "rds-data" and given.get("secretArn"):
            return [Need("secretsmanager:GetSecretValue", given["secretArn"])]
    return []


def _object(action: str, resource: str, given: Data, place: Place) -> list[Need]:
    bucket = resource.rpartition(":")[2].partition("/")[0]
    key = given.get("SSEKMSKeyId") or _key_of_bucket(bucket)
    wanted = ["kms:GenerateDataKey"] if action == "PutObject" else ["kms:Decrypt"]
    # With a bucket key the context is the bucket, else the object; policies here name neither.
    return _keyed(key, wanted, "s3", place, {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}"})


def _keyed(key: str | None, actions: list[str], service: str, place: Place, context: dict[str, Any]) -> list[Need]:
    arn = key_arn(key, place)
    if arn is None:
        return []
    via = {"kms:ViaService": f"{service}.{place.region}.amazonaws.com", "kms:CallerAccount": place.account}
    return [Need(action, arn, {**via, **context}) for action in actions]


def key_of(arn: str, place: Place) -> str | None:
    """The customer managed key of a table or a bucket."""
    with request_scope(place.account, place.region):
        key = _key_of_table(arn) if arn.startswith("arn:aws:dynamodb:") else _key_of_bucket(arn.rpartition(":")[2])
    return key_arn(key, place)


def key_arn(key: str | None, place: Place) -> str | None:
    """The ARN of a customer managed key, by whatever name; None for AWS's own keys, which ask nobody."""
    if not key or "alias/aws/" in key:
        return None
    with request_scope(place.account, place.region):
        record = kms._resolve_key(key)
    return record["Arn"] if record else None


def _key_of_table(arn: str) -> str | None:
    table = dynamodb._tables.get(arn.split(":table/")[-1].partition("/")[0]) or {}
    return (table.get("SSEDescription") or {}).get("KMSMasterKeyArn")


def _key_of_bucket(bucket: str) -> str | None:
    found = re.search(r"<KMSMasterKeyID>([^<]+)</KMSMasterKeyID>", s3._bucket_encryption.get(bucket) or "")
    return found[1] if found else None


def _key_of_secret(arn: str) -> str | None:
    for secret in secretsmanager._secrets.values():
        if secret.get("ARN") == arn:
            return secret.get("KmsKeyId")
    return None
