"""Where AWS's models are wrong: what AWS takes all the same, each with the reason. Everything else is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.models.catalog import Call
from server.models.values import Violation


@dataclass(frozen=True)
class Quirk:
    """A fault of a model."""

    service: str
    operation: str
    path: str
    kind: str
    reason: str

    def excuses(self, call: Call, violation: Violation) -> bool:
        """Whether a violation is this fault."""
        return (
            self.service == call.service
            and re.fullmatch(self.operation, call.operation.name) is not None
            and re.fullmatch(self.path, violation.path) is not None
            and re.fullmatch(self.kind, violation.kind) is not None
        )


QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        "rds",
        ".*",
        "MasterUsername",
        "characters",
        "CreateDBCluster's text has the limits of RDS for MySQL; Aurora PostgreSQL takes underscores and 63 characters",
    ),
    Quirk(
        "rds",
        ".*",
        "DBParameterGroupName",
        "characters",
        "the text leaves out the dot, which the groups that AWS makes itself have (default.aurora-postgresql17)",
    ),
)


def excuse(call: Call, violation: Violation) -> str | None:
    """Why a violation is none."""
    return next((quirk.reason for quirk in QUIRKS if quirk.excuses(call, violation)), None)
