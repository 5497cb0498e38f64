import base64
import importlib
import json
import os
import sys
from unittest import mock

from tests.fakes import Region, aws_error
from tests.support import Context, FunctionTestCase, event, payment_event


class Routes(FunctionTestCase):
    def test_payments_are_taken_at_both_paths(self):
        region = Region()
        for path in ("/", "/payments"):
            self.assert_status(self.invoke(region, payment_event(path=path)), 200)

    def test_the_resource_outranks_the_path(self):
        # Behind a custom domain the path starts with the base path mapping.
        request = payment_event()
        request["path"] = "/v1/payments"
        self.assert_status(self.invoke(Region(), request), 200)

    def test_the_path_decides_where_the_resource_is_a_proxy(self):
        request = event("GET", "/health/", resource="/{proxy+}")
        self.assert_status(self.invoke(Region(), request), 200)

    def test_unknown_paths(self):
        for path in ("/nothing", "/health/deep", "/payments/1"):
            answer = self.invoke(Region(), event("GET", path))
            self.assert_status(answer, 404)
            self.assertEqual(json.loads(answer["body"])["error"], "not_found")
            self.assertEqual(self.log[-1]["outcome"], "not_found")

    def test_wrong_methods(self):
        for method, path, allowed in (
            ("GET", "/", "POST"),
            ("GET", "/payments", "POST"),
            ("DELETE", "/payments", "POST"),
            ("POST", "/health", "GET"),
            ("HEAD", "/health", "GET"),
        ):
            answer = self.invoke(Region(), event(method, path))
            self.assert_status(answer, 405)
            self.assertEqual(answer["headers"]["Allow"], allowed)

    def test_events_of_another_kind(self):
        for other in ({}, {"Records": []}, None, [], "text", {"httpMethod": None, "path": 7}):
            answer = self.invoke(Region(), other)
            self.assertIn(answer["statusCode"], (404, 405))
            self.assertIsInstance(json.loads(answer["body"]), dict)

    def test_bad_requests_say_which_field_and_why(self):
        answer = self.pay(Region(), amount="1.005")
        self.assert_status(answer, 400)
        self.assertEqual(
            json.loads(answer["body"]),
            {
                "error": "invalid_request",
                "field": "amount",
                "message": "amount has more than two decimals",
            },
        )

    def test_bad_requests_touch_nothing(self):
        region = Region()
        self.pay(region, amount='"100"')
        self.pay(region, payment_id="a b")
        self.assertEqual(region.database.calls + region.table.calls + region.bucket.calls, [])

    def test_large_bodies(self):
        self.assert_status(self.invoke(Region(), event("POST", "/", " " * 5000)), 413)

    def test_base64_bodies(self):
        body = base64.b64encode(b'{"payment_id":"a","amount":1}').decode()
        answer = self.invoke(Region(), event("POST", "/", body, isBase64Encoded=True))
        self.assert_status(answer, 200)

    def test_every_answer_is_json_that_api_gateway_accepts(self):
        region = Region()
        for request in (
            payment_event(),
            payment_event(amount="0"),
            event("GET", "/health"),
            event("GET", "/nothing"),
            event("PUT", "/"),
        ):
            answer = self.invoke(region, request)
            self.assertEqual(set(answer), {"statusCode", "headers", "body", "isBase64Encoded"})
            self.assertEqual(answer["headers"]["Content-Type"], "application/json")
            self.assertTrue(all(isinstance(value, str) for value in answer["headers"].values()))
            json.loads(answer["body"])


class Log(FunctionTestCase):
    def test_one_line_per_request(self):
        region = Region("us-east-2")
        self.pay(region)
        self.invoke(region, event("GET", "/health"))
        payment, health = self.log
        self.assertEqual(payment.pop("milliseconds") >= 0, True)
        self.assertEqual(
            payment,
            {
                "request_id": "request-1",
                "region": "us-east-2",
                "method": "POST",
                "path": "/payments",
                "status": 200,
                "payment_id": "test-123",
                "outcome": "processed",
            },
        )
        self.assertEqual(health["outcome"], "healthy")
        self.assertEqual(
            health["checks"],
            {"database": "ok", "epoch": "ok", "session_table": "ok", "receipts": "ok"},
        )

    def test_failures_are_named(self):
        region = Region()
        region.database.fail("probe", aws_error("DatabaseUnavailableException"))
        self.pay(region)
        self.assertEqual(self.log[-1]["step"], "database")
        self.assertEqual(self.log[-1]["reason"], "DatabaseUnavailableException")

    def test_neither_amounts_nor_foreign_text_are_logged(self):
        region = Region()
        region.database.fail("insert", aws_error("BadRequestException", "value 4111.11"))
        self.pay(region, amount="4111.11")
        region.database.fail("insert", ValueError("parameter 4111.11"))
        self.pay(region, amount="4111.11")
        self.pay(region, amount="4111.11")
        self.pay(region, amount="4111.12")
        self.invoke(region, event("POST", "/", '{"4111111111111111": 1}'))
        self.invoke(region, event("POST", "/", '{"payment_id": "4111 1111", "amount": 1}'))
        outcomes = [line["outcome"] for line in self.log]
        self.assertEqual(
            outcomes,
            [
                "unavailable",
                "internal_error",
                "processed",
                "different_amount",
                "rejected",
                "rejected",
            ],
        )
        self.assertNotIn("4111", self.output.getvalue())

    def test_defects_are_logged_by_type_and_place(self):
        region = Region()
        region.database.fail("insert", ValueError("secret"))
        answer = self.pay(region)
        self.assert_status(answer, 500)
        self.assertNotIn("secret", answer["body"])
        self.assertEqual(self.log[-1]["error"], "ValueError")
        self.assertIn("ledger.py:", self.log[-1]["at"])

    def test_a_missing_context_is_no_obstacle(self):
        answer = Region().application.handle(payment_event(), None)
        self.assert_status(answer, 200)
        self.assertIsNone(self.log[-1]["request_id"])


class ColdStart(FunctionTestCase):
    ENVIRONMENT = {
        "AWS_LAMBDA_FUNCTION_NAME": "payments",
        "AWS_REGION": "us-east-2",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "DATABASE_CLUSTER_ARN": "arn:cluster",
        "DATABASE_SECRET_ARN": "arn:secret",
        "DATABASE_NAME": "payments",
        "SESSION_TABLE": "sessions",
        "RECEIPTS_BUCKET": "receipts",
    }

    def load(self, environment):
        others = {name: module for name, module in sys.modules.items() if name != "handler"}
        with mock.patch.dict(sys.modules, others, clear=True), mock.patch.dict(os.environ, environment, clear=True):
            return importlib.import_module("handler")

    def test_builds_the_clients_before_the_first_request_and_once(self):
        with mock.patch("clients.connect", return_value=mock.Mock()) as connect:
            handler = self.load(self.ENVIRONMENT)
            connect.assert_called_once()
            handler.handle(event("GET", "/nothing"), Context())
            handler.handle(event("GET", "/nothing"), Context())
            connect.assert_called_once()
        self.assertEqual(self.log[-1]["region"], "us-east-2")

    def test_fails_for_a_missing_variable_and_names_it(self):
        for name in self.ENVIRONMENT.keys() - {"AWS_LAMBDA_FUNCTION_NAME"}:
            if name.startswith("AWS_") and name != "AWS_REGION":
                continue
            environment = {**self.ENVIRONMENT, name: ""}
            with self.subTest(name), self.assertRaisesRegex(RuntimeError, name):
                self.load(environment)
