"""REAL: `AuroraGlobalDBRPOLag`, measured from PostgreSQL every second and published every five.

It appears where the standby is, for the standby's cluster. While the writer or the standby does not
run there is nothing to measure, and the last point ages. The fault `lag_unknown` forgets the points and
publishes none until it ends.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator

import psycopg2
from ministack.core.responses import request_scope
from ministack.services import cloudwatch, rds

from server.aurora import AuroraFleet
from server.faults import Data, Faults
from server.replication_lag import ReplicationLag

NAMESPACE, METRIC = "AWS/RDS", "AuroraGlobalDBRPOLag"
MEASURING_SECONDS = 1.0
MEASUREMENTS_PER_POINT = 5

logger = logging.getLogger("replication-lag")


def install(fleet: AuroraFleet, faults: Faults) -> None:
    """Start to measure."""
    publisher = LagPublisher(fleet)
    faults.register("lag_unknown", publisher.switch)
    threading.Thread(target=publisher.run, name="replication-lag", daemon=True).start()


class LagPublisher:
    """Measures every standby of every global cluster."""

    def __init__(self, fleet: AuroraFleet) -> None:
        self._fleet = fleet
        self._lags: defaultdict[str, ReplicationLag] = defaultdict(ReplicationLag)
        self._unknown = False

    def switch(self, request: Data) -> None:
        """The handler of the fault `lag_unknown`."""
        self._unknown = request["on"]
        if self._unknown:
            for key in list(cloudwatch._metrics._data):
                # Keys are account, region and (namespace, metric, dimensions).
                if key[2][:2] == (NAMESPACE, METRIC):
                    cloudwatch._metrics._data.pop(key, None)

    def run(self) -> None:
        """Measure until the process ends."""
        measurement = 0
        while True:
            time.sleep(MEASURING_SECONDS)
            measurement += 1
            due = measurement % MEASUREMENTS_PER_POINT == 0
            for account, writer, standby in _pairs():
                try:
                    self._measure(account, writer, standby, due)
                except (psycopg2.Error, TypeError) as error:
                    # A server that just stops or starts, or has replayed nothing yet.
                    logger.info("no lag of %s: %s", standby, error)

    def _measure(self, account: str, writer: str, standby: str, due: bool) -> None:
        source, copy = self._fleet.running(writer), self._fleet.running(standby)
        if not source or not copy:
            return
        milliseconds = self._lags[standby].measure(source, copy)
        if due and not self._unknown:
            region, identifier = standby.split(":")[3], standby.rpartition(":")[2]
            with request_scope(account, region):
                cloudwatch.record_metric(
                    NAMESPACE,
                    METRIC,
                    milliseconds,
                    "Milliseconds",
                    {"DBClusterIdentifier": identifier},
                )


def _pairs() -> Iterator[tuple[str, str, str]]:
    """Account, writer and standby of every member that is not the writer."""
    for (account, *_), group in list(rds._global_clusters._data.items()):
        members = group.get("GlobalClusterMembers", [])
        writers = [one["DBClusterArn"] for one in members if one["IsWriter"]]
        for member in members:
            if writers and not member["IsWriter"]:
                yield account, writers[0], member["DBClusterArn"]
