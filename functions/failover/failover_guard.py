"""Whether an unplanned failover may go on: it can lose the last moments of payments, and cannot be
undone in less than a switchover.

It must be decided while the primary region is gone, so nothing here asks the primary region. What
cannot be found out makes a person decide; what is known to be wrong refuses, and the detector's
request comes again some minutes later.

    The two witnesses count for a detector's request only: an operator is a witness.
    An operator who accepts the loss of data has decided. Only the kill switch, a cluster that is no
    member, and a failover that is under way still stand against it; everything else RDS will say
    by itself.
"""

from collections.abc import Callable
from typing import Any

import conditions
import lock
import side_by_side
import streak as streaks
from conditions import Reason
from endpoint import Endpoint, Health
from failures import Unknown
from replication_lag import Lag
from side_by_side import Answer
from streak import FAILURES_FOR_AN_OUTAGE, Streak
from surroundings import BUDGET_SECONDS, Surroundings
from verdict import ASK, PROCEED, REFUSE, Finding, document, gravest, weigh

ALREADY_DONE = "already_done"
# The state machine asks seconds after a probe. Older than two runs, a streak is no witness.
_WITNESS_SECONDS = 120
# The standby's function may not have run for half an hour; its first answer comes late.
_STANDBY_TRIES = 3

Answers = dict[str, Answer]


def judge(here: Surroundings, request: Any) -> dict[str, Any]:
    """The verdict on this request."""
    request = request if isinstance(request, dict) else {}
    by_detector = request.get("requested_by") == "detector"
    overloaded = by_detector and request.get("overloaded") is True
    answers = side_by_side.ask(_questions(here, by_detector), BUDGET_SECONDS)
    now = int(here.clock())
    has_decided = _accepts_data_loss(request)
    findings = _findings(here, answers, by_detector and not overloaded, has_decided, now)
    if overloaded:
        findings["overload"] = _overload(answers["streak"], now)
    overruled = here.failover.machine_arn if has_decided else None
    owner = lock.takes_from(answers["lock"], now, overruled_unless=overruled)
    return document(_verdict(here, answers, findings), findings, answers["lag"], now, owner)


def _questions(here: Surroundings, by_detector: bool) -> dict[str, side_by_side.Question]:
    questions: dict[str, side_by_side.Question] = {
        "switch": here.switch.value,
        "database": here.own.aurora.global_database,
        "instances": here.own.aurora.able_instances,
        "version": here.own.aurora.engine_version,
        "lag": lambda: _lag_at_loss(here),
        "last_failover": lambda: here.table.read("failover"),
        "lock": lambda: lock.read(here.table, here.failover),
        "standby": lambda: _health(here.own.endpoint),
    }
    if by_detector:
        questions["streak"] = lambda: streaks.read(here.table)
        questions["endpoint_region"] = here.witness.endpoint_region
    return questions


def _findings(
    here: Surroundings, answers: Answers, by_detector: bool, has_decided: bool, now: int
) -> dict[str, Finding]:
    def known(name: str) -> Any:
        return answers[name].known()

    def unless_decided(test: Callable[[], Reason], wrong: str = REFUSE) -> Finding:
        if has_decided:
            return weigh(test, wrong=PROCEED, unknown=PROCEED)
        return weigh(test, wrong=wrong, unknown=ASK)

    limits, own = here.limits, here.own.cluster_arn
    findings = {
        "kill_switch": weigh(lambda: conditions.armed(known("switch")), unknown=ASK),
        "database_member": weigh(
            lambda: conditions.member(known("database"), own),
            unknown=PROCEED if has_decided else ASK,
        ),
        "global_cluster": unless_decided(lambda: conditions.at_rest(known("database"))),
        "database_instance": unless_decided(lambda: conditions.has_instance(known("instances"))),
        "versions": unless_decided(lambda: conditions.same_version(known("database"), known("version"))),
        "lock": _unlocked(here, answers["lock"], has_decided, now),
        "cool_down": unless_decided(lambda: _cooled_down(known("last_failover"), now, limits.cool_down_seconds)),
        "standby_endpoint": unless_decided(lambda: conditions.could_take_over(known("standby")), wrong=ASK),
        "replication_lag": unless_decided(
            lambda: conditions.caught_up(known("lag"), limits.lag_milliseconds, limits.lag_age_seconds),
            wrong=ASK,
        ),
    }
    if by_detector:
        findings["quorum"] = weigh(
            lambda: _quorum(here, known("streak"), known("endpoint_region"), now),
            unknown=REFUSE,
        )
    return findings


