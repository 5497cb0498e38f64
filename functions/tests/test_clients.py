import unittest
from unittest import mock

import deadline
import health
from aws_clients import TimeLimits
from clients import HEALTH_LIMITS, PAYMENT_LIMITS, RELEASE_LIMITS, connect
from tests.fakes import Region


class Limits(unittest.TestCase):
    def test_the_worst_call(self):
        self.assertEqual(TimeLimits(connect=1, read=3, attempts=1).worst_call_seconds(), 4)
        self.assertEqual(TimeLimits(connect=1, read=3, attempts=2).worst_call_seconds(), 9)
        self.assertEqual(TimeLimits(connect=1, read=3, attempts=3).worst_call_seconds(), 15)

    def test_the_slowest_payment_ends_before_api_gateway_gives_up(self):
        slowest = deadline.PAYMENT_SECONDS + PAYMENT_LIMITS.worst_call_seconds() + RELEASE_LIMITS.worst_call_seconds()
        self.assertLess(slowest, 25)

    def test_a_health_check_that_hangs_ends_soon_after_its_answer(self):
        self.assertLessEqual(HEALTH_LIMITS.worst_call_seconds(), health.BUDGET_SECONDS)
        self.assertLess(health.BUDGET_SECONDS, 2)


class Connected(unittest.TestCase):
    def setUp(self):
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        with mock.patch.dict("os.environ", credentials, clear=True):
            self.clients = {name: connect(Region(name).settings) for name in ("us-east-1", "us-east-2")}

    def test_every_client_stays_in_its_region(self):
        for region, clients in self.clients.items():
            for name, client in vars(clients).items():
                with self.subTest(f"{name} in {region}"):
                    self.assertIn(f".{region}.", client.meta.endpoint_url)

    def test_limits_reach_the_clients(self):
        clients = self.clients["us-east-1"]
        for limits, group in (
            (PAYMENT_LIMITS, (clients.database, clients.session, clients.receipts)),
            (RELEASE_LIMITS, (clients.session_release,)),
            (HEALTH_LIMITS, (clients.health_database, clients.health_session, clients.health_receipts)),
        ):
            for client in group:
                config = client.meta.config
                self.assertEqual(config.connect_timeout, limits.connect)
                self.assertEqual(config.read_timeout, limits.read)
                self.assertEqual(config.retries["total_max_attempts"], limits.attempts)
                self.assertEqual(config.retries["mode"], "standard")


if __name__ == "__main__":
    unittest.main()
