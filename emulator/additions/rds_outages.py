"""REAL: the database servers of a region that goes down are killed, and return as AWS brings them back.

A cluster that is still the writer, or still follows the same writer, starts on its data. A former
writer starts as a standby on a new copy of the writer's data: it cannot accept a write again. The
synchronization status of the members follows; ECHO is that it does not show a standby's lag.

The fault `old_writer_unfenced` is the case that Aurora does not promise to exclude: a former writer
returns on the data that it had, and takes writes which nobody will ever read. When the fault ends it
becomes a standby on a new copy.
"""

from __future__ import annotations

import threading
from typing import Any

from ministack.services import rds

from server.aurora import AuroraFleet
from server.faults import Data, Faults
from server.outage import Outages

Record = dict[str, Any]

CONNECTED, RESYNCHRONIZING = "connected", "pending-resync"


class LostDatabases:
    """The servers that an outage ended, each with the writer it had then."""

    def __init__(self, fleet: AuroraFleet, outages: Outages, faults: Faults) -> None:
        self._fleet = fleet
        self._outages = outages
        self._writers: dict[str, str] = {}
        self._fences = True
        # Held by what moves the writer, so that a server returns to a settled group.
        self.moving = threading.Lock()
        outages.on_change(self._lose, self._bring_back)
        faults.register("old_writer_unfenced", self._leave_unfenced)

    def is_down(self, arn: str) -> bool:
        """Whether the cluster's region is down."""
        return self._outages.is_down(region(arn))

    def _lose(self, lost_region: str) -> None:
        for arn in self._fleet.arns():
            if region(arn) == lost_region and self._fleet.running(arn):
                self._writers[arn] = _writer_arn(arn)
                self._fleet.crash(arn)
                set_synchronization(arn, RESYNCHRONIZING)

    def _bring_back(self, returning: str) -> None:
        with self.moving:
            here = [arn for arn in self._writers if region(arn) == returning or not self.is_down(arn)]
            # A standby copies from a running writer, so writers first.
            for arn in sorted(here, key=lambda arn: _writer_arn(arn) != arn):
                self._start(arn, _writer_arn(arn))

    def _leave_unfenced(self, request: Data) -> None:
        self._fences = not request["on"]
        if not self._fences:
            return
        with self.moving:
            for arn in sorted(self._fleet.unfenced):
                self._fleet.crash(arn)
                self._fleet.rejoin(arn, _writer_arn(arn))
            self._fleet.unfenced.clear()

    def _start(self, arn: str, writer: str) -> None:
        if self._fleet.server(arn) and writer == self._writers[arn]:
            self._fleet.restart(arn)
        elif self._fleet.server(arn) and not self._fences:
            self._fleet.restart(arn)
            self._fleet.unfenced.add(arn)
        elif self._fleet.server(arn) and self._fleet.running(writer):
            self._fleet.rejoin(arn, writer)
        elif self._fleet.server(arn):
            # Its new writer is down too: it waits for that, a former writer must not start alone.
            return
        del self._writers[arn]
        set_synchronization(arn, CONNECTED)


def region(arn: str) -> str:
    """The region in an ARN."""
    return arn.split(":")[3]


def set_synchronization(arn: str, status: str) -> None:
    """Show a cluster's synchronization status in its global cluster."""
    for member in _group(arn).get("GlobalClusterMembers", []):
        if member["DBClusterArn"] == arn:
            member["SynchronizationStatus"] = status


def _writer_arn(arn: str) -> str:
    """The writer of the cluster's global cluster, itself without one."""
    members = _group(arn).get("GlobalClusterMembers", [])
    return next((one["DBClusterArn"] for one in members if one["IsWriter"]), arn)


def _group(arn: str) -> Record:
    cluster = rds._resolve_cluster(arn) or {}
    return rds._global_clusters.get(cluster.get("GlobalClusterIdentifier")) or {}
