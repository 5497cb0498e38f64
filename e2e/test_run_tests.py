"""The counts that `make test` ends with are those of the suites."""

import sys
import unittest
from unittest import mock

import run_tests
from run_tests import Counts, Result, Suite, cargo_tests, failed_checks, failures, judged_checks, one, unittest_tests

RUST = """
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s
[ 884.3 s] test result: FAILED. 40 passed; 7 failed; finished in 884.28s
"""

PYTHON = """
Ran 5 tests in 0.1s

FAILED (failures=1, errors=1, skipped=1)
"""


def printing(text: str, code: int) -> list[str]:
    """A command that prints and exits."""
    return [sys.executable, "-c", f"import sys; print({text!r}); sys.exit({code})"]


class CountsTest(unittest.TestCase):
    """Reading the suites' last lines."""

    def test_rust(self) -> None:
        self.assertEqual(cargo_tests(RUST), Counts(55, 9, 1))

    def test_python(self) -> None:
        self.assertEqual(unittest_tests(PYTHON), Counts(2, 2, 1))
        self.assertEqual(unittest_tests("\nRan 1 test in 0s\n\nOK\n"), Counts(1, 0, 0))

    def test_judges(self) -> None:
        self.assertEqual(
            judged_checks("default: 1 passed\njudged: 800 passed, 2 failed, 30 skipped\n"), Counts(800, 2, 30)
        )
        self.assertEqual(judged_checks("checkov gave no report\n"), Counts(0, 0))


class FailuresTest(unittest.TestCase):
    """What failed is named, with its reason, however the suite tells it."""

    def test_the_end_to_end_harness(self) -> None:
        output = (
            "[  12.3 s] guards: FAILED  one bad probe (3.0 s)\n"
            "[  99.9 s] failed: one bad probe: nothing is started\n"
            "[  99.9 s] not within 90 s: the detector has counted a failed probe\n"
            "[  99.9 s] failed: a drill passes\n"
            "[  99.9 s] the drill ended as NotPassed\n"
            "[  99.9 s] test result: FAILED. 30 passed; 2 failed; finished in 99.90s\n"
        )
        first, second = failed_checks(output)
        self.assertEqual(
            first.splitlines(),
            [
                "one bad probe: nothing is started",
                "[  99.9 s] not within 90 s: the detector has counted a failed probe",
            ],
        )
        self.assertTrue(second.startswith("a drill passes\n"), second)

    def test_rust_and_python(self) -> None:
        self.assertEqual(
            failed_checks("test terraform::it_works ... FAILED\ntest other ... ok\n"), ["terraform::it_works"]
        )
        output = "ERROR: test_role (tests.test_outage.OutageTest.test_role)\n-----\nTraceback\n"
        self.assertEqual(failed_checks(output)[0].splitlines()[0], output.splitlines()[0])

    def test_without_a_name_the_end_of_the_output_tells(self) -> None:
        [told] = failed_checks("Compiling\nerror[E0308]: mismatched types\n")
        self.assertIn("error[E0308]: mismatched types", told)

    def test_the_summary_names_suite_and_check(self) -> None:
        result = Result(Suite("game day", [], cargo_tests), Counts(1, 1), ["a drill passes\nNotPassed"], 1.0)
        self.assertEqual(failures([result]), ["FAILED  game day: a drill passes", "          NotPassed"])


class RunTest(unittest.TestCase):
    """Commands that end in other ways than with a failed test."""

    def test_a_command_that_fails_before_its_tests_counts_as_a_failure(self) -> None:
        suite = Suite("broken", printing("error: could not compile", 101), cargo_tests)
        self.assertEqual(run_tests.run(suite).counts, Counts(0, 1))

    def test_a_program_that_is_not_there_is_a_failure(self) -> None:
        outcome = run_tests.run(Suite("absent", ["/nowhere/to/be/found", "--check"], one))
        self.assertEqual(outcome.counts, Counts(0, 1))
        self.assertIn("/nowhere/to/be/found is not there", outcome.failures[0])

    def test_a_suite_without_tests_is_a_failure(self) -> None:
        suite = Suite("empty", printing("test result: ok. 0 passed; 0 failed", 0), cargo_tests)
        self.assertEqual(run_tests.run(suite).counts, Counts(0, 1))

    def test_lanes_keep_their_order_and_counts(self) -> None:
        slow = "import time; time.sleep(0.2); print('test result: ok. 2 passed; 0 failed')"
        lanes = [
            [
                Suite("slow: one", [sys.executable, "-c", slow], cargo_tests),
                Suite("check", printing("", 0), one),
            ],
            [Suite("quick: other", printing("test result: FAILED. 1 passed; 3 failed", 1), cargo_tests)],
        ]
        results = run_tests.run_lanes(lanes)
        self.assertEqual([result.suite.name for result in results], ["slow: one", "check", "quick: other"])
        self.assertEqual([result.counts for result in results], [Counts(2, 0), Counts(1, 0), Counts(1, 3)])

    def test_a_single_check_counts_once(self) -> None:
        self.assertEqual(run_tests.run(Suite("check", printing("", 0), one)).counts, Counts(1, 0))
        self.assertEqual(run_tests.run(Suite("check", printing("", 1), one)).counts, Counts(0, 1))


class SuitesTest(unittest.TestCase):
    """What is run where no emulator is needed."""

    def test_the_checks_of_python_and_of_the_documents_are_suites(self) -> None:
        with mock.patch.object(run_tests, "emulator_python", return_value=sys.executable):
            commands = [suite.command[1:] for suite in run_tests.quick()]
        for check in ("format", "lint", "types"):
            self.assertIn(["tools/check_python.py", check], commands)
        self.assertIn(["tools/build_book.py"], commands)


if __name__ == "__main__":
    unittest.main()
