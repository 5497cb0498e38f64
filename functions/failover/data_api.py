"""SQL on one region's cluster, through the RDS Data API."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aws_clients import TimeLimits, client
from failures import NotYet, reason_of
from settings import Settings


class Database:
    """The database of one cluster. On a standby the Data API refuses everything, reads too.
    (Aurora user guide, "Limitations of RDS Data API")"""

    def __init__(self, data_client: Any, cluster_arn: str, secret_arn: str, name: str):
        self._client = data_client
        self._target = {"resourceArn": cluster_arn, "secretArn": secret_arn, "database": name}

    def run(self, sql: str, **parameters: str) -> list[tuple[str, ...]]:
        """Runs one statement whose columns are all text; raises `NotYet` where it is refused.

        Codes are not sorted into lasting and passing ones: during a change of roles the
        documentation promises a failure, not which, and whoever waits here has a limit.
        """
        bound = [{"name": name, "value": {"stringValue": value}} for name, value in parameters.items()]
        try:
            answer = self._client.execute_statement(**self._target, sql=sql, parameters=bound)
        except (ClientError, BotoCoreError) as error:
            raise NotYet(f"database: {reason_of(error)}") from error
        return [tuple(field["stringValue"] for field in row) for row in answer.get("records", [])]


def databases_of(settings: Settings, limits: TimeLimits) -> dict[str, Database]:
    """The databases of both regions, by region."""
    regions = {settings.text("PRIMARY_REGION"): "PRIMARY", settings.text("AWS_REGION"): "DR"}
    return {
        region: Database(
            client("rds-data", region, limits),
            settings.text(f"{role}_CLUSTER_ARN"),
            settings.text(f"{role}_SECRET_ARN"),
            settings.text("DATABASE_NAME"),
        )
        for region, role in regions.items()
    }
