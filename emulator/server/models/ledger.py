"""What was held against the models: requests and values by service, what had no model, what was refused."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

# A folder: every emulator leaves a file with its counts there when it ends.
REPORTS = "DR_SYNTH_MODEL_REPORTS"


class Ledger:
    """Counts, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[str] = Counter()
        self._values: Counter[str] = Counter()
        self._without: Counter[str] = Counter()
        self._excused: Counter[str] = Counter()
        self._refused: list[dict[str, str]] = []

    def checked(self, service: str, values: int) -> None:
        """A request of a known operation."""
        with self._lock:
            self._requests[service] += 1
            self._values[service] += values

    def without_model(self, what: str) -> None:
        """A request of an operation that no model has."""
        with self._lock:
            self._without[what] += 1

    def excused(self, reason: str) -> None:
        """A value that breaks its model, which is known to be wrong there."""
        with self._lock:
            self._excused[reason] += 1

    def refused(self, operation: str, code: str, message: str, sender: str) -> None:
        """A request that was answered with an error."""
        with self._lock:
            self._refused.append({"operation": operation, "code": code, "message": message, "sender": sender})

    def report(self) -> dict[str, Any]:
        """Everything, for programs."""
        with self._lock:
            return {
                "requests": dict(sorted(self._requests.items())),
                "values": dict(sorted(self._values.items())),
                "without_model": dict(sorted(self._without.items())),
                "excused": dict(sorted(self._excused.items())),
                "refused": list(self._refused),
            }

    def close(self, folder: str | None) -> list[str]:
        """Leave the report where a test run collects them, and say it in lines."""
        report = self.report()
        if folder and report["requests"]:
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{os.getpid()}.json").write_text(json.dumps(report))
        return lines(report)


def lines(report: dict[str, Any]) -> list[str]:
    """A report in words."""
    requests, values = sum(report["requests"].values()), sum(report["values"].values())
    said = [
        (
            f"held against AWS's models: {requests} requests with {values} values of {len(report['requests'])} services, "
            f"{len(report['refused'])} refused"
        ),
    ]
    said += [
        f"  {name}: {count} requests, {report['values'].get(name, 0)} values"
        for name, count in report["requests"].items()
    ]
    said += [f"  without a model: {what} ({count} times)" for what, count in report["without_model"].items()]
    said += [f"  the model is wrong: {reason} ({count} times)" for reason, count in report["excused"].items()]
    said += [
        f"  refused: {refused['operation']} from {refused['sender']}: {refused['code']}: {refused['message']}"
        for refused in report["refused"]
    ]
    return said


def total(folder: Path) -> dict[str, Any]:
    """The sum of the reports in a folder."""
    summed: dict[str, Any] = {"refused": []}
    for part in ("requests", "values", "without_model", "excused"):
        counted: Counter[str] = Counter()
        for path in sorted(folder.glob("*.json")):
            counted.update(json.loads(path.read_text())[part])
        summed[part] = dict(sorted(counted.items()))
    for path in sorted(folder.glob("*.json")):
        summed["refused"] += json.loads(path.read_text())["refused"]
    return summed
