"""State directory, guardian process and the reasons to stop."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from server.guardian import STATE_VARIABLE

# It ends what is left, which takes its time on a machine that has other work.
GUARDIAN_TIMEOUT_SECONDS = 60.0


class StateDirectory:
    """The directory that holds everything this emulator writes, and its guardian."""

    def __init__(self, wanted: Path | None) -> None:
        self.path = _create(wanted)
        # The database user has to walk through; each database directory is private.
        self.path.chmod(0o711)
        self.databases = self.path / "databases"
        self.databases.mkdir(mode=0o711)
        self.temporary = self.path / "tmp"
        self.temporary.mkdir()
        environment = {k: v for k, v in os.environ.items() if k != STATE_VARIABLE}
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", "server.guardian", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env=environment,
        )

    def close(self) -> None:
        """Let the guardian sweep and wait for it."""
        if self._guardian.stdin:
            self._guardian.stdin.close()
        self._guardian.wait(timeout=GUARDIAN_TIMEOUT_SECONDS)


def _create(wanted: Path | None) -> Path:
    if wanted is None:
        # Short, because unix socket paths are limited to about 100 characters.
        return Path(tempfile.mkdtemp(prefix="dr-emulator-")).resolve()
    # Deleted at the end, so it must not hold anything else.
    wanted.mkdir(parents=True, exist_ok=True)
    if any(wanted.iterdir()):
        raise FileExistsError(f"the state directory {wanted} is not empty")
    return wanted.resolve()


def watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` when stdin, if it is a pipe from a parent, is closed."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return
    # A terminal or /dev/null says nothing about a parent.
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, name="watch-parent", daemon=True).start()
