"""The log: one line of JSON for each thing that happened."""

import json
from typing import Any


def write(happened: str, **fields: Any) -> None:
    """Writes one line. Error messages of AWS do not belong here: they can quote parameters."""
    print(json.dumps({"happened": happened, **fields}, separators=(",", ":")), flush=True)
