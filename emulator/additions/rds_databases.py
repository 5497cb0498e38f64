"""REAL: a PostgreSQL server behind every Aurora PostgreSQL cluster.

The first instance of a cluster starts the server: a primary with the master
user, password and database of the request, or a streaming standby when another
cluster of the same global database is the writer. Deleting the last instance
stops the server, deleting the cluster deletes the data. Switchover and failover
promote for real, in the background as on AWS; describe calls show the progress, for
a few seconds at least, and nothing leaves the global database meanwhile.
"""

from __future__ import annotations

import contextvars
import copy
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import rds

from additions.rds_faults import DatabaseFaults
from additions.rds_outages import CONNECTED, RESYNCHRONIZING, LostDatabases, set_synchronization
from server.aurora import AuroraFleet
from server.faults import Faults, Hold
from server.outage import Outages

Parameters = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Action = Callable[[Parameters], Response]
Record = dict[str, Any]

logger = logging.getLogger("rds-databases")

# A promotion takes PostgreSQL a moment and Aurora a minute or two; whoever looks every few seconds sees it in both.
LEAST_SECONDS = 4.0


def install(fleet: AuroraFleet, outages: Outages, faults: Faults) -> None:
    """Wrap the RDS actions that create, move and delete databases."""
    lost = LostDatabases(fleet, outages, faults)
    databases = Databases(fleet, lost, DatabaseFaults(fleet, faults))
    for action in (
        "CreateDBInstance",
        "DeleteDBInstance",
        "DeleteDBCluster",
        "ModifyDBCluster",
        "RemoveFromGlobalCluster",
    ):
        original = rds._ACTION_MAP[action]
        rds._ACTION_MAP[action] = databases.wrapping(action, original)
    # Endpoints keep the names they have on AWS; the Data API and the emulator's own
    # endpoints know where the servers really are.
    rds._sync_cluster_endpoints = lambda cluster: None
    rds._ACTION_MAP["SwitchoverGlobalCluster"] = databases.switchover
    rds._ACTION_MAP["FailoverGlobalCluster"] = databases.failover


