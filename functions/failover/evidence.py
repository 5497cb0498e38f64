"""The evidence of a drill: one JSON document that says what was done, measured, and found.

It is written for a drill that failed too; that one is worth reading.
"""

import json
from dataclasses import dataclass
from typing import Any

from instants import iso


@dataclass(frozen=True)
class Findings:
    """What the steps of a drill have reported; None where a step did not get so far."""

    payments: dict[str, Any] | None
    verification: dict[str, Any] | None
    error: Any
    timeline: Any
    # The recovery time objective. Of loss there is none: that is a switchover's promise.
    recovery_limit_seconds: int

    def failures(self, own_region: str, primary_region: str) -> list[str]:
        """Why the drill has not passed; empty if it has."""
        return [
            *(["the drill was broken off"] if self.error else []),
            *self._of_payments(own_region, primary_region),
            *self._of_ledger(),
        ]

    def _of_payments(self, own_region: str, primary_region: str) -> list[str]:
        if not self.payments:
            return ["the payments were not measured"]
        failures = []
        if self.payments["longest_gap_seconds"] > self.recovery_limit_seconds:
            failures.append(
                f"no payment for {self.payments['longest_gap_seconds']} s, over {self.recovery_limit_seconds} s"
            )
        failures += [
            f"no payment was acknowledged in {region}"
            for region in (own_region, primary_region)
            if not self.payments["regions"].get(region)
        ]
        if self.payments["sent"] > self.payments["acknowledged"]:
            failures.append("the last payment was never acknowledged")
        if not self.payments["back_in_primary_at"]:
            failures.append(f"payments did not come back to {primary_region}")
        return failures

    def _of_ledger(self) -> list[str]:
        if not self.verification:
            return ["the ledger was not checked"]
        failures = list(self.verification["reasons"])
        for name in ("lost", "duplicated"):
            number = self.verification[name]
            if number is None:
                failures.append(f"how many payments were {name} is unknown")
            elif number:
                failures.append(f"{number} payments {name}")
        return failures


def key(drill: str, started_at: int) -> str:
    """Where the evidence lies in the bucket."""
    return f"evidence/drills/{iso(started_at)[:10]}-{drill}.json"


def document(drill: str, started_at: int, now: int, findings: Findings, failures: list[str]) -> bytes:
    """The record."""
    payments, verification = findings.payments or {}, findings.verification or {}
    record = {
        "drill": drill,
        "passed": not failures,
        "reasons": failures,
        "started_at": iso(started_at),
        "recorded_at": iso(now),
        "recovery": {
            "rto_seconds": payments.get("longest_gap_seconds"),
            "rto_limit_seconds": findings.recovery_limit_seconds,
            "rpo_payments_lost": verification.get("lost"),
            "payments_sent": payments.get("sent"),
            "payments_acknowledged": payments.get("acknowledged"),
            "payments_duplicated": verification.get("duplicated"),
        },
        "payments": findings.payments,
        "verification": findings.verification,
        "timeline": findings.timeline,
        "error": findings.error,
    }
    return json.dumps(record, indent=2, default=str).encode("utf-8")
