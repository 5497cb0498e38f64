"""The counts that `make test` ends with are those of the suites."""

import sys
import unittest

import run_tests
from run_tests import Counts, Suite, cargo_tests, judged_checks, one, unittest_tests

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
        self.assertEqual(judged_checks("default: 1 passed\njudged: 800 passed, 2 failed, 30 skipped\n"), Counts(800, 2, 30))
        self.assertEqual(judged_checks("checkov gave no report\n"), Counts(0, 0))


class RunTest(unittest.TestCase):
    """Commands that end in other ways than with a failed test."""

    def test_a_command_that_fails_before_its_tests_counts_as_a_failure(self) -> None:
        suite = Suite("broken", printing("error: could not compile", 101), cargo_tests)
        self.assertEqual(run_tests.run(suite), Counts(0, 1))

    def test_a_suite_without_tests_is_a_failure(self) -> None:
        suite = Suite("empty", printing("test result: ok. 0 passed; 0 failed", 0), cargo_tests)
        self.assertEqual(run_tests.run(suite), Counts(0, 1))

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
        self.assertEqual(run_tests.run(Suite("check", printing("", 0), one)), Counts(1, 0))
        self.assertEqual(run_tests.run(Suite("check", printing("", 1), one)), Counts(0, 1))


if __name__ == "__main__":
    unittest.main()
