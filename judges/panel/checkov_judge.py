"""Checkov: several hundred rules about the resources of a plan."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from panel.plan import Plan
from panel.verdict import Finding, Verdict

NAME = "checkov"

# Nothing listens there: whoever tries to reach the network fails at once, and shows that it tried.
NO_NETWORK = "http://127.0.0.1:9"


class JudgeFailed(Exception):
    """A judge did not come to a verdict; the message says why."""


def judge(plan: Plan) -> Verdict:
    """Ask checkov."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", ""),
        # Otherwise it asks its maker's service for the text of its guidelines.
        "BC_SKIP_MAPPING": "TRUE",
        "HTTP_PROXY": NO_NETWORK,
        "HTTPS_PROXY": NO_NETWORK,
    }
    command = [
        sys.executable,
        "-m",
        "checkov.main",
        "--file",
        str(plan.path),
        "--framework",
        "terraform_plan",
        "--output",
        "json",
        "--compact",
        "--quiet",
    ]
    finished = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    try:
        report = json.loads(finished.stdout)
        summary = report["summary"]
    except (ValueError, KeyError, TypeError) as error:
        raise JudgeFailed(f"checkov gave no report: {finished.stderr.strip()[-2000:]}") from error
    if summary["parsing_errors"] or not summary["resource_count"]:
        raise JudgeFailed(f"checkov has not read the plan: {summary}")
    failed = report["results"]["failed_checks"]
    return Verdict(
        NAME,
        summary["passed"],
        [Finding(check["check_id"], check["resource"], check["check_name"]) for check in failed],
    )
