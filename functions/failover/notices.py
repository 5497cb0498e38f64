"""Notices to people, through the alert topic of this region."""

from typing import Any

# Longer subjects are refused. (Amazon SNS API reference, Publish)
_SUBJECT_LIMIT = 100


class Notices:
    """The alert topic."""

    def __init__(self, client: Any, topic_arn: str):
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, subject: str, message: str) -> None:
        """Sends one notice to everyone who subscribed."""
        self._client.publish(
            TopicArn=self._topic_arn, Subject=subject[:_SUBJECT_LIMIT], Message=message
        )
