"""The last one out: sweeps up after the emulator, however it ended.

Runs as a process of its own. It waits for the emulator to close the pipe on its
stdin, which the kernel does even after SIGKILL, then ends every process that
the emulator started and deletes the state directory.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from pathlib import Path

import psutil

STATE_VARIABLE = "DR_SYNTH_EMULATOR_STATE"
GRACE_SECONDS = 3.0


def main(state: str) -> None:
    """Wait for the emulator to end, then sweep."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.buffer.read()
    sweep(Path(state))


def sweep(state: Path) -> None:
    """End what belongs to this state directory and delete it."""
    processes = [*databases(state), *marked(state)]
    for process in processes:
        send(process, signal.SIGQUIT)
    _, survivors = psutil.wait_procs(processes, timeout=GRACE_SECONDS)
    for process in survivors:
        send(process, signal.SIGKILL)
    psutil.wait_procs(survivors, timeout=GRACE_SECONDS)
    shutil.rmtree(state, ignore_errors=True)


def databases(state: Path) -> list[psutil.Process]:
    """PostgreSQL servers, found by their pid files: they overwrite their environment."""
    found = []
    for pid_file in state.glob("databases/*/data/postmaster.pid"):
        try:
            process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
            if "postgres" in process.name():
                found.append(process)
        except (OSError, ValueError, psutil.Error):
            continue
    return found


def marked(state: Path) -> list[psutil.Process]:
    """Lambda workers and anything else that inherited the emulator's environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(STATE_VARIABLE) == str(state):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def send(process: psutil.Process, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    with contextlib.suppress(psutil.Error):
        process.send_signal(number)


if __name__ == "__main__":
    main(sys.argv[1])
