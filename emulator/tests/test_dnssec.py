"""DNSSEC: the order of its steps, and the records that belong to a KMS key."""

from __future__ import annotations

import base64
import unittest
from typing import Any

from botocore.exceptions import ClientError

from additions.route53_dnssec import delegation_digest, key_tag
from tests.support import PRIMARY, STANDBY, Emulator


class RecordTest(unittest.TestCase):
    """A key and its DS record from an RFC."""

    def test_the_example_of_rfc_6605(self) -> None:
        public_key = base64.b64decode(
            "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA=="
        )
        data = (257).to_bytes(2, "big") + bytes([3, 13]) + public_key
        self.assertEqual(key_tag(data), 55648)
        digest = "B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17"
        self.assertEqual(delegation_digest("example.net.", data), digest)


class OrderTest(unittest.TestCase):
    """A zone's way into signing and back."""

    route53: Any
    zone: str

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.route53 = cls.emulator.client("route53")
        zone = cls.route53.create_hosted_zone(Name="pay.example.org", CallerReference="1")
        cls.zone = zone["HostedZone"]["Id"].rpartition("/")[2]

    def signing_key(self, region: str = PRIMARY) -> str:
        return self.emulator.client("kms", region).create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")[
            "KeyMetadata"
        ]["Arn"]

    def create(self, arn: str, name: str = "payments") -> Any:
        return self.route53.create_key_signing_key(
            CallerReference=name,
            HostedZoneId=self.zone,
            KeyManagementServiceArn=arn,
            Name=name,
            Status="ACTIVE",
        )

    def refused(self, code: str, call: Any, *arguments: Any, **named: Any) -> None:
        with self.assertRaises(ClientError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def test_steps_out_of_order_are_refused(self) -> None:
        zone, route53 = {"HostedZoneId": self.zone}, self.route53
        key = {**zone, "Name": "payments"}
        self.refused("KeySigningKeyWithActiveStatusNotFound", route53.enable_hosted_zone_dnssec, **zone)
        self.refused("InvalidKMSArn", self.create, self.signing_key(STANDBY))
        self.refused("InvalidKeySigningKeyName", self.create, self.signing_key(), "not-plain")
        created = self.create(self.signing_key())["KeySigningKey"]
        self.assertTrue(created["DSRecord"].startswith(f"{created['KeyTag']} 13 2 "))
        route53.enable_hosted_zone_dnssec(**zone)
        status = route53.get_dnssec(**zone)
        self.assertEqual(status["Status"]["ServeSignature"], "SIGNING")
        self.assertEqual(status["KeySigningKeys"][0]["DSRecord"], created["DSRecord"])
        self.refused("KeySigningKeyInUse", route53.deactivate_key_signing_key, **key)
        route53.disable_hosted_zone_dnssec(**zone)
        self.refused("InvalidKeySigningKeyStatus", route53.delete_key_signing_key, **key)
        self.refused("HostedZoneNotEmpty", route53.delete_hosted_zone, Id=self.zone)
        route53.deactivate_key_signing_key(**key)
        route53.delete_key_signing_key(**key)
        route53.delete_hosted_zone(Id=self.zone)
