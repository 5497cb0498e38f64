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
import json
import os
import sys
from pathlib import Path

EMULATOR = Path(__file__).resolve().parent
sys.path.insert(0, str(EMULATOR.parent / "tools"))

from pinned_environment import PinnedEnvironment, SetupError  # noqa: E402
from pinned_modules import Modules, PinnedModules  # noqa: E402

CACHE = "DR_SYNTH_EMULATOR_CACHE"
ENVIRONMENT = PinnedEnvironment("emulator", EMULATOR / "requirements.txt", CACHE)
# What evaluates policies.
PERMISSIONS = PinnedModules("permissions", EMULATOR / "permissions", CACHE)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="start.py", description="Serve the AWS emulator on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="loopback port to listen on (default: any free one)")
    parser.add_argument(
        "--state",
        type=Path,
        help="directory for databases and objects, deleted on exit (default: a temporary one)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=ENVIRONMENT.default_cache(),
        help=f"directory for the virtual environment (default: ${ENVIRONMENT.cache_variable}, else %(default)s)",
    )
    parser.add_argument(
        "--without-permissions",
        action="store_true",
        help="let everybody do everything; needs no Node.js modules (default: policies are enforced)",
    )
    parser.add_argument(
        "--review-permissions",
        type=Path,
        metavar="REPORTS",
        help="say which permissions in the reports of earlier runs nobody used, instead of serving",
    )
    parser.add_argument("--run-tests", action="store_true", help="run the emulator's own tests instead of serving")
    return parser.parse_args(arguments)


def server_command(python: Path, modules: Modules | None, options: argparse.Namespace) -> list[str]:
    """The command that takes this process over."""
    permissions = (
        ["--node", str(modules.node), "--modules", str(modules.home)] if modules else ["--without-permissions"]
    )
    if options.run_tests:
        os.environ["EMULATOR_PERMISSIONS"] = json.dumps(permissions)
        # What the tests' own roles may do and do not is nobody's fault.
        os.environ.pop("DR_SYNTH_PERMISSIONS_REPORTS", None)
        return [str(python), "-m", "unittest", "discover", "-s", "tests", "-t", "."]
    if options.review_permissions:
        reasons = [
            "--reports",
            str(options.review_permissions.resolve()),
            "--reasons",
            str(EMULATOR / "permissions" / "unused.toml"),
        ]
        return [str(python), "-m", "server.permissions.review", *permissions, *reasons]
    command = [str(python), "-m", "server", "--port", str(options.port), *permissions]
    if options.state:
        command += ["--state", str(options.state.resolve())]
    return command


def main(arguments: list[str]) -> int:
    """Prepare the environment and become the server."""
    options = parse_arguments(arguments)
    try:
        python = ENVIRONMENT.ensure(options.cache)
        modules = None if options.without_permissions else PERMISSIONS.ensure(options.cache)
    except (SetupError, OSError) as error:
        ENVIRONMENT.say(str(error))
        return 1
    command = server_command(python, modules, options)
    os.chdir(EMULATOR)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.stdout.flush()
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