def _overload(answer: Answer, now: int) -> Finding:
    """A primary that answers and rejects calls: whether that is worth a failover, which may
    lose payments, only a person can say."""
    try:
        streak: Streak = answer.known()
    except Unknown as error:
        return Finding(f"unknown: {error}", REFUSE)
    if not streak.is_current(now, _WITNESS_SECONDS):
        return Finding("the detector has not probed lately", REFUSE)
    if streak.overloaded_since is None:
        return Finding("the primary does not reject calls any more", REFUSE)
    seconds = streak.overloaded_for(now)
    return Finding(f"the primary answers and rejects calls, for {seconds} s", ASK)


def _verdict(here: Surroundings, answers: Answers, findings: dict[str, Finding]) -> str:
    database = answers["database"]
    is_done = database.problem is None and database.value.is_written_by(here.own.cluster_arn)
    gates = gravest({name: findings[name] for name in ("kill_switch", "lock")})
    if is_done and gates != REFUSE:
        return ALREADY_DONE
    return gravest(findings)


def _unlocked(here: Surroundings, answer: Answer, has_decided: bool, now: int) -> Finding:
    """A planned move gives way to an operator who has decided; a failover does what they want."""
    is_failover = answer.problem is None and answer.value.belongs_to(here.failover.machine_arn)
    overruled = has_decided and not is_failover
    return weigh(lambda: answer.known().held(now), wrong=PROCEED if overruled else REFUSE, unknown=ASK)


def _accepts_data_loss(request: dict[str, Any]) -> bool:
    operator = request.get("requested_by") == "operator"
    return operator and request.get("accept_data_loss") is True


def _cooled_down(last: dict[str, Any], now: int, cool_down_seconds: int) -> Reason:
    started_at = last.get("started_at")
    if started_at is None or now - started_at > cool_down_seconds:
        return None
    return f"another failover began {now - started_at} s ago"


def _lag_at_loss(here: Surroundings) -> Lag | None:
    """The lag when the primary was lost: it has acknowledged nothing since, so what the metric says of
    the outage itself, or that it says nothing, is no reason to ask a person after minutes of refusals."""
    lost_at = streaks.read(here.table).lost_at(int(here.clock()))
    return here.own.lag.latest(lost_at)


def _health(endpoint: Endpoint) -> Health:
    """What the standby says of itself; asked again while it says nothing, or nothing good: a person
    who is asked because of one bad moment costs minutes."""
    for _ in range(_STANDBY_TRIES - 1):
        try:
            health = endpoint.health()
        except Unknown:
            continue
        if conditions.could_take_over(health) is None:
            return health
    return endpoint.health()


def _quorum(here: Surroundings, streak: Streak, endpoint_region: str, now: int) -> Reason:
    patience = here.limits.patience_seconds
    if not streak.is_current(now, _WITNESS_SECONDS):
        return "the detector has not probed lately"
    if streak.failures < FAILURES_FOR_AN_OUTAGE:
        return f"only {streak.failures} probes in a row have failed"
    if not streak.is_outage(now, patience):
        return f"the primary has failed for {streak.failing_for(now)} s, not for {patience} s"
    if endpoint_region != here.own.name:
        return f"Route 53 finds {endpoint_region} healthy"
    return None
