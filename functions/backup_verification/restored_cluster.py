"""A restored Aurora cluster.

AWS Backup restores the cluster's storage and no instance, so there is nothing that could run a
statement. What can be known without one: that the snapshot became a cluster, of the live cluster's
engine and administrator, encrypted with the right key. The message says that no row was read.
(AWS Backup developer guide, "Restoring an Amazon Aurora cluster")
"""

from dataclasses import dataclass
from typing import Any

from findings import Findings
from restore_job import RestoreJob


@dataclass(frozen=True)
class RestoredCluster:
    """Compares a restored cluster with the live one of this region."""

    rds: Any
    live_cluster: str
    key_arn: str

    def check(self, job: RestoreJob) -> Findings:
        """Looks at the cluster that the job has made."""
        restored = self._describe(job.created_name)
        live = self._describe(self.live_cluster)
        problems = []
        if restored["Status"] != "available":
            problems.append(f"its status is {restored['Status']}")
        if not restored.get("StorageEncrypted") or restored.get("KmsKeyId") != self.key_arn:
            problems.append("it is not encrypted with the database's key")
        if restored["Engine"] != live["Engine"] or _major(restored) != _major(live):
            problems.append(f"it is {_engine(restored)} where the live cluster is {_engine(live)}")
        if live.get("MasterUsername") not in (None, restored.get("MasterUsername")):
            problems.append("its administrator is not the live cluster's")
        seen = f"cluster of {_engine(restored)}; no row was read, as it has no instance"
        return Findings(seen, tuple(problems))

    def _describe(self, name: str) -> dict[str, Any]:
        answer = self.rds.describe_db_clusters(DBClusterIdentifier=name)
        return answer["DBClusters"][0]


def _major(cluster: dict[str, Any]) -> str:
    return cluster["EngineVersion"].partition(".")[0]


def _engine(cluster: dict[str, Any]) -> str:
    return f"{cluster['Engine']} {cluster['EngineVersion']}"
