"""Records and health checks are kept as Route 53 keeps them."""

from __future__ import annotations

import unittest
from typing import Any

from botocore.exceptions import ClientError

from tests.support import Emulator

TARGET = [{"Value": "192.0.2.1"}]


class Route53Test(unittest.TestCase):
    """One hosted zone for all tests, each with names of its own."""

    emulator: Emulator
    route53: Any
    zone: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.route53 = cls.emulator.client("route53")
        zone = cls.route53.create_hosted_zone(Name="payments.example", CallerReference="tests")
        cls.zone = zone["HostedZone"]["Id"]

    def change(self, *records: dict[str, Any], action: str = "UPSERT") -> None:
        """One batch."""
        changes = [{"Action": action, "ResourceRecordSet": {"TTL": 60, **record}} for record in records]
        self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": changes})

    def names(self) -> list[tuple[str, str]]:
        """What is in the zone."""
        found = self.route53.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return [(record["Name"], record["Type"]) for record in found]

    def test_names_are_kept_in_lower_case(self) -> None:
        self.change({"Name": "API.Payments.Example", "Type": "A", "ResourceRecords": TARGET})
        self.assertIn(("api.payments.example.", "A"), self.names())
        # The same name, so the same record.
        self.change({"Name": "api.payments.example", "Type": "A", "ResourceRecords": TARGET}, action="DELETE")
        self.assertNotIn(("api.payments.example.", "A"), self.names())

    def test_nothing_stands_beside_a_cname(self) -> None:
        alias = {
            "Name": "www.payments.example",
            "Type": "CNAME",
            "ResourceRecords": [{"Value": "api.payments.example"}],
        }
        address = {"Name": "www.payments.example", "Type": "A", "ResourceRecords": TARGET}
        self.change(address)
        before = self.names()
        other = {"Name": "other.payments.example", "Type": "A", "ResourceRecords": TARGET}
        with self.assertRaises(ClientError) as raised:
            self.change(other, alias)
        self.assertEqual(raised.exception.response["Error"]["Code"], "InvalidChangeBatch")
        self.assertIn("conflicts with other records", raised.exception.response["Error"]["Message"])
        # The batch is one: the record that was right is not there either.
        self.assertEqual(self.names(), before)
        # One replaces the other in a batch that takes it away first.
        changes = [
            {"Action": "DELETE", "ResourceRecordSet": {"TTL": 60, **address}},
            {"Action": "CREATE", "ResourceRecordSet": {"TTL": 60, **alias}},
        ]
        self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": changes})
        self.assertIn(("www.payments.example.", "CNAME"), self.names())

    def test_no_cname_at_the_apex(self) -> None:
        with self.assertRaises(ClientError):
            self.change({"Name": "payments.example", "Type": "CNAME", "ResourceRecords": [{"Value": "a.example"}]})

    def test_an_old_version_of_a_health_check_is_refused(self) -> None:
        config = {"Type": "HTTPS", "FullyQualifiedDomainName": "api.payments.example", "RequestInterval": 10}
        made = self.route53.create_health_check(CallerReference="one", HealthCheckConfig=config)["HealthCheck"]
        given = {"HealthCheckId": made["Id"], "HealthCheckVersion": made["HealthCheckVersion"]}
        self.route53.update_health_check(FailureThreshold=2, **given)
        with self.assertRaises(ClientError) as raised:
            self.route53.update_health_check(FailureThreshold=3, **given)
        self.assertEqual(raised.exception.response["Error"]["Code"], "HealthCheckVersionMismatch")
        # Without a version whoever comes last is right.
        self.route53.update_health_check(HealthCheckId=made["Id"], FailureThreshold=4)


if __name__ == "__main__":
    unittest.main()
