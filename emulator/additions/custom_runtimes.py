"""REAL: a program of a runtime of its own (`provided.al2023`) finds AWS where the functions in Python find it.

ministack tells it where AWS is only if it was told so itself, and else it calls AWS.
"""

from __future__ import annotations

import os
from typing import Any

from ministack.services import lambda_svc


def install() -> None:
    """Add the endpoint, unless the function names one."""
    environment = lambda_svc._provided_worker_env

    def with_endpoint(*arguments: Any, **options: Any) -> dict[str, str]:
        variables: dict[str, str] = environment(*arguments, **options)
        return {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}", **variables}

    lambda_svc._provided_worker_env = with_endpoint
