"""Entry point of the watcher: `watcher.handle`, once a minute.

It compares what has to agree: the latch as it is written and as the API tells it, the region that
writes, the region that DNS leads to, and what probes find. While a state machine moves payments they
differ, and that is its business; so nothing counts while somebody holds the lock, or roles change. But
a move that takes longer than any machine that makes progress is a disagreement itself.

What differs for three minutes is told to people, once, with the command that mends it. The metric
`RolesDisagree` has it from the first minute.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import cold_start
import commands
import disagreements
import lock
import log
import side_by_side
from aurora import Aurora, GlobalDatabase
from aws_clients import TimeLimits, client
from disagreements import Disagreement, Sight
from dns_text import TextRecords
from endpoint import Endpoint
from executions import Executions
from metrics import Metric, Metrics
from notices import Chapter, Notices
from settings import Settings
from side_by_side import Answer
from state_table import Condition, StateTable
from witness import Witness

LIMITS = TimeLimits(connect=1.0, read=3.0, attempts=2)
BUDGET_SECONDS = 20.0
# Health checks need half a minute and resolvers one; what takes longer does not pass by itself.
NOTICE_SECONDS = 180
# A machine that moves payments waits for this at the most, and is done sooner if all goes well:
#   failover   180 for the writer, 300 until roles are at rest, 180 for the writer again, 60 for a row: 720; one that
#              has overruled another execution 30 for its request, 120 for a look, 180 for the writer, 60 for a row: 1110
#   failback   120 for the endpoint, 200 for DNS, 300 for the writer, 60 for a row: 680
#   drill      800 of payments, within which it goes there and back
# and what the looks themselves and the other steps take. (src/components/failover, `Patience`)
MOVE_SECONDS = 1_200
_ITEM = "watcher"


@dataclass(frozen=True)
class Watcher:
    """The watcher of one pair of regions."""

    primary_region: str
    own_region: str
    own_cluster_arn: str
    table: StateTable
    executions: Executions
    aurora: Aurora
    witness: Witness
    latch_endpoint: Endpoint
    own_endpoint: Endpoint
    notices: Notices
    metrics: Metrics
    failback_machine_arn: str
    clock: Callable[[], float] = time.time

    def run(self) -> dict[str, Any]:
        """Looks once, publishes what was found, and tells people of what has lasted; raises
        `Unknown` if what has to be compared cannot be seen."""
        answers = side_by_side.ask(self._questions(), BUDGET_SECONDS)
        now = int(self.clock())
        motion = self._motion(answers, now)
        moving_since = self._remember_motion(motion, now)
        if motion is None:
            found = self._compare(answers)
        else:
            found = motion if now - moving_since >= MOVE_SECONDS else None
        self.metrics.put([Metric("RolesDisagree", found is not None)])
        log.write("watched", disagreement=found and found.name)
        self._remember(found, now, moving_since)
        return {"disagreement": found and found.name}

    def _questions(self) -> dict[str, side_by_side.Question]:
        return {
            "lock": lambda: lock.read(self.table, self.executions),
            "latch": lambda: self.table.read(lock.ITEM),
            "database": self.aurora.global_database,
            "active_region": self.witness.active_region,
            "streak": lambda: self.table.read("detector"),
            "latch_endpoint": self.latch_endpoint.health,
            "own_health": self.own_endpoint.health,
        }

    def _motion(self, answers: dict[str, Answer], now: int) -> Disagreement | None:
        """What moves payments, as it is told if it does not end; None if nothing does."""
        seen: lock.Lock = answers["lock"].known()
        database: GlobalDatabase = answers["database"].known()
        held = seen.held(now)
        if held is not None and seen.owner is not None:
            stop = commands.stop(self.own_region, seen.owner)
            return disagreements.takes_too_long(
                held,
                "look at this execution, state by state. If it makes no progress, stop it; the lock is free then,"
                f" and the watcher sends a notification of what is left to do:\n  {stop}",
            )
        # Where a region's cluster is missing nobody waits for roles to come to rest.
        if database.writer_region is not None or not self._is_member(database):
            return None
        return disagreements.takes_too_long(
            f"the global database is {database.status}, and no region is its writer for certain",
            "no machine does this. Check the global database in the RDS console, and open a support case of the"
            " highest severity if its roles do not come to rest.",
        )

    def _remember_motion(self, motion: Disagreement | None, now: int) -> int:
        """Since when something has moved, without a minute between in which nothing did."""
        if motion is None:
            self.table.update(_ITEM, {}, remove=("moving_since",))
            return now
        begun = Condition("attribute_not_exists(#moving_since)")
        self.table.update(_ITEM, {"moving_since": now}, only_if=begun)
        since: int = self.table.read(_ITEM).get("moving_since", now)
        return since

    def _is_member(self, database: GlobalDatabase) -> bool:
        return self.own_cluster_arn in database.members

    def _compare(self, answers: dict[str, Answer]) -> Disagreement | None:
        def status(name: str) -> int | None:
            answer = answers[name]
            return answer.value.status if answer.problem is None else None

        database: GlobalDatabase = answers["database"].known()
        return disagreements.find(
            Sight(
                primary_region=self.primary_region,
                own_region=self.own_region,
                latch=answers["latch"].known().get("active") is True,
                is_member=self._is_member(database),
                writer_region=database.writer_region,
                active_region=answers["active_region"].known(),
                failed_probes=answers["streak"].known().get("failures", 0),
                latch_status=status("latch_endpoint"),
                own_status=status("own_health"),
            )
        )

    def _remember(self, found: Disagreement | None, now: int, moving_since: int) -> None:
        """Keeps since when it is so, and takes the right to give notice of it, once. Of a move that
        takes too long it is given at once, for that has lasted."""
        if found is None:
            self.table.update(_ITEM, {"seen": "nothing", "since": now, "noticed": "nothing"})
            return
        self.table.update(
            _ITEM,
            {"seen": found.name, "since": now, "noticed": "nothing"},
            only_if=Condition("attribute_not_exists(#seen) OR #seen <> :seen"),
        )
        since = min(moving_since, self.table.read(_ITEM).get("since", now))
        if now - since < NOTICE_SECONDS:
            return
        untold = Condition("#noticed <> :noticed")
        if self.table.update(_ITEM, {"noticed": found.name}, only_if=untold):
            self._tell(found, now - since)

    def _tell(self, found: Disagreement, seconds: int) -> None:
        machine = self.executions.machine_arn
        ways = {
            disagreements.FAIL_OVER: commands.start_failover(self.own_region, machine),
            disagreements.FAIL_OVER_WITH_LOSS: commands.start_failover_with_loss(self.own_region, machine),
            disagreements.FAIL_BACK: commands.start(self.own_region, self.failback_machine_arn),
        }
        advice = "".join(f"\n{words}:\n  {ways[way]}" for words, way in found.advice)
        try:
            self.notices.publish(
                f"Roles disagree: {found.subject}",
                f"What happened: for {seconds // 60} minutes {found.words}."
                f"\n\nState now: {found.state}"
                f"\n\nWhat to do: {found.first}{advice}\n",
                Chapter.WATCH,
            )
        except Exception:
            # The next minute tries again.
            self.table.update(_ITEM, {"noticed": "nothing"})
            raise


def build(settings: Settings) -> Watcher:
    """The watcher as this environment describes it."""
    own, cluster_arn = settings.text("AWS_REGION"), settings.text("DR_CLUSTER_ARN")

    def here(service: str) -> Any:
        return client(service, own, LIMITS)

    return Watcher(
        primary_region=settings.text("PRIMARY_REGION"),
        own_region=own,
        own_cluster_arn=cluster_arn,
        table=StateTable(here("dynamodb"), settings.text("STATE_TABLE")),
        executions=Executions(here("stepfunctions"), settings.text("FAILOVER_MACHINE_ARN")),
        aurora=Aurora(here("rds"), settings.text("GLOBAL_CLUSTER_ID"), cluster_arn),
        witness=Witness(TextRecords(settings.optional("RESOLVER_ADDRESS")), settings.text("FAILOVER_DOMAIN")),
        latch_endpoint=Endpoint(settings.text("LATCH_URL")),
        own_endpoint=Endpoint(settings.text("DR_HEALTH_URL")),
        notices=Notices(here("sns"), settings.text("ALERT_TOPIC_ARN"), settings.optional("RUNBOOK_URL")),
        metrics=Metrics(here("cloudwatch"), settings.text("METRIC_NAMESPACE"), settings.text("ENVIRONMENT")),
        failback_machine_arn=settings.text("FAILBACK_MACHINE_ARN"),
    )


@cache
def _watcher() -> Watcher:
    return build(Settings(os.environ))


def handle(_event: Any, _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return _watcher().run()


cold_start.prepare(_watcher)
