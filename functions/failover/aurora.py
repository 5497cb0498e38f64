"""The global database as RDS describes it.

Everything is asked of one region's RDS, so that the answers are there when the other region's is
not. What the writer's engine version is, the global database says; its region is not needed.
"""

from dataclasses import dataclass
from typing import Any

from arns import name_of, region_of
from failures import Unknown

# Statuses in which the writer's role is on its way from one cluster to the other.
# (RDS API reference, FailoverState; the global cluster's status carries the same words)
_MOVING = ("failing-over", "switching-over")

# Statuses of an instance that serves, or does so again within a promotion's time: it can become the
# writer. What is missing here is not there yet, is going, or needs a person.
# (Aurora user guide, "Viewing DB instance status in an Aurora DB cluster"). A standby's instances
# restart when the primary's writer does, so a lost primary may well leave them rebooting.
# (Aurora user guide, "Limitations of Amazon Aurora Global Database")
_ABLE = (
    "available",
    "backing-up",
    "configuring-activity-stream",
    "configuring-enhanced-monitoring",
    "configuring-iam-database-auth",
    "configuring-log-exports",
    "maintenance",
    "modifying",
    "rebooting",
    "renaming",
    "resetting-master-credentials",
    "storage-optimization",
)


@dataclass(frozen=True)
class GlobalDatabase:
    """The global cluster: who is in it, who writes, and whether that is about to change."""

    status: str
    engine_version: str
    members: tuple[str, ...]
    writer: str | None
    moving_to: str | None

    @property
    def is_moving(self) -> bool:
        """Whether a failover or switchover is under way."""
        return self.moving_to is not None or self.status in _MOVING

    @property
    def writer_region(self) -> str | None:
        """The region that writes, once nothing moves."""
        return None if self.is_moving or self.writer is None else region_of(self.writer)

    def is_written_by(self, cluster_arn: str) -> bool:
        """Whether this very cluster writes, and nothing moves. Another one of its region would not do:
        the functions there call the one they know."""
        return self.writer == cluster_arn and not self.is_moving


class Aurora:
    """RDS of one region, asked about the global database and that region's cluster in it."""

    def __init__(self, client: Any, global_cluster_id: str, cluster_arn: str):
        self._client = client
        self._global_cluster_id = global_cluster_id
        self._cluster_arn = cluster_arn
        self._cluster_id = name_of(cluster_arn)

    def global_database(self) -> GlobalDatabase:
        """The global cluster and its members."""
        answer = self._client.describe_global_clusters(GlobalClusterIdentifier=self._global_cluster_id)
        cluster = _only(answer["GlobalClusters"], "global cluster")
        members = cluster.get("GlobalClusterMembers", [])
        writers = [member["DBClusterArn"] for member in members if member.get("IsWriter")]
        change = cluster.get("FailoverState") or {}
        return GlobalDatabase(
            status=cluster.get("Status", "unknown"),
            engine_version=cluster.get("EngineVersion", "unknown"),
            members=tuple(member["DBClusterArn"] for member in members),
            writer=writers[0] if len(writers) == 1 else None,
            moving_to=change.get("ToDbClusterArn", "") if change.get("Status") else None,
        )

    def cluster(self) -> dict[str, Any]:
        """This region's cluster."""
        answer = self._client.describe_db_clusters(DBClusterIdentifier=self._cluster_id)
        return _only(answer["DBClusters"], "cluster")

    def engine_version(self) -> str:
        """The version that this region's cluster runs."""
        return self.cluster().get("EngineVersion", "unknown")

    def able_instances(self) -> int:
        """How many instances of this region's cluster could take the writer's role now."""
        answer = self._client.describe_db_instances(Filters=[{"Name": "db-cluster-id", "Values": [self._cluster_id]}])
        states = [instance.get("DBInstanceStatus") for instance in answer["DBInstances"]]
        return sum(state in _ABLE for state in states)

    def switch_over_to(self, target_arn: str) -> None:
        """Asks this region, which must be the writer's, to hand the role over without loss."""
        self._client.switchover_global_cluster(
            GlobalClusterIdentifier=self._global_cluster_id,
            TargetDbClusterIdentifier=target_arn,
        )


def _only(found: list[dict[str, Any]], what: str) -> dict[str, Any]:
    if len(found) != 1:
        raise Unknown(f"{len(found)} descriptions of one {what}")
    return found[0]
