"""The failover machine's very definition, run by the emulator: lock, latch and what follows the database."""

from __future__ import annotations

import json
import threading
import unittest
from pathlib import Path
from typing import Any

from tests.functions import create_function
from tests.support import STANDBY, Emulator, eventually

ACCOUNT = "123456789012"
GOLDEN = Path(__file__).resolve().parents[2] / "tests/integration/components/failover"
TABLE = "payments-failover-use2-dev"
FUNCTIONS = ("guards", "lookout", "probe", "drill")
MACHINES = {
    "failover": "failover.automatic.asl.json",
    "failback": "failback.asl.json",
}
NAMES = {"failover": "payments-failover-use2-dev", "failback": "payments-failover-failback-use2-dev"}

# What the functions answer, by check, kept in the table that the machine writes to.
SOURCE = f"""
import json, os, boto3

def handler(event, context):
    table = boto3.client("dynamodb", region_name="{STANDBY}")
    name = event.get("check") or "probe"
    item = table.get_item(TableName="{TABLE}", Key={{"id": {{"S": "answer-" + name}}}}, ConsistentRead=True)
    answer = json.loads(item["Item"]["answer"]["S"])
    if "raise" in answer:
        raise type(answer["raise"], (Exception,), {{}})("not now")
    return answer
"""


