"""Entry point of the watcher: `watcher.handle`, once a minute.

It compares what has to agree: the latch as it is written and as the API tells it, the region that
writes, the region that DNS leads to, and what probes find. While a state machine moves payments they
differ, and that is its business; so nothing counts while somebody holds the lock, or roles change.

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
from aurora import Aurora
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
_ITEM = "watcher"


@dataclass(frozen=True)
class Watcher:
    """The watcher of one pair of regions."""

    primary_region: str
    own_region: str
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
        found = None if self._is_moving(answers, now) else self._compare(answers)
        self.metrics.put([Metric("RolesDisagree", found is not None)])
        log.write("watched", disagreement=found and found.name)
        self._remember(found, now)
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

    def _is_moving(self, answers: dict[str, Answer], now: int) -> bool:
        return bool(answers["lock"].known().held(now) or answers["database"].known().writer_region is None)

    def _compare(self, answers: dict[str, Answer]) -> Disagreement | None:
        def status(name: str) -> int | None:
            answer = answers[name]
            return answer.value.status if answer.problem is None else None

        return disagreements.find(
            Sight(
                primary_region=self.primary_region,
                own_region=self.own_region,
                latch=answers["latch"].known().get("active") is True,
                writer_region=answers["database"].known().writer_region,
                active_region=answers["active_region"].known(),
                failed_probes=answers["streak"].known().get("failures", 0),
                latch_status=status("latch_endpoint"),
                own_status=status("own_health"),
            )
        )

    def _remember(self, found: Disagreement | None, now: int) -> None:
        """Keeps since when it is so, and takes the right to give notice of it, once."""
        if found is None:
            self.table.update(_ITEM, {"seen": "nothing", "since": now, "noticed": "nothing"})
            return
        self.table.update(
            _ITEM,
            {"seen": found.name, "since": now, "noticed": "nothing"},
            only_if=Condition("attribute_not_exists(#seen) OR #seen <> :seen"),
        )
        since = self.table.read(_ITEM).get("since", now)
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
    own = settings.text("AWS_REGION")

    def here(service: str) -> Any:
        return client(service, own, LIMITS)

    return Watcher(
        primary_region=settings.text("PRIMARY_REGION"),
        own_region=own,
        table=StateTable(here("dynamodb"), settings.text("STATE_TABLE")),
        executions=Executions(here("stepfunctions"), settings.text("FAILOVER_MACHINE_ARN")),
        aurora=Aurora(here("rds"), settings.text("GLOBAL_CLUSTER_ID"), settings.text("DR_CLUSTER_ARN")),
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
