"""The file of skips is held to its rules."""

import tempfile
import unittest
from pathlib import Path

from panel import skips
from panel.__main__ import SKIPS, weigh
from panel.verdict import Finding, Verdict

REASON = "a reason that a reviewer can weigh, and that is long enough"


def entry(check: str, resources: str = '["aws_vpc.*"]', reason: str = REASON) -> str:
    return f'[[skip]]\njudge = "checkov"\ncheck = "{check}"\nresources = {resources}\nreason = "{reason}"\n'


def read(text: str) -> list[skips.Skip]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "skips.toml"
        path.write_text(text, encoding="utf-8")
        return skips.read(path)


class SkipsTest(unittest.TestCase):
    """What may stand in the file."""

    def refused(self, text: str, why: str) -> None:
        with self.assertRaisesRegex(skips.BadSkips, why):
            read(text)

    def test_the_projects_own_file(self) -> None:
        self.assertTrue(skips.read(SKIPS))

    def test_every_skip_needs_a_reason_and_resources(self) -> None:
        self.refused(entry("CKV_1", reason="because"), "too short")
        self.refused(entry("CKV_1", resources='["*"]'), "must name its resources")
        self.refused(entry("CKV_1", resources="[]"), "must name its resources")
        self.refused('[[skip]]\ncheck = "CKV_1"\n', "every .* has judge, check, resources and reason")

    def test_there_are_few_and_none_twice(self) -> None:
        most = "".join(entry(f"CKV_{number}") for number in range(skips.MOST_FOR_ONE_JUDGE))
        self.assertEqual(len(read(most)), skips.MOST_FOR_ONE_JUDGE)
        self.refused(most + entry("CKV_99"), "at most")
        self.refused(entry("CKV_1") + entry("CKV_1"), "skipped twice")


class WeighTest(unittest.TestCase):
    """Findings against skips."""

    def test_a_skip_answers_its_own_resources_only(self) -> None:
        reasons = read(entry("CKV_1") + entry("CKV_2"))
        findings = [Finding("CKV_1", "aws_vpc.a", "is bad"), Finding("CKV_1", "aws_subnet.a", "is bad")]
        used: set[skips.Skip] = set()
        score, lines = weigh(Verdict("checkov", 3, findings), reasons, used)
        self.assertEqual((score.passed, score.failed, score.skipped), (3, 1, 1))
        self.assertIn("aws_subnet.a", lines[0])
        self.assertEqual([skip.check for skip in used], ["CKV_1"])

    def test_a_skip_is_for_one_judge(self) -> None:
        score, _ = weigh(Verdict("parliament", 0, [Finding("CKV_1", "aws_vpc.a", "")]), read(entry("CKV_1")), set())
        self.assertEqual(score.failed, 1)


if __name__ == "__main__":
    unittest.main()
