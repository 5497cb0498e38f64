"""A REST API in front of a Python function, over real HTTP."""

from __future__ import annotations

import io
import json
import unittest
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from additions.lambda_workers import MAXIMUM_WORKERS
from tests.functions import create_api, create_function
from tests.support import PRIMARY, STANDBY, Emulator

FUNCTION = """
import json, os, time
def handler(event, context):
    time.sleep(0.05)
    body = {"pid": os.getpid(), "region": os.environ["AWS_REGION"],
            "endpoint": os.environ["AWS_ENDPOINT_URL"], "sent": json.loads(event["body"])}
    return {"statusCode": 200, "body": json.dumps(body)}
"""
SCHEMA = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "number"}},
}


class RestApiTest(unittest.TestCase):
    """One API in the standby region."""

    emulator: Emulator
    url: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        function = cls.create_function()
        cls.url = cls.create_api(function)

    @classmethod
    def create_function(cls) -> str:
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("app.py", FUNCTION)
        return cls.emulator.client("lambda", STANDBY).create_function(
            FunctionName="echo",
            Runtime="python3.13",
            Handler="app.handler",
            Timeout=30,
            Role="arn:aws:iam::123456789012:role/echo",
            Code={"ZipFile": package.getvalue()},
        )["FunctionArn"]

    @classmethod
    def create_api(cls, function: str) -> str:
        client = cls.emulator.client("apigateway", STANDBY)
        api = client.create_rest_api(name="echo")
        names = {
            "restApiId": api["id"],
            "resourceId": api["rootResourceId"],
            "httpMethod": "POST",
        }
        client.create_model(
            restApiId=api["id"],
            name="Payment",
            contentType="application/json",
            schema=json.dumps(SCHEMA),
        )
        validator = client.create_request_validator(restApiId=api["id"], name="body", validateRequestBody=True)["id"]
        client.put_method(
            **names,
            authorizationType="NONE",
            requestValidatorId=validator,
            requestModels={"application/json": "Payment"},
        )
        client.put_integration(
            **names,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{STANDBY}:lambda:path/2015-03-31/functions/{function}/invocations",
        )
        client.put_gateway_response(
            restApiId=api["id"],
            responseType="BAD_REQUEST_BODY",
            statusCode="400",
            responseTemplates={"application/json": '{"message":"$context.error.validationErrorString"}'},
        )
        client.create_deployment(restApiId=api["id"], stageName="live")
        return f"{cls.emulator.endpoint}/restapis/{api['id']}/live/_user_request_/"

    def post(self, body: str) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url, body.encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def test_function_runs_in_its_region(self) -> None:
        status, body = self.post('{"amount": 1}')
        self.assertEqual(status, 200)
        self.assertEqual(body["region"], STANDBY)
        self.assertEqual(body["endpoint"], self.emulator.endpoint)
        self.assertEqual(body["sent"], {"amount": 1})

    def test_bad_bodies_are_refused_with_the_reason(self) -> None:
        expected = {
            "{}": '[object has missing required properties (["amount"])]',
            "nonsense": "Could not parse request body into json",
        }
        for body, reason in expected.items():
            self.assertEqual(self.post(body), (400, {"message": reason}))

    def test_burst_is_served_by_a_few_processes(self) -> None:
        bodies = [json.dumps({"amount": number}) for number in range(40)]
        with ThreadPoolExecutor(len(bodies)) as pool:
            answers = list(pool.map(self.post, bodies))
        self.assertEqual({status for status, _ in answers}, {200})
        self.assertEqual([answer["sent"]["amount"] for _, answer in answers], list(range(40)))
        self.assertLessEqual(len({answer["pid"] for _, answer in answers}), MAXIMUM_WORKERS)

    def test_a_signature_holds_in_its_region_only(self) -> None:
        page = "def handler(event, context):\n    return {'statusCode': 200, 'body': '{}'}\n"
        function = create_function(self.emulator, "signed", page, STANDBY)
        api = create_api(self.emulator, function, "page", STANDBY, authorization="AWS_IAM")
        url = f"{self.emulator.endpoint}/restapis/{api}/live/_user_request_/page"

        def status(region: str | None) -> tuple[int, str]:
            request = AWSRequest(method="GET", url=url)
            if region:
                SigV4Auth(Credentials("123456789012", "x"), "execute-api", region).add_auth(request)
            sent = urllib.request.Request(url, headers=dict(request.headers.items()))
            try:
                with urllib.request.urlopen(sent, timeout=60) as reply:
                    return reply.status, ""
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, json.load(error)["message"]

        self.assertEqual(status(STANDBY), (200, ""))
        self.assertEqual(status(None), (403, "Missing Authentication Token"))
        self.assertEqual(status(PRIMARY), (403, "Credential should be scoped to a valid region, not 'us-east-1'."))

    def test_two_regions_may_have_a_key_of_one_value(self) -> None:
        page = "def handler(event, context):\n    return {'statusCode': 200, 'body': '{}'}\n"
        for region in (PRIMARY, STANDBY):
            client = self.emulator.client("apigateway", region)
            function = create_function(self.emulator, "keyed", page, region)
            api = create_api(self.emulator, function, "page", region, key_required=True)
            plan = client.create_usage_plan(name="all", apiStages=[{"apiId": api, "stage": "live"}])["id"]
            key = client.create_api_key(name="caller", value="one-value-in-two-regions", enabled=True)
            client.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
            url = f"{self.emulator.endpoint}/restapis/{api}/live/_user_request_/page"
            request = urllib.request.Request(url, headers={"x-api-key": "one-value-in-two-regions"})
            with self.subTest(region), urllib.request.urlopen(request, timeout=60) as reply:
                self.assertEqual(reply.status, 200)


if __name__ == "__main__":
    unittest.main()
