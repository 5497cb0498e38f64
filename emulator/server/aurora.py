"""Which PostgreSQL server stands behind which Aurora cluster.

One server per cluster, named by the cluster's ARN. The clusters of a global
database stream from the writer's server; switchover and failover are real
promotions of a standby.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from itertools import count
from pathlib import Path

import psycopg2

from server.postgres_binaries import PostgresBinaries, locate
from server.postgres_server import PostgresServer

PROMOTION_TIMEOUT_SECONDS = 60.0
CATCH_UP_TIMEOUT_SECONDS = 30.0

logger = logging.getLogger("aurora")


class NotCaughtUpError(Exception):
    """A switchover would lose data: the standby lacks some of the writer's log."""


class AuroraFleet:
    """All PostgreSQL servers of this emulator."""

    def __init__(self, directory: Path, scratch: Path) -> None:
        self._directory = directory
        self._scratch = scratch
        self._binaries: PostgresBinaries | None = None
        self._servers: dict[str, PostgresServer] = {}
        self._numbers = count(1)
        self.lock = threading.RLock()
        # Former writers that nobody has fenced: they take writes, through the Data API too.
        self.unfenced: set[str] = set()

    def server(self, arn: str) -> PostgresServer | None:
        """The server of a cluster, running or not."""
        return self._servers.get(arn)

    def running(self, arn: str) -> PostgresServer | None:
        """The server of a cluster if its process is alive."""
        server = self._servers.get(arn)
        return server if server and server.running else None

    def arns(self) -> list[str]:
        """ARNs of all clusters that have a server."""
        return sorted(self._servers)

    def start_primary(self, arn: str, user: str, password: str, database: str) -> None:
        """Start a writable server, on the data it had before if it was only stopped."""
        with self.lock:
            server = self._servers.get(arn)
            if server:
                if not server.running:
                    server.start()
                return
            server = self._new_server()
            try:
                server.create_primary(user, password, database)
            except Exception:
                server.remove()
                raise
            self._servers[arn] = server

    def start_standby(self, arn: str, writer_arn: str) -> None:
        """Start a server that streams from the writer's."""
        with self.lock:
            if self.running(arn):
                return
            writer = self.running(writer_arn)
            if not writer:
                raise RuntimeError(f"the writer {writer_arn} has no running database server")
            server = self._servers.get(arn) or self._new_server()
            try:
                server.create_standby(writer)
            except Exception:
                server.remove()
                raise
            self._servers[arn] = server

    def stop(self, arn: str) -> None:
        """Stop a cluster's server and keep its data."""
        with self.lock:
            server = self._servers.get(arn)
            if server:
                server.stop()

    def crash(self, arn: str) -> None:
        """End a cluster's server the hard way; its data stays."""
        with self.lock:
            server = self._servers.get(arn)
            if server:
                server.crash()

    def restart(self, arn: str) -> None:
        """Start a server that ended on the data it has, in the role it had."""
        with self.lock:
            server = self._servers.get(arn)
            if server and not server.running:
                server.start()

    def remove(self, arn: str) -> None:
        """Stop a cluster's server and delete its data."""
        with self.lock:
            server = self._servers.pop(arn, None)
            if server:
                server.remove()

    def remove_all(self) -> None:
        """Stop every server; the state directory is deleted by the caller."""
        with self.lock:
            for arn in self.arns():
                self.remove(arn)

    def detach(self, arn: str) -> None:
        """Make a standby a stand-alone writable server, as leaving a global database does."""
        server = self.running(arn)
        if server and server.in_recovery():
            server.promote(PROMOTION_TIMEOUT_SECONDS)

    def switch_over(self, writer_arn: str, target_arn: str) -> None:
        """Swap roles without losing anything: stop the writer, drain, promote, rejoin."""
        writer, target = self._pair(writer_arn, target_arn)
        # A clean shutdown sends the last of the log to connected standbys before it returns.
        writer.disconnect_clients()
        end_of_log = writer.query("SELECT pg_current_wal_flush_lsn()")[0][0]
        writer.stop(signal.SIGINT)
        if not _caught_up(target, end_of_log):
            writer.start()
            raise NotCaughtUpError(f"{target_arn} has not replayed the log up to {end_of_log}")
        target.promote(PROMOTION_TIMEOUT_SECONDS)
        writer.follow(target)
        writer.start()

    def fail_over(self, writer_arn: str, target_arn: str) -> None:
        """Promote the target whatever the writer's state, then rebuild the old writer from it."""
        target = self.running(target_arn)
        if not target:
            raise RuntimeError(f"{target_arn} has no running database server to promote")
        writer = self._servers.get(writer_arn)
        if writer:
            # Fencing: the old writer must not take another write.
            writer.stop(signal.SIGQUIT)
        target.promote(PROMOTION_TIMEOUT_SECONDS)

    def rejoin(self, arn: str, writer_arn: str) -> None:
        """Rebuild a former writer as a standby, on a new volume as Aurora does."""
        with self.lock:
            self.start_standby(arn, writer_arn)

    def _pair(self, writer_arn: str, target_arn: str) -> tuple[PostgresServer, PostgresServer]:
        writer, target = self.running(writer_arn), self.running(target_arn)
        if not writer or not target:
            raise RuntimeError("a switchover needs both database servers running")
        return writer, target

    def _new_server(self) -> PostgresServer:
        if self._binaries is None:
            self._binaries = locate(self._scratch)
        return PostgresServer(self._binaries, self._directory / str(next(self._numbers)))


def _caught_up(standby: PostgresServer, end_of_log: str) -> bool:
    deadline = time.monotonic() + CATCH_UP_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            replayed = standby.query(f"SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '{end_of_log}') >= 0")
        except psycopg2.Error as error:
            logger.warning("standby does not answer: %s", error)
            return False
        if replayed[0][0]:
            return True
        time.sleep(0.05)
    return False
