"""The same payment from many clients at once, in one region and in two."""

import random
import threading
import time

from tests.fakes import Region, aws_error
from tests.support import FunctionTestCase


def shuffled(region):
    """Makes every call take a random moment, so that the requests interleave at each step."""
    for service in (region.database, region.table, region.bucket):
        service.delay = lambda: time.sleep(random.uniform(0, 0.003))
    return region


class Concurrency(FunctionTestCase):
    def run_together(self, count, action):
        barrier = threading.Barrier(count)
        answers = [None] * count

        def run(index):
            barrier.wait()
            answers[index] = action(index)

        threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_one_payment_sent_many_times_at_once_is_one_payment(self):
        for _ in range(10):
            region = shuffled(Region())
            answers = self.run_together(12, lambda _index: self.pay(region))
            self.assertEqual({answer["statusCode"] for answer in answers}, {200})
            self.assertEqual(len({answer["body"] for answer in answers}), 1)
            self.assertEqual(len(region.database.rows), 1)
            self.assertEqual(len(region.bucket.objects), 1)

    def test_two_amounts_at_once_make_one_payment(self):
        for _ in range(10):
            region = shuffled(Region())
            answers = self.run_together(12, lambda index: self.pay(region, amount=("100", "200")[index % 2]))
            self.assert_one_amount_was_paid(region, answers)

    def test_regions_whose_claims_have_not_met_yet_make_one_payment(self):
        # Both replicas of the session table let their conditional write through; there is one
        # writer of the ledger.
        here, there = shuffled(Region("us-east-1")), shuffled(Region("us-east-2"))
        there.database.rows, there.database.lock = here.database.rows, here.database.lock
        answers = self.run_together(
            8, lambda index: self.pay((here, there)[index % 2], amount=("100", "200")[index % 2])
        )
        self.assertEqual(len(here.database.rows), 1)
        self.assert_one_amount_was_paid(here, answers)

    def assert_one_amount_was_paid(self, region, answers):
        """The other one conflicts, or had to wait for a row that was not there yet."""
        paid = region.database.rows["test-123"][1]
        for index, answer in enumerate(answers):
            amount = ("100", "200")[index % 2]
            if paid == f"{amount}.00":
                self.assert_status(answer, 200)
            else:
                self.assertIn(answer["statusCode"], (409, 503))
                self.assert_status(self.pay(region, amount=amount), 409)

    def test_many_payments_at_once_do_not_disturb_each_other(self):
        region = shuffled(Region())
        answers = self.run_together(12, lambda index: self.pay(region, f"payment-{index}"))
        self.assertEqual({answer["statusCode"] for answer in answers}, {200})
        self.assertEqual(len(region.database.rows), 12)

    def test_a_failing_twin_does_not_take_the_claim_of_the_other(self):
        region = shuffled(Region())
        twin = []

        def twin_pays_first():
            twin.append(self.pay(region))
            raise aws_error("DatabaseUnavailableException")

        region.database.fail("insert", twin_pays_first)
        self.assert_retry_later(self.pay(region), "database")
        self.assert_status(twin[0], 200)
        self.assertEqual(region.table.claim("test-123")["claim_state"], {"S": "settled"})
