"""Real boto3 clients whose HTTP exchange is replaced: requests are serialised and answers parsed
by botocore itself, and nothing leaves the machine."""

import io
import json

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config


class _Raw(io.BytesIO):
    def stream(self, **_options):
        yield self.read()


class Wire:
    """Answers the client's requests in order and keeps them."""

    def __init__(self, service, *answers, region="us-east-1"):
        session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=region)
        once = Config(retries={"mode": "standard", "total_max_attempts": 1})
        self.client = session.client(service, config=once)
        self.requests = []
        self._answers = list(answers)
        self.client.meta.events.register("before-send", self._answer)

    def _answer(self, request, **_event):
        self.requests.append(request)
        status, document, headers = self._answers.pop(0)
        if document is None:
            body = b""
        else:
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = {"Content-Type": "application/json", **headers}
        return AWSResponse(request.url, status, headers, _Raw(body))


def reply(document=None, status=200, **headers):
    """A canned HTTP answer: bytes as they are, anything else as JSON. Underscores in header names
    stand for dashes."""
    return status, document, {name.replace("_", "-"): value for name, value in headers.items()}
