"""Whether a drill may begin: only if all is well, since a drill moves real payments."""

import conditions
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


def judge(here: Surroundings) -> dict:
    """The verdict on beginning a drill now."""
    answers = side_by_side.ask(_questions(here), BUDGET_SECONDS)
    findings = _findings(here, answers)
    now = int(here.clock())
    verdict = gravest(findings)
    return document(verdict, findings, answers["lag"], now, here.limits.cool_down_seconds)


def _questions(here: Surroundings) -> dict[str, side_by_side.Question]:
    return {
        "latch": lambda: latch_is_active(here.table),
        "switch": here.switch.value,
        "database": here.own.aurora.global_database,
        "instances": here.own.aurora.available_instances,
        "version": here.own.aurora.engine_version,
        "lag": here.own.lag.latest,
        "primary_health": here.primary.endpoint.health,
        "own_health": here.own.endpoint.health,
        "active_region": here.witness.active_region,
        "failovers": here.failover.running,
    }


def _findings(here: Surroundings, answers: dict[str, Answer]) -> dict[str, Finding]:
    latch, switch, database, instances, version = list(answers.values())[:5]
    lag, primary_health, own_health, active_region, failovers = list(answers.values())[5:]
    return {
        "latch": weigh(lambda: "the latch is active" if latch.known() else None),
        "kill_switch": weigh(lambda: conditions.armed(switch.known())),
        "database_member": weigh(
            lambda: conditions.member(database.known(), here.own.cluster_arn)
        ),
        "global_cluster": weigh(lambda: conditions.available(database.known())),
        "writer": weigh(lambda: conditions.writer(database.known(), here.primary.cluster_arn)),
        "database_instance": weigh(lambda: conditions.has_instance(instances.known())),
        "versions": weigh(lambda: conditions.same_version(database.known(), version.known())),
        "replication_lag": weigh(
            lambda: conditions.caught_up(
                lag.known(), MAXIMUM_LAG_MILLISECONDS, here.limits.lag_age_seconds
            )
        ),
        "primary_endpoint": weigh(lambda: conditions.takes_payments(primary_health.known())),
        "standby_endpoint": weigh(lambda: conditions.good_standby(own_health.known())),
        "dns": weigh(lambda: _points_to(active_region.known(), here.primary.name)),
        "failover_execution": weigh(lambda: _none_runs(failovers.known())),
    }


def _points_to(active_region: str, expected: str) -> Reason:
    return None if active_region == expected else f"DNS points to {active_region}"


def _none_runs(executions: int) -> Reason:
    return "a failover is running" if executions else None
