"""Metric alarms by the examples of the CloudWatch user guide."""

from __future__ import annotations

import datetime
import time
import unittest
from itertools import count
from typing import Any

from tests.support import STANDBY, Emulator, eventually

PERIOD = 60


class AlarmTest(unittest.TestCase):
    """One emulator; each test has a metric of its own, with a threshold of 1 to be exceeded."""

    client: Any

    emulator: Emulator
    numbers = count(1)

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.client = cls.emulator.client("cloudwatch", STANDBY)

    def setUp(self) -> None:
        self.metric = f"Failures{next(self.numbers)}"

    def alarm(self, periods: int = 3, needed: int = 3, period: int = PERIOD, **fields: Any) -> None:
        self.client.put_metric_alarm(
            AlarmName=self.metric,
            Namespace="Test",
            MetricName=self.metric,
            Statistic="Maximum",
            Period=period,
            EvaluationPeriods=periods,
            DatapointsToAlarm=needed,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            Dimensions=[{"Name": "Environment", "Value": "dev"}],
            **fields,
        )

    def put(self, pattern: str, environment: str = "dev") -> None:
        """Data points, the latest last: X exceeds the threshold, 0 does not, - is none."""
        now = datetime.datetime.now(datetime.UTC)
        data = [
            {
                "MetricName": self.metric,
                "Value": 2 if letter == "X" else 0,
                "Dimensions": [{"Name": "Environment", "Value": environment}],
                "Timestamp": now - datetime.timedelta(seconds=(age + 0.5) * PERIOD),
            }
            for age, letter in enumerate(reversed(pattern))
            if letter != "-"
        ]
        if data:
            self.client.put_metric_data(Namespace="Test", MetricData=data)

    def state(self) -> str:
        found = self.client.describe_alarms(AlarmNames=[self.metric])
        return found["MetricAlarms"][0]["StateValue"]

    def test_three_of_three(self) -> None:
        for pattern, missing, expected in (
            ("XXX", "missing", "ALARM"),
            ("XX0", "missing", "OK"),
            ("0XX", "missing", "OK"),
            ("--0", "missing", "OK"),
            ("X--", "missing", "ALARM"),
            ("X--", "notBreaching", "OK"),
            ("--X", "missing", "INSUFFICIENT_DATA"),
            ("X--", "ignore", "INSUFFICIENT_DATA"),
            ("---", "notBreaching", "OK"),
            ("---", "missing", "INSUFFICIENT_DATA"),
        ):
            with self.subTest(pattern=pattern, missing=missing):
                self.metric = f"Failures{next(self.numbers)}"
                self.put(pattern)
                self.alarm(TreatMissingData=missing)
                self.assertEqual(self.state(), expected)

    def test_two_of_three(self) -> None:
        self.alarm(needed=2)
        self.put("X0X")
        self.assertEqual(self.state(), "ALARM")

    def test_other_dimensions_do_not_count(self) -> None:
        self.alarm()
        self.put("XXX", environment="prod")
        self.assertEqual(self.state(), "INSUFFICIENT_DATA")

    def test_silence_is_noticed_without_new_data(self) -> None:
        self.alarm(periods=1, needed=1, period=10, TreatMissingData="breaching")
        self.client.put_metric_data(
            Namespace="Test",
            MetricData=[
                {
                    "MetricName": self.metric,
                    "Value": 0,
                    "Timestamp": time.time(),
                    "Dimensions": [{"Name": "Environment", "Value": "dev"}],
                }
            ],
        )
        self.assertEqual(self.state(), "OK")
        self.assertTrue(eventually(lambda: self.state() == "ALARM", seconds=30.0))

    def test_topic_hears_of_a_change(self) -> None:
        sns, sqs = (self.emulator.client(name, STANDBY) for name in ("sns", "sqs"))
        topic = sns.create_topic(Name="alarms")["TopicArn"]
        queue = sqs.create_queue(QueueName="alarms")["QueueUrl"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{STANDBY}:123456789012:alarms")
        self.alarm(AlarmActions=[topic])
        self.put("XXX")
        messages = eventually(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
        self.assertIn(self.metric, messages[0]["Body"])


if __name__ == "__main__":
    unittest.main()
