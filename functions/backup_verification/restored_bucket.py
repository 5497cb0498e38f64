"""A restored bucket of receipts: objects are there, encrypted, and receipts can be read."""

import json
from dataclasses import dataclass
from typing import Any

from findings import Findings
from restore_job import RestoreJob

RECEIPTS = "receipts/"
# Read in full. They are spread over the first thousand objects.
SAMPLE = 5


@dataclass(frozen=True)
class RestoredBucket:
    """Reads what was restored of the receipts."""

    s3: Any
    key_arn: str

    def check(self, job: RestoreJob) -> Findings:
        """Looks at the bucket that the job has made."""
        listed = self.s3.list_objects_v2(Bucket=job.created_name, MaxKeys=1000)
        keys = [entry["Key"] for entry in listed.get("Contents", [])]
        problems = []
        if not keys and not job.backup_is_empty:
            problems.append(f"it has no objects, and its backup has {job.backup_bytes} bytes")
        receipts = _spread([key for key in keys if key.startswith(RECEIPTS)])
        for key in receipts:
            problems.extend(f"{key}: {problem}" for problem in self._read(job.created_name, key))
        more = " or more" if listed.get("IsTruncated") else ""
        seen = f"bucket of {len(keys)}{more} objects; {len(receipts)} receipts were read"
        return Findings(seen, tuple(problems))

    def _read(self, bucket: str, key: str) -> list[str]:
        answer = self.s3.get_object(Bucket=bucket, Key=key)
        problems = []
        if answer.get("SSEKMSKeyId") != self.key_arn:
            problems.append("not encrypted with the receipts' key")
        if not _is_receipt(key, answer["Body"].read()):
            problems.append("not the receipt that its name says")
        return problems


def _spread(keys: list[str]) -> list[str]:
    """A few of the keys, evenly spread, the same at every run."""
    if len(keys) <= SAMPLE:
        return keys
    return [keys[number * len(keys) // SAMPLE] for number in range(SAMPLE)]


def _is_receipt(key: str, content: bytes) -> bool:
    try:
        receipt = json.loads(content)
    except ValueError:
        return False
    return isinstance(receipt, dict) and key == f"{RECEIPTS}{receipt.get('payment_id')}.json"
