"""What the deployment tells the payment function, read once from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from settings import Settings


@dataclass(frozen=True)
class RegionSettings:
    """The resources of this region. There is no address of the other region on purpose:
    each region takes payments with what it has at home, or answers that it cannot."""

    region: str
    cluster_arn: str
    secret_arn: str
    database: str
    session_table: str
    receipts_bucket: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "RegionSettings":
        """Reads the settings; a missing one fails the cold start and names itself."""
        settings = Settings(environment)
        return cls(
            region=settings.text("AWS_REGION"),
            cluster_arn=settings.text("DATABASE_CLUSTER_ARN"),
            secret_arn=settings.text("DATABASE_SECRET_ARN"),
            database=settings.text("DATABASE_NAME"),
            session_table=settings.text("SESSION_TABLE"),
            receipts_bucket=settings.text("RECEIPTS_BUCKET"),
        )
