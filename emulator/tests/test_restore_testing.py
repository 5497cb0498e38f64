"""Restore testing plans have the values that AWS fills in."""

from __future__ import annotations

import unittest
from typing import Any

from tests.support import Emulator


class RestoreTestingTest(unittest.TestCase):
    """One emulator with a plan that says as little as it may."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.emulator.client("backup").create_restore_testing_plan(
            RestoreTestingPlan={
                "RestoreTestingPlanName": "weekly",
                "ScheduleExpression": "cron(0 5 ? * MON *)",
                "RecoveryPointSelection": cls.choice("RANDOM_WITHIN_WINDOW"),
            }
        )

    @staticmethod
    def choice(algorithm: str) -> dict[str, Any]:
        return {"Algorithm": algorithm, "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}

    def selection(self) -> Any:
        answer = self.emulator.client("backup").get_restore_testing_plan(RestoreTestingPlanName="weekly")
        return answer["RestoreTestingPlan"]["RecoveryPointSelection"]

    def test_no_vault_is_excluded_and_the_window_is_thirty_days(self) -> None:
        selection = self.selection()
        self.assertEqual((selection["ExcludeVaults"], selection["SelectionWindowDays"]), ([], 30))

    def test_an_update_keeps_to_it(self) -> None:
        self.emulator.client("backup").update_restore_testing_plan(
            RestoreTestingPlanName="weekly",
            RestoreTestingPlan={"RecoveryPointSelection": self.choice("LATEST_WITHIN_WINDOW")},
        )
        selection = self.selection()
        self.assertEqual((selection["Algorithm"], selection["ExcludeVaults"]), ("LATEST_WITHIN_WINDOW", []))


if __name__ == "__main__":
    unittest.main()
