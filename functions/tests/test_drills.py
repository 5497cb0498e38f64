import json
import time

from tests.fakes import Region, aws_error
from tests.support import FunctionTestCase

ID = "failover-drill-20261124T171000Z-0123456789abcdef-7"


class PaymentsOfDrills(FunctionTestCase):
    def setUp(self):
        super().setUp()
        self.region = Region()

    def register(self, name, seconds=60):
        key, ends_at = f"drill#{name}", int(time.time()) + seconds
        self.region.table.items[key] = {
            "session_id": {"S": key},
            "expires_at": {"N": str(ends_at)},
        }

    def assert_kept_for_drills(self, payment_id):
        answer = self.pay(self.region, payment_id)
        self.assert_status(answer, 400)
        self.assertEqual(json.loads(answer["body"])["field"], "payment_id")
        self.assertIn("kept for drills", json.loads(answer["body"])["message"])
        self.assertEqual(self.region.database.rows, {})
        self.assertIsNone(self.region.table.claim(payment_id))

    def test_are_taken_while_their_drill_is_registered(self):
        self.register("20261124T171000Z-0123456789abcdef")
        self.assert_status(self.pay(self.region, ID), 200)
        self.assertIn(ID, self.region.database.rows)

    def test_of_no_drill_are_refused(self):
        self.register("20261124T171000Z-0123456789abcdee")
        for payment_id in (ID, "failover-drill-", "failover-drill-7", "failover-drill--"):
            with self.subTest(payment_id):
                self.assert_kept_for_drills(payment_id)

    def test_of_a_drill_that_is_over_are_refused(self):
        self.register("20261124T171000Z-0123456789abcdef", seconds=-1)
        self.assert_kept_for_drills(ID)

    def test_wait_where_nobody_knows(self):
        self.region.table.fail("drill", aws_error("ProvisionedThroughputExceededException"))
        self.assert_retry_later(self.pay(self.region, ID), "drill")

    def test_other_ids_ask_nobody(self):
        for payment_id in ("drill-1", "Failover-drill-x-1", "my-failover-drill-x-1"):
            self.assert_status(self.pay(self.region, payment_id), 200)
        self.assertNotIn("drill", self.region.table.calls)
