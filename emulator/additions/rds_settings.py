"""ECHO: RDS settings and event subscriptions that are read back as they were sent.

Log exports, Performance Insights and their key, the global cluster's lifecycle support
and endpoint, event subscriptions, and Aurora PostgreSQL minor versions that
ministack's catalogue does not have yet. Nothing is exported, encrypted or sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, now_iso
from ministack.services import rds

from server import query_protocol

Parameters = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Action = Callable[[Parameters], Response]
Record = dict[str, Any]

# First and last creatable minor of each major in the Aurora release calendar of
# autumn 2026; every minor in between exists.
MINOR_VERSIONS = {"14": (17, 24), "15": (12, 19), "16": (8, 15), "17": (4, 11), "18": (3, 6)}

_subscriptions = AccountRegionScopedDict()


def install() -> None:
    """Wrap the actions that lose settings and add the missing ones."""
    _add_engine_versions()
    for action, remember in (
        ("CreateDBCluster", _remember_cluster),
        ("ModifyDBCluster", _remember_cluster),
        ("CreateDBInstance", _remember_instance),
        ("ModifyDBInstance", _remember_instance),
        ("CreateGlobalCluster", _remember_global),
        ("ModifyGlobalCluster", _remember_global),
    ):
        rds._ACTION_MAP[action] = _remembering(rds._ACTION_MAP[action], action, remember)
    rds._cluster_xml = _appending(rds._cluster_xml, _cluster_extras)
    rds._instance_xml = _appending(rds._instance_xml, _instance_extras)
    rds._global_cluster_xml = _appending(rds._global_cluster_xml, _global_extras)
    rds._ACTION_MAP.update(
        {
            "CreateEventSubscription": _create_subscription,
            "DescribeEventSubscriptions": _describe_subscriptions,
            "ModifyEventSubscription": _modify_subscription,
            "DeleteEventSubscription": _delete_subscription,
            "AddSourceIdentifierToSubscription": _add_source,
            "RemoveSourceIdentifierFromSubscription": _remove_source,
        }
    )


def _add_engine_versions() -> None:
    for major, (first, last) in MINOR_VERSIONS.items():
        for minor in range(first, last + 1):
            version = f"{major}.{minor}"
            if version not in rds.AURORA_POSTGRESQL_ENGINE_VERSION_SET:
                rds.AURORA_POSTGRESQL_ENGINE_VERSION_SET.add(version)
                rds.AURORA_POSTGRESQL_ENGINE_VERSIONS.append((version, f"aurora-postgresql{major}"))


def _remembering(original: Action, action: str, remember: Callable[[dict[str, Any]], None]) -> Action:
    def wrapped(parameters: Parameters) -> Response:
        response = original(parameters)
        if response[0] == 200:
            remember(query_protocol.read("rds", action, parameters))
        return response

    return wrapped


def _remember_cluster(request: dict[str, Any]) -> None:
    cluster = rds._resolve_cluster_in_request_region(request["DBClusterIdentifier"])
    if not cluster:
        return
    if "EnableCloudwatchLogsExports" in request:
        cluster["EnabledCloudwatchLogsExports"] = request["EnableCloudwatchLogsExports"]
    change_log_exports(cluster, request.get("CloudwatchLogsExportConfiguration"))


def change_log_exports(record: Record, change: dict[str, list[str]] | None) -> None:
    """Apply the enable and disable lists of a modify request."""
    if change:
        enabled = set(record.get("EnabledCloudwatchLogsExports") or [])
        enabled |= set(change.get("EnableLogTypes", []))
        enabled -= set(change.get("DisableLogTypes", []))
        record["EnabledCloudwatchLogsExports"] = sorted(enabled)


def _remember_instance(request: dict[str, Any]) -> None:
    instance = rds._resolve_instance(request["DBInstanceIdentifier"])
    if not instance:
        return
    for field in ("PerformanceInsightsKMSKeyId", "CACertificateIdentifier"):
        if request.get(field):
            instance[field] = request[field]
    if "EnablePerformanceInsights" in request:
        instance["PerformanceInsightsEnabled"] = request["EnablePerformanceInsights"]


def _remember_global(request: dict[str, Any]) -> None:
    identifier = request.get("NewGlobalClusterIdentifier") or request["GlobalClusterIdentifier"]
    group = rds._global_clusters.get(identifier)
    if group and "EngineLifecycleSupport" in request:
        group["EngineLifecycleSupport"] = request["EngineLifecycleSupport"]


def _appending(original: Callable[[Record], str], extras: Callable[[Record], str]) -> Any:
    return lambda record: original(record) + extras(record)


def _cluster_extras(cluster: Record) -> str:
    exports = cluster.get("EnabledCloudwatchLogsExports") or []
    return query_protocol.write_shape("rds", "DBCluster", {"EnabledCloudwatchLogsExports": exports})


def _instance_extras(instance: Record) -> str:
    key = instance.get("PerformanceInsightsKMSKeyId")
    return query_protocol.write_shape("rds", "DBInstance", {"PerformanceInsightsKMSKeyId": key})


def _global_extras(group: Record) -> str:
    identifier = group["GlobalClusterIdentifier"]
    unique = group["GlobalClusterResourceId"].removeprefix("cluster-")[:12]
    extras = {
        "EngineLifecycleSupport": group.get("EngineLifecycleSupport"),
        "Endpoint": f"{identifier}.global-{unique}.global.rds.amazonaws.com",
    }
    return query_protocol.write_shape("rds", "GlobalCluster", extras)


def _create_subscription(parameters: Parameters) -> Response:
    request = query_protocol.read("rds", "CreateEventSubscription", parameters)
    name = request["SubscriptionName"]
    if name in _subscriptions:
        return rds._error("SubscriptionAlreadyExist", f"Subscription {name} already exists.", 400)
    arn = f"arn:aws:rds:{get_region()}:{get_account_id()}:es:{name}"
    _subscriptions[name] = {
        "CustomerAwsId": get_account_id(),
        "CustSubscriptionId": name,
        "SnsTopicArn": request["SnsTopicArn"],
        "Status": "active",
        "SubscriptionCreationTime": now_iso(),
        "SourceType": request.get("SourceType"),
        "SourceIdsList": request.get("SourceIds", []),
        "EventCategoriesList": request.get("EventCategories", []),
        "Enabled": request.get("Enabled", True),
        "EventSubscriptionArn": arn,
    }
    rds._tags[arn] = request.get("Tags", [])
    return _subscription_answer("CreateEventSubscription", name)


def _subscription_answer(operation: str, name: str) -> Response:
    return query_protocol.write("rds", operation, {"EventSubscription": _subscriptions[name]})


def _describe_subscriptions(parameters: Parameters) -> Response:
    name = rds._p(parameters, "SubscriptionName")
    if name and name not in _subscriptions:
        return _subscription_not_found(name)
    found = [_subscriptions[name]] if name else _subscriptions.values()
    answer = {"EventSubscriptionsList": found}
    return query_protocol.write("rds", "DescribeEventSubscriptions", answer)


def _modify_subscription(parameters: Parameters) -> Response:
    request = query_protocol.read("rds", "ModifyEventSubscription", parameters)
    name = request["SubscriptionName"]
    if name not in _subscriptions:
        return _subscription_not_found(name)
    subscription = _subscriptions[name]
    for field in ("SnsTopicArn", "SourceType", "Enabled"):
        subscription[field] = request.get(field, subscription[field])
    if "EventCategories" in request:
        subscription["EventCategoriesList"] = request["EventCategories"]
    return _subscription_answer("ModifyEventSubscription", name)


def _delete_subscription(parameters: Parameters) -> Response:
    name = rds._p(parameters, "SubscriptionName")
    if name not in _subscriptions:
        return _subscription_not_found(name)
    response = _subscription_answer("DeleteEventSubscription", name)
    rds._tags.pop(_subscriptions.pop(name)["EventSubscriptionArn"], None)
    return response


def _add_source(parameters: Parameters) -> Response:
    return _change_source(parameters, "AddSourceIdentifierToSubscription", add=True)


def _remove_source(parameters: Parameters) -> Response:
    return _change_source(parameters, "RemoveSourceIdentifierFromSubscription", add=False)


def _change_source(parameters: Parameters, operation: str, *, add: bool) -> Response:
    name, source = rds._p(parameters, "SubscriptionName"), rds._p(parameters, "SourceIdentifier")
    if name not in _subscriptions:
        return _subscription_not_found(name)
    others = [one for one in _subscriptions[name]["SourceIdsList"] if one != source]
    _subscriptions[name]["SourceIdsList"] = [*others, source] if add else others
    return _subscription_answer(operation, name)


def _subscription_not_found(name: str) -> Response:
    return rds._error("SubscriptionNotFound", f"Subscription {name} not found.", 404)
