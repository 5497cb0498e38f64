"""Entry point of the write probe: `probe.handle`, `{"region": R}`.

Whether a cluster takes writes, it alone can show: RDS calls a cluster the writer when the roles
have changed in its books. So one row is written and read back. It raises `NotYet` where that
fails, which the state machines take as "ask again".
"""

import os
import time
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

import cold_start
import log
from aws_clients import TimeLimits
from data_api import Database, databases_of
from failures import NotYet
from settings import Settings

# Two statements, 16 seconds at the most, in a function that has 30.
LIMITS = TimeLimits(connect=2.0, read=6.0, attempts=1)

# A table of its own, made with the payments' (functions/database_setup).
_WRITE = """
INSERT INTO failover_probe (region, token)
VALUES (:region, :token)
ON CONFLICT (region) DO UPDATE SET token = EXCLUDED.token, written_at = now()
"""

_READ = """
SELECT token, CAST(written_at AT TIME ZONE 'UTC' AS text) FROM failover_probe WHERE region = :region
"""


def write_and_read(databases: Mapping[str, Database], region: str) -> dict[str, Any]:
    """Writes a row to this region's cluster and reads it back."""
    started = time.monotonic()
    database = databases[region]
    token = str(uuid.uuid4())
    database.run(_WRITE, region=region, token=token)
    rows = database.run(_READ, region=region)
    if not rows or rows[0][0] != token:
        raise NotYet("database: another row came back than was written")
    result = {
        "region": region,
        "token": token,
        "written_at": rows[0][1].replace(" ", "T") + "Z",
        "milliseconds": round((time.monotonic() - started) * 1000),
    }
    log.write("written", **result)
    return result


@cache
def _databases() -> dict[str, Database]:
    return databases_of(Settings(os.environ), LIMITS)


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return write_and_read(_databases(), event["region"])


cold_start.prepare(_databases)
