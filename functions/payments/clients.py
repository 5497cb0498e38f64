"""AWS clients of this region, with time limits that keep every answer in time.

One call of a payment can take `worst_call_seconds` of its time limits at most. Together with
`deadline.PAYMENT_SECONDS` this bounds a payment to under 25 seconds, inside API
Gateway's 29. (Amazon API Gateway quotas, "Integration timeout")
"""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from settings import Settings


@dataclass(frozen=True)
class TimeLimits:
    """Limits of one AWS call. `attempts` counts the first one too."""

    connect: float
    read: float
    attempts: int

    def config(self) -> Config:
        """The limits as botocore wants them."""
        return Config(
            connect_timeout=self.connect,
            read_timeout=self.read,
            retries={"mode": "standard", "total_max_attempts": self.attempts},
            # Without this, boto3 sends us-east-1 to S3's global endpoint, which is another region's
            # business and no address of the VPC endpoint. (AWS SDKs guide, "S3 regional endpoint")
            s3={"us_east_1_regional_endpoint": "regional"},
        )

    def worst_call_seconds(self) -> float:
        """An upper bound of one call. In botocore's standard mode the pause before retry n is
        random and at most 2 to the power of n-1 seconds."""
        pauses = sum(2**retry for retry in range(self.attempts - 1))
        return self.attempts * (self.connect + self.read) + pauses


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


def connect(settings: Settings) -> Clients:
    """Builds the clients; every one of them speaks to this region only."""
    session = boto3.session.Session(region_name=settings.region)

    def client(service: str, limits: TimeLimits) -> Any:
        return session.client(service, config=limits.config())

    return Clients(
        database=client("rds-data", PAYMENT_LIMITS),
        session=client("dynamodb", PAYMENT_LIMITS),
        receipts=client("s3", PAYMENT_LIMITS),
        session_release=client("dynamodb", RELEASE_LIMITS),
        health_database=client("rds-data", HEALTH_LIMITS),
        health_session=client("dynamodb", HEALTH_LIMITS),
    )
