"""Findings that the project answers with a reason instead of a change."""

from __future__ import annotations

import fnmatch
import tomllib
from dataclasses import dataclass
from pathlib import Path

from panel.verdict import Finding

# More would be a habit and not an exception.
MOST_FOR_ONE_JUDGE = 12
SHORTEST_REASON = 40


class BadSkips(Exception):
    """The file of skips breaks its own rules; the message says which."""


@dataclass(frozen=True)
class Skip:
    """A check that does not fit some resources."""

    judge: str
    check: str
    resources: tuple[str, ...]
    reason: str

    def covers(self, judge: str, finding: Finding) -> bool:
        """Whether this answers the finding."""
        return (self.judge, self.check) == (judge, finding.check) and any(
            fnmatch.fnmatchcase(finding.resource, pattern) for pattern in self.resources
        )


def read(path: Path) -> list[Skip]:
    """Read the file, and hold it to its rules."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["skip"]
        skips = [Skip(t["judge"], t["check"], tuple(t["resources"]), " ".join(t["reason"].split())) for t in tables]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadSkips(f"{path.name}: {error!r}; every [[skip]] has judge, check, resources and reason") from error
    for skip in skips:
        if len(skip.reason) < SHORTEST_REASON:
            raise BadSkips(f"{path.name}: the reason of {skip.check} is too short to convince anybody")
        if not skip.resources or "*" in skip.resources:
            raise BadSkips(f"{path.name}: {skip.check} must name its resources, and not all there are")
    for judge in {skip.judge for skip in skips}:
        of_judge = [skip.check for skip in skips if skip.judge == judge]
        if len(of_judge) > MOST_FOR_ONE_JUDGE:
            raise BadSkips(f"{path.name}: {len(of_judge)} skips of {judge}, at most {MOST_FOR_ONE_JUDGE} are allowed")
        if len(set(of_judge)) < len(of_judge):
            raise BadSkips(f"{path.name}: a check of {judge} is skipped twice")
    return skips
