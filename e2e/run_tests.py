#!/usr/bin/env python3
"""Run all tests of the project, suite by suite, and end with one line of counts.

A suite that fails does not stop the next one. Nothing is skipped for want of a tool: a missing one is a failure.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CARGO = os.environ.get("CARGO", "cargo")
sys.path.insert(0, str(ROOT / "tools"))

from pinned_environment import PinnedEnvironment, SetupError  # noqa: E402

EMULATOR = PinnedEnvironment("emulator", ROOT / "emulator" / "requirements.txt", "DR_SYNTH_EMULATOR_CACHE")


@dataclass(frozen=True)
class Counts:
    """How many tests passed, failed and were skipped."""

    passed: int
    failed: int
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )


@dataclass(frozen=True)
class Suite:
    """A command and how to read its counts."""

    name: str
    command: list[str]
    count: Callable[[str], Counts]


@dataclass(frozen=True)
class Result:
    """What came of a suite, and after how many seconds."""

    suite: Suite
    counts: Counts
    seconds: float


def one(_: str) -> Counts:
    """A command that is one check."""
    return Counts(1, 0)


def cargo_tests(output: str) -> Counts:
    """The lines of Rust's test harness, and of the end-to-end suite, which uses the same words."""
    results = re.findall(r"test result: \w+\. (\d+) passed; (\d+) failed(?:; (\d+) ignored)?", output)
    return sum((Counts(*(int(n or 0) for n in result)) for result in results), Counts(0, 0))


def unittest_tests(output: str) -> Counts:
    """The last lines of Python's unittest."""
    ran = sum(int(number) for number in re.findall(r"^Ran (\d+) tests? in", output, re.MULTILINE))
    ended = re.findall(r"^(?:OK|FAILED)(?: \((.*)\))?$", output, re.MULTILINE)
    numbers = [dict(re.findall(r"(\w+)=(\d+)", line)) for line in ended]
    failed = sum(int(end.get("failures", 0)) + int(end.get("errors", 0)) for end in numbers)
    skipped = sum(int(end.get("skipped", 0)) for end in numbers)
    return Counts(ran - failed - skipped, failed, skipped)


def judged_checks(output: str) -> Counts:
    """The last line of the outside judges."""
    counts = re.findall(r"^judged: (\d+) passed, (\d+) failed, (\d+) skipped$", output, re.MULTILINE)
    return Counts(*map(int, counts[-1])) if counts else Counts(0, 0)


def emulator_python() -> str:
    """The Python of the emulator's environment, which has the AWS SDK; built if it is not there yet."""
    try:
        return str(EMULATOR.ensure())
    except (SetupError, OSError) as error:
        sys.exit(f"cannot prepare the Python environment of the tests: {error}")


def quick() -> list[Suite]:
    """What needs no emulator, one after the other: lints and unit tests, the quick ones first."""
    python = emulator_python()
    return [
        Suite("formatting", [CARGO, "fmt", "--all", "--check"], one),
        Suite(
            "lints",
            [CARGO, "clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"],
            one,
        ),
        Suite(
            "library, program and tools",
            [CARGO, "test", "--workspace", "--exclude", "dr-synth-e2e"],
            cargo_tests,
        ),
        Suite("examples", [sys.executable, "e2e/run_examples.py"], cargo_tests),
        Suite(
            # Everything that is in use was fetched by the suites before it.
            "the crate as it is published",
            [CARGO, "package", "--package", "dr-synth", "--allow-dirty", "--offline"],
            one,
        ),
        Suite("end-to-end harness", [CARGO, "test", "--package", "dr-synth-e2e", "--lib"], cargo_tests),
        Suite(
            "this runner",
            [sys.executable, "-m", "unittest", "discover", "--buffer", "-s", "e2e"],
            unittest_tests,
        ),
        Suite("generated files are fresh", [CARGO, "xtask", "--check"], one),
        Suite(
            "payment function",
            [python, "-m", "unittest", "discover", "-s", "functions/tests", "-t", "functions"],
            unittest_tests,
        ),
        Suite(
            # A process of its own: modules of the two packages have the same names.
            "failover functions",
            [python, "-m", "unittest", "discover", "-s", "functions/failover_tests", "-t", "functions"],
            unittest_tests,
        ),
        Suite(
            "backup verification functions",
            [
                *(python, "-m", "unittest", "discover"),
                *("-s", "functions/backup_verification_tests", "-t", "functions"),
            ],
            unittest_tests,
        ),
    ]


