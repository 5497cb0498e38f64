"""The payment function under a handler of a user's own, which needs an environment and permissions of its own."""

import os
from typing import Any

import boto3

import handler


def main(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The Lambda entry point. Health checks have the environment, and not the permission."""
    # A name that is missing ends the call.
    service = os.environ["ORDERS_SERVICE"]
    if event["httpMethod"] != "GET":
        boto3.client(service).describe_table(TableName=os.environ["SESSION_TABLE"])
    return handler.handle(event, context)
