"""Virtual environments with pinned packages, built once and found again: standard library only.

An environment is named after its requirements and the interpreter, so a change of either builds another one. Several
processes may ask for the same one at the same time: one builds it, the others wait.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MINIMUM_PYTHON = (3, 11)


class SetupError(Exception):
    """Something the user has to install or repair; the message says what."""


@dataclass(frozen=True)
class PinnedEnvironment:
    """The packages of one requirements file, all of them pinned with hashes."""

    name: str
    requirements: Path
    cache_variable: str

    def default_cache(self) -> Path:
        """The cache directory named by the environment, else one in the build directory."""
        named = os.environ.get(self.cache_variable)
        return Path(named) if named else ROOT / "target" / self.name

    def ensure(self, cache: Path | None = None) -> Path:
        """Return the Python of the ready environment, building it if needed."""
        if sys.version_info < MINIMUM_PYTHON:
            wanted = ".".join(map(str, MINIMUM_PYTHON))
            raise SetupError(f"Python {wanted} or newer is needed, this is {sys.version.split()[0]}")
        if os.name != "posix":
            raise SetupError(f"{self.name} runs on Linux and macOS")
        cache = cache or self.default_cache()
        home = cache.resolve() / f"venv-{self._key()}"
        python = home / "bin" / "python"
        ready = home / "ready"
        if ready.exists() and python.exists():
            return python
        with exclusive(cache / "build.lock"):
            if not (ready.exists() and python.exists()):
                self._build(home, python)
                ready.touch()
        return python

    def say(self, message: str) -> None:
        """Print a progress line for humans; stdout stays machine-readable."""
        print(f"{self.name}: {message}", file=sys.stderr, flush=True)

    def _key(self) -> str:
        digest = hashlib.sha256(self.requirements.read_bytes())
        digest.update(sys.version.encode())
        return digest.hexdigest()[:16]

    def _build(self, home: Path, python: Path) -> None:
        self.say(f"first start: installing the pinned Python packages into {home}")
        started = time.monotonic()
        shutil.rmtree(home, ignore_errors=True)
        run(
            [sys.executable, "-m", "venv", str(home)],
            "creating a Python virtual environment failed; install the venv module "
            "(on Debian and Ubuntu: apt install python3-venv)",
        )
        run(
            [
                str(python),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "--requirement",
                str(self.requirements),
            ],
            f"installing {self.requirements.relative_to(ROOT)} with pip failed; it needs a Python package index "
            "(network access, or PIP_INDEX_URL / PIP_FIND_LINKS pointing at one)",
        )
        self.say(f"packages installed in {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def exclusive(lock_path: Path) -> Iterator[None]:
    """Let one process at a time build the environment; the others wait for it."""
    import fcntl

    lock_path.parent.mkdir(parents=True, exist_ok=True)
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(command: list[str], advice: str, environment: dict[str, str] | None = None) -> None:
    """Run a set-up command, turning a failure into advice."""
    finished = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
    )
    if finished.returncode != 0:
        raise SetupError(f"{finished.stdout.strip()}\n{advice}")
