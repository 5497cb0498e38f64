"""Small functions and REST APIs, made by API calls."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.support import PRIMARY, Emulator

ACCOUNT = "123456789012"


def create_function(emulator: Emulator, name: str, source: str, region: str = PRIMARY, timeout: int = 30) -> str:
    """A Python function whose handler is `handler`; its ARN."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", source)
    return emulator.client("lambda", region).create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Timeout=timeout,
        Role=f"arn:aws:iam::{ACCOUNT}:role/{name}",
        Code={"ZipFile": package.getvalue()},
    )["FunctionArn"]


def create_api(
    emulator: Emulator,
    function: str,
    path: str,
    region: str = PRIMARY,
    authorization: str = "NONE",
    key_required: bool = False,
) -> str:
    """A REST API whose stage `live` passes GET of one path to a function; its id."""
    client = emulator.client("apigateway", region)
    api = client.create_rest_api(name="test")
    resource = client.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart=path)
    names = {"restApiId": api["id"], "resourceId": resource["id"], "httpMethod": "GET"}
    client.put_method(**names, authorizationType=authorization, apiKeyRequired=key_required)
    client.put_integration(
        **names,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations",
    )
    client.create_deployment(restApiId=api["id"], stageName="live")
    return api["id"]


def invoke(emulator: Emulator, name: str, event: object, region: str = PRIMARY) -> Any:
    """A function's result; its failure is an assertion."""
    reply = emulator.client("lambda", region).invoke(FunctionName=name, Payload=json.dumps(event).encode())
    content = json.load(reply["Payload"])
    assert "FunctionError" not in reply, content
    return content
