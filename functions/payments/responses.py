"""Answers in the shape API Gateway expects from a proxy integration."""

import json
from typing import Any

from validation import Rejected

# Long enough to spare a database that is being promoted, short enough that a client is back soon
# after the promotion.
RETRY_AFTER_SECONDS = 5


def answer(status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    """A JSON answer. Nothing here may be cached: not a health state, not a payment."""
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **(headers or {}),
        },
        "body": json.dumps(document, separators=(",", ":")),
        "isBase64Encoded": False,
    }


def retry_later(document: dict[str, Any]) -> dict[str, Any]:
    """503: the same request may succeed after a while."""
    return answer(503, document, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def overloaded(document: dict[str, Any]) -> dict[str, Any]:
    """429: the region is there, and its services take no more requests now."""
    return answer(429, document, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def rejected(rejection: Rejected) -> dict[str, Any]:
    """400 or 413 with the field and the reason."""
    return answer(
        rejection.status,
        {"error": "invalid_request", "field": rejection.field, "message": rejection.message},
    )


def different_amount(payment_id: str) -> dict[str, Any]:
    """409: the id is taken."""
    return answer(
        409,
        {
            "error": "conflict",
            "payment_id": payment_id,
            "message": "this payment_id already stands for a payment of a different amount",
        },
    )


def unavailable(region: str, step: str) -> dict[str, Any]:
    """503 for a payment."""
    return retry_later(
        {
            "error": "unavailable",
            "region": region,
            "step": step,
            "message": "this region cannot complete the payment now; send the same request again",
        }
    )


def not_found(path: str) -> dict[str, Any]:
    """404."""
    return answer(404, {"error": "not_found", "message": f"there is nothing at {path[:100]}"})


def method_not_allowed(method: str, allowed: str) -> dict[str, Any]:
    """405 with the method that would do."""
    return answer(
        405,
        {"error": "method_not_allowed", "message": f"{method[:20]} is not allowed here"},
        {"Allow": allowed},
    )


def internal_error() -> dict[str, Any]:
    """500 without any detail: details are for the log."""
    return answer(500, {"error": "internal", "message": "the request failed; it is safe to repeat"})
