"""Entry point of the watch over restore tests: `restore_test_age.handle`, every hour.

Publishes how many days it is since each kind of backup was restored and found good, the oldest of
them. An alarm on the tests alone could not tell that none was run: CloudWatch looks back for a week
at most, and tests are monthly. (CloudWatch API reference, PutMetricAlarm, "EvaluationPeriods")
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import cold_start
import log
import published
from aws_clients import TimeLimits, client
from metrics import Metric, Metrics
from settings import Settings

LIMITS = TimeLimits(connect=2.0, read=6.0, attempts=2)
# CloudWatch keeps points of an hour for 455 days; two months are more than any alarm asks for.
LOOK_BACK = timedelta(days=62)
_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class RestoreTestAge:
    """The age of the restore tests of one plan."""

    backup: Any
    cloudwatch: Any
    metrics: Metrics
    testing_plan: str
    resource_types: tuple[str, ...]
    namespace: str
    environment: str
    clock: Callable[[], float] = time.time

    def report(self) -> dict[str, float]:
        """Publishes the greatest age, and returns all of them in days."""
        now = self.clock()
        # Before there was a plan nothing could be tested.
        planned_at = self._planned_at()
        ages = {
            resource_type: (now - max(planned_at, passed_at)) / _DAY_SECONDS
            for resource_type, passed_at in self._passed_at(now).items()
        }
        log.write("restore_test_age", **{name: round(age, 2) for name, age in ages.items()})
        self.metrics.put([Metric(published.AGE, max(ages.values()), "None")])
        return ages

    def _planned_at(self) -> float:
        answer = self.backup.get_restore_testing_plan(RestoreTestingPlanName=self.testing_plan)
        return answer["RestoreTestingPlan"]["CreationTime"].timestamp()

    def _passed_at(self, now: float) -> dict[str, float]:
        """When each kind was last found good; 0 where it never was."""
        end = datetime.fromtimestamp(now, UTC)
        answer = self.cloudwatch.get_metric_data(
            MetricDataQueries=[self._query(number, name) for number, name in enumerate(self.resource_types)],
            StartTime=end - LOOK_BACK,
            EndTime=end,
        )
        return {
            name: max((at.timestamp() for at in result["Timestamps"]), default=0.0)
            for name, result in zip(self.resource_types, _in_order(answer["MetricDataResults"]), strict=False)
        }

    def _query(self, number: int, resource_type: str) -> dict[str, Any]:
        dimensions = {"Environment": self.environment, published.TYPE: resource_type}
        return {
            "Id": f"type{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": self.namespace,
                    "MetricName": published.PASSED,
                    "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
                },
                "Period": 3600,
                "Stat": "Sum",
            },
        }


def _in_order(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(results, key=lambda result: int(result["Id"].removeprefix("type")))


def build(settings: Settings) -> RestoreTestAge:
    """The watch as this environment describes it."""
    region = settings.text("AWS_REGION")
    namespace, environment = settings.text("METRIC_NAMESPACE"), settings.text("ENVIRONMENT")
    cloudwatch = client("cloudwatch", region, LIMITS)
    return RestoreTestAge(
        backup=client("backup", region, LIMITS),
        cloudwatch=cloudwatch,
        metrics=Metrics(cloudwatch, namespace, environment),
        testing_plan=settings.text("TESTING_PLAN"),
        resource_types=settings.texts("RESOURCE_TYPES"),
        namespace=namespace,
        environment=environment,
    )


@cache
def _restore_test_age() -> RestoreTestAge:
    return build(Settings(os.environ))


def handle(_event: Any, _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return _restore_test_age().report()


cold_start.prepare(_restore_test_age)
