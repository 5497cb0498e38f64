"""State machines as the failover needs them: retries, catches, callbacks, AWS calls, time limits."""

from __future__ import annotations

import json
import time
import unittest
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from tests.functions import ACCOUNT, create_function
from tests.support import PRIMARY, STANDBY, Emulator, GlobalDatabase, eventually

FUNCTION = '''
import time
calls = 0
class NotYet(Exception):
    """Not there yet."""
def handler(event, context):
    global calls
    calls += 1
    time.sleep(event.get("seconds", 0))
    if calls < event.get("ready_at_call", 0):
        raise NotYet(f"call {calls}")
    if event.get("broken"):
        raise ValueError("broken")
    return {"calls": calls, "given": event}
'''
ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"


def invoke(payload: Any, **fields: Any) -> dict[str, Any]:
    """A state that invokes the test's function."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "TimeoutSeconds": 30,
        "Parameters": {"FunctionName": "steps", "Payload": payload},
        "End": True,
        **fields,
    }


def put(item: str, **fields: Any) -> dict[str, Any]:
    """A state that puts an item which must not exist."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "End": True,
        "Parameters": {
            "TableName": "claims",
            "Item": {"id": {"S": item}, "at": {"N.$": "$.at"}},
            "ConditionExpression": "attribute_not_exists(#id)",
            "ExpressionAttributeNames": {"#id": "id"},
        },
        **fields,
    }


