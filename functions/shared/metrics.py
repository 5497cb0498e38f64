"""Metrics that the functions publish, for their alarms and the dashboard."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Metric:
    """One value. `dimensions` come on top of the environment's."""

    name: str
    value: float
    unit: str = "Count"
    dimensions: dict[str, str] = field(default_factory=dict)


class Metrics:
    """A namespace in this region."""

    def __init__(self, client: Any, namespace: str, environment: str):
        self._client = client
        self._namespace = namespace
        self._environment = environment

    def put(self, metrics: list[Metric]) -> None:
        """Publishes the values."""
        self._client.put_metric_data(Namespace=self._namespace, MetricData=[self._datum(metric) for metric in metrics])

    def _datum(self, metric: Metric) -> dict[str, Any]:
        dimensions = {"Environment": self._environment, **metric.dimensions}
        return {
            "MetricName": metric.name,
            "Value": float(metric.value),
            "Unit": metric.unit,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        }
