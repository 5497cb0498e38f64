"""The parts of an Amazon Resource Name: `arn:partition:service:region:account:resource`."""


def region_of(arn: str) -> str:
    """The region, the fourth field."""
    return arn.split(":")[3]


def name_of(arn: str) -> str:
    """The last part: of a cluster's ARN, its identifier."""
    return arn.rsplit(":", 1)[1]
