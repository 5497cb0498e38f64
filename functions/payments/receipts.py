"""Receipts: one JSON object per payment in this region's bucket."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deadline import Deadline
from failures import Unavailable
from ledger import Entry
from region_settings import RegionSettings

STEP = "receipt"
_IS_THERE = ("PreconditionFailed", "ConditionalRequestConflict")


class Receipts:
    """The receipts bucket. Encryption is the bucket's own default; no key is named here."""

    def __init__(self, client: Any, settings: RegionSettings):
        self._client = client
        self._bucket = settings.receipts_bucket

    def write(self, entry: Entry, deadline: Deadline) -> dict[str, Any] | None:
        """Writes the receipt unless one is there. It is made of the ledger's row alone, so whoever
        writes it, in whichever region, writes the same bytes under the same key, and a repetition
        makes no further version of it. Returns the one that is there if it says something else:
        that of a payment which a failover has lost."""
        key, document = _key(entry), _document(entry)
        if self._create(key, document, deadline):
            return None
        standing = self._read(key, deadline)
        return None if standing == document else _parsed(standing)

    def replace(self, entry: Entry, deadline: Deadline) -> None:
        """Writes the receipt over another one, which becomes a former version."""
        put = self._client.put_object
        self._call(deadline, put, Body=_document(entry), **self._object(_key(entry)))

    def probe(self, region: str, deadline: Deadline) -> None:
        """Shows that receipts can be written, without a new version for each time it is asked:
        S3 refuses to write an object that is there after it has let the writer in. '/' cannot
        occur in a payment_id."""
        self._create(f"receipts/health/{region}", b"{}", deadline)

    def _create(self, key: str, body: bytes, deadline: Deadline) -> bool:
        """Whether this call wrote the object. It did not where another one has, or is about to.
        (Amazon S3 user guide, "Prevent object overwrites with conditional writes")"""
        put = self._client.put_object
        try:
            self._call(deadline, put, Body=body, IfNoneMatch="*", **self._object(key))
        except Unavailable as refusal:
            if refusal.reason in _IS_THERE:
                return False
            raise
        return True

    def _read(self, key: str, deadline: Deadline) -> bytes:
        answer = self._call(deadline, self._client.get_object, Key=key)
        try:
            return answer["Body"].read()
        # The stream raises errors of urllib3 and of the socket, which botocore does not wrap all.
        except Exception as error:
            raise Unavailable.because_of(STEP, error) from error

    def _call(self, deadline: Deadline, operation: Any, **parameters: Any) -> dict[str, Any]:
        deadline.check(STEP)
        try:
            return operation(Bucket=self._bucket, **parameters)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable.because_of(STEP, error) from error

    @staticmethod
    def _object(key: str) -> dict[str, Any]:
        return {"Key": key, "ContentType": "application/json"}


def _key(entry: Entry) -> str:
    return f"receipts/{entry.payment_id}.json"


def _parsed(receipt: bytes) -> dict[str, Any]:
    try:
        document = json.loads(receipt)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _document(entry: Entry) -> bytes:
    receipt = {
        "payment_id": entry.payment_id,
        "amount": str(entry.amount),
        "status": entry.status,
        "region": entry.region,
        "processed_at": entry.processed_at,
    }
    return json.dumps(receipt, separators=(",", ":")).encode("utf-8")