class FailoverMachine(unittest.TestCase):
    """One emulator, one table, functions that answer what a test wants."""

    emulator: Emulator
    states: Any
    table: Any

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = Emulator()
        cls.addClassCleanup(cls.emulator.__exit__)
        cls.states = cls.emulator.client("stepfunctions", STANDBY)
        cls.table = cls.emulator.client("dynamodb", STANDBY)
        cls.table.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        # The session table of the epoch, named by the definition.
        definition = json.loads((GOLDEN / MACHINES["failover"]).read_text("utf-8"))
        sessions = definition["States"]["BeginEpoch"]["Parameters"]["TableName"]
        cls.table.create_table(
            TableName=sessions,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "session_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "session_id", "KeyType": "HASH"}],
        )
        cls.emulator.client("sns", STANDBY).create_topic(Name="payments-alerts-use2-dev")
        for name in FUNCTIONS:
            create_function(cls.emulator, f"payments-failover-{name}-use2-dev", SOURCE, STANDBY)
        for name, file in MACHINES.items():
            cls.states.create_state_machine(
                name=NAMES[name],
                definition=(GOLDEN / file).read_text("utf-8"),
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}",
            )

    def setUp(self) -> None:
        for name in ("latch", "failover"):
            self.table.delete_item(TableName=TABLE, Key={"id": {"S": name}})
        self.answer("failover", self.verdict("proceed"))
        self.answer("failback", self.verdict("proceed"))
        self.answer("settled", {"writer_region": "us-east-1"})
        self.answer("probe", {"written": True})

    def verdict(self, verdict: str, takes_from: str = "nobody") -> dict[str, Any]:
        return {
            "verdict": verdict,
            "reasons": [],
            "lag_milliseconds": 5,
            "lag_age_seconds": 30,
            "checks": {},
            "now": "1764000000",
            "now_iso": "2025-11-24T16:00:00Z",
            "locked_until": "1764007200",
            "takes_lock_from": takes_from,
        }

    def answer(self, check: str, answer: dict[str, Any]) -> None:
        item = {"id": {"S": f"answer-{check}"}, "answer": {"S": json.dumps(answer)}}
        self.table.put_item(TableName=TABLE, Item=item)

    def item(self, name: str) -> dict[str, Any]:
        answer = self.table.get_item(TableName=TABLE, Key={"id": {"S": name}}, ConsistentRead=True)
        return {key: next(iter(value.values())) for key, value in answer.get("Item", {}).items()}

    def run_machine(
        self, name: str, machine: str = "failover", request: dict[str, Any] | None = None
    ) -> tuple[str, list[str], str]:
        """How an execution ends, the states it has entered, and its ARN."""
        arn = self.states.start_execution(
            stateMachineArn=f"arn:aws:states:{STANDBY}:{ACCOUNT}:stateMachine:{NAMES[machine]}",
            name=name,
            input=json.dumps(request or {"requested_by": "operator"}),
        )["executionArn"]

        def end() -> str | None:
            status = self.states.describe_execution(executionArn=arn)["status"]
            return None if status == "RUNNING" else status

        status = eventually(end, 120)
        history = self.states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        entered = [
            event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event
        ]
        self.assertIsNotNone(status, entered)
        return status, entered, arn

    def test_a_failover_by_hand_is_made_up_for(self) -> None:
        self.answer("failover", self.verdict("already_done"))
        self.answer("settled", {"writer_region": "us-east-2"})
        status, entered, arn = self.run_machine("by-hand")
        self.assertEqual((status, entered[-1]), ("SUCCEEDED", "AlreadyDone"), entered)
        self.assertNotIn("Promote", entered)
        latch = self.item("latch")
        self.assertEqual((latch["active"], latch["by"]), (True, arn))
        self.assertNotIn("locked_by", latch)
        self.assertEqual(self.item("failover")["by"], arn)

    def test_what_the_guards_found_done_is_looked_at_again(self) -> None:
        # A drill's turn in the DR region was over by then.
        self.answer("failover", self.verdict("already_done"))
        status, entered, _ = self.run_machine("undone")
        self.assertEqual((status, entered[-1]), ("FAILED", "GaveUp"), entered)
        self.assertNotIn("Promote", entered, "nobody has accepted that payments are lost")
        self.assertEqual(self.item("latch")["active"], False)

    def test_a_promotion_that_rds_refuses_takes_the_latch_back(self) -> None:
        # There is no global database here: RDS answers with an error that is no trouble of its own.
        status, entered, arn = self.run_machine("refused")
        self.assertEqual((status, entered[-1]), ("FAILED", "GaveUp"), entered)
        self.assertIn("Settle", entered)
        latch = self.item("latch")
        self.assertEqual((latch["active"], latch["by"]), (False, arn))
        self.assertNotIn("locked_by", latch)
        self.assertEqual(self.item("failover"), {})

    def test_a_control_plane_that_throttles_is_asked_again(self) -> None:
        self.emulator.own("faults", {"fault": "role_changes_throttled", "on": True})
        later = threading.Timer(20, self.emulator.own, ("faults", {"fault": "role_changes_throttled", "on": False}))
        later.start()
        _, entered, arn = self.run_machine("throttled")
        self.assertFalse(later.is_alive(), "the machine did not wait for the control plane")
        self.assertEqual(entered.count("Promote"), 1)
        history = self.states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        errors = [event["taskFailedEventDetails"]["error"] for event in history if "taskFailedEventDetails" in event]
        # After 2, 4 and 8 seconds, and then the answer of an account that has no such database.
        self.assertGreaterEqual(errors.count("Rds.RdsException"), 2, errors)
        self.assertIn("Rds.GlobalClusterNotFoundException", errors)

    def test_what_has_moved_all_the_same_is_finished(self) -> None:
        self.answer("settled", {"writer_region": "us-east-2"})
        status, entered, _ = self.run_machine("moved")
        self.assertEqual((status, entered[-1]), ("SUCCEEDED", "Done"), entered)
        self.assertTrue(self.item("latch")["active"])

    def test_who_finds_the_lock_taken_tells_and_changes_nothing(self) -> None:
        other = f"arn:aws:states:{STANDBY}:{ACCOUNT}:execution:drill:monthly"
        held = {"id": {"S": "latch"}, "locked_by": {"S": other}, "locked_until": {"N": "1764009999"}}
        self.table.put_item(TableName=TABLE, Item=held)
        status, entered, _ = self.run_machine("taken")
        self.assertEqual((status, entered[-2:]), ("SUCCEEDED", ["NotifyAlreadyClaimed", "AlreadyClaimed"]))
        self.assertEqual(self.item("latch")["locked_by"], other)
        # The guards have seen that its owner has ended, or an operator overrules it.
        self.answer("failover", self.verdict("already_done", takes_from=other))
        self.answer("settled", {"writer_region": "us-east-2"})
        status, entered, arn = self.run_machine("taken-over")
        self.assertEqual((status, entered[-1]), ("SUCCEEDED", "AlreadyDone"), entered)
        self.assertEqual(self.item("latch")["by"], arn)
        self.assertIn("LetOthersEnd", entered)
        # Its owner's request for the writer to go back was under way, and has come true meanwhile.
        self.table.put_item(TableName=TABLE, Item=held)
        self.answer("settled", {"writer_region": "us-east-1"})
        _, entered, _ = self.run_machine("gone-back", request={"requested_by": "operator", "accept_data_loss": True})
        self.assertIn("Promote", entered)
        self.assertNotIn("NotifyAlreadyDone", entered)

    def test_a_lock_that_is_over_is_taken(self) -> None:
        held = {"id": {"S": "latch"}, "locked_by": {"S": "old"}, "locked_until": {"N": "1763999999"}}
        self.table.put_item(TableName=TABLE, Item=held)
        self.answer("failover", self.verdict("already_done"))
        self.answer("settled", {"writer_region": "us-east-2"})
        self.assertEqual(self.run_machine("over")[0], "SUCCEEDED")

    def test_the_way_back_takes_the_latch_over_and_clears_it(self) -> None:
        self.table.put_item(
            TableName=TABLE, Item={"id": {"S": "latch"}, "active": {"BOOL": True}, "by": {"S": "a-failover"}}
        )
        self.answer("failback", self.verdict("already_back"))
        for check in ("endpoint", "dns"):
            self.answer(check, {check: True})
        status, entered, arn = self.run_machine("home", "failback")
        self.assertEqual((status, entered[-1]), ("SUCCEEDED", "Done"), entered)
        latch = self.item("latch")
        self.assertEqual((latch["active"], latch["by"]), (False, arn))
        self.assertNotIn("locked_by", latch)


if __name__ == "__main__":
    unittest.main()
