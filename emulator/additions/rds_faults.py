"""REAL faults of databases, except the version of a member, which is only shown (ECHO).

`promotion_hangs`: a switchover or failover is accepted and does not complete until the fault ends.
`role_changes_throttled`: the control plane takes no switchover or failover and answers `Throttling`.
`replay_paused`: every standby receives the log and does not replay it. `replication_cut`: every standby
receives nothing more; what is committed then is lost with the writer. `engine_version`: a member shows
another engine version than the one it was created with.
"""

from __future__ import annotations

from ministack.services import rds

from server.aurora import AuroraFleet
from server.faults import Data, Faults, Flag, Hold


class DatabaseFaults:
    """The faults' handlers and what they remember."""

    def __init__(self, fleet: AuroraFleet, faults: Faults) -> None:
        self._fleet = fleet
        self._versions: dict[str, str] = {}
        self.promotion = Hold()
        faults.register("promotion_hangs", self.promotion.switch)
        self.throttled = Flag()
        faults.register("role_changes_throttled", self.throttled.switch)
        faults.register("replay_paused", self._pause_replay)
        faults.register("replication_cut", self._cut_replication)
        faults.register("engine_version", self._show_version)

    def _pause_replay(self, request: Data) -> None:
        call = "pg_wal_replay_pause" if request["on"] else "pg_wal_replay_resume"
        for arn in self._fleet.arns():
            server = self._fleet.running(arn)
            if server and server.in_recovery():
                server.query(f"SELECT {call}()")

    def _cut_replication(self, request: Data) -> None:
        for arn in self._fleet.arns():
            server = self._fleet.running(arn)
            if not server or not server.in_recovery():
                continue
            if request["on"]:
                server.stop_receiving()
            else:
                server.receive_again()

    def _show_version(self, request: Data) -> None:
        arn = request["cluster_arn"]
        cluster = rds._resolve_cluster(arn)
        if not cluster:
            raise KeyError(f"a cluster with the ARN {arn}")
        original = self._versions.setdefault(arn, cluster["EngineVersion"])
        shown = request["version"] if request["on"] else original
        for record in (cluster, *rds._cluster_member_instances(cluster)):
            record["EngineVersion"] = shown
