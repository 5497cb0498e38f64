"""One PostgreSQL server process with its data directory."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from server.postgres_binaries import PostgresBinaries, clean_environment

ADMIN_ROLE = "rdsadmin"
REPLICATION_ROLE = "rdsrepladmin"
START_TIMEOUT_SECONDS = 30.0
STOP_TIMEOUT_SECONDS = 20.0
POLL_SECONDS = 0.05

# Throw-away data: nothing is flushed to disk, nothing survives the emulator.
# wal_log_hints keeps pg_rewind possible; wal_keep_size lets a standby that was
# away for a moment catch up.
SETTINGS = {
    "fsync": "off",
    "shared_buffers": "16MB",
    "max_connections": "200",
    "wal_level": "replica",
    "wal_log_hints": "on",
    "wal_keep_size": "256MB",
    "min_wal_size": "32MB",
    "max_wal_senders": "10",
    "hot_standby": "on",
    "wal_retrieve_retry_interval": "200ms",
    "password_encryption": "scram-sha-256",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}

ACCESS_RULES = """\
local   all          rdsadmin                    trust
host    replication  rdsrepladmin  127.0.0.1/32  scram-sha-256
host    all          all           127.0.0.1/32  scram-sha-256
"""


class PostgresServer:
    """A server that is a primary or streams from one.

    The administrator logs in over a unix socket inside the private data
    directory; everybody else needs a password over loopback TCP.
    """

    def __init__(self, binaries: PostgresBinaries, directory: Path) -> None:
        self._binaries = binaries
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._replication_password = ""
        self._source = ""
        self.port = _free_port()
        binaries.own(directory)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self._directory / "data"

    @property
    def pid(self) -> int | None:
        """Process id while running."""
        return self._process.pid if self._process and self.running else None

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        return self._process is not None and self._process.poll() is None

    def create_primary(self, user: str, password: str, database: str) -> None:
        """Initialise a new database cluster with its master user and first database."""
        self._binaries.run(
            "initdb",
            "--pgdata",
            str(self.data),
            "--username",
            ADMIN_ROLE,
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--wal-segsize=4",
        )
        self._write_configuration()
        self.start()
        self._replication_password = secrets.token_hex(16)
        with self.admin() as cursor:
            _create_roles(cursor, user, password, self._replication_password)
            _create_database(cursor, database, user)

    def create_standby(self, primary: PostgresServer) -> None:
        """Copy a running primary and stream from it."""
        shutil.rmtree(self.data, ignore_errors=True)
        self._binaries.run(
            "pg_basebackup",
            "--pgdata",
            str(self.data),
            "--wal-method=stream",
            "--checkpoint=fast",
            "--no-sync",
            "--host=127.0.0.1",
            f"--port={primary.port}",
            f"--username={REPLICATION_ROLE}",
            environment={"PGPASSWORD": primary._replication_password},
        )
        self._write_configuration()
        self.follow(primary)
        self.start()

    def follow(self, primary: PostgresServer) -> None:
        """Write the configuration of a standby of `primary`; takes effect at the next start."""
        self._replication_password = primary._replication_password
        connection = (
            f"host=127.0.0.1 port={primary.port} user={REPLICATION_ROLE} "
            f"password={primary._replication_password} application_name=standby_{self.port}"
        )
        self._source = connection
        self._write("postgresql.auto.conf", f"primary_conninfo = '{connection}'\n")
        self._write("standby.signal", "")

    def stop_receiving(self) -> None:
        """Let a running standby receive nothing more: it loses its connection and makes no other."""
        self._set_source("")
        while self.query("SELECT pid FROM pg_stat_wal_receiver"):
            time.sleep(POLL_SECONDS)

    def receive_again(self) -> None:
        """Let a running standby connect to its primary again."""
        self._set_source(self._source)

    def _set_source(self, connection: str) -> None:
        with self.admin() as cursor:
            # ALTER SYSTEM takes no parameters, but the driver writes them into the statement.
            cursor.execute("ALTER SYSTEM SET primary_conninfo = %s", (connection,))
            cursor.execute("SELECT pg_reload_conf()")

    def start(self) -> None:
        """Start the server process and wait until it accepts connections."""
        with (self._directory / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries.path("postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=clean_environment({}),
                start_new_session=True,
                **self._binaries.identity(),
            )
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT shuts down cleanly, SIGQUIT at once, SIGKILL is a crash."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout=STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def crash(self) -> None:
        """End every process of the server at once, as a lost machine does."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            # The children too: they would notice a moment later and meanwhile hold the memory.
            family = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            while not all(_has_ended(member) for member in family):
                time.sleep(POLL_SECONDS)
        process.wait()

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._directory, ignore_errors=True)

    def promote(self, timeout: float) -> None:
        """Turn a standby into a primary and wait until it accepts writes."""
        with self.admin() as cursor:
            cursor.execute("SELECT pg_promote(wait => true, wait_seconds => %s)", (int(timeout),))
            if not cursor.fetchone()[0]:
                raise TimeoutError(f"promotion took longer than {timeout:.0f} s")

    def in_recovery(self) -> bool:
        """Whether the server is a standby."""
        return bool(self.query("SELECT pg_is_in_recovery()")[0][0])

    def query(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as administrator and return its rows."""
        with self.admin(database) as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def set_password(self, user: str, password: str) -> None:
        """Change a role's password."""
        with self.admin() as cursor:
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(user)), (password,))

    def disconnect_clients(self) -> None:
        """End every session except replication and our own."""
        self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    @contextlib.contextmanager
    def admin(self, database: str = "postgres") -> Iterator[psycopg2.extensions.cursor]:
        """A cursor of the administrator, in autocommit mode."""
        connection = psycopg2.connect(
            host=str(self._directory),
            port=self.port,
            user=ADMIN_ROLE,
            dbname=database,
            connect_timeout=5,
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def log_tail(self, characters: int = 2000) -> str:
        """The end of the server's log, for error messages."""
        log = self._directory / "server.log"
        return log.read_text(errors="replace")[-characters:] if log.exists() else ""

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if not self.running:
                raise RuntimeError(f"PostgreSQL did not start: {self.log_tail()}")
            try:
                with self.admin():
                    return
            except psycopg2.OperationalError:
                time.sleep(POLL_SECONDS)
        raise TimeoutError(f"PostgreSQL was not ready in time: {self.log_tail()}")

    def _write_configuration(self) -> None:
        settings = {
            **SETTINGS,
            "port": str(self.port),
            "unix_socket_directories": str(self._directory),
        }
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        self._write("postgresql.conf", lines)
        self._write("pg_hba.conf", ACCESS_RULES)

    def _write(self, name: str, content: str) -> None:
        path = self.data / name
        path.write_text(content)
        path.chmod(0o600)
        if self._binaries.user:
            shutil.chown(path, self._binaries.user.pw_uid, self._binaries.user.pw_gid)


def _has_ended(process: psutil.Process) -> bool:
    """Whether a process is gone, or waits for nothing but a parent that asks for its end."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _create_roles(cursor: psycopg2.extensions.cursor, user: str, password: str, replication_password: str) -> None:
    """The roles of an Aurora cluster: the master user is powerful but not a superuser."""
    cursor.execute("CREATE ROLE rds_superuser NOLOGIN")
    cursor.execute("GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION")
    cursor.execute(
        sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD %s IN ROLE rds_superuser").format(
            sql.Identifier(user)
        ),
        (password,),
    )
    cursor.execute(
        sql.SQL("CREATE ROLE {} LOGIN REPLICATION PASSWORD %s").format(sql.Identifier(REPLICATION_ROLE)),
        (replication_password,),
    )
    cursor.execute(sql.SQL("ALTER DATABASE postgres OWNER TO {}").format(sql.Identifier(user)))


def _create_database(cursor: psycopg2.extensions.cursor, database: str, owner: str) -> None:
    if database and database != "postgres":
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(owner)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