class StateMachineTest(unittest.TestCase):
    """One emulator; machines live in the standby region."""

    states: Any

    emulator: Emulator
    numbers = count(1)

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.states = cls.emulator.client("stepfunctions", STANDBY)
        cls.emulator.client("dynamodb", STANDBY).create_table(
            TableName="claims",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )

    def setUp(self) -> None:
        create_function(self.emulator, "steps", FUNCTION, STANDBY, timeout=10)
        self.addCleanup(self.emulator.client("lambda", STANDBY).delete_function, FunctionName="steps")

    def machine(self, states: dict[str, Any], **fields: Any) -> str:
        definition = {"StartAt": next(iter(states)), "States": states, **fields}
        return self.states.create_state_machine(
            name=f"machine-{next(self.numbers)}", roleArn=ROLE, definition=json.dumps(definition)
        )["stateMachineArn"]

    def start(self, machine: str, given: Any = None, **options: str) -> str:
        return self.states.start_execution(stateMachineArn=machine, input=json.dumps(given or {}), **options)[
            "executionArn"
        ]

    def finished(self, execution: str, seconds: float = 20.0) -> dict[str, Any]:
        def check() -> Any:
            found = self.states.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None

        result = eventually(check, seconds)
        self.assertTrue(result, "the execution is still running")
        return result

    def run_machine(self, states: dict[str, Any], given: Any = None, **fields: Any) -> Any:
        """The output of a machine that succeeds."""
        found = self.finished(self.start(self.machine(states, **fields), given))
        self.assertEqual(found["status"], "SUCCEEDED", found.get("cause"))
        return json.loads(found["output"])

    def test_retry_by_the_name_of_the_exception(self) -> None:
        retry = {
            "ErrorEquals": ["NotYet"],
            "IntervalSeconds": 1,
            "MaxAttempts": 5,
            "BackoffRate": 1,
        }
        state = invoke({"ready_at_call": 3}, Retry=[retry])
        # The environment lives through an exception, so the function counts its calls.
        self.assertEqual(self.run_machine({"Wait": state})["Payload"]["calls"], 3)

    def test_catch_by_the_name_of_the_exception(self) -> None:
        state = invoke(
            {"broken": True},
            Catch=[
                {"ErrorEquals": ["NotYet"], "Next": "Wrong"},
                {"ErrorEquals": ["States.ALL"], "Next": "Caught", "ResultPath": "$.error"},
            ],
        )
        wrong, caught = {"Type": "Fail"}, {"Type": "Pass", "End": True}
        output = self.run_machine({"Try": state, "Wrong": wrong, "Caught": caught}, {"kept": 1})
        self.assertEqual((output["kept"], output["error"]["Error"]), (1, "ValueError"))
        self.assertEqual(json.loads(output["error"]["Cause"])["errorMessage"], "broken")

    def test_task_that_takes_too_long(self) -> None:
        state = invoke(
            {"seconds": 8},
            TimeoutSeconds=1,
            Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Late"}],
        )
        self.assertIn("Error", self.run_machine({"Slow": state, "Late": {"Type": "Succeed"}}))

    def test_machine_that_takes_too_long(self) -> None:
        never = {"Type": "Wait", "Seconds": 60, "End": True}
        execution = self.start(self.machine({"Never": never}, TimeoutSeconds=1))
        self.assertEqual(self.finished(execution)["status"], "TIMED_OUT")

    def test_stopped_execution_stays_stopped(self) -> None:
        retry = {"ErrorEquals": ["NotYet"], "IntervalSeconds": 1, "MaxAttempts": 9, "BackoffRate": 1}
        execution = self.start(self.machine({"Try": invoke({"ready_at_call": 9}, Retry=[retry])}))
        self.states.stop_execution(executionArn=execution)

        def calls() -> int:
            return len(self.states.get_execution_history(executionArn=execution)["events"])

        before = calls()
        self.assertFalse(eventually(lambda: calls() > before + 2, seconds=4.0))
        self.assertEqual(self.finished(execution)["status"], "ABORTED")

    def test_name_is_idempotent_while_it_runs(self) -> None:
        machine = self.machine({"Hold": {"Type": "Wait", "Seconds": 2, "End": True}})
        first = self.start(machine, {"at": 1}, name="failover-1")
        self.assertEqual(self.start(machine, {"at": 1}, name="failover-1"), first)
        for given in ({"at": 2}, {"at": 1}):
            with self.assertRaises(ClientError) as refused:
                self.start(machine, given, name="failover-1")
            self.assertEqual(refused.exception.response["Error"]["Code"], "ExecutionAlreadyExists")
            self.finished(first)

    def test_conditional_put(self) -> None:
        claimed = {
            "ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"],
            "Next": "Claimed",
            "ResultPath": "$.error",
        }
        states = {"Claim": put("failover", Catch=[claimed]), "Claimed": {"Type": "Succeed"}}
        self.assertNotIn("error", self.run_machine(states, {"at": "1"}))
        self.assertIn("error", self.run_machine(states, {"at": "2"}))

    def test_approval_by_task_token(self) -> None:
        queue, topic = self.subscribed_queue()
        publish = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish.waitForTaskToken",
            "TimeoutSeconds": 20,
            "End": True,
            "ResultPath": "$.approval",
            "Parameters": {
                "TopicArn": topic,
                "Subject": "Approve?",
                "Message.$": "States.Format('token {}', $$.Task.Token)",
            },
        }
        execution = self.start(self.machine({"Ask": publish}), {"reason": "lag"})
        message = self.received(queue)
        self.assertEqual(message["Subject"], "Approve?")
        self.states.send_task_success(taskToken=message["Message"].removeprefix("token "), output='{"approved": true}')
        output = json.loads(self.finished(execution)["output"])
        self.assertEqual(output, {"reason": "lag", "approval": {"approved": True}})

    def test_approval_that_never_comes(self) -> None:
        _, topic = self.subscribed_queue()
        ask = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish.waitForTaskToken",
            "TimeoutSeconds": 1,
            "Next": "Approved",
            "Parameters": {"TopicArn": topic, "Message": {"token.$": "$$.Task.Token"}},
            "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "NotApproved"}],
        }
        ends = {"Approved": {"Type": "Succeed"}, "NotApproved": {"Type": "Fail", "Error": "Late"}}
        found = self.finished(self.start(self.machine({"Ask": ask, **ends})))
        self.assertEqual((found["status"], found["error"]), ("FAILED", "Late"))

    def test_a_task_that_waits_without_a_sign_of_life(self) -> None:
        queue, topic = self.subscribed_queue()
        ask = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish.waitForTaskToken",
            "HeartbeatSeconds": 3,
            "TimeoutSeconds": 60,
            "End": True,
            "Parameters": {"TopicArn": topic, "Message.$": "$$.Task.Token"},
            "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Silent"}],
        }
        execution = self.start(self.machine({"Ask": ask, "Silent": {"Type": "Fail", "Error": "Silent"}}))
        token = self.received(queue)["Message"]
        # Each sign of life begins the time anew.
        for _ in range(3):
            time.sleep(2)
            self.states.send_task_heartbeat(taskToken=token)
        self.assertEqual(self.states.describe_execution(executionArn=execution)["status"], "RUNNING")
        self.assertEqual(self.finished(execution)["error"], "Silent")
        with self.assertRaises(ClientError):
            self.states.send_task_heartbeat(taskToken=token)

    def subscribed_queue(self) -> tuple[str, str]:
        sqs, sns = (self.emulator.client(name, STANDBY) for name in ("sqs", "sns"))
        name = f"notices-{next(self.numbers)}"
        queue, topic = sqs.create_queue(QueueName=name)["QueueUrl"], sns.create_topic(Name=name)
        arn = f"arn:aws:sqs:{STANDBY}:{ACCOUNT}:{name}"
        sns.subscribe(TopicArn=topic["TopicArn"], Protocol="sqs", Endpoint=arn)
        return queue, topic["TopicArn"]

    def received(self, queue: str) -> dict[str, Any]:
        sqs = self.emulator.client("sqs", STANDBY)
        messages = eventually(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
        return json.loads(messages[0]["Body"])

    def test_branches_have_their_own_names_and_results(self) -> None:
        def branch(name: str) -> dict[str, Any]:
            pause = {"Type": "Wait", "Seconds": 1, "Next": f"{name}Named"}
            named = invoke({"state.$": "$$.State.Name"}, OutputPath="$.Payload.given.state")
            return {"StartAt": name, "States": {name: pause, f"{name}Named": named}}

        state = {"Type": "Parallel", "Branches": [branch("Left"), branch("Right")], "End": True}
        self.assertEqual(self.run_machine({"Both": state}), ["LeftNamed", "RightNamed"])

    def test_failed_branch_ends_the_other(self) -> None:
        slow = {"Type": "Wait", "Seconds": 4, "Next": "Claim"}
        branches = [
            {"StartAt": "Slow", "States": {"Slow": slow, "Claim": put("after-failure")}},
            {"StartAt": "Broken", "States": {"Broken": invoke({"broken": True})}},
        ]
        state = {
            "Type": "Parallel",
            "Branches": branches,
            "End": True,
            "Catch": [{"ErrorEquals": ["ValueError"], "Next": "Failed"}],
        }
        output = self.run_machine({"Both": state, "Failed": {"Type": "Succeed"}}, {"at": "1"})
        self.assertEqual(output["Error"], "ValueError")
        get = self.emulator.client("dynamodb", STANDBY).get_item
        key = {"id": {"S": "after-failure"}}
        self.assertFalse(eventually(lambda: get(TableName="claims", Key=key).get("Item"), 6.0))

    def test_failover_and_switchover_in_the_region_of_the_machine(self) -> None:
        database = GlobalDatabase(self.emulator)
        database.execute("CREATE TABLE payments (id text PRIMARY KEY)")

        def move(call: str, target: str, **options: Any) -> Any:
            return self.run_machine(
                {
                    "Move": {
                        "Type": "Task",
                        "Resource": f"arn:aws:states:::aws-sdk:rds:{call}",
                        "End": True,
                        "Parameters": {
                            "GlobalClusterIdentifier": database.name,
                            "TargetDbClusterIdentifier": target,
                            **options,
                        },
                    },
                }
            )

        def writer() -> str | None:
            group = self.emulator.client("rds", STANDBY).describe_global_clusters()
            group = group["GlobalClusters"][0]
            writers = [one for one in group["GlobalClusterMembers"] if one["IsWriter"]]
            return writers[0]["DBClusterArn"] if group["Status"] == "available" else None

        self.emulator.own("outage", {"region": PRIMARY, "down": True})
        started = move("failoverGlobalCluster", database.reader_arn, AllowDataLoss=True)
        self.assertEqual(started["GlobalCluster"]["GlobalClusterIdentifier"], database.name)
        self.assertTrue(eventually(lambda: writer() == database.reader_arn))
        self.emulator.own("outage", {"region": PRIMARY, "down": False})
        move("switchoverGlobalCluster", database.writer_arn)
        self.assertTrue(eventually(lambda: writer() == database.writer_arn))

    def test_aws_call_that_is_refused(self) -> None:
        refused = {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:rds:failoverGlobalCluster",
            "Parameters": {"GlobalClusterIdentifier": "none", "TargetDbClusterIdentifier": "none"},
            "End": True,
        }
        found = self.finished(self.start(self.machine({"Move": refused})))
        self.assertEqual(found["error"], "Rds.GlobalClusterNotFoundException")

    def test_execution_stands_still_while_its_region_is_down(self) -> None:
        pause = {"Type": "Wait", "Seconds": 1, "Next": "Claim"}
        machine = self.machine({"Pause": pause, "Claim": put("outage")})
        execution = self.start(machine, {"at": "1"})
        self.emulator.own("outage", {"region": STANDBY, "down": True})
        stand_still = self.emulator.own
        self.addCleanup(stand_still, "outage", {"region": STANDBY, "down": False})
        self.assertFalse(eventually(lambda: False, seconds=3.0))
        self.emulator.own("outage", {"region": STANDBY, "down": False})
        self.assertEqual(self.finished(execution)["status"], "SUCCEEDED")
        history = self.states.get_execution_history(executionArn=execution)["events"]
        waited = history[-1]["timestamp"] - history[0]["timestamp"]
        self.assertGreater(waited.total_seconds(), 3.0)


if __name__ == "__main__":
    unittest.main()
