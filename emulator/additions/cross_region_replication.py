"""REAL: nothing is replicated to a region that is down; what it missed arrives when it returns.

ministack copies global table items, S3 objects and secrets to the other region while it answers the
write. ECHO is the time that this takes on AWS: here a copy between two regions that are up is there at
once, so an outage loses nothing of them.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core.responses import get_region
from ministack.services import dynamodb, s3, secretsmanager

from server.outage import Outages

Record = dict[str, Any]


class MissedCopies:
    """What the regions that are down have missed, in the order of the writes."""

    def __init__(self) -> None:
        self._missed: dict[str, list[Callable[[], Any]]] = {}
        self._lock = threading.RLock()

    def collect(self, region: str) -> None:
        """Begin to keep copies for a region that is down."""
        with self._lock:
            self._missed.setdefault(region, [])

    def deliver(self, region: str) -> None:
        """Make the copies, and end keeping them; a write of this moment waits."""
        with self._lock:
            for copy in self._missed.get(region, []):
                copy()
            self._missed.pop(region, None)

    def keep(self, region: str | None, copy: Callable[..., Any], *arguments: Any) -> bool:
        """Keep a copy for later if its region is down; it is made with the account of now."""
        with self._lock:
            if region not in self._missed:
                return False
            context = contextvars.copy_context()
            self._missed[region].append(partial(context.run, copy, *arguments))
            return True


def install(outages: Outages) -> None:
    """Wrap the three services' copying."""
    missed = MissedCopies()
    _install_dynamodb(missed)
    _install_s3(missed)
    _install_secrets(missed)
    outages.on_change(when_lost=missed.collect, when_back=missed.deliver)


def _install_dynamodb(missed: MissedCopies) -> None:
    replicate = dynamodb._replicate_write

    def replicate_to(region: str, table: Record, *write: Any) -> None:
        replicate({**table, "_global_regions": [get_region(), region]}, *write)

    def replicate_where_up(table: Record, *write: Any) -> None:
        for region in dynamodb._replica_group(table):
            if region != get_region() and not missed.keep(region, replicate_to, region, table, *write):
                replicate_to(region, table, *write)

    dynamodb._replicate_write = replicate_where_up


def _install_s3(missed: MissedCopies) -> None:
    replicate, replicate_deletion = s3._maybe_replicate, s3._maybe_replicate_delete_marker

    def replicate_late(bucket: str, key: str, record: Record, data: Any, tags: dict[str, str] | None) -> None:
        replicate(bucket, key, record, data, tags)
        for version in s3._object_versions.get((bucket, key), []):
            if version["version_id"] == record.get("version_id"):
                version["replication_status"] = record.get("replication_status")
        copied = record.get("_replica")
        if tags and copied:
            with s3._in_account(copied[2]):
                s3._object_tags[(copied[0], key, copied[1])] = dict(tags)

    def replicate_if_up(bucket: str, key: str, record: Record, data: Any, tags: dict[str, str] | None = None) -> None:
        rule, _ = s3._replication_rule_for(bucket, key, tags)
        if missed.keep(_destination(rule), replicate_late, bucket, key, record, data, tags):
            record["replication_status"] = "PENDING"
        else:
            replicate(bucket, key, record, data, tags)

    def replicate_deletion_if_up(bucket: str, key: str) -> None:
        rule, _ = s3._replication_rule_for(bucket, key, None)
        if not missed.keep(_destination(rule), replicate_deletion, bucket, key):
            replicate_deletion(bucket, key)

    s3._maybe_replicate = replicate_if_up
    s3._maybe_replicate_delete_marker = replicate_deletion_if_up


def _destination(rule: Record | None) -> str | None:
    """The region of a replication rule's bucket."""
    bucket = (rule or {}).get("Destination", {}).get("Bucket")
    return s3._replication_destination_region(bucket) if bucket else None


def _install_secrets(missed: MissedCopies) -> None:
    synchronize = secretsmanager._sync_replicas

    def synchronize_to(region: str, secret: Record) -> None:
        # The secret as it is then: a later copy brings a later value along.
        synchronize({**secret, "ReplicationStatus": [{"Region": region}]})

    def synchronize_where_up(secret: Record) -> None:
        for status in secret.get("ReplicationStatus", []):
            region = status.get("Region")
            if not missed.keep(region, synchronize_to, region, secret):
                synchronize_to(region, secret)

    secretsmanager._sync_replicas = synchronize_where_up
