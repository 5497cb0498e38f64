"""Reading requests and writing answers by the service models."""

from __future__ import annotations

import unittest

from server import query_protocol


class QueryProtocolTest(unittest.TestCase):
    """Shapes that the additions depend on."""

    def test_reads_nested_lists(self) -> None:
        request = query_protocol.read(
            "cloudwatch",
            "PutMetricAlarm",
            {
                "AlarmName": ["errors"],
                "Threshold": ["0.5"],
                "ActionsEnabled": ["false"],
                "AlarmActions.member.1": ["a"],
                "AlarmActions.member.2": ["b"],
                "Metrics.member.1.Id": ["m1"],
                "Metrics.member.1.MetricStat.Period": ["60"],
            },
        )
        self.assertEqual(
            request,
            {
                "AlarmName": "errors",
                "Threshold": 0.5,
                "ActionsEnabled": False,
                "AlarmActions": ["a", "b"],
                "Metrics": [{"Id": "m1", "MetricStat": {"Period": 60}}],
            },
        )

    def test_reads_ec2_names(self) -> None:
        request = query_protocol.read(
            "ec2",
            "CreateVpcEndpoint",
            {"VpcId": "vpc-1", "SecurityGroupId.1": "sg-1", "PrivateDnsEnabled": "true"},
        )
        self.assertEqual(
            request,
            {"VpcId": "vpc-1", "SecurityGroupIds": ["sg-1"], "PrivateDnsEnabled": True},
        )

    def test_reads_either_list_element(self) -> None:
        for element in ("member", "EventCategory"):
            request = query_protocol.read(
                "rds", "CreateEventSubscription", {f"EventCategories.{element}.1": "failover"}
            )
            self.assertEqual(request, {"EventCategories": ["failover"]})

    def test_writes_escaped_members(self) -> None:
        answer = {"MetricAlarms": [{"AlarmName": "a&b", "ActionsEnabled": True, "Unit": None}]}
        _, _, body = query_protocol.write("cloudwatch", "DescribeAlarms", answer)
        self.assertIn(
            b"<DescribeAlarmsResult><MetricAlarms><member><AlarmName>a&amp;b</AlarmName>"
            b"<ActionsEnabled>true</ActionsEnabled></member></MetricAlarms>",
            body,
        )


if __name__ == "__main__":
    unittest.main()
