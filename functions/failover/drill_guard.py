"""Whether a drill may begin: only if all is well, since a drill moves real payments."""

from typing import Any

import conditions
import lock
import side_by_side
from conditions import Reason
from side_by_side import Answer
from state_table import latch_is_active
from surroundings import BUDGET_SECONDS, Surroundings
from verdict import Finding, document, gravest, weigh

# A switchover waits until the standby has caught up, and no payment is taken meanwhile. This is
# several times what a healthy standby is behind. (Aurora user guide, "Using Amazon Aurora Global
# Database": typically under a second)
MAXIMUM_LAG_MILLISECONDS = 5000


def judge(here: Surroundings) -> dict[str, Any]:
    """The verdict on beginning a drill now."""
    answers = side_by_side.ask(_questions(here), BUDGET_SECONDS)
    now = int(here.clock())
    findings = _findings(here, answers, now)
    owner = lock.takes_from(answers["lock"], now)
    return document(gravest(findings), findings, answers["lag"], now, owner)


def _questions(here: Surroundings) -> dict[str, side_by_side.Question]:
    return {
        "latch": lambda: latch_is_active(here.table),
        "lock": lambda: lock.read(here.table, here.failover),
        "switch": here.switch.value,
        "database": here.own.aurora.global_database,
        "instances": here.own.aurora.able_instances,
        "version": here.own.aurora.engine_version,
        "lag": here.own.lag.latest,
        "primary_health": here.primary.endpoint.health,
        "own_health": here.own.endpoint.health,
        "active_region": here.witness.active_region,
        "failovers": here.failover.running,
    }


def _findings(here: Surroundings, answers: dict[str, Answer], now: int) -> dict[str, Finding]:
    def known(name: str) -> Any:
        return answers[name].known()

    own, primary = here.own.cluster_arn, here.primary.cluster_arn
    return {
        "latch": weigh(lambda: "the latch is active" if known("latch") else None),
        "lock": weigh(lambda: known("lock").held(now)),
        "kill_switch": weigh(lambda: conditions.armed(known("switch"))),
        "database_member": weigh(lambda: conditions.member(known("database"), own)),
        "global_cluster": weigh(lambda: conditions.available(known("database"))),
        "writer": weigh(lambda: conditions.writer(known("database"), primary)),
        "database_instance": weigh(lambda: conditions.has_instance(known("instances"))),
        "versions": weigh(lambda: conditions.same_version(known("database"), known("version"))),
        "replication_lag": weigh(
            lambda: conditions.caught_up(known("lag"), MAXIMUM_LAG_MILLISECONDS, here.limits.lag_age_seconds)
        ),
        "primary_endpoint": weigh(lambda: conditions.takes_payments(known("primary_health"))),
        "standby_endpoint": weigh(lambda: conditions.good_standby(known("own_health"))),
        "dns": weigh(lambda: _points_to(known("active_region"), here.primary.name)),
        "failover_execution": weigh(lambda: _none_runs(known("failovers"))),
    }


def _points_to(active_region: str, expected: str) -> Reason:
    return None if active_region == expected else f"DNS points to {active_region}"


def _none_runs(executions: list[str]) -> Reason:
    return "a failover is running" if executions else None
