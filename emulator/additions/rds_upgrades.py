"""REAL: versions of Aurora change member by member, in RDS's order and with its refusals.

`ModifyGlobalCluster` takes major versions only and says so in its words of December 2025, which older
providers do not know (terraform-provider-aws issue 45398). `ModifyDBCluster` takes minor ones, the
replicas' before the writer's (issue 36107), and none that is major (issue 28761). What is not to be
applied immediately waits for a maintenance window that never comes here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import rds

Parameters = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Action = Callable[[Parameters], Response]
Record = dict[str, Any]

MINOR_THROUGH_GLOBAL = (
    "ModifyGlobalCluster doesn't support minor version upgrades for Aurora global databases. "
    "To upgrade to a newer minor version, call ModifyDBCluster for each member of your global cluster."
)
MAJOR_OF_ONE_MEMBER = (
    "Major Version Upgrade isn't supported in a single member of a global cluster. "
    "Use ModifyGlobalCluster to upgrade all the members."
)


def install() -> None:
    """Wrap both actions."""
    for action, wrapper in (
        ("ModifyGlobalCluster", _modify_global),
        ("ModifyDBCluster", _modify_cluster),
    ):
        rds._ACTION_MAP[action] = _wrapping(wrapper, rds._ACTION_MAP[action])


def _wrapping(wrapper: Callable[[Action, Parameters], Response], original: Action) -> Action:
    return lambda parameters: wrapper(original, parameters)


def _modify_global(original: Action, parameters: Parameters) -> Response:
    group = rds._global_clusters.get(rds._p(parameters, "GlobalClusterIdentifier"))
    version = rds._p(parameters, "EngineVersion")
    if not group or not version or version == group["EngineVersion"]:
        return original(parameters)
    if _major(version) == _major(group["EngineVersion"]):
        return rds._error("InvalidParameterValue", MINOR_THROUGH_GLOBAL, 400)
    response = original(parameters)
    if response[0] == 200:
        for cluster in _members(group):
            _show(cluster, version)
    return response


def _modify_cluster(original: Action, parameters: Parameters) -> Response:
    cluster = rds._resolve_cluster_in_request_region(rds._p(parameters, "DBClusterIdentifier"))
    version = rds._p(parameters, "EngineVersion")
    if not cluster or not version or version == cluster["EngineVersion"]:
        return original(parameters)
    if rds._p(parameters, "ApplyImmediately") != "true":
        return original({name: value for name, value in parameters.items() if name != "EngineVersion"})
    group = _group(cluster)
    refusal = group and _refusal(group, cluster, version)
    if refusal:
        return rds._error(*refusal, 400)
    response = original(parameters)
    if response[0] == 200:
        _show(cluster, version)
        if group and _is_writer(group, cluster):
            group["EngineVersion"] = version
    return response


def _refusal(group: Record, cluster: Record, version: str) -> tuple[str, str] | None:
    if _major(version) != _major(cluster["EngineVersion"]):
        return "InvalidParameterCombination", MAJOR_OF_ONE_MEMBER
    others = [one for one in _members(group) if one is not cluster]
    behind = any(_order(one["EngineVersion"]) < _order(version) for one in others)
    if _is_writer(group, cluster) and behind:
        return "InvalidParameterValue", (
            f"Cannot upgrade DB cluster '{cluster['DBClusterIdentifier']}' to engine version {version} as "
            "global replica(s) are running lower version. Please upgrade global replicas first before "
            "upgrading the primary member."
        )
    return None


def _group(cluster: Record) -> Record | None:
    arn = cluster["DBClusterArn"]
    for group in rds._global_clusters.values():
        if any(member["DBClusterArn"] == arn for member in group.get("GlobalClusterMembers", [])):
            return group
    return None


def _members(group: Record) -> list[Record]:
    arns = (member["DBClusterArn"] for member in group.get("GlobalClusterMembers", []))
    return [cluster for cluster in map(rds._resolve_cluster, arns) if cluster]


def _is_writer(group: Record, cluster: Record) -> bool:
    return any(
        member["DBClusterArn"] == cluster["DBClusterArn"] and member.get("IsWriter")
        for member in group.get("GlobalClusterMembers", [])
    )


def _show(cluster: Record, version: str) -> None:
    """Let the cluster's instances say the version too."""
    for member in cluster.get("DBClusterMembers", []):
        instance = rds._resolve_instance(member["DBInstanceIdentifier"])
        if instance:
            instance["EngineVersion"] = version


def _major(version: str) -> str:
    return version.split(".")[0]


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
