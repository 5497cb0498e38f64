#!/usr/bin/env python3
"""Run all tests of the project, suite by suite, and end with one line of counts.

A suite that fails does not stop the next one. Nothing is skipped for want of a tool: a missing one is a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Every emulator leaves a report of what it held against AWS's models here.
MODEL_REPORTS = ROOT / "target" / "model-reports"
# And of whom it judged by which policies here.
PERMISSIONS_REPORTS = ROOT / "target" / "permissions-reports"
CARGO = os.environ.get("CARGO", "cargo")
# Always the whole workspace: with another choice of packages cargo builds the library once more, with other features of
# the crates below it.
WORKSPACE = [CARGO, "test", "--workspace"]
# What the suite of the library builds. `cargo run` of one package would build the library once more.
PROGRAMS = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug"
BUILT = PROGRAMS / "dr-synth"
RUST_TEMPLATE = "examples/service_in_rust/Cargo.toml"
sys.path.insert(0, str(ROOT / "tools"))

from check_python import CHECKS  # noqa: E402
from pinned_environment import PinnedEnvironment, SetupError  # noqa: E402

EMULATOR = PinnedEnvironment("emulator", ROOT / "emulator" / "requirements.txt", "DR_SYNTH_EMULATOR_CACHE")


@dataclass(frozen=True)
class Counts:
    """How many tests passed, failed and were skipped."""

    passed: int
    failed: int
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclass(frozen=True)
class Suite:
    """A command and how to read its counts."""

    name: str
    command: list[str]
    count: Callable[[str], Counts]


@dataclass(frozen=True)
class Outcome:
    """What came of a command: its counts, and each check that failed with its reason."""

    counts: Counts
    failures: list[str]


@dataclass(frozen=True)
class Result:
    """What came of a suite, and after how many seconds."""

    suite: Suite
    counts: Counts
    failures: list[str]
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


# How the suites name a check that has failed: the end-to-end harness, Rust's, Python's.
FAILED_CHECK = re.compile(
    r"^(?:\[ *[\d.]+ s\] )?(?:failed: (?P<harness>.+)|test (?P<rust>.+) \.\.\. FAILED.*|(?P<python>(?:FAIL|ERROR): .+))$"
)
REASON_LINES = 4
LAST_LINES = 12


def failed_checks(output: str) -> list[str]:
    """The checks that failed, each with the first lines of its reason; without one, how the output ends.

    The log of a CI run is cut to its end, so what is to be fixed must be named there.
    """
    lines = output.splitlines()
    found = [number for number, text in enumerate(lines) if FAILED_CHECK.match(text)]
    if not found:
        return ["\n".join(["no check is named; the output ends with", *lines[-LAST_LINES:]])]
    failures = []
    for number, following in zip(found, [*found[1:], len(lines)], strict=True):
        match = FAILED_CHECK.match(lines[number])
        name = match and (match["harness"] or match["rust"] or match["python"])
        # Rust tells its reasons elsewhere, under the name of the test.
        reason = [] if match and match["rust"] else lines[number + 1 : min(following, number + 1 + REASON_LINES)]
        failures.append("\n".join([str(name), *reason]))
    return list(dict.fromkeys(failures))


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
        # A crate of its own; its tests run in `make test-shapes`, because AWS's clients take minutes to build.
        Suite("formatting: template in Rust", [CARGO, "fmt", "--manifest-path", RUST_TEMPLATE, "--check"], one),
        Suite(
            "lints",
            [CARGO, "clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"],
            one,
        ),
        *(Suite(f"Python: {check}", [sys.executable, "tools/check_python.py", check], one) for check in CHECKS),
        Suite(
            "library, program, tools, harness",
            [
                *(*WORKSPACE, "--lib", "--bins", "--examples"),
                *("--test", "integration", "--test", "protocol", "--test", "configurations"),
            ],
            cargo_tests,
        ),
        Suite("documentation", [*WORKSPACE, "--doc"], cargo_tests),
        Suite("examples", [sys.executable, "e2e/run_examples.py"], cargo_tests),
        Suite(
            # Everything that is in use was fetched by the suites before it.
            "the crate as it is published",
            [CARGO, "package", "--package", "dr-synth", "--allow-dirty", "--offline"],
            one,
        ),
        Suite(
            "this runner",
            [sys.executable, "-m", "unittest", "discover", "--buffer", "-s", "e2e"],
            unittest_tests,
        ),
        Suite("the book of the documents", [sys.executable, "tools/build_book.py"], one),
        Suite(
            "checks of Python, the book's links",
            [sys.executable, "-m", "unittest", "discover", "--buffer", "-s", "tools/tests", "-t", "tools"],
            unittest_tests,
        ),
        Suite("generated files are fresh", [str(PROGRAMS / "xtask"), "--check"], one),
        Suite(
            "payment function",
            [python, "-m", "unittest", "discover", "-s", "functions/tests", "-t", "functions"],
            unittest_tests,
        ),
        Suite(
            "template of a service",
            [python, "-m", "unittest", "discover", "-s", "examples/service"],
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
        Suite(
            "database setup function",
            [python, "-m", "unittest", "discover", "-s", "functions/database_setup_tests", "-t", "functions"],
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
                [*WORKSPACE, "--test", "end_to_end"],
                cargo_tests,
            ),
        ],
        [
            Suite(
                "game day: a region is lost and found",
                [*WORKSPACE, "--test", "game_day"],
                cargo_tests,
            ),
        ],
        [
            Suite("judges' panel", [sys.executable, "judges/judge.py", "--run-tests"], unittest_tests),
            Suite(
                "judges: checkov, parliament, cloudsplaining",
                [*WORKSPACE, "--test", "outside_judges"],
                judged_checks,
            ),
            Suite("emulator", [sys.executable, "emulator/start.py", "--run-tests"], unittest_tests),
            Suite(
                "pairs of configurations: what Terraform plans",
                [*WORKSPACE, "--test", "plans"],
                cargo_tests,
            ),
            Suite(
                "refusals: what breaks AWS's models",
                [*WORKSPACE, "--test", "refusals"],
                cargo_tests,
            ),
            Suite(
                "DNS: the Route 53 data plane",
                [*WORKSPACE, "--test", "dns_data_plane"],
                cargo_tests,
            ),
            Suite("reports in a browser", [sys.executable, "e2e/browser/run.py"], one),
            Suite(
                "other Terraforms: 1.12, 1.14 and 1.15 plan the same",
                [*WORKSPACE, "--test", "other_terraforms"],
                cargo_tests,
            ),
        ],
    ]


def afterwards() -> list[Suite]:
    """What looks at all that the emulators have judged."""
    return [
        Suite(
            "permissions: what is granted and was never used",
            [sys.executable, "emulator/start.py", "--review-permissions", str(PERMISSIONS_REPORTS)],
            one,
        ),
    ]


def run(suite: Suite, label: str = "") -> Outcome:
    """Run a suite, showing its output as it comes, each line with the label."""
    print(f"\n=== {suite.name}: {' '.join(suite.command)}", flush=True)
    if shutil.which(suite.command[0]) is None:
        return Outcome(Counts(0, 1), [f"{suite.command[0]} is not there: it is installed or built before this"])
    lines = []
    with subprocess.Popen(
        suite.command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout
        for line in process.stdout:
            # In one piece, or lines of suites that run side by side mix.
            print(f"{label}{line}", end="", flush=True)
            lines.append(line)
    failed = process.returncode != 0
    output = "".join(lines)
    counts = suite.count(output)
    if failed and counts.failed == 0:
        # It did not get as far as its tests, a build error for instance.
        counts = Counts(0 if suite.count is one else counts.passed, 1, counts.skipped)
    elif counts.passed + counts.failed == 0:
        print(f"{suite.name}: no test was run", file=sys.stderr)
        return Outcome(Counts(0, 1), ["no test was run"])
    return Outcome(counts, failed_checks(output) if counts.failed else [])


def timed(suite: Suite, label: str = "") -> Result:
    """Run a suite against the clock."""
    begun = time.monotonic()
    outcome = run(suite, label)
    return Result(suite, outcome.counts, outcome.failures, time.monotonic() - begun)


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
        f"  {result.suite.name:46} {counts.passed:5} passed, {counts.failed} failed{skipped}  ({result.seconds:.0f} s)"
    )


def failures(results: list[Result]) -> list[str]:
    """What failed and why, for the end of the log."""
    told = []
    for result in results:
        for failure in result.failures:
            name, *reason = failure.splitlines()
            told += [f"FAILED  {result.suite.name}: {name}", *(f"          {text}" for text in reason)]
    return told


def models(folder: Path) -> list[str]:
    """What all emulators held against AWS's models, in words. Each test looks itself at what was refused."""
    reports = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    services = sorted({service for report in reports for service in report["requests"]})

    def count(part: str) -> int:
        return sum(sum(report[part].values()) for report in reports)

    refused = sum(len(report["refused"]) for report in reports)
    unknown = sorted({what for report in reports for what in report["without_model"]})
    lines = [
        (
            f"held against AWS's models: {count('requests')} requests with {count('values')} values of "
            f"{len(services)} services; {refused} refused, all of them on purpose; "
            f"{len(unknown)} operations without a model"
        )
    ]
    return lines + [f"  without a model: {what}" for what in unknown]


def main() -> int:
    """Run everything; exit code 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="leave out what starts the emulator")
    options = parser.parse_args()
    started = time.monotonic()
    for variable, folder in (
        ("DR_SYNTH_MODEL_REPORTS", MODEL_REPORTS),
        ("DR_SYNTH_PERMISSIONS_REPORTS", PERMISSIONS_REPORTS),
    ):
        shutil.rmtree(folder, ignore_errors=True)
        os.environ[variable] = str(folder)
    results = [timed(suite) for suite in quick()]
    if not options.fast:
        if BUILT.is_file():
            # The one that the suites before have built and tested.
            os.environ.setdefault("DR_SYNTH_BINARY", str(BUILT))
        results += run_lanes(emulated())
        results += [timed(suite) for suite in afterwards()]
    total = sum((result.counts for result in results), Counts(0, 0))
    print("\n=== summary", *map(line, results), sep="\n")
    if MODEL_REPORTS.is_dir():
        print(*models(MODEL_REPORTS), sep="\n")
    # Last, because a long log is read from its end.
    for text in failures(results):
        print(text)
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    print(f"{total.passed} passed, {total.failed} failed{skipped} in {minutes} min {seconds} s")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
