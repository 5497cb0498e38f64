"""Notices to people, through the alert topic of this region."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

# Longer subjects are refused. (Amazon SNS API reference, Publish)
_SUBJECT_LIMIT = 100


class Chapter(Enum):
    """The chapter of the runbook that says what to do, by its anchor."""

    WATCH = "watch"
    FAIL_OVER = "fail-over-by-hand"


@dataclass(frozen=True)
class Notice:
    """A notification before it is published."""

    subject: str
    text: str
    chapter: Chapter


class Notices:
    """The alert topic."""

    def __init__(self, client: Any, topic_arn: str, runbook_url: str | None = None):
        self._client = client
        self._topic_arn = topic_arn
        self._runbook_url = runbook_url

    def publish(self, subject: str, message: str, chapter: Chapter) -> None:
        """Sends one notice to everyone who subscribed."""
        if self._runbook_url:
            message = f"{message}\nRunbook: {self._runbook_url}#{chapter.value}\n"
        self._client.publish(TopicArn=self._topic_arn, Subject=subject[:_SUBJECT_LIMIT], Message=message)
