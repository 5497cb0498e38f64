"""Executions of the failover state machine."""

import json
from typing import Any

from botocore.exceptions import ClientError

# An execution that waits to be started again goes on too.
# (Step Functions API reference, DescribeExecution)
_GOES_ON = ("RUNNING", "PENDING_REDRIVE")
# Far more than there are: a question ends with the time to approve, and the detector has pauses.
_PAGE = 100


class Executions:
    """One state machine in this region."""

    def __init__(self, client: Any, machine_arn: str):
        self._client = client
        self._machine_arn = machine_arn

    def start(self, name: str, request: dict[str, Any]) -> bool:
        """Starts an execution of this name, unless there was one already.

        A name can be used once in 90 days, whatever became of the execution; that makes starting
        idempotent. (Step Functions API reference, StartExecution)
        """
        try:
            self._client.start_execution(stateMachineArn=self._machine_arn, name=name, input=json.dumps(request))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ExecutionAlreadyExists":
                return False
            raise
        return True

    def is_running(self, execution_arn: str) -> bool:
        """Whether this execution, of whichever machine, goes on."""
        try:
            # Without input and output, which lie under a key that nobody here may use.
            answer = self._client.describe_execution(executionArn=execution_arn, includedData="METADATA_ONLY")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ExecutionDoesNotExist":
                return False
            raise
        return answer["status"] in _GOES_ON

    @property
    def machine_arn(self) -> str:
        """The state machine's ARN."""
        return self._machine_arn

    def running(self) -> list[str]:
        """The names of the executions that are under way, or wait for a person: a page of them, the latest first."""
        answer = self._client.list_executions(
            stateMachineArn=self._machine_arn, statusFilter="RUNNING", maxResults=_PAGE
        )
        return [execution["name"] for execution in answer["executions"]]
