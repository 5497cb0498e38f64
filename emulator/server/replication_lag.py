"""How far a standby is behind its writer, in time.

PostgreSQL tells positions in its log, not times, and the time of the last replayed commit ages while
nobody writes. So the writer's position is noted each time it is looked at: the lag is the age of the
oldest noted position that the standby has not replayed.
"""

from __future__ import annotations

import time
from collections import deque

from server.postgres_server import PostgresServer

WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint"
REPLAYED = "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint"


class ReplicationLag:
    """The lag of one standby behind one writer; a change of either begins anew."""

    def __init__(self) -> None:
        self._pair: tuple[PostgresServer, PostgresServer] | None = None
        self._noted: deque[tuple[float, int]] = deque()

    def measure(self, writer: PostgresServer, standby: PostgresServer) -> float:
        """The lag in milliseconds: the time the two questions took when all is replayed."""
        if self._pair != (writer, standby):
            self._pair = (writer, standby)
            self._noted.clear()
        asked_at = time.monotonic()
        self._noted.append((asked_at, int(writer.query(WRITTEN)[0][0])))
        replayed = int(standby.query(REPLAYED)[0][0])
        while self._noted and self._noted[0][1] <= replayed:
            self._noted.popleft()
        since = self._noted[0][0] if self._noted else asked_at
        return (time.monotonic() - since) * 1000
