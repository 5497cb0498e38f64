"""Functions reach API Gateway by its real host names, and a resolver, as on the internet."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import unittest
import urllib.request
from typing import Any

from tests.functions import create_api, create_function, invoke
from tests.support import PRIMARY, STANDBY, Emulator

DOMAIN = "pay.example.com"
HEALTH = """
import json, os
def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    body = {"region": os.environ["AWS_REGION"], "host": headers["host"]}
    return {"statusCode": 200, "body": json.dumps(body)}
"""
CLIENT = """
import json, os, socket, urllib.request
import boto3
def handler(event, context):
    if "question" in event:
        host, port = os.environ["RESOLVER_ADDRESS"].split(":")
        channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        channel.settimeout(5)
        channel.sendto(bytes.fromhex(event["question"]), (host, int(port)))
        return channel.recv(512).hex()
    if "table" in event:
        return boto3.client("dynamodb").list_tables()["TableNames"]
    try:
        with urllib.request.urlopen(event["url"], timeout=10) as reply:
            return [reply.status, json.load(reply)]
    except urllib.error.HTTPError as error:
        return [error.code, json.load(error)]
    except OSError as error:
        return [None, str(error)]
"""


class Authority:
    """A DNS data plane that knows one alias."""

    def __init__(self) -> None:
        self.target = ""
        self.channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.channel.bind(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self.channel.getsockname())
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            question, client = self.channel.recvfrom(512)
            labels = b"".join(bytes([len(label)]) + label.encode() for label in self.target.split("."))
            content = b"\xc0\x0c" + struct.pack("!HHIH", 5, 1, 10, len(labels) + 1) + labels + b"\0"
            header = question[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0)
            self.channel.sendto(header + question[12:] + content, client)


class InternetTest(unittest.TestCase):
    """An API with a health path in both regions, and a function that calls them."""

    emulator: Emulator
    authority: Authority
    apis: dict[str, str]
    targets: dict[str, str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.authority = Authority()
        cls.apis, cls.targets = {}, {}
        for region in (PRIMARY, STANDBY):
            function = create_function(cls.emulator, "health", HEALTH, region)
            cls.apis[region] = create_api(cls.emulator, function, "health", region)
            cls.targets[region] = cls.map_domain(region)
        create_function(cls.emulator, "client", CLIENT, STANDBY)

    @classmethod
    def map_domain(cls, region: str) -> str:
        client = cls.emulator.client("apigateway", region)
        domain = client.create_domain_name(
            domainName=DOMAIN,
            endpointConfiguration={"types": ["REGIONAL"]},
            regionalCertificateArn=f"arn:aws:acm:{region}:123456789012:certificate/1",
        )
        client.create_base_path_mapping(domainName=DOMAIN, restApiId=cls.apis[region], stage="live")
        return domain["regionalDomainName"]

    def get(self, url: str) -> Any:
        return invoke(self.emulator, "client", {"url": url}, STANDBY)

    def test_stage_by_its_own_name(self) -> None:
        for region, api in self.apis.items():
            host = f"{api}.execute-api.{region}.amazonaws.com"
            answer = self.get(f"https://{host}/live/health")
            self.assertEqual(answer, [200, {"region": region, "host": host}])

    def test_stage_in_the_wrong_region_is_forbidden(self) -> None:
        host = f"{self.apis[PRIMARY]}.execute-api.{STANDBY}.amazonaws.com"
        self.assertEqual(self.get(f"https://{host}/live/health"), [403, {"message": "Forbidden"}])

    def test_custom_domain_follows_the_alias(self) -> None:
        self.emulator.own("resolver", {"upstream": self.authority.address})
        for region, target in self.targets.items():
            self.assertRegex(target, rf"^d-[a-z0-9]{{10}}\.execute-api\.{region}\.amazonaws\.com$")
            self.authority.target = target
            answer = self.get(f"https://{DOMAIN}/health")
            self.assertEqual(answer, [200, {"region": region, "host": DOMAIN}])

    def test_name_that_leads_nowhere(self) -> None:
        self.emulator.own("resolver", {"upstream": self.authority.address})
        self.authority.target = "elsewhere.example.com"
        self.assertIn("502", self.get(f"https://{DOMAIN}/health")[1])

    def test_resolver_without_upstream_fails(self) -> None:
        with Emulator() as emulator:
            create_function(emulator, "client", CLIENT)
            question = "0007010000010000000000000161076578616d706c650000100001"
            answer = bytes.fromhex(invoke(emulator, "client", {"question": question}))
            self.assertEqual((answer[:2], answer[3] & 0x0F), (b"\0\7", 2))

    def test_resolver_passes_questions_on(self) -> None:
        self.emulator.own("resolver", {"upstream": self.authority.address})
        self.authority.target = "d.example.com"
        question = "0007010000010000000000000161076578616d706c650000100001"
        answer = invoke(self.emulator, "client", {"question": question}, STANDBY)
        self.assertTrue(bytes.fromhex(answer).endswith(b"\1d\7example\3com\0"))

    def test_clients_outside_find_the_same_internet(self) -> None:
        internet = self.emulator.own("internet")
        context = ssl.create_default_context(cafile=internet["certificate_authority"])
        api = self.apis[STANDBY]
        host = f"{api}.execute-api.{STANDBY}.amazonaws.com"
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({"https": f"http://{internet['proxy']}"}),
            urllib.request.HTTPSHandler(context=context),
        )
        with opener.open(f"https://{host}/live/health", timeout=10) as reply:
            self.assertEqual(json.load(reply)["region"], STANDBY)
        self.assertEqual(internet["resolver"], self.emulator.report["resolver"])

    def test_aws_is_not_proxied(self) -> None:
        self.assertEqual(invoke(self.emulator, "client", {"table": True}, STANDBY), [])


if __name__ == "__main__":
    unittest.main()
