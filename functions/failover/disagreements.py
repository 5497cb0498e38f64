"""What must not stay so while nothing moves, the gravest first, and what mends it."""

from dataclasses import dataclass

FAIL_OVER = "fail_over"
FAIL_OVER_WITH_LOSS = "fail_over_with_loss"
FAIL_BACK = "fail_back"
_OK = 200


@dataclass(frozen=True)
class Sight:
    """What was seen in one minute. A status is None where there was no answer."""

    primary_region: str
    own_region: str
    latch: bool
    is_member: bool
    writer_region: str | None
    active_region: str
    failed_probes: int
    latch_status: int | None
    own_status: int | None


@dataclass(frozen=True)
class Disagreement:
    """What disagrees, in words for people. `advice` pairs words with a way to go."""

    name: str
    subject: str
    words: str
    state: str
    first: str
    advice: tuple[tuple[str, str], ...] = ()


def find(seen: Sight) -> Disagreement | None:
    """The gravest disagreement, if there is one."""
    checks = (_detached, _latch_without_writer, _writer_without_latch, _writer_fails, _latch_untold, _astray)
    return next((found for check in checks if (found := check(seen)) is not None), None)


def takes_too_long(motion: str, advice: str) -> Disagreement:
    """A move of payments that no limit of a machine explains, and during which nothing else can be
    compared."""
    return Disagreement(
        "moves_too_long",
        "a move of payments does not end",
        f"payments have been on the move: {motion}",
        "every failover, failback and drill that makes progress ends earlier. Until this one has ended, no other"
        " can start, and latch, writer and DNS are not compared.",
        advice,
    )


def _detached(seen: Sight) -> Disagreement | None:
    """This region takes payments with a database of its own. Without either sign of that, it is a
    standby that cannot be promoted, which readiness reports."""
    own, primary = seen.own_region, seen.primary_region
    if seen.is_member or not (seen.latch or seen.own_status == _OK):
        return None
    sign = "the latch is set" if seen.latch else f"{own} takes payments, without the latch"
    set_latch = "" if seen.latch else f" DNS returns to {primary} once that is healthy: set the latch at once."
    return Disagreement(
        "detached",
        f"the database in {own} is not in the global database",
        f"the cluster of {own} has been outside the global database, and {sign}",
        f"payments taken in {own} are in its own database only. {primary} has none of them, and must acknowledge"
        f" none.{set_latch}",
        f"keep payments in {own}, and do not fail back: what {own} has taken would be left behind. Check that the"
        f" epoch in the session table names {own} and that the kill switch is stopped, then make a global database"
        f" of the cluster in {own}: docs/upgrade.md of dr-synth, and the runbook's chapter on upgrades, have the"
        " commands.",
    )


def _latch_without_writer(seen: Sight) -> Disagreement | None:
    if not seen.latch or seen.writer_region != seen.primary_region:
        return None
    return Disagreement(
        "latch_without_writer",
        f"the latch holds payments in {seen.own_region}, which cannot take them",
        f"the latch has been set while the database writes in {seen.primary_region}",
        f"DNS leads to {seen.own_region}, where payments are answered with 503.",
        "",
        (
            (f"if {seen.primary_region} is well, clear the latch", FAIL_BACK),
            (f"if {seen.primary_region} is lost, fail over", FAIL_OVER_WITH_LOSS),
        ),
    )


def _writer_without_latch(seen: Sight) -> Disagreement | None:
    if seen.latch or seen.writer_region != seen.own_region:
        return None
    return Disagreement(
        "writer_without_latch",
        f"the database writes in {seen.own_region} without the latch",
        f"the database has been writing in {seen.own_region} and the latch is not set",
        f"DNS leads to {seen.own_region} only while {seen.primary_region}'s endpoint fails.",
        "",
        (("to set the latch; the database is not moved again", FAIL_OVER),),
    )


def _writer_fails(seen: Sight) -> Disagreement | None:
    """The detector probes the primary. After a failover nobody else looks at this region."""
    if seen.writer_region != seen.own_region or seen.own_status == _OK:
        return None
    found = "does not answer" if seen.own_status is None else f"answers {seen.own_status}"
    return Disagreement(
        "writer_fails",
        f"{seen.own_region} has the payments and cannot take them",
        f"{seen.own_region} has had the writer and the latch, and its /health {found}",
        "payments may fail.",
        f"check what /health names in {seen.own_region}.",
        ((f"if {seen.primary_region} is well and has caught up, go back", FAIL_BACK),),
    )


def _latch_untold(seen: Sight) -> Disagreement | None:
    if seen.latch_status == (200 if seen.latch else 404):
        return None
    found = "no answer" if seen.latch_status is None else f"status {seen.latch_status}"
    is_set = "set" if seen.latch else "not set"
    return Disagreement(
        "latch_untold",
        "the API does not report the latch correctly",
        f"the latch has been {is_set} and GET /latch gives {found}",
        "Route 53's checkers read every status but 200 as a latch that is not set. After a failover,"
        f" DNS would return to {seen.primary_region} as soon as the endpoint there answers.",
        f"check the latch function's log, its alarm, and the API in {seen.own_region}.",
    )


def _astray(seen: Sight) -> Disagreement | None:
    """DNS leads elsewhere than to the writer, and no outage explains it."""
    if seen.writer_region is None or seen.active_region == seen.writer_region:
        return None
    if seen.writer_region == seen.primary_region and seen.failed_probes:
        return None
    return Disagreement(
        "dns_astray",
        f"DNS leads to {seen.active_region}, and payments are taken in {seen.writer_region}",
        f"DNS has led to {seen.active_region} while the database writes in {seen.writer_region} and"
        " probes find nothing wrong",
        f"customers are sent to {seen.active_region}, where payments are answered with 503.",
        "check the two health checks in Route 53, of the endpoint and of the latch. What each checker"
        " sees: aws route53 get-health-check-status --health-check-id ID",
    )
