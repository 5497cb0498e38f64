"""What judges say."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """Something that a judge objects to."""

    check: str
    resource: str
    message: str


@dataclass
class Verdict:
    """What one judge says of one plan."""

    judge: str
    passed: int
    findings: list[Finding] = field(default_factory=list)
