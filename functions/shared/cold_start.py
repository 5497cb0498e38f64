"""What an entry point needs, built before its first event.

Lambda's init phase has a full processor, and what fails there fails at once: a missing variable
shows when the function starts, not when the region is lost.
(Lambda developer guide, "Understanding the Lambda execution environment lifecycle")
"""

import os
from collections.abc import Callable
from typing import Any


def prepare(build: Callable[[], Any]) -> None:
    """Builds now if this is Lambda; elsewhere, in tests, nothing is built by importing."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        build()
