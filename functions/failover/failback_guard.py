"""Whether the writer may go home: a planned switchover, which loses nothing and can wait. So
whatever is wrong or cannot be found out refuses it, and it is tried again later.

The old primary region must answer here: there is nothing to go back to otherwise.
"""

from typing import Any

import conditions
import side_by_side
from conditions import Reason
from endpoint import Health
from side_by_side import Answer
from state_table import latch_is_active
from surroundings import BUDGET_SECONDS, Surroundings
from verdict import REFUSE, Finding, document, gravest, weigh

ALREADY_BACK = "already_back"
NOTHING_TO_DO = "nothing_to_do"


def judge(here: Surroundings) -> dict:
    """The verdict on going back now."""
    answers = side_by_side.ask(_questions(here), BUDGET_SECONDS)
    findings = _findings(here, answers)
    verdict = _verdict(here, answers, findings)
    now = int(here.clock())
    return document(verdict, findings, answers["lag"], now, here.limits.cool_down_seconds)


def _questions(here: Surroundings) -> dict[str, side_by_side.Question]:
    return {
        "latch": lambda: latch_is_active(here.table),
        "switch": here.switch.value,
        "database": here.own.aurora.global_database,
        "instances": here.primary.aurora.available_instances,
        "version": here.primary.aurora.engine_version,
        "lag": here.primary.lag.latest,
        "health": here.primary.endpoint.health,
    }


def _findings(here: Surroundings, answers: dict[str, Answer]) -> dict[str, Finding]:
    def known(name: str) -> Any:
        return answers[name].known()

    limits, own, primary = here.limits, here.own.cluster_arn, here.primary.cluster_arn
    return {
        "latch": weigh(lambda: None if known("latch") else "the latch is not active"),
        "kill_switch": weigh(lambda: conditions.armed(known("switch"))),
        "database_member": weigh(lambda: conditions.member(known("database"), primary)),
        "global_cluster": weigh(lambda: conditions.available(known("database"))),
        "writer": weigh(lambda: conditions.writer(known("database"), own)),
        "database_instance": weigh(lambda: conditions.has_instance(known("instances"))),
        "versions": weigh(lambda: conditions.same_version(known("database"), known("version"))),
        "replication_lag": weigh(
            lambda: conditions.caught_up(
                known("lag"), limits.lag_milliseconds, limits.lag_age_seconds
            )
        ),
        "primary_endpoint": weigh(lambda: _ready_to_return(known("health"))),
    }


def _ready_to_return(health: Health) -> Reason:
    return None if health.takes_payments else conditions.good_standby(health)


def _verdict(
    here: Surroundings, answers: dict[str, Answer], findings: dict[str, Finding]
) -> str:
    if answers["latch"].problem is None and not answers["latch"].value:
        return NOTHING_TO_DO
    database = answers["database"]
    is_back = database.problem is None and database.value.writer_region == here.primary.name
    latch_and_switch = gravest({name: findings[name] for name in ("latch", "kill_switch")})
    if is_back and latch_and_switch != REFUSE:
        # A failback that died between the switchover and its end: only its end is left to do.
        return ALREADY_BACK
    return gravest(findings)
