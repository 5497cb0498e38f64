#!/usr/bin/env python3
"""Start the AWS emulator: the one entry point, standard library only.

Builds a virtual environment once (keyed by the pinned requirements), then
replaces itself with the server running inside it. When the server is ready it
prints one JSON line on stdout, `{"endpoint": "http://127.0.0.1:PORT", ...}`;
words go to stderr. It runs until SIGTERM, SIGINT, or until its stdin (when that
is a pipe) is closed, and then takes everything it started down with it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

EMULATOR = Path(__file__).resolve().parent
REQUIREMENTS = EMULATOR / "requirements.txt"
MINIMUM_PYTHON = (3, 11)
CACHE_VARIABLE = "DR_SYNTH_EMULATOR_CACHE"


class SetupError(Exception):
    """Something the user has to install or repair; the message says what."""


def say(message: str) -> None:
    """Print a progress line for humans; stdout stays machine-readable."""
    print(f"emulator: {message}", file=sys.stderr, flush=True)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="start.py", description="Serve the AWS emulator on 127.0.0.1."
    )
    parser.add_argument(
        "--port", type=int, default=0, help="loopback port to listen on (default: any free one)"
    )
    parser.add_argument(
        "--state",
        type=Path,
        help="directory for databases and objects, deleted on exit (default: a temporary one)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=default_cache(),
        help=f"directory for the virtual environment (default: ${CACHE_VARIABLE}, else %(default)s)",
    )
    parser.add_argument(
        "--run-tests", action="store_true", help="run the emulator's own tests instead of serving"
    )
    return parser.parse_args(arguments)


def default_cache() -> Path:
    """The cache directory named by the environment, else the build directory."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else EMULATOR.parent / "target" / "emulator"


def environment_key() -> str:
    """Name of the virtual environment: changes with the pins and the interpreter."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes())
    digest.update(sys.version.encode())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def exclusive(lock_path: Path) -> Iterator[None]:
    """Let one process at a time build the environment; the others wait for it."""
    import fcntl

    lock_path.parent.mkdir(parents=True, exist_ok=True)
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_environment(cache: Path) -> Path:
    """Return the Python of a ready virtual environment, building it if needed."""
    home = cache.resolve() / f"venv-{environment_key()}"
    python = home / "bin" / "python"
    ready = home / "ready"
    if ready.exists() and python.exists():
        return python
    with exclusive(cache / "build.lock"):
        if not (ready.exists() and python.exists()):
            build_environment(home, python)
            ready.touch()
    return python


def build_environment(home: Path, python: Path) -> None:
    """Create the virtual environment and install the pinned requirements."""
    say(f"first start: installing the pinned Python packages into {home}")
    started = time.monotonic()
    shutil.rmtree(home, ignore_errors=True)
    run(
        [sys.executable, "-m", "venv", str(home)],
        "creating a Python virtual environment failed; install the venv module "
        "(on Debian and Ubuntu: apt install python3-venv)",
    )
    run(
        [
            str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-input", "--require-hashes", "--only-binary", ":all:",
            "--requirement", str(REQUIREMENTS),
        ],
        "installing emulator/requirements.txt with pip failed; it needs a Python package index "
        "(network access, or PIP_INDEX_URL / PIP_FIND_LINKS pointing at one)",
    )
    say(f"packages installed in {time.monotonic() - started:.0f} s")


def run(command: list[str], advice: str) -> None:
    """Run a set-up command, turning a failure into advice."""
    finished = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace",
    )
    if finished.returncode != 0:
        raise SetupError(f"{finished.stdout.strip()}\n{advice}")


def server_command(python: Path, options: argparse.Namespace) -> list[str]:
    """The command that takes this process over."""
    if options.run_tests:
        return [str(python), "-m", "unittest", "discover", "-s", "tests", "-t", "."]
    command = [str(python), "-m", "server", "--port", str(options.port)]
    if options.state:
        command += ["--state", str(options.state.resolve())]
    return command


def main(arguments: list[str]) -> int:
    """Prepare the environment and become the server."""
    options = parse_arguments(arguments)
    try:
        if sys.version_info < MINIMUM_PYTHON:
            wanted = ".".join(map(str, MINIMUM_PYTHON))
            raise SetupError(f"Python {wanted} or newer is needed, this is {sys.version.split()[0]}")
        if os.name != "posix":
            raise SetupError("the emulator runs on Linux and macOS")
        python = ensure_environment(options.cache)
    except (SetupError, OSError) as error:
        say(str(error))
        return 1
    command = server_command(python, options)
    os.chdir(EMULATOR)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.stdout.flush()
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
