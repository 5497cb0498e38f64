"""Whether the writer may go home: a planned switchover, which loses nothing and can wait. So
whatever is wrong or cannot be found out refuses it, and it is tried again later.

The old primary region must answer here: there is nothing to go back to otherwise.
"""

from typing import Any

import conditions
import lock
import side_by_side
from side_by_side import Answer
from state_table import latch_is_active
from surroundings import BUDGET_SECONDS, Surroundings
from verdict import REFUSE, Finding, document, gravest, weigh

ALREADY_BACK = "already_back"
NOTHING_TO_DO = "nothing_to_do"


def judge(here: Surroundings) -> dict[str, Any]:
    """The verdict on going back now."""
    answers = side_by_side.ask(_questions(here), BUDGET_SECONDS)
    now = int(here.clock())
    findings = _findings(here, answers, now)
    verdict = _verdict(here, answers, findings)
    owner = lock.takes_from(answers["lock"], now)
    return document(verdict, findings, answers["lag"], now, owner)


def _questions(here: Surroundings) -> dict[str, side_by_side.Question]:
    return {
        "latch": lambda: latch_is_active(here.table),
        "lock": lambda: lock.read(here.table, here.failover),
        "switch": here.switch.value,
        "database": here.own.aurora.global_database,
        "instances": here.primary.aurora.able_instances,
        "version": here.primary.aurora.engine_version,
        "lag": here.primary.lag.latest,
        "health": here.primary.endpoint.health,
    }


def _findings(here: Surroundings, answers: dict[str, Answer], now: int) -> dict[str, Finding]:
    def known(name: str) -> Any:
        return answers[name].known()

    limits, own, primary = here.limits, here.own.cluster_arn, here.primary.cluster_arn
    return {
        "latch": weigh(lambda: None if known("latch") else "the latch is not active"),
        "lock": weigh(lambda: known("lock").held(now)),
        "kill_switch": weigh(lambda: conditions.armed(known("switch"))),
        "database_member": weigh(lambda: conditions.member(known("database"), primary)),
        "standby_member": weigh(lambda: conditions.not_detached(known("database"), own)),
        "global_cluster": weigh(lambda: conditions.available(known("database"))),
        "writer": weigh(lambda: conditions.writer(known("database"), own)),
        "database_instance": weigh(lambda: conditions.has_instance(known("instances"))),
        "versions": weigh(lambda: conditions.same_version(known("database"), known("version"))),
        "replication_lag": weigh(
            lambda: conditions.caught_up(known("lag"), limits.lag_milliseconds, limits.lag_age_seconds)
        ),
        "primary_endpoint": weigh(lambda: conditions.could_take_over(known("health"))),
    }


def _verdict(here: Surroundings, answers: dict[str, Answer], findings: dict[str, Finding]) -> str:
    if answers["latch"].problem is None and not answers["latch"].value:
        return NOTHING_TO_DO
    database = answers["database"]
    is_back = (
        database.problem is None
        and database.value.is_written_by(here.primary.cluster_arn)
        # A cluster that was detached has written for itself: the other one's role says nothing of that.
        and conditions.not_detached(database.value, here.own.cluster_arn) is None
    )
    gates = gravest({name: findings[name] for name in ("latch", "lock", "kill_switch")})
    if is_back and gates != REFUSE:
        # A failback that died between the switchover and its end: only its end is left to do.
        return ALREADY_BACK
    return gravest(findings)