def emulated() -> list[list[Suite]]:
    """What starts emulators: lanes side by side, the suites of one one after the other.

    Every suite has emulators of its own, and most of its time it waits: for the provider's fixed pauses, for
    health checks, for alarms. So three lanes fit on two processors.
    """
    return [
        [
            Suite(
                "end to end: Terraform applies, pays, destroys",
                [CARGO, "test", "--package", "dr-synth-e2e", "--test", "end_to_end"],
                cargo_tests,
            ),
        ],
        [
            Suite(
                "game day: a region is lost and found",
                [CARGO, "test", "--package", "dr-synth-e2e", "--test", "game_day"],
                cargo_tests,
            ),
        ],
        [
            Suite("judges' panel", [sys.executable, "judges/judge.py", "--run-tests"], unittest_tests),
            Suite(
                "judges: checkov, parliament, cloudsplaining",
                [CARGO, "test", "--package", "dr-synth-e2e", "--test", "outside_judges"],
                judged_checks,
            ),
            Suite("emulator", [sys.executable, "emulator/start.py", "--run-tests"], unittest_tests),
            Suite(
                "DNS: the Route 53 data plane",
                [CARGO, "test", "--package", "dr-synth-e2e", "--test", "dns_data_plane"],
                cargo_tests,
            ),
        ],
    ]


def run(suite: Suite, label: str = "") -> Counts:
    """Run a suite, showing its output as it comes, each line with the label."""
    print(f"\n=== {suite.name}: {' '.join(suite.command)}", flush=True)
    lines = []
    with subprocess.Popen(
        suite.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:
        assert process.stdout
        for line in process.stdout:
            # In one piece, or lines of suites that run side by side mix.
            print(f"{label}{line}", end="", flush=True)
            lines.append(line)
    failed = process.returncode != 0
    counts = suite.count("".join(lines))
    if failed and counts.failed == 0:
        # It did not get as far as its tests, a build error for instance.
        return Counts(0 if suite.count is one else counts.passed, 1, counts.skipped)
    if counts.passed + counts.failed == 0:
        print(f"{suite.name}: no test was run", file=sys.stderr)
        return Counts(0, 1)
    return counts


def timed(suite: Suite, label: str = "") -> Result:
    """Run a suite against the clock."""
    begun = time.monotonic()
    counts = run(suite, label)
    return Result(suite, counts, time.monotonic() - begun)


def run_lanes(lanes: list[list[Suite]]) -> list[Result]:
    """Run the lanes side by side, each line of their output with its suite's first words."""
    def label(suite: Suite) -> str:
        return f"{suite.name.partition(':')[0]:13} | "

    with ThreadPoolExecutor(max_workers=len(lanes)) as pool:
        done = pool.map(lambda lane: [timed(suite, label(suite)) for suite in lane], lanes)
        return [result for lane in done for result in lane]


def line(result: Result) -> str:
    """A suite's line of the summary."""
    counts = result.counts
    skipped = f", {counts.skipped} skipped" if counts.skipped else ""
    return (
        f"  {result.suite.name:46} {counts.passed:5} passed, {counts.failed} failed{skipped}"
        f"  ({result.seconds:.0f} s)"
    )


def main() -> int:
    """Run everything; exit code 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="leave out what starts the emulator")
    options = parser.parse_args()
    started = time.monotonic()
    results = [timed(suite) for suite in quick()]
    if not options.fast:
        results += run_lanes(emulated())
    total = sum((result.counts for result in results), Counts(0, 0))
    print("\n=== summary", *map(line, results), sep="\n")
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    print(f"{total.passed} passed, {total.failed} failed{skipped} in {minutes} min {seconds} s")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
