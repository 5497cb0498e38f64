"""What is sent, and where it leads to."""

import unittest
from pathlib import Path

import notices
from failover_tests.fakes import FakeClient
from failover_tests.support import RUNBOOK
from notices import Chapter, Notices

TOPIC = "arn:aws:sns:us-east-2:123456789012:alerts"
TEMPLATE = Path(__file__).parents[2] / "templates" / "runbook.md.hbs"


class Sending(unittest.TestCase):
    def sent(self, runbook_url):
        sns = FakeClient("sns", publish=lambda **_: {"MessageId": "1"})
        Notices(sns, TOPIC, runbook_url).publish("s" * 200, "What to do: look.\n", Chapter.WATCH)
        ((_, parameters),) = sns.calls
        return parameters

    def test_leads_to_a_chapter(self):
        self.assertEqual(self.sent(RUNBOOK)["Message"], f"What to do: look.\n\nRunbook: {RUNBOOK}#watch\n")

    def test_leads_nowhere_where_nobody_said_where_the_runbook_is(self):
        for nothing in (None, ""):
            self.assertEqual(self.sent(nothing)["Message"], "What to do: look.\n")

    def test_keeps_to_the_limit_of_subjects(self):
        self.assertEqual(len(self.sent(None)["Subject"]), notices._SUBJECT_LIMIT)


class Chapters(unittest.TestCase):
    def test_are_headings_of_the_runbook(self):
        lines = TEMPLATE.read_text(encoding="utf-8").splitlines()
        anchors = {line[3:].lower().replace(" ", "-") for line in lines if line.startswith("## ")}
        self.assertLessEqual({chapter.value for chapter in Chapter}, anchors)


if __name__ == "__main__":
    unittest.main()
