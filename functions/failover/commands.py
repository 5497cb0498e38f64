"""Commands that notices tell people to run, exact enough to be pasted at three in the morning."""

_BY_OPERATOR = """--input '{"requested_by":"operator","reason":"WHY"}'"""
_WITH_LOSS = """--input '{"requested_by":"operator","reason":"WHY","accept_data_loss":true}'"""


def start_failover(region: str, machine_arn: str) -> str:
    """Starts the failover, as a person who has decided."""
    return f"{start(region, machine_arn)} {_BY_OPERATOR}"


def start_failover_with_loss(region: str, machine_arn: str) -> str:
    """Starts the failover although the last payments may be lost."""
    return f"{start(region, machine_arn)} {_WITH_LOSS}"


def start(region: str, machine_arn: str) -> str:
    """Starts a state machine."""
    return f"aws stepfunctions start-execution --region {region} --state-machine-arn {machine_arn}"


def stop(region: str, execution_arn: str) -> str:
    """Stops an execution of a state machine."""
    return f"aws stepfunctions stop-execution --region {region} --execution-arn {execution_arn}"
