"""What ministack lacks or reads back wrongly, one module per service.

Each module's docstring starts with REAL (behaves like the service) or ECHO
(stores what was sent and returns it). They wrap ministack's own handlers at
start-up; nothing of ministack is copied or changed on disk, so they are tied to
one version of it.
"""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.metadata import version
from typing import Any

from server.aurora import AuroraFleet
from server.faults import Faults
from server.models.gate import Gate
from server.outage import Outages
from server.permissions.enforcement import Permissions

MINISTACK_VERSION = "1.5.33"
# Those that need nothing of the server, in the order in which they wrap ministack's handlers.
SEPARATE = (
    "acm",
    "apigateway",
    "availability_zones",
    "backup",
    "cloudwatch",
    "config",
    "custom_runtimes",
    "dynamodb",
    "ec2",
    "endpoint_services",
    "executions",
    "fis",
    "function_errors",
    "function_logs",
    "kms",
    "lambda_workers",
    "load_balancers",
    "multipart_tags",
    "network_filters",
    "restore_jobs",
    "route53",
    "route53_dnssec",
    "schedules",
    "secretsmanager",
    "ssm_documents",
    "stack_sets",
    "stepfunctions",
    "tagging",
    "task_heartbeats",
    "vpc_links",
    "vpc_peering",
    "wafv2",
    "xray",
)


def install(fleet: AuroraFleet, outages: Outages, faults: Faults, gate: Gate, permissions: Permissions | None) -> Any:
    """Wrap ministack's handlers and return its ASGI application."""
    found = version("ministack")
    if found != MINISTACK_VERSION:
        raise RuntimeError(
            f"the additions are written for ministack {MINISTACK_VERSION}, found {found}: "
            "check each of them before changing the pin"
        )
    # The stack signs nothing with KMS, so the missing optional package is not worth a warning.
    logging.getLogger("kms").setLevel(logging.ERROR)
    from ministack import app

    from additions import (
        alarms,
        api_logs,
        backup_jobs,
        containers,
        cross_region_replication,
        function_faults,
        model_checks,
        rds_data,
        rds_databases,
        rds_settings,
        rds_upgrades,
        replication_lag,
    )
    from additions import (
        outages as outage_effects,
    )
    from additions import (
        permissions as enforced_permissions,
    )

    # All are loaded before the first one wraps anything.
    separate = [import_module(f"additions.{name}") for name in SEPARATE]
    # Settings first: the databases' wrapper then sees a complete record.
    rds_settings.install()
    rds_databases.install(fleet, outages, faults)
    rds_upgrades.install()
    rds_data.install(fleet)
    replication_lag.install(fleet, faults)
    for addition in separate:
        addition.install()
    # Last, around what the others have wrapped.
    api_logs.install()
    alarms.install(outages)
    outage_effects.install(outages)
    function_faults.install(faults)
    containers.install(outages, permissions)
    if permissions:
        enforced_permissions.install(permissions)
        backup_jobs.install(permissions)
    cross_region_replication.install(outages)
    model_checks.install(gate)
    return app.app