class Databases:
    """The wrapped actions, sharing one fleet of servers."""

    def __init__(self, fleet: AuroraFleet, lost: LostDatabases, faults: DatabaseFaults) -> None:
        self._fleet = fleet
        self._lost = lost
        self._promotion = faults.promotion
        self._throttled = faults.throttled

    def wrapping(self, action: str, original: Action) -> Action:
        """The wrapper of one action."""
        wrapper = {
            "CreateDBInstance": self._create_instance,
            "DeleteDBInstance": self._delete_instance,
            "DeleteDBCluster": self._delete_cluster,
            "ModifyDBCluster": self._modify_cluster,
            "RemoveFromGlobalCluster": self._remove_from_global,
        }[action]
        return lambda parameters: wrapper(original, parameters)

    def _create_instance(self, original: Action, parameters: Parameters) -> Response:
        cluster = _cluster(parameters)
        if not cluster or not _is_postgres(cluster):
            return original(parameters)
        writer = _writer_of(cluster)
        if writer is not cluster and not self._fleet.running(writer["DBClusterArn"]):
            return rds._error(
                "InvalidDBClusterStateFault",
                "The source cluster of the global database has no available DB instance.",
                400,
            )
        response = original(parameters)
        if response[0] == 200:
            _name_endpoint(parameters, cluster)
            try:
                self._start(cluster, writer)
            except Exception as error:
                logger.exception("starting PostgreSQL for %s", cluster["DBClusterArn"])
                rds._ACTION_MAP["DeleteDBInstance"](
                    {"DBInstanceIdentifier": parameters["DBInstanceIdentifier"], "SkipFinalSnapshot": "true"}
                )
                return rds._error("InternalFailure", rds._esc(str(error)), 500)
        return response

    def _start(self, cluster: Record, writer: Record) -> None:
        arn = cluster["DBClusterArn"]
        if writer is cluster:
            self._fleet.start_primary(
                arn,
                cluster["MasterUsername"],
                cluster["_MasterUserPassword"],
                cluster.get("DatabaseName") or "postgres",
            )
        else:
            self._fleet.start_standby(arn, writer["DBClusterArn"])

    def _delete_instance(self, original: Action, parameters: Parameters) -> Response:
        instance = rds._resolve_instance(rds._p(parameters, "DBInstanceIdentifier"))
        cluster = _cluster(instance or {})
        if cluster and _is_last_instance(cluster) and _has_readers_elsewhere(cluster):
            return rds._error(
                "InvalidDBClusterStateFault",
                "Cannot delete the last instance of the master cluster. "
                "Delete the replica cluster before deleting the last master cluster instance.",
                400,
            )
        response = original(parameters)
        if response[0] == 200 and cluster and not cluster.get("DBClusterMembers"):
            self._fleet.stop(cluster["DBClusterArn"])
        return response

    def _delete_cluster(self, original: Action, parameters: Parameters) -> Response:
        cluster = _cluster(parameters)
        snapshot = rds._p(parameters, "FinalDBSnapshotIdentifier")
        if cluster and snapshot and snapshot in rds._db_cluster_snapshots:
            return rds._error(
                "DBClusterSnapshotAlreadyExistsFault",
                f"Cannot create the cluster snapshot because one with the identifier {snapshot} already exists.",
                400,
            )
        response = original(parameters)
        if response[0] == 200 and cluster:
            if snapshot:
                rds._create_cluster_snapshot_internal(snapshot, cluster)
            self._fleet.remove(cluster["DBClusterArn"])
        return response

    def _modify_cluster(self, original: Action, parameters: Parameters) -> Response:
        response = original(parameters)
        cluster, password = _cluster(parameters), rds._p(parameters, "MasterUserPassword")
        if response[0] == 200 and cluster and password:
            server = self._fleet.running(cluster["DBClusterArn"])
            if server and not server.in_recovery():
                server.set_password(cluster["MasterUsername"], password)
        return response

    def _remove_from_global(self, original: Action, parameters: Parameters) -> Response:
        group = rds._resolve_global_cluster(rds._p(parameters, "GlobalClusterIdentifier"))
        if group and group["Status"] != "available":
            return rds._error(
                "InvalidGlobalClusterStateFault",
                f"Global cluster {group['GlobalClusterIdentifier']} is {group['Status']}.",
                400,
            )
        identifier = rds._p(parameters, "DbClusterIdentifier")
        cluster = rds._resolve_cluster(identifier)
        arn = cluster["DBClusterArn"] if cluster else identifier
        if group and all(member["DBClusterArn"] != arn for member in group["GlobalClusterMembers"]):
            # terraform-provider-aws (rds/global_cluster.go) takes a member for removed by this answer alone. A destroy detaches
            # what its plan saw, and the standby is deleted by then.
            return rds._error(
                "InvalidParameterValue",
                f"Cluster {rds._esc(identifier)} is not found in global cluster {group['GlobalClusterIdentifier']}.",
                400,
            )
        response = original(parameters)
        if response[0] == 200 and cluster:
            self._fleet.detach(cluster["DBClusterArn"])
        return response

    def switchover(self, parameters: Parameters) -> Response:
        """SwitchoverGlobalCluster: swap roles, zero data loss."""
        return self._change_writer(parameters, "Switchover", allow_data_loss=False)

    def failover(self, parameters: Parameters) -> Response:
        """FailoverGlobalCluster: without AllowDataLoss it is a switchover."""
        if "AllowDataLoss" in parameters and "Switchover" in parameters:
            return rds._error(
                "InvalidParameterCombination",
                "AllowDataLoss and Switchover cannot both be specified.",
                400,
            )
        lossy = str(rds._p(parameters, "AllowDataLoss")).lower() == "true"
        return self._change_writer(parameters, "Failover", allow_data_loss=lossy)

    def _change_writer(self, parameters: Parameters, name: str, *, allow_data_loss: bool) -> Response:
        if self._throttled.on:
            return rds._error("Throttling", "Rate exceeded", 400)
        resolved, error = rds._resolve_global_writer_switch(parameters)
        if error:
            return error
        group, target, target_member, writer_member = resolved
        with self._fleet.lock:
            if group["Status"] != "available":
                return rds._error(
                    "InvalidGlobalClusterStateFault",
                    f"Global cluster {group['GlobalClusterIdentifier']} is {group['Status']}.",
                    400,
                )
            if not target.get("DBClusterMembers"):
                return rds._error(
                    "InvalidDBClusterStateFault",
                    f"DBCluster {target['DBClusterIdentifier']} has no DB instance.",
                    400,
                )
            unreachable = self._unreachable(target_member, writer_member, allow_data_loss)
            if unreachable:
                return rds._error(
                    "InvalidDBClusterStateFault",
                    f"DBCluster {unreachable} is not in the available state.",
                    400,
                )
            group["Status"] = "failing-over" if allow_data_loss else "switching-over"
            group["FailoverState"] = {
                "Status": "pending",
                "FromDbClusterArn": writer_member["DBClusterArn"],
                "ToDbClusterArn": target_member["DBClusterArn"],
                "IsDataLossAllowed": allow_data_loss,
            }
            answer = copy.deepcopy(group)
        change = WriterChange(
            self._fleet,
            self._lost,
            self._promotion,
            group,
            target_member,
            writer_member,
            allow_data_loss,
        )
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(change.run,), daemon=True).start()
        return rds._xml(
            200,
            f"{name}GlobalClusterResponse",
            f"<{name}GlobalClusterResult><GlobalCluster>{rds._global_cluster_xml(answer)}"
            f"</GlobalCluster></{name}GlobalClusterResult>",
        )

    def _unreachable(self, target: Record, writer: Record, allow_data_loss: bool) -> str | None:
        """A cluster that has to take part and is in a region that is down."""
        needed = [target] if allow_data_loss else [target, writer]
        arns = [member["DBClusterArn"] for member in needed]
        return next((arn for arn in arns if self._lost.is_down(arn)), None)


