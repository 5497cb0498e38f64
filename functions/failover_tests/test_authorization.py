import json
import unittest
from unittest import mock

from botocore.credentials import Credentials

from authorization import Anyone, ApiKey, Signature, authorization_of
from failover_tests.fakes import FakeClient, aws_error
from failover_tests.serving import environment, saying, serving
from failover_tests.support import OWN, PRIMARY
from failures import Unknown
from payment_client import PaymentClient, Receipt
from settings import MissingSetting, Settings

URL = "https://pay.example.com/payments"
ACKNOWLEDGED = json.dumps({"payment_id": "p-1", "status": "processed", "region": OWN}).encode()


class Dns:
    """Where the failover domain leads."""

    def __init__(self, region):
        self.region = region

    def active_region(self):
        if isinstance(self.region, Exception):
            raise self.region
        return self.region


def signer(dns):
    session = mock.Mock()
    session.get_credentials.return_value = Credentials("AKIDEXAMPLE", "secret", "token")
    return Signature(dns.active_region, session)


def scope(headers):
    """The region and service that a signature is for."""
    return headers["Authorization"].split("Credential=")[1].split(",")[0].split("/")[2:4]


class Signing(unittest.TestCase):
    def test_each_request_is_signed_for_the_region_that_dns_names(self):
        dns = Dns(PRIMARY)
        signature = signer(dns)
        for region in (PRIMARY, OWN, PRIMARY):
            dns.region = region
            headers = signature.headers(URL, b"{}", {"Content-Type": "application/json"})
            self.assertEqual(scope(headers), [region, "execute-api"])
            self.assertEqual(headers["X-Amz-Security-Token"], "token")
            self.assertEqual(headers["Content-Type"], "application/json")

    def test_the_body_is_signed(self):
        signature = signer(Dns(OWN))
        one, other = (signature.headers(URL, body, {})["Authorization"] for body in (b"1", b"2"))
        self.assertNotEqual(one, other)

    def test_a_region_that_is_not_known_is_a_refusal_and_no_crash(self):
        client = PaymentClient("pay.example.com", authorization=signer(Dns(Unknown("dns: timeout"))))
        self.assertEqual(client.pay("p-1"), Receipt(refusal="dns: timeout"))

    def test_without_credentials(self):
        session = mock.Mock()
        session.get_credentials.return_value = None
        with self.assertRaises(Unknown):
            Signature(Dns(OWN).active_region, session).headers(URL, b"", {})


class Key(unittest.TestCase):
    def setUp(self):
        self.value = "k-1"
        self.secrets = FakeClient("secretsmanager", get_secret_value=lambda **_: {"SecretString": self.value})
        self.key = ApiKey(self.secrets, "arn:secret")

    def shown(self):
        return self.key.headers(URL, b"", {})["x-api-key"]

    def test_it_is_read_once_and_again_after_a_refusal(self):
        self.assertEqual(self.shown(), "k-1")
        self.value = "k-2"
        self.assertEqual(self.shown(), "k-1")
        self.key.refused()
        self.assertEqual(self.shown(), "k-2")

    def test_no_key_is_a_refusal_with_a_reason(self):
        self.value = "\n"
        with self.assertRaisesRegex(Unknown, "empty"):
            self.shown()
        self.secrets.fail("get_secret_value", aws_error("ResourceNotFoundException"))
        with self.assertRaisesRegex(Unknown, "ResourceNotFoundException"):
            self.shown()

    def test_it_does_not_show_in_words(self):
        self.shown()
        self.assertNotIn("k-1", self.key.hint)


class Paying(unittest.TestCase):
    """Over HTTP, to an API that knows one key."""

    def setUp(self):
        clean = environment()
        clean.__enter__()
        self.addCleanup(clean.__exit__, None, None, None)

    def test_a_refused_key_is_read_again(self):
        values = iter(("old", "new"))
        secrets = FakeClient("secretsmanager", get_secret_value=lambda **_: {"SecretString": next(values)})
        client = PaymentClient("pay.example.com", authorization=ApiKey(secrets, "arn:secret"))

        def answer(handler):
            known = handler.headers["x-api-key"] == "new"
            saying(200 if known else 403, ACKNOWLEDGED)(handler)

        with serving(answer) as address:
            client._url = f"http://{address}/payments"
            self.assertEqual(client.pay("p-1"), Receipt(refusal="status 403"))
            self.assertEqual(client.pay("p-1"), Receipt(region=OWN))


class Choosing(unittest.TestCase):
    def of(self, **environment):
        return authorization_of(Settings(environment), Dns(OWN), lambda: None)

    def test_what_the_environment_says(self):
        self.assertIsInstance(self.of(API_AUTHORIZATION="NONE"), Anyone)
        self.assertIsInstance(self.of(API_AUTHORIZATION="AWS_IAM"), Signature)
        key = self.of(API_AUTHORIZATION="API_KEY", API_KEY_SECRET_ARN="arn:secret")
        self.assertIsInstance(key, ApiKey)

    def test_what_is_missing_or_unknown_fails_the_cold_start(self):
        with self.assertRaises(MissingSetting):
            self.of()
        with self.assertRaises(MissingSetting):
            self.of(API_AUTHORIZATION="API_KEY")
        with self.assertRaises(ValueError):
            self.of(API_AUTHORIZATION="COGNITO")


if __name__ == "__main__":
    unittest.main()
