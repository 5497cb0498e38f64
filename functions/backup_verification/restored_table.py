"""A restored DynamoDB table: its keys, its encryption, and items that can be read.

The number of items that DescribeTable shows is hours old, so items are read instead.
(DynamoDB API reference, TableDescription)
"""

from dataclasses import dataclass
from typing import Any

from findings import Findings
from restore_job import RestoreJob

# Enough to see that items come back whole, and no more than one read of a megabyte.
SAMPLE = 100


@dataclass(frozen=True)
class RestoredTable:
    """Compares a restored table with the live one of this region."""

    dynamodb: Any
    live_table: str
    key_arn: str

    def check(self, job: RestoreJob) -> Findings:
        """Looks at the table that the job has made."""
        restored = self._describe(job.created_name)
        live = self._describe(self.live_table)
        problems = []
        if restored["TableStatus"] != "ACTIVE":
            return Findings("table", (f"its status is {restored['TableStatus']}",))
        if restored["KeySchema"] != live["KeySchema"]:
            problems.append("its key is not the live table's")
        if restored.get("SSEDescription", {}).get("KMSMasterKeyArn") != self.key_arn:
            problems.append("it is not encrypted with the sessions' key")
        items = self.dynamodb.scan(TableName=job.created_name, Limit=SAMPLE)["Items"]
        if not items and not job.backup_is_empty:
            problems.append(f"it has no items, and its backup has {job.backup_bytes} bytes")
        keys = {part["AttributeName"] for part in live["KeySchema"]}
        if any(not keys <= item.keys() for item in items):
            problems.append("an item lacks its key")
        return Findings(f"table; {len(items)} items were read", tuple(problems))

    def _describe(self, name: str) -> dict[str, Any]:
        return self.dynamodb.describe_table(TableName=name)["Table"]
