"""Receipts: one JSON object per payment in this region's bucket."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deadline import Deadline
from failures import Unavailable
from ledger import Entry
from region_settings import RegionSettings

STEP = "receipt"


class Receipts:
    """The receipts bucket. Encryption is the bucket's own default; no key is named here."""

    def __init__(self, client: Any, settings: RegionSettings):
        self._client = client
        self._bucket = settings.receipts_bucket

    def write(self, entry: Entry, deadline: Deadline) -> None:
        """Writes the receipt. It is made of the ledger's row alone, so writing it again,
        from whichever region, writes the same bytes under the same key."""
        deadline.check(STEP)
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=f"receipts/{entry.payment_id}.json",
                Body=_document(entry),
                ContentType="application/json",
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable.because_of(STEP, error) from error


def _document(entry: Entry) -> bytes:
    receipt = {
        "payment_id": entry.payment_id,
        "amount": str(entry.amount),
        "status": entry.status,
        "region": entry.region,
        "processed_at": entry.processed_at,
    }
    return json.dumps(receipt, separators=(",", ":")).encode("utf-8")
