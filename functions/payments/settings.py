"""What the deployment tells the function, read once from its environment."""

from dataclasses import dataclass
from typing import Mapping


@dataclass(frozen=True)
class Settings:
    """The resources of this region. There is no address of the other region on purpose:
    each region takes payments with what it has at home, or answers that it cannot."""

    region: str
    cluster_arn: str
    secret_arn: str
    database: str
    session_table: str
    receipts_bucket: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads the settings; a missing one fails the cold start and names itself."""
        return cls(
            region=_required(environment, "AWS_REGION"),
            cluster_arn=_required(environment, "DATABASE_CLUSTER_ARN"),
            secret_arn=_required(environment, "DATABASE_SECRET_ARN"),
            database=_required(environment, "DATABASE_NAME"),
            session_table=_required(environment, "SESSION_TABLE"),
            receipts_bucket=_required(environment, "RECEIPTS_BUCKET"),
        )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise RuntimeError(f"the environment variable {name} is not set")
    return value
