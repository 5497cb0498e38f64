"""Shared helpers: events, and a base class that keeps the function's log lines."""

import json

from shared_tests.logged_test_case import LoggedTestCase
from tests.fakes import Crash


class Context:
    aws_request_id = "request-1"


def event(method, path, body=None, **fields):
    """An API Gateway REST proxy event."""
    return {
        "httpMethod": method,
        "resource": path,
        "path": path,
        "body": body,
        "isBase64Encoded": False,
        **fields,
    }


def payment_event(payment_id="test-123", amount="100", path="/payments"):
    """`amount` is JSON text, so that a test can choose how the number is spelt."""
    return event("POST", path, f'{{"payment_id":{json.dumps(payment_id)},"amount":{amount}}}')


class FunctionTestCase(LoggedTestCase):
    """Invokes the function and collects what it logs."""

    def invoke(self, region, request):
        return region.application.handle(request, Context())

    def pay(self, region, payment_id="test-123", amount="100"):
        return self.invoke(region, payment_event(payment_id, amount))

    def crash(self, region, payment_id="test-123", amount="100"):
        """An invocation that is expected to die on the way."""
        with self.assertRaises(Crash):
            self.pay(region, payment_id, amount)

    def assert_status(self, answer, status):
        self.assertEqual(answer["statusCode"], status, answer["body"])

    def assert_retry_later(self, answer, step):
        self.assert_status(answer, 503)
        self.assertEqual(answer["headers"]["Retry-After"], "5")
        self.assertEqual(json.loads(answer["body"])["step"], step)
