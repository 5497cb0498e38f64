"""Run every judge on every plan, and end with one line of counts."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from panel import checkov_judge, plan, policy_judges, skips
from panel.skips import Skip
from panel.verdict import Verdict

JUDGES = (checkov_judge.judge, policy_judges.parliament_judge, policy_judges.cloudsplaining_judge)
SKIPS = Path(__file__).resolve().parent.parent / "skips.toml"


@dataclass
class Score:
    """How many checks passed, failed, and were answered with a reason."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


def weigh(verdict: Verdict, skips_: list[Skip], used: set[Skip]) -> tuple[Score, list[str]]:
    """Count a verdict, with a line for every finding that nothing answers."""
    score, lines = Score(passed=verdict.passed), []
    for finding in verdict.findings:
        answers = [skip for skip in skips_ if skip.covers(verdict.judge, finding)]
        used.update(answers)
        if answers:
            score.skipped += 1
        else:
            score.failed += 1
            lines.append(f"  FAILED  {finding.check}  {finding.resource}\n          {finding.message}")
    return score, lines


def main() -> int:
    """Judge; exit code 1 if anything failed, 2 if there was nothing to judge."""
    parser = argparse.ArgumentParser(prog="judge.py", description=__doc__)
    parser.add_argument("plans", nargs="+", type=Path, metavar="PLAN.json", help="as `terraform show -json` prints it")
    parser.add_argument(
        "--every-skip-used", action="store_true", help="fail if a skip answers no finding in any of the plans"
    )
    options = parser.parse_args()
    try:
        plans = [plan.read(path) for path in options.plans]
        reasons = skips.read(SKIPS)
        total = judge_all(plans, reasons, options.every_skip_used)
    except (plan.UnreadablePlan, skips.BadSkips, checkov_judge.JudgeFailed) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"judged: {total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


def judge_all(plans: list[plan.Plan], reasons: list[Skip], every_skip_used: bool) -> Score:
    """Show what every judge says of every plan."""
    total = Score()
    used: set[Skip] = set()
    for subject in plans:
        if unknown := subject.unknown_policies():
            total.failed += len(unknown)
            print(f"{subject.name}: only an apply tells these policies, so nobody can judge them:")
            print(*(f"  FAILED  {place}" for place in unknown), sep="\n")
        for judge in JUDGES:
            verdict = judge(subject)
            score, lines = weigh(verdict, reasons, used)
            print(
                f"{subject.name}: {verdict.judge}: {score.passed} passed, {score.failed} failed, "
                f"{score.skipped} skipped",
                *lines,
                sep="\n",
                flush=True,
            )
            total = Score(total.passed + score.passed, total.failed + score.failed, total.skipped + score.skipped)
    for skip in (skip for skip in reasons if every_skip_used and skip not in used):
        total.failed += 1
        print(f"  FAILED  {skip.check} is skipped, and no {skip.judge} finding needs it: take it out of skips.toml")
    return total


if __name__ == "__main__":
    sys.exit(main())
