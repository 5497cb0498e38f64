"""A recording of what every signed request asks for, administrators' too: a line of JSON each, for `xtask/permissions.py`.

The SDK numbers its calls; Terraform's log of the provider says for which resource a number was.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from server.models.request import Request
from server.permissions.actions import Need

# A folder: with it, every emulator keeps a recording there.
RECORDINGS = "DR_SYNTH_RECORDINGS"
CALL_NUMBER = "amz-sdk-invocation-id"


class Recording:
    """A file that grows."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def keep(self, request: Request, region: str, needs: list[Need]) -> None:
        """Write a request down."""
        entry: dict[str, Any] = {
            "call": request.headers.get(CALL_NUMBER),
            "region": region,
            # A role is passed to somebody, and a policy should say to whom.
            "needs": [[need.action, need.resource, need.context.get("iam:PassedToService", "")] for need in needs],
        }
        with self._lock:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
