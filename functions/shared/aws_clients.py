"""AWS clients, each pinned to a region, with time limits that keep a function inside its own."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config


@dataclass(frozen=True)
class TimeLimits:
    """Limits of one AWS call, in seconds. `attempts` counts the first one too."""

    connect: float
    read: float
    attempts: int

    def config(self) -> Config:
        """The limits as botocore wants them."""
        return Config(
            connect_timeout=self.connect,
            read_timeout=self.read,
            retries={"mode": "standard", "total_max_attempts": self.attempts},
            # Without this, boto3 sends us-east-1 to S3's global endpoint, which is no address of
            # the region that is asked about. (AWS SDKs guide, "S3 regional endpoint")
            s3={"us_east_1_regional_endpoint": "regional"},
        )

    def worst_call_seconds(self) -> float:
        """An upper bound of one call. In botocore's standard mode the pause before retry n is
        random and at most 2 to the power of n-1 seconds."""
        pauses = sum(2**retry for retry in range(self.attempts - 1))
        return self.attempts * (self.connect + self.read) + pauses


@cache
def _session() -> boto3.session.Session:
    # One for all clients: it keeps what every one of them would load again. Clients are built
    # while a function starts, in one thread; only then are they shared by threads.
    # (Boto3 guide, "Multithreading or multiprocessing")
    return boto3.session.Session()


def client(service: str, region: str, limits: TimeLimits) -> Any:
    """A client that speaks to this region only."""
    return _session().client(service, region_name=region, config=limits.config())
