"""Availability zones: as many as a region has."""

from __future__ import annotations

import unittest
from typing import Any

from tests.support import PRIMARY, STANDBY, Emulator


class ZonesTest(unittest.TestCase):
    """Zones and their ids."""

    def test_us_east_1_has_six_zones_and_others_three(self) -> None:
        with Emulator() as emulator:

            def zones(region: str) -> dict[str, str]:
                listed = emulator.client("ec2", region).describe_availability_zones()
                return {zone["ZoneName"]: zone["ZoneId"] for zone in listed["AvailabilityZones"]}

            six = {f"us-east-1{letter}": f"use1-az{number}" for number, letter in enumerate("abcdef", 1)}
            self.assertEqual(zones(PRIMARY), six)
            self.assertEqual(len(zones(STANDBY)), 3)
            self.subnets_are_in_the_zone_they_name(emulator.client("ec2", PRIMARY))

    def subnets_are_in_the_zone_they_name(self, ec2: Any) -> None:
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="us-east-1d")["Subnet"]
        self.assertEqual((subnet["AvailabilityZone"], subnet["AvailabilityZoneId"]), ("us-east-1d", "use1-az4"))


if __name__ == "__main__":
    unittest.main()
