"""What the guards look at: both regions' services, built once, and the limits they hold."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aurora import Aurora
from aws_clients import TimeLimits, client
from dns_text import TextRecords
from endpoint import Endpoint
from executions import Executions
from kill_switch import KillSwitch
from replication_lag import ReplicationLag
from settings import Settings
from state_table import StateTable
from witness import Witness

# Questions are asked side by side; the slowest ends within a guard's budget.
LIMITS = TimeLimits(connect=1.0, read=3.0, attempts=2)
BUDGET_SECONDS = 20.0
# Two resolvers, a second each.
WITNESS_ROUNDS = 5


@dataclass(frozen=True)
class Limits:
    """What is tolerated."""

    lag_milliseconds: int
    lag_age_seconds: int
    cool_down_seconds: int
    patience_seconds: int


@dataclass(frozen=True)
class Region:
    """One region as the guards see it."""

    name: str
    cluster_arn: str
    aurora: Aurora
    lag: ReplicationLag
    endpoint: Endpoint


@dataclass(frozen=True)
class Surroundings:
    """Both regions, and what stands in this one. Only a planned procedure may ask `primary`
    anything: in a failover it does not answer."""

    primary: Region
    own: Region
    table: StateTable
    switch: KillSwitch
    witness: Witness
    failover: Executions
    limits: Limits
    clock: Callable[[], float] = time.time


def surroundings_of(settings: Settings) -> Surroundings:
    """The surroundings as this environment describes them."""
    own = settings.text("AWS_REGION")

    def in_own_region(service: str) -> Any:
        return client(service, own, LIMITS)

    return Surroundings(
        primary=_region(settings, settings.text("PRIMARY_REGION"), "PRIMARY"),
        own=_region(settings, own, "DR"),
        table=StateTable(in_own_region("dynamodb"), settings.text("STATE_TABLE")),
        switch=KillSwitch(in_own_region("ssm"), settings.text("SWITCH_PARAMETER")),
        witness=Witness(
            # More rounds than the detector's: it asks again ten seconds later, a guard does not.
            TextRecords(settings.optional("RESOLVER_ADDRESS"), rounds=WITNESS_ROUNDS),
            settings.text("FAILOVER_DOMAIN"),
        ),
        failover=Executions(in_own_region("stepfunctions"), settings.text("FAILOVER_MACHINE_ARN")),
        limits=Limits(
            lag_milliseconds=settings.number("MAXIMUM_LAG_MS"),
            lag_age_seconds=settings.number("MAXIMUM_LAG_AGE_SECONDS"),
            cool_down_seconds=settings.number("COOL_DOWN_SECONDS"),
            patience_seconds=settings.number("PATIENCE_SECONDS"),
        ),
    )


def _region(settings: Settings, name: str, role: str) -> Region:
    cluster_arn = settings.text(f"{role}_CLUSTER_ARN")
    global_cluster_id = settings.text("GLOBAL_CLUSTER_ID")
    return Region(
        name=name,
        cluster_arn=cluster_arn,
        aurora=Aurora(client("rds", name, LIMITS), global_cluster_id, cluster_arn),
        lag=ReplicationLag(client("cloudwatch", name, LIMITS), cluster_arn),
        endpoint=Endpoint(settings.text(f"{role}_HEALTH_URL")),
    )
