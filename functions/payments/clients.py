"""AWS clients of this region, with time limits that keep every answer in time.

One call of a payment can take `worst_call_seconds` of its time limits at most. Together with
`deadline.PAYMENT_SECONDS` this bounds a payment to under 25 seconds, inside API
Gateway's 29. (Amazon API Gateway quotas, "Integration timeout")
"""

from dataclasses import dataclass
from typing import Any

from aws_clients import TimeLimits, client
from region_settings import RegionSettings

PAYMENT_LIMITS = TimeLimits(connect=1.0, read=3.0, attempts=2)
# Giving a claim back happens last and is not worth waiting for: its lease ends by itself.
RELEASE_LIMITS = TimeLimits(connect=0.5, read=1.0, attempts=1)
# No retries: a health check that needs two attempts is the news.
HEALTH_LIMITS = TimeLimits(connect=0.5, read=1.0, attempts=1)


@dataclass(frozen=True)
class Clients:
    """One client per service and set of time limits. boto3 clients may be shared by threads."""

    database: Any
    session: Any
    receipts: Any
    session_release: Any
    health_database: Any
    health_session: Any
    health_receipts: Any


def connect(settings: RegionSettings) -> Clients:
    """Builds the clients; every one of them speaks to this region only."""
    region = settings.region
    return Clients(
        database=client("rds-data", region, PAYMENT_LIMITS),
        session=client("dynamodb", region, PAYMENT_LIMITS),
        receipts=client("s3", region, PAYMENT_LIMITS),
        session_release=client("dynamodb", region, RELEASE_LIMITS),
        health_database=client("rds-data", region, HEALTH_LIMITS),
        health_session=client("dynamodb", region, HEALTH_LIMITS),
        health_receipts=client("s3", region, HEALTH_LIMITS),
    )
