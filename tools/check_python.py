#!/usr/bin/env python3
"""Check the Python programs of the repository: `format`, `lint`, `types`, or all of them. Standard library only.

The checks are ruff and mypy in pinned versions, set up in pyproject.toml. `--fix` formats, and fixes what ruff can fix.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pinned_environment import ROOT, PinnedEnvironment, SetupError

ENVIRONMENT = PinnedEnvironment(
    "python-checks", ROOT / "tools" / "python_checks" / "requirements.txt", "DR_SYNTH_PYTHON_CHECKS_CACHE"
)
# What git does not track: builds, and what Terraform and the checks put next to the sources.
NOT_OURS = {"target", "node_modules", "__pycache__", ".terraform", ".git"}
# Tests of the functions are not annotated, and their fakes take the place of clients and classes whose types they do not have.
UNTYPED = (
    "functions/tests",
    "functions/shared_tests",
    "functions/failover_tests",
    "functions/backup_verification_tests",
    "functions/database_setup_tests",
)


@dataclass(frozen=True)
class Program:
    """Files that import each other by their bare names, which are found in `search`."""

    paths: tuple[str, ...]
    search: tuple[str, ...]


# One run of mypy each: the functions have modules of the same names.
PROGRAMS = (
    Program(("functions/payments", "functions/shared"), ("functions/payments", "functions/shared")),
    Program(("functions/failover",), ("functions/failover", "functions/shared")),
    Program(("functions/backup_verification",), ("functions/backup_verification", "functions/shared")),
    Program(("functions/database_setup",), ("functions/database_setup", "functions/shared")),
    Program(
        ("e2e/tests/shapes/own_function",),
        ("e2e/tests/shapes/own_function", "functions/payments", "functions/shared"),
    ),
    Program(
        ("e2e/tests/shapes/fargate",),
        ("e2e/tests/shapes/fargate", "functions/payments", "functions/shared"),
    ),
    Program(("emulator",), ("emulator", "tools")),
    Program(("examples/service",), ("examples/service",)),
    Program(("judges",), ("judges", "tools")),
    Program(("xtask",), ("xtask", "tools")),
    Program(("tools", "e2e/run_tests.py", "e2e/test_run_tests.py", "e2e/run_examples.py"), ("tools", "e2e")),
    Program(("e2e/aws_cli",), ("e2e/aws_cli", "tools")),
    Program(("e2e/browser",), ("e2e/browser", "tools")),
    Program(("e2e/terraforms",), ("e2e/terraforms", "tools")),
)


def files() -> Iterator[str]:
    """Every Python file of the repository, relative to its root."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - NOT_OURS)
        yield from (str((Path(folder) / name).relative_to(ROOT)) for name in sorted(names) if name.endswith(".py"))


def unchecked() -> list[str]:
    """The files that belong to no program, and are not left out on purpose."""
    known = {Path(path) for program in PROGRAMS for path in program.paths} | set(map(Path, UNTYPED))
    return [file for file in files() if not known & {Path(file), *Path(file).parents}]


def succeeds(command: list[str], search: tuple[str, ...] = ()) -> bool:
    """Run a command at the root, whatever it says goes where this program's output goes."""
    environment = {**os.environ, "MYPYPATH": os.pathsep.join(search)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def check_format(bin_folder: Path, fix: bool) -> bool:
    """The layout of the files."""
    return succeeds([str(bin_folder / "ruff"), "format", *([] if fix else ["--diff"]), "."])


def check_lint(bin_folder: Path, fix: bool) -> bool:
    """The rules that pyproject.toml selects."""
    options = ["--fix"] if fix else []
    return succeeds([str(bin_folder / "ruff"), "check", "--output-format", "concise", *options, "."])


def check_types(bin_folder: Path, _fix: bool) -> bool:
    """The types of each program, and that each file belongs to one."""
    forgotten = unchecked()
    for file in forgotten:
        print(f"{file}: no program in {Path(__file__).name} has it; add it there")
    # A list, not a generator: every program is checked, whatever the one before it was found to be.
    right = [succeeds([str(bin_folder / "mypy"), *one.paths], one.search) for one in PROGRAMS]
    return all(right) and not forgotten


CHECKS = {"format": check_format, "lint": check_lint, "types": check_types}


def main(arguments: list[str]) -> int:
    """Run the checks that are named, or all; exit code 1 if one found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"one of {', '.join(CHECKS)}")
    parser.add_argument("--fix", action="store_true", help="format, and fix what ruff can fix")
    options = parser.parse_args(arguments)
    unknown = set(options.checks) - set(CHECKS)
    if unknown:
        parser.error(f"there is no check {', '.join(sorted(unknown))}; use {', '.join(CHECKS)}")
    try:
        bin_folder = ENVIRONMENT.ensure().parent
    except (SetupError, OSError) as error:
        ENVIRONMENT.say(str(error))
        return 1
    passed = [CHECKS[name](bin_folder, options.fix) for name in options.checks or CHECKS]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
