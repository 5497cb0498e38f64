"""How far a region's cluster is behind the writer, as CloudWatch has it.

`AuroraGlobalDBRPOLag` is published in the secondary's region only, under the secondary's cluster.
(Aurora user guide, "Cluster-level metrics for Amazon Aurora")
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from arns import name_of

_PERIOD_SECONDS = 60
# Far enough back to tell "old" from "never there".
_LOOK_BACK = timedelta(hours=1)


@dataclass(frozen=True)
class Lag:
    """The newest value known, and how old it is."""

    milliseconds: int
    age_seconds: int


class ReplicationLag:
    """The lag of one region's cluster, read in that region."""

    def __init__(self, client: Any, cluster_arn: str, clock: Callable[[], float] = time.time):
        self._client = client
        self._cluster_id = name_of(cluster_arn)
        self._clock = clock

    def latest(self, at: float | None = None) -> Lag | None:
        """The worst lag of the newest minute that has one, as it was at a moment, now by default; None
        if the hour before that has none."""
        moment = datetime.fromtimestamp(self._clock() if at is None else at, UTC)
        answer = self._client.get_metric_data(
            MetricDataQueries=[{"Id": "lag", "MetricStat": self._statistic()}],
            StartTime=moment - _LOOK_BACK,
            EndTime=moment + timedelta(seconds=_PERIOD_SECONDS),
        )
        points = [
            (time, value)
            for result in answer["MetricDataResults"]
            for time, value in zip(result["Timestamps"], result["Values"], strict=False)
            if at is None or time <= moment
        ]
        if not points:
            return None
        newest, value = max(points)
        # A minute's value carries the minute's beginning: this makes it look older, never newer.
        return Lag(round(value), max(0, int((moment - newest).total_seconds())))

    def _statistic(self) -> dict[str, Any]:
        return {
            "Metric": {
                "Namespace": "AWS/RDS",
                "MetricName": "AuroraGlobalDBRPOLag",
                "Dimensions": [{"Name": "DBClusterIdentifier", "Value": self._cluster_id}],
            },
            "Period": _PERIOD_SECONDS,
            "Stat": "Maximum",
        }
