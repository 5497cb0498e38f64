#!/usr/bin/env python3
"""Build the pinned AWS CLI if it is not there yet, and print the folder that `aws` stands in. Standard library only."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tools"))

from pinned_environment import PinnedEnvironment, SetupError  # noqa: E402

AWS_CLI = PinnedEnvironment("aws-cli", HERE / "requirements.txt", "DR_SYNTH_AWS_CLI_CACHE")


def main() -> int:
    """The folder on stdout, or the reason why there is none."""
    try:
        print(AWS_CLI.ensure().parent)
    except (SetupError, OSError) as error:
        print(f"cannot prepare the AWS CLI: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
