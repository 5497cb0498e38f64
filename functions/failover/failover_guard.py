"""Whether an unplanned failover may go on: it can lose the last moments of payments, and cannot be
undone in less than a switchover.

It must be decided while the primary region is gone, so nothing here asks the primary region. What
cannot be found out makes a person decide; what is known to be wrong refuses.

    The two witnesses count for a detector's request only: an operator is a witness.
    An operator may accept the loss of payments that an unknown or large lag means.
"""

from typing import Any

import conditions
import side_by_side
import streak as streaks
from conditions import Reason
from side_by_side import Answer
from streak import FAILURES_FOR_AN_INCIDENT, Streak
from surroundings import BUDGET_SECONDS, Surroundings
from verdict import ASK, PROCEED, REFUSE, Finding, document, gravest, weigh

ALREADY_DONE = "already_done"
# The state machine asks seconds after a probe. Older than two runs, a streak is no witness.
_WITNESS_SECONDS = 120

Answers = dict[str, Answer]


def judge(here: Surroundings, request: Any) -> dict:
    """The verdict on this request."""
    request = request if isinstance(request, dict) else {}
    by_detector = request.get("requested_by") == "detector"
    answers = side_by_side.ask(_questions(here, by_detector), BUDGET_SECONDS)
    now = int(here.clock())
    findings = _findings(here, answers, by_detector, _accepts_data_loss(request), now)
    verdict = ALREADY_DONE if _is_done(here, answers) else gravest(findings)
    return document(verdict, findings, answers["lag"], now, here.limits.cool_down_seconds)


def _questions(here: Surroundings, by_detector: bool) -> dict[str, side_by_side.Question]:
    questions: dict[str, side_by_side.Question] = {
        "switch": here.switch.value,
        "database": here.own.aurora.global_database,
        "instances": here.own.aurora.available_instances,
        "version": here.own.aurora.engine_version,
        "lag": here.own.lag.latest,
        "claim": lambda: here.table.read("failover"),
    }
    if by_detector:
        questions["streak"] = lambda: streaks.read(here.table)
        questions["active_region"] = here.witness.active_region
    return questions


def _findings(
    here: Surroundings, answers: Answers, by_detector: bool, accepts_data_loss: bool, now: int
) -> dict[str, Finding]:
    def known(name: str) -> Any:
        return answers[name].known()

    limits, own = here.limits, here.own.cluster_arn
    lag = PROCEED if accepts_data_loss else ASK
    findings = {
        "kill_switch": weigh(lambda: conditions.armed(known("switch")), unknown=ASK),
        "database_member": weigh(lambda: conditions.member(known("database"), own), unknown=ASK),
        "global_cluster": weigh(lambda: conditions.at_rest(known("database")), unknown=ASK),
        "database_instance": weigh(
            lambda: conditions.has_instance(known("instances")), unknown=ASK
        ),
        "versions": weigh(
            lambda: conditions.same_version(known("database"), known("version")), unknown=ASK
        ),
        "cool_down": weigh(
            lambda: _cooled_down(known("claim"), now, limits.cool_down_seconds), unknown=ASK
        ),
        "replication_lag": weigh(
            lambda: conditions.caught_up(
                known("lag"), limits.lag_milliseconds, limits.lag_age_seconds
            ),
            wrong=lag,
            unknown=lag,
        ),
    }
    if by_detector:
        findings["quorum"] = weigh(
            lambda: _quorum(known("streak"), known("active_region"), here.own.name, now),
            unknown=REFUSE,
        )
    return findings


def _is_done(here: Surroundings, answers: Answers) -> bool:
    database = answers["database"]
    return database.problem is None and database.value.writer_region == here.own.name


def _accepts_data_loss(request: dict) -> bool:
    operator = request.get("requested_by") == "operator"
    return operator and request.get("accept_data_loss") is True


def _cooled_down(claim: dict, now: int, cool_down_seconds: int) -> Reason:
    started_at = claim.get("started_at")
    if started_at is None or now - started_at > cool_down_seconds:
        return None
    return f"another failover began {now - started_at} s ago"


def _quorum(streak: Streak, active_region: str, own_region: str, now: int) -> Reason:
    if not streak.is_current(now, _WITNESS_SECONDS):
        return "the detector has not probed lately"
    if streak.failures < FAILURES_FOR_AN_INCIDENT:
        return f"only {streak.failures} probes in a row have failed"
    if active_region != own_region:
        return f"Route 53 still sends customers to {active_region}"
    return None
