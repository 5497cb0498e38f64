#!/usr/bin/env python3
"""Have outside judges look at Terraform plans: the one entry point, standard library only.

Takes plans as `terraform show -json PLAN` prints them. Builds a virtual environment with the pinned judges once, then
replaces itself with the panel running inside it. No judge uses the network.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

JUDGES = Path(__file__).resolve().parent
sys.path.insert(0, str(JUDGES.parent / "tools"))

from pinned_environment import PinnedEnvironment, SetupError  # noqa: E402

ENVIRONMENT = PinnedEnvironment("judges", JUDGES / "requirements.txt", "DR_SYNTH_JUDGES_CACHE")


def main(arguments: list[str]) -> int:
    """Prepare the environment and become the panel."""
    try:
        python = str(ENVIRONMENT.ensure())
    except (SetupError, OSError) as error:
        ENVIRONMENT.say(str(error))
        return 1
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["PYTHONPATH"] = str(JUDGES)
    if arguments == ["--run-tests"]:
        command = [python, "-m", "unittest", "discover", "-s", str(JUDGES / "tests"), "-t", str(JUDGES)]
    else:
        command = [python, "-m", "panel", *arguments]
    os.execv(python, command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
