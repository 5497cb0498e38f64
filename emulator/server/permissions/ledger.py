"""What was judged: each different request once, with the policies that decided it, for whoever judges it again."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from server.permissions.grants import Grant

Data = dict[str, Any]

# A folder: every emulator leaves a file with what it judged there when it ends.
REPORTS = "DR_SYNTH_PERMISSIONS_REPORTS"


class PermissionsLedger:
    """Requests and denials, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._documents: dict[str, Data] = {}
        self._requests: dict[str, Data] = {}
        self._counts: Counter[str] = Counter()
        self._denied: list[Data] = []
        self._granted: dict[str, Data] = {}
        self._unjudged: Counter[str] = Counter()

    def judged(self, simulation: Data, sender: str, verdict: str) -> None:
        """A request and its verdict."""
        request = simulation["request"]
        entry = {
            "sender": sender,
            "principal": request["principal"],
            "action": request["action"],
            "resource": request["resource"]["resource"],
            "account": request["resource"]["accountId"],
            "context": request["contextVariables"],
            "identity": [[one["name"], self._document(one["policy"])] for one in simulation["identityPolicies"]],
            "resource_policy": self._document(simulation.get("resourcePolicy")),
            "endpoint": [
                [one["name"], self._document(one["policy"])] for one in simulation.get("vpcEndpointPolicies") or []
            ],
            "verdict": verdict,
        }
        key = json.dumps(entry, sort_keys=True)
        with self._lock:
            self._requests[key] = entry
            self._counts[key] += 1
            if verdict != "Allowed":
                self._denied.append(
                    {name: entry[name] for name in ("sender", "principal", "action", "resource", "verdict")}
                )

    def granted(self, grant: Grant) -> None:
        """A policy that was put into the account."""
        entry = {"kind": grant.kind, "owner": grant.owner, "document": grant.document}
        with self._lock:
            self._granted[json.dumps(entry, sort_keys=True)] = entry

    def unjudged(self, what: str) -> None:
        """A request that could not be judged, and was denied for it."""
        with self._lock:
            self._unjudged[what] += 1

    def report(self) -> Data:
        """Everything, for programs."""
        with self._lock:
            requests = [{**entry, "count": self._counts[key]} for key, entry in sorted(self._requests.items())]
            return {
                "documents": dict(sorted(self._documents.items())),
                "requests": requests,
                "granted": [entry for _, entry in sorted(self._granted.items())],
                "denied": list(self._denied),
                "unjudged": dict(sorted(self._unjudged.items())),
            }

    def summary(self) -> Data:
        """Numbers, and what was denied."""
        with self._lock:
            return {
                "enforced": True,
                "requests": sum(self._counts.values()),
                "different": len(self._requests),
                "denied": list(self._denied),
                "unjudged": dict(sorted(self._unjudged.items())),
            }

    def close(self, folder: str | None) -> list[str]:
        """Leave the report where a test run collects them, and say it in lines."""
        summary = self.summary()
        if folder and summary["requests"]:
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{os.getpid()}.json").write_text(json.dumps(self.report()))
        said = [
            (
                f"judged by the policies in the account: {summary['requests']} requests, {summary['different']} different ones, "
                f"{len(summary['denied'])} denied"
            )
        ]
        said += [
            f"  denied: {one['action']} on {one['resource']} to {one['principal']} ({one['sender']}): {one['verdict']}"
            for one in summary["denied"]
        ]
        return said + [
            f"  not judged, and denied: {what} ({count} times)" for what, count in summary["unjudged"].items()
        ]

    def _document(self, policy: Data | None) -> str | None:
        if policy is None:
            return None
        digest = hashlib.sha256(json.dumps(policy, sort_keys=True).encode()).hexdigest()[:16]
        self._documents[digest] = policy
        return digest