class WriterChange:
    """One switchover or failover, run in the background."""

    def __init__(
        self,
        fleet: AuroraFleet,
        lost: LostDatabases,
        promotion: Hold,
        group: Record,
        target: Record,
        writer: Record,
        lossy: bool,
    ) -> None:
        self._fleet = fleet
        self._lost = lost
        self._promotion = promotion
        self._group = group
        self._target = target
        self._writer = writer
        self._lossy = lossy

    def run(self) -> None:
        """Promote, then publish the new roles; a failure leaves the old ones."""
        begun = time.monotonic()
        old, new = self._writer["DBClusterArn"], self._target["DBClusterArn"]
        self._group["FailoverState"]["Status"] = "failing-over" if self._lossy else "switching-over"
        self._promotion.wait()
        try:
            with self._lost.moving:
                self._move(old, new)
        except Exception:
            logger.exception("moving the writer from %s to %s", old, new)
        finally:
            time.sleep(max(0.0, begun + LEAST_SECONDS - time.monotonic()))
            self._group.pop("FailoverState", None)
            self._group["Status"] = "available"

    def _move(self, old: str, new: str) -> None:
        if not self._lossy:
            self._fleet.switch_over(old, new)
            rds._set_global_cluster_writer(self._group, self._target)
            return
        self._fleet.fail_over(old, new)
        rds._set_global_cluster_writer(self._group, self._target)
        set_synchronization(new, CONNECTED)
        set_synchronization(old, RESYNCHRONIZING)
        # A region that is down cannot be resynchronized: it is when it returns.
        if self._fleet.server(old) and not self._lost.is_down(old):
            self._fleet.rejoin(old, new)
            set_synchronization(old, CONNECTED)


def _cluster(parameters: Parameters) -> Record | None:
    identifier = rds._p(parameters, "DBClusterIdentifier")
    return rds._resolve_cluster_in_request_region(identifier) if identifier else None


def _name_endpoint(parameters: Parameters, cluster: Record) -> None:
    """Give an instance the name it has on AWS: like the cluster's, without `cluster-`."""
    identifier = rds._p(parameters, "DBInstanceIdentifier")
    instance, (_, _, domain) = rds._instances[identifier], cluster["Endpoint"].partition(".cluster-")
    instance["Endpoint"] |= {"Address": f"{identifier}.{domain}", "Port": cluster["Port"]}


def _is_postgres(cluster: Record) -> bool:
    return cluster.get("Engine") == "aurora-postgresql"


def _writer_of(cluster: Record) -> Record:
    """The writer cluster of the global database, or the cluster itself."""
    group = rds._global_clusters.get(cluster.get("GlobalClusterIdentifier"))
    writer = rds._global_cluster_writer_cluster(group) if group else None
    return writer or cluster


def _is_last_instance(cluster: Record) -> bool:
    return len(cluster.get("DBClusterMembers", [])) == 1


def _has_readers_elsewhere(cluster: Record) -> bool:
    group = rds._global_clusters.get(cluster.get("GlobalClusterIdentifier"))
    return bool(group) and _writer_of(cluster) is cluster and len(group["GlobalClusterMembers"]) > 1
