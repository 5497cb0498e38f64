"""What the front does with a request before ministack sees it."""

from __future__ import annotations

import socket
import time
import unittest
from urllib.parse import urlsplit

from tests.support import Emulator

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
)


BODY = b'<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'


class FrontTest(unittest.TestCase):
    """One emulator."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())

    def create(self, bucket: str, sent: int) -> None:
        """A request with the first bytes of its body, from a client that then goes."""
        address = urlsplit(self.emulator.endpoint)
        headers = {"Host": address.netloc, "Authorization": SIGNATURE, "Content-Length": len(BODY)}
        head = f"PUT /{bucket} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(f"{head}\r\n".encode() + BODY[:sent])
            time.sleep(0.5)

    def test_a_request_that_was_not_sent_whole_does_nothing(self) -> None:
        """Terraform was killed after the head of a request; S3's clients wait for a word before they send the body."""
        self.create("nothing-sent", 0)
        self.create("half-sent", len(BODY) // 2)
        self.create("all-sent", len(BODY))
        time.sleep(0.5)
        names = [bucket["Name"] for bucket in self.emulator.client("s3").list_buckets()["Buckets"]]
        self.assertEqual(names, ["all-sent"])
        self.assertEqual(self.emulator.own("models")["refused"], [])


if __name__ == "__main__":
    unittest.main()
