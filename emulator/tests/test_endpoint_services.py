"""Where interface endpoints may stand."""

from __future__ import annotations

import unittest
from typing import Any

from botocore.exceptions import ClientError

from tests.support import PRIMARY, STANDBY, Emulator


class EndpointServicesTest(unittest.TestCase):
    """The Data API's endpoints."""

    def test_an_endpoint_is_refused_where_its_service_is_not_offered(self) -> None:
        with Emulator() as emulator:
            for region, offered, refused in ((PRIMARY, "a", "b"), (STANDBY, "b", None)):
                ec2, name = emulator.client("ec2", region), f"com.amazonaws.{region}.rds-data"
                answer = ec2.describe_vpc_endpoint_services(ServiceNames=[name])
                zones = answer["ServiceDetails"][0]["AvailabilityZones"]
                self.assertIn(f"{region}{offered}", zones)
                vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
                self.endpoint(ec2, vpc, name, f"{region}{offered}", "10.0.0.0/24")
                if refused:
                    self.assertNotIn(f"{region}{refused}", zones)
                    with self.assertRaisesRegex(ClientError, "does not support the availability zone"):
                        self.endpoint(ec2, vpc, name, f"{region}{refused}", "10.0.1.0/24")

    def endpoint(self, ec2: Any, vpc: str, service: str, zone: str, block: str) -> None:
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=service,
            VpcEndpointType="Interface",
            SubnetIds=[subnet["SubnetId"]],
        )


if __name__ == "__main__":
    unittest.main()
